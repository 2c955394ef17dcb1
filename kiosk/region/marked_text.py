"""A policy's text as the page shows it: numbered lines, each with what was found at its place.

What it is for: a fault or a finding stands beneath its own line, and its column is marked in the text.
What it must not know: pages, what the findings mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Weight = Literal["fault", "warning", "note"]
# What one place marks: a word, a value or one sign; never half a line.
_TOKEN = re.compile(r"[\w.-]+|\S")
_BREAKS = re.compile(r"\r\n|\r|\n")


class Found(Protocol):
    """Something found at a place in a text; lines and columns count from 1."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...


@dataclass(frozen=True)
class Remark:
    """What stands beneath a line."""

    line: int
    column: int
    code: str
    message: str
    weight: Weight = "fault"


@dataclass(frozen=True)
class Piece:
    """A part of a line; `is_marked` where a remark points at it."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class NumberedLine:
    """One line of the text with its number, cut where something is marked, and the remarks beneath it."""

    number: int
    pieces: tuple[Piece, ...]
    remarks: tuple[Remark, ...] = ()


def remarks_of(found: Iterable[Found], weight: Weight = "fault") -> tuple[Remark, ...]:
    """Findings with a place as remarks of one weight."""
    return tuple(Remark(one.line, one.column, one.code, one.message, weight) for one in found)


def numbered(text: str, remarks: Iterable[Remark] = ()) -> tuple[NumberedLine, ...]:
    """The text line by line. A remark beyond the last line stands at the last one; none is dropped."""
    lines = _BREAKS.split(text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    at: dict[int, list[Remark]] = defaultdict(list)
    for remark in remarks:
        at[min(max(remark.line, 1), len(lines))].append(remark)
    return tuple(
        NumberedLine(
            number,
            _cut(line, {remark.column for remark in at[number]}),
            tuple(sorted(at[number], key=lambda remark: remark.column)),
        )
        for number, line in enumerate(lines, 1)
    )


def _cut(line: str, columns: set[int]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    done = 0
    for column in sorted(columns):
        start = max(column - 1, 0)
        if start < done:
            continue
        found = _TOKEN.match(line, start)
        end = found.end() if found else min(start + 1, len(line))
        if start < len(line):
            pieces += [Piece(line[done:start]), Piece(line[start:end], is_marked=True)]
            done = end
    pieces.append(Piece(line[done:]))
    return tuple(piece for piece in pieces if piece.text)
