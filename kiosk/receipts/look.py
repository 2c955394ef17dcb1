"""How printed sheets look: sizes, colours and signs, for a page and for a roll.

What it must not know: lines, blocks, pages. The colours are those of the screens; a thermal head prints
black or nothing, so that a roll has neither grey nor wash.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor

MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of paper is set: sizes in points, colours, and the width of the text."""

    width: float
    verdict: float
    heading: float
    body: float
    small: float
    qr_side: float
    centred: bool
    ink: Color
    muted: Color
    brand: Color
    rule: Color
    tones: dict[str, tuple[Color, Color | None]]
    """Ink and wash by tone; a wash of None is left white."""


BLACK = HexColor("#000000")
INK, MUTED, BRAND, RULE = (HexColor(value) for value in ("#12222b", "#46555d", "#0b3b3c", "#cdd8d3"))
YES, NO, WAIT = (HexColor(value) for value in ("#0a6b43", "#a3271b", "#7a4d00"))
TONES = {
    "yes": (YES, HexColor("#e6f3ec")),
    "no": (NO, HexColor("#f9eae7")),
    "not_yet": (WAIT, HexColor("#f8f0dd")),
    "question": (WAIT, HexColor("#f8f0dd")),
    "asked": (BRAND, HexColor("#e7efed")),
}
TONE_SIGNS = {"yes": "check", "no": "cross", "not_yet": "clock", "question": "question", "asked": "dot"}
STATUS_SIGNS = {
    "met": ("check", "yes"),
    "waived": ("check", "yes"),
    "unmet": ("cross", "no"),
    "unknown": ("question", "question"),
}


def page_look(width: float, scale: float = 1.0) -> Look:
    """For ink or toner on a page whose text is `width` points wide; `scale` makes all of it smaller."""
    verdict, heading, body, small = 23 * scale, 14 * scale, 11.5 * scale, 10 * scale
    return Look(width, verdict, heading, body, small, 29 * MM, False, INK, MUTED, BRAND, RULE, TONES)


def roll_look(width: float) -> Look:
    """For a thermal head on a roll whose text is `width` points wide."""
    tones = dict.fromkeys(TONES, (BLACK, None))
    return Look(width, 17, 11.5, 10, 9, 34 * MM, True, BLACK, BLACK, BLACK, BLACK, tones)
