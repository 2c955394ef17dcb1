"""What a sheet is made of, and what a visit adds to a decision. No words are made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from store_api.policy.use_words import NO_NAMES, UseNames
from store_api.policy.values import Money

Tone = Literal["yes", "not_yet", "question", "no", "asked"]
"""The colour and sign of the first line; `asked` is that of a claim that the terms do ask for."""
LineKind = Literal[
    "verdict", "note", "heading", "term", "detail", "way", "group", "free", "agrees", "use",
    "item", "credit", "total", "after", "question", "code", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class SheetLine:
    """One line in words.

    `mark` stands at the right: a status word, an amount or the terms code. `status` is its code. A `detail`
    or `way` belongs to the line above it. `depth` counts the groups that a term stands in below the first.
    """

    kind: LineKind
    text: str
    mark: str | None = None
    status: str | None = None
    depth: int = 0


@dataclass(frozen=True)
class Sheet:
    """A decision in words, in one language: lines in the order in which every face shows them."""

    language: str
    tone: Tone
    lines: tuple[SheetLine, ...]
    terms_code: str | None = None

    @property
    def verdict(self) -> str:
        """The first line."""
        return self.lines[0].text

    def plain(self) -> str:
        """The sheet as lines of text, for a terminal."""
        before = (None, *self.lines)
        return "\n".join(_plain_line(line, last) for line, last in zip(self.lines, before, strict=False))


def _plain_line(line: SheetLine, last: SheetLine | None) -> str:
    indent = "  " * (line.depth + (line.kind in ("detail", "way")))
    begins_foot = line.kind in ("code", "reason") and last is not None and last.kind not in ("code", "reason")
    lead = "\n" if line.kind == "heading" or begins_foot else ""
    return f"{lead}{indent}{line.text}" + (f"  [{line.mark}]" if line.mark else "")


@dataclass(frozen=True)
class WaivedBy:
    """Who waived a term and why, in words for the customer; `role` such as store_manager."""

    role: str
    reason: str = ""


@dataclass(frozen=True)
class OrderLine:
    """One thing in the order with its price."""

    label: str
    price: Money


@dataclass(frozen=True)
class Occasion:
    """What the visit knows beside the decision; nothing here identifies an account or a person.

    `order` are the order's lines as (label, price); `before_tax` unless a till quoted them with tax. `as_of`
    holds times, in the store's zone, of facts that are not fresh. `unfetched` names facts that could not be
    had, with a reason: unreachable, too_old, not_recorded. `code` is a code for "no" outside the terms,
    `details` what its sentences may tell (see refusals.py). `waivers` is by term. `use_names` are those of
    stores and other policies where the sheet tells how a voucher can be used.
    """

    terms_code: str | None = None
    order: tuple[OrderLine | tuple[str, Money], ...] = ()
    before_tax: bool = True
    device_label: str | None = None
    voucher_issued_on: date | None = None
    ends: date | None = None
    waivers: Mapping[str, WaivedBy] = field(default_factory=dict)
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    unfetched: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    details: Mapping[str, str | date] = field(default_factory=dict)
    use_names: UseNames = NO_NAMES

    @property
    def order_lines(self) -> tuple[OrderLine, ...]:
        """The order's lines."""
        return tuple(line if isinstance(line, OrderLine) else OrderLine(*line) for line in self.order)
