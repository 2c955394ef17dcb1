"""A decoder without pictures: gives the answers that it was told to give.

What it is for: tests of whoever holds a decoder, and a demonstration on a machine without the engines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from hardware.ports import DecodeAnswer, Picture, Reading, Symbology


class FakeDecoder:
    """Gives `answers` one by one, then empty ones; remembers how often it was asked and if it was closed."""

    def __init__(self, answers: Iterable[DecodeAnswer] = ()) -> None:
        self._answers = deque(answers)
        self.asked = 0
        self.closed = False

    def decode_bytes(self, data: bytes) -> DecodeAnswer:
        return self._next()

    def decode_frame(self, grey: Picture, stream: int = 0) -> DecodeAnswer:
        return self._next()

    def close(self) -> None:
        self.closed = True

    def _next(self) -> DecodeAnswer:
        self.asked += 1
        return self._answers.popleft() if self._answers else DecodeAnswer()


def answer_with(text: str, symbology: str = "qr", aim: str = "]Q1", confirmed: bool = True) -> DecodeAnswer:
    """An answer that holds one code in the middle of a frame of 1280 x 720 pixels."""
    corners = ((540, 260), (740, 260), (740, 460), (540, 460))
    reading = Reading(text, Symbology(symbology, aim), corners, "fake", confirmed)
    return DecodeAnswer((reading,), width=1280, height=720)
