"""What can be wrong with a policy, a catalogue or a set of facts, and where.

A "no" to a customer is never an error; it is a decision. Errors mean that the material cannot be read.

    PolicyErrors (exception)
      └─ PolicyError (value): file, line, column, code, message
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NoReturn


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, order=True)
class PolicyError:
    """One fault with its place. A value; it is raised inside `PolicyErrors`."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        """FILE:LINE:COL: code: message, always on one line."""
        text = f"{self.file}:{self.line}:{self.column}: {self.code}: {self.message}"
        return "".join(char if char.isprintable() else " " for char in text)


class PolicyErrors(Exception):
    """One or more faults, in the order of their places."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        self.errors: tuple[PolicyError, ...] = tuple(sorted(set(errors)))
        super().__init__("\n".join(str(error) for error in self.errors))


class Refused(ValueError):
    """A single value cannot be read; whoever knows its place turns it into a `PolicyError`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class ErrorList:
    """Collects faults so that a whole file is reported at once."""

    def __init__(self) -> None:
        self.found: list[PolicyError] = []

    def add(self, place: Place, code: str, message: str) -> None:
        """Note one fault."""
        self.found.append(PolicyError(place.file, place.line, place.column, code, message))

    def add_refused(self, place: Place, refused: Refused) -> None:
        """Note a fault found by a reader that knew no place."""
        self.add(place, refused.code, refused.message)

    def raise_if_any(self) -> None:
        """Raise `PolicyErrors` when anything was noted."""
        if self.found:
            raise PolicyErrors(self.found)


def fail(place: Place, code: str, message: str) -> NoReturn:
    """Raise `PolicyErrors` with a single fault."""
    raise PolicyErrors([PolicyError(place.file, place.line, place.column, code, message)])


def shown(value: object, limit: int = 60) -> str:
    """A value as an error message quotes it: one line and short, however long or odd it is."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def moved(error: PolicyError, file: str) -> PolicyError:
    """The same fault told of another file name."""
    return replace(error, file=file)
