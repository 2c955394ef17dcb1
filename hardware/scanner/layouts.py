"""Undoes a wrong keyboard layout: a hand scanner sends the keys of an American keyboard, and the machine
reads them as the keys of another.

What it must not know: what a text means; the caller says whether a text proves itself.

Each table names what a machine with that layout makes of the American key, plain and with shift. Sources: the
layouts as drawn in the X keyboard configuration database (fr, de, es, latam, it, be).
"""

from __future__ import annotations

from collections.abc import Callable

_AMERICAN = "1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./"
_AMERICAN_SHIFTED = '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"~|ZXCVBNM<>?'
_LAYOUTS = {
    "fr": (
        "&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù²*wxcvbn,;:!",
        "1234567890°+AZERTYUIOP¨£QSDFGHJKLM%~µWXCVBN?./§",
    ),
    "be": (
        "&é\"'(§è!çà)-azertyuiop^$qsdfghjklmù²µwxcvbn,;:=",
        "1234567890°_AZERTYUIOP¨*QSDFGHJKLM%³£WXCVBN?./+",
    ),
    "de": (
        "1234567890ß´qwertzuiopü+asdfghjklöä^#yxcvbnm,.-",
        "!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ°'YXCVBNM;:_",
    ),
    "es": (
        "1234567890'¡qwertyuiop`+asdfghjklñ´ºçzxcvbnm,.-",
        '!"·$%&/()=?¿QWERTYUIOP^*ASDFGHJKLÑ¨ªÇZXCVBNM;:_',
    ),
    "latam": (
        "1234567890'¿qwertyuiop´+asdfghjklñ{|}zxcvbnm,.-",
        '!"#$%&/()=?¡QWERTYUIOP¨*ASDFGHJKLÑ[°]ZXCVBNM;:_',
    ),
    "it": (
        "1234567890'ìqwertyuiopè+asdfghjklòà\\ùzxcvbnm,.-",
        '!"£$%&/()=?^QWERTYUIOPé*ASDFGHJKLç°|§ZXCVBNM;:_',
    ),
}


def _table(plain: str, shifted: str) -> dict[int, str]:
    """From what was typed to what was sent. A sign that two keys give keeps its unshifted key."""
    pairs = [*zip(shifted, _AMERICAN_SHIFTED, strict=True), *zip(plain, _AMERICAN, strict=True)]
    return {ord(typed): sent for typed, sent in pairs}


_TABLES = {name: _table(*rows) for name, rows in _LAYOUTS.items()}


def as_sent(text: str, layout: str) -> str:
    """What a scanner sent where a machine with `layout` typed `text`."""
    return text.translate(_TABLES[layout])


def as_typed(text: str, layout: str) -> str:
    """What a machine with `layout` types where a scanner sends `text`."""
    plain, shifted = _LAYOUTS[layout]
    pairs = zip(_AMERICAN + _AMERICAN_SHIFTED, plain + shifted, strict=True)
    return text.translate({ord(sent): typed for sent, typed in pairs})


def repair(text: str, proves_itself: Callable[[str], bool]) -> str:
    """The text as it was sent, where it proves itself read by exactly one way; else the text as it is.

    A text that proves itself is left alone. Capitals lock turns letters round, so that is tried as well.
    """
    if proves_itself(text):
        return text
    ways = {as_sent(form, layout) for form in (text, text.swapcase()) for layout in _TABLES}
    right = {_plain(way) for way in ways if proves_itself(way)}
    return right.pop() if len(right) == 1 else text


def _plain(text: str) -> str:
    return text.upper().strip()
