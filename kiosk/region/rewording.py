"""Two sentences, or two texts, beside each other: which words went, which came, which lines differ.

What it is for: a change is seen at once, by a mark and not by colour alone.
What it must not know: policies, pages.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

_WORD = re.compile(r"\s+|[\w'’$%.,-]*\w|\S")


@dataclass(frozen=True)
class Run:
    """Words that follow one another with the same fate."""

    fate: Literal["same", "gone", "new"]
    text: str


def rewording(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The old sentence with what went from it, and the new one with what came."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    gone: list[Run] = []
    came: list[Run] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        _add(gone, "same" if tag == "equal" else "gone", "".join(old[i1:i2]))
        _add(came, "same" if tag == "equal" else "new", "".join(new[j1:j2]))
    return tuple(gone), tuple(came)


def _add(runs: list[Run], fate: Literal["same", "gone", "new"], text: str) -> None:
    if text:
        runs.append(Run(fate, text))


@dataclass(frozen=True)
class Difference:
    """Lines of one text that the other has not: `count` of them from `line` on; 0 where it lacks some."""

    line: int
    count: int


def differing_lines(mine: str, theirs: str) -> tuple[Difference, ...]:
    """Where their text is not mine, by the lines of theirs; lines count from 1."""
    old, new = mine.splitlines(), theirs.splitlines()
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(Difference(j1 + 1, j2 - j1) for tag, _, _, j1, j2 in opcodes if tag != "equal")
