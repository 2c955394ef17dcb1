"""The list: what is in force, planned, in draft and stopped; days without a version, or with two."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.region import shelf
from store_api import contract as wire
from tests.kiosk.conftest import Browser
from tests.kiosk.region import papers
from tests.kiosk.scripted_store import ScriptedStore

FIRST = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def live(version: int, starts: int, ends: int | None) -> wire.VersionEntry:
    return papers.entry(
        version,
        "in_force" if version == 1 else "approved",
        effective_from=day(starts),
        ends_on=None if ends is None else day(ends),
    )


def test_versions_that_follow_one_another_need_no_look() -> None:
    assert list(shelf.spans([live(2, 10, None), live(1, 0, 10)])) == []


def test_days_between_two_versions_and_behind_the_last_are_gaps() -> None:
    assert list(shelf.spans([live(1, 0, 10), live(2, 15, 30)])) == [
        shelf.Span("gap", day(10), day(14)),
        shelf.Span("gap", day(30)),
    ]


def test_two_versions_at_once_are_an_overlap() -> None:
    assert list(shelf.spans([live(1, 0, 20), live(2, 15, None)])) == [
        shelf.Span("overlap", day(15), versions=(1, 2))
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 40)), min_size=1, max_size=5, unique_by=lambda x: x[0]
    )
)
def test_a_day_is_in_a_gap_exactly_when_no_version_decides_on_it(found: list[tuple[int, int]]) -> None:
    versions = [live(n, start, start + length) for n, (start, length) in enumerate(sorted(found), 1)]
    told = list(shelf.spans(versions))
    if any(span.kind == "overlap" for span in told):
        starts = sorted((start, start + length) for start, length in found)
        assert any(a[1] > b[0] for a, b in pairwise(starts))
        return
    for number in range(min(start for start, _ in found), 110):
        covered = any(start <= number < start + length for start, length in found)
        in_gap = any(
            span.starts_on <= day(number) and (span.until is None or day(number) <= span.until)
            for span in told
        )
        assert covered != in_gap


def test_the_list_says_what_is_planned_stopped_and_left_without_a_version(
    manager: Browser, store: ScriptedStore
) -> None:
    versions = papers.version_list(
        papers.entry(4, "approved", effective_from=dt.date(2027, 2, 1)),
        papers.entry(3, "in_force", ends_on=dt.date(2027, 1, 1)),
        papers.entry(2, "stopped"),
    )
    store.answers["GET /v1/policies/versions"] = wire.VersionShelf(policies=(versions,))
    page = manager.get("/policies").text
    for words in ("Planned", "Stopped", "In force", "Draft"):
        assert words in page
    assert "No version is in force from 1 January 2027 to 31 January 2027." in page


def test_search_and_filter_are_in_the_address(manager: Browser) -> None:
    assert "$50 upgrade credit" in manager.get("/policies?q=UPGRADE&state=draft").text
    assert "No policy matches this." in manager.get("/policies?q=trade-in").text
    assert "No policy matches this." in manager.get("/policies?state=stopped").text
    assert 'value="&lt;b&gt;"' in manager.get("/policies?q=<b>&state=nonsense").text


def test_a_draft_that_cannot_be_read_has_a_row_of_its_own(manager: Browser, store: ScriptedStore) -> None:
    drafts = (papers.summary(papers.BAD), papers.summary(papers.draft(draft_id="drf_9", policy="new-one")))
    store.answers["GET /v1/policies/drafts"] = wire.DraftList(drafts=drafts)
    page = manager.get("/policies").text
    assert "A document that cannot be read yet" in page
    assert page.count("<tr>") == 1 + 3


def test_only_an_author_is_offered_a_new_draft(author: Browser, manager: Browser) -> None:
    assert "/region/drafts/new" in author.get("/policies").text
    assert "/region/drafts/new" not in manager.get("/policies").text
