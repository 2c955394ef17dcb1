"""The text of the next version: another number and other dates, and everything else as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from store_api.demo.service import POLICIES
from store_api.drafts.successor import next_text
from store_api.policy.document import read_policy
from store_api.policy.facts import load_catalogue
from tests.store_api.drafts.office import CURRENT

BEGINS, ENDS = dt.date(2028, 2, 29), dt.date(2029, 1, 1)
SPANS = (
    "effective: {from: 2025-01-01}",
    "effective: {from: 2025-01-01, until: 2026-01-01}",
    "effective: { until: 2026-01-01 , from: 2025-01-01 }",
    'effective: {from: "2025-01-01", until: null}',
    "effective:\n  from: 2025-01-01  # the day of the campaign",
    "effective:\n  from: 2025-01-01\n  until: '2026-01-01'",
    "effective:\n    until: 2026-01-01\n    from: 2025-01-01",
)


@pytest.mark.parametrize("ends", [None, ENDS])
@pytest.mark.parametrize("span", SPANS)
def test_number_and_dates_are_new_however_they_are_written(span: str, ends: dt.date | None) -> None:
    text = CURRENT.replace("effective: {from: 2025-01-01}", span)
    made = read_policy(next_text(text, 12, BEGINS, ends), "next.yaml", load_catalogue())
    assert (made.version, made.effective_from, made.effective_until) == (12, BEGINS, ends)


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_else_changes_comments_included(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    old = text.splitlines()
    new = next_text(text, 77, BEGINS, None).splitlines()
    differ = [before for before, after in zip(old, new, strict=True) if before != after]
    assert {line.split(":")[0] for line in differ} == {"version", "effective"}
