"""Tells a hand scanner that types like a keyboard from a person who types.

What it must not know: devices, pages, and what a text means. It is fed characters with the moment of each,
in seconds of any steady clock, and gives back a text when one is whole.

A scanner types a whole code within a fraction of a second and ends it with Enter; the limits (100 ms from
key to key, four characters, 1.5 s in which the same code is not taken again) are those of the screens.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from hardware.decode.symbologies import KINDS
from hardware.ports import UNKNOWN_SYMBOLOGY, Symbology

LONGEST_GAP = 0.1
LEAST_CHARACTERS = 4
BLANKING = 1.5
ENDS = "\r\n\t"
MOST_CHARACTERS = 4096
"""What is kept of a stream that never ends; a longer text is no code."""


@dataclass(frozen=True, slots=True)
class ScannedText:
    """A text that a scanner typed, without control characters, prefix and AIM identifier."""

    text: str
    symbology: Symbology


class WedgeRecogniser:
    """Recognises scans by speed, or by `prefix` where the scanner was set to send one (then at any speed)."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._letters: list[str] = []
        self._last = float("-inf")
        self._fast = True
        self._before = ("", float("-inf"))

    def feed(self, character: str, at: float) -> ScannedText | None:
        """Take one character; gives the scan that it completes, if any."""
        if self._letters and at - self._last > LONGEST_GAP:
            self._fast = False
            if not self._is_prefixed():
                self._begin()
        self._last = at
        if character in ENDS:
            return self._complete(at)
        if len(self._letters) < MOST_CHARACTERS:
            self._letters.append(character)
        return None

    def _begin(self) -> None:
        self._letters, self._fast = [], True

    def _is_prefixed(self) -> bool:
        return bool(self._prefix) and "".join(self._letters).startswith(self._prefix)

    def _complete(self, at: float) -> ScannedText | None:
        prefixed, fast, raw = self._is_prefixed(), self._fast, "".join(self._letters)
        self._begin()
        if not (prefixed or fast):
            return None
        text = drop_controls(raw.removeprefix(self._prefix) if prefixed else raw)
        scanned = split_prefix(text)
        if len(text) < LEAST_CHARACTERS or not scanned.text or self._is_repeat(scanned.text, at):
            return None
        return scanned

    def _is_repeat(self, text: str, at: float) -> bool:
        before, moment = self._before
        self._before = (text, at)
        return text == before and at - moment <= BLANKING


def drop_controls(text: str) -> str:
    """The text without control characters and unpaired surrogates."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cs"))


def split_prefix(text: str) -> ScannedText:
    """Take an AIM identifier (ISO/IEC 15424: `]`, a letter, a modifier) off the front of a text."""
    if len(text) > 3 and text[0] == "]" and text[1].isascii() and text[1].isalpha() and text[2].isalnum():
        return ScannedText(text[3:], Symbology(_name_of(text[:3]), text[:3]))
    return ScannedText(text, UNKNOWN_SYMBOLOGY)


def _name_of(aim: str) -> str:
    exact = next((kind.name for kind in KINDS if kind.aim == aim), None)
    alike = next((kind.name for kind in KINDS if kind.aim[:2] == aim[:2]), UNKNOWN_SYMBOLOGY.name)
    return exact or alike
