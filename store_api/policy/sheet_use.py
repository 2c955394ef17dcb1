"""How a voucher can be used, as lines of a sheet and of a public page: where, and with what on one order.

Must know nothing of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from store_api.policy.model import PolicyVersion
from store_api.policy.sheet_parts import SheetLine
from store_api.policy.use_words import NO_NAMES, UseNames, use_heading, use_sentences
from store_api.policy.words import Words


def use_lines(version: PolicyVersion, words: Words, names: UseNames = NO_NAMES) -> Iterator[SheetLine]:
    """A heading and a line for each limit; nothing where there is none."""
    told = use_sentences(version, words, names)
    if told:
        yield SheetLine("heading", use_heading(words))
    for sentence in told:
        yield SheetLine("use", sentence)
