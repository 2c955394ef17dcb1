"""A terms sheet on the wire: the lines that every face shows in the same order."""

from __future__ import annotations

from typing import Literal

from store_api.contract.basis import Wire

Tone = Literal["yes", "not_yet", "question", "no", "asked"]

LineKind = Literal[
    "verdict", "note", "heading", "term", "detail", "way", "group", "free", "agrees", "use",
    "item", "credit", "total", "after", "question", "code", "reason",
]  # fmt: skip


class SheetLine(Wire):
    """One line of a terms sheet. Faces style it by kind and status and never reword it.

    `text` is the sentence; `mark` the words at its right-hand end (a status word or an amount); `depth`
    counts the groups that a term stands in below the first, for faces that indent.
    """

    kind: LineKind
    text: str
    mark: str | None = None
    status: Literal["met", "unmet", "unknown", "waived", "not_needed", "not_required"] | None = None
    depth: int = 0


class Sheet(Wire):
    """A decision in words, in one language, in the order in which every face shows it."""

    language: str
    tone: Tone
    terms_code: str | None
    lines: tuple[SheetLine, ...]
