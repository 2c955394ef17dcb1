"""The arithmetic of the figures, and that small groups stay untold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from store_api.service_figures.reckoning import LEAST, Reckoned, reckon
from store_api.visits.service import SPENT, VisitTime

START = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
COST = Decimal("0.60")


def visit(number: int, seconds: int | None = 120, **changes: object) -> VisitTime:
    """The number-th visit of a day each, by a person of its own."""
    opened = START + dt.timedelta(hours=number)
    given: dict[str, object] = {
        "visit_id": f"vis_{number}",
        "store_id": "store-1",
        "account_id": "acc",
        "person_id": f"per_{number}",
        "opened_at": opened,
        "answered_at": None if seconds is None else opened + dt.timedelta(seconds=seconds),
        "is_done": True,
        "outcome": "used",
        "rating": 3,
        "spent": dict.fromkeys(SPENT, 60),
        **changes,
    }
    return VisitTime(**given)  # type: ignore[arg-type]


def figures(visits: list[VisitTime], misquoted: frozenset[str] = frozenset()) -> Reckoned:
    return reckon(visits, visits, misquoted, COST)


def test_minutes_to_the_answer_are_the_middle_visits() -> None:
    found = figures([visit(n, seconds) for n, seconds in enumerate([60, 60, 120, 180, 6000])])
    assert (found.to_answer.value, found.to_answer.sample) == (Decimal("2.0"), 5)


def test_a_person_who_comes_back_within_a_week_was_not_helped_the_first_time() -> None:
    visits = [visit(n) for n in range(9)] + [visit(100, person_id="per_0"), visit(190, person_id="per_1")]
    # per_0 is back after four days, per_1 after more than a week.
    assert figures(visits).resolved_percent.value == Decimal("91")
    assert figures(visits).resolved_percent.sample == 11


def test_misquoted_terms_cost_what_their_visits_took_beyond_the_usual() -> None:
    plain, wrong = [visit(n, 120) for n in range(5)], [visit(10 + n, 720) for n in range(5)]
    found = figures([*plain, *wrong], frozenset(each.visit_id for each in wrong))
    assert (found.misquoted, found.minutes_lost.value) == (5, Decimal("50.0"))
    assert found.money_lost == Decimal("30.00")


def test_a_quick_visit_with_misquoted_terms_gives_nothing_back() -> None:
    plain, wrong = [visit(n, 600) for n in range(5)], [visit(10 + n, 60) for n in range(5)]
    found = figures([*plain, *wrong], frozenset(each.visit_id for each in wrong))
    assert found.minutes_lost.value == Decimal("0.0")


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 9000)), st.booleans()), max_size=12))
def test_no_figure_is_told_from_fewer_than_five_visits(given_visits: list[tuple[int | None, bool]]) -> None:
    visits = [visit(n, seconds) for n, (seconds, _) in enumerate(given_visits)]
    wrong = frozenset(each.visit_id for each, (_, bad) in zip(visits, given_visits, strict=True) if bad)
    found = figures(visits, wrong)
    told = [found.to_answer, found.resolved_percent, found.rating, found.minutes_lost, *found.spent.values()]
    assert all(each.value is None for each in told if each.sample < LEAST)
    assert found.money_lost is None or len(wrong) >= LEAST
    assert found.to_answer.sample == sum(seconds is not None for seconds, _ in given_visits)
