"""What changed in the text, weighed without a solver, and never against what the solver proves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from store_api.policy.change_words import change_lines
from store_api.policy.compare import compare
from store_api.policy.text_changes import term_changes, weigh_bounds
from tests.policy.documents import SEEDS, Inventor, catalogue, document, term, version_of


def kind(fact: str, test: str, old: Any, new: Any) -> str:
    one, other = (version_of(document({"all": [term("one", fact, test, bound)]})) for bound in (old, new))
    (change,) = term_changes(one, other, weigh_bounds)
    return change.kind


@pytest.mark.parametrize(
    ("fact", "test", "old", "new", "expected"),
    [
        ("order.agreement_months", "at_least", 12, 24, "tightened"),
        ("order.agreement_months", "at_most", 12, 24, "loosened"),
        ("order.plan_price", "at_least", "60.00 USD", "40.00 USD", "loosened"),
        ("order.plan_price", "at_least", "60.00 USD", "60.00 EUR", "changed"),
        ("order.plan_price", "at_least", "60.00 USD", {"fact": "line.plan_price"}, "changed"),
        ("order.agreement_months", "between", [12, 24], [12, 36], "loosened"),
        ("order.agreement_months", "between", [12, 24], [18, 24], "tightened"),
        ("order.agreement_months", "between", [12, 24], [18, 36], "changed"),
        ("line.last_upgrade_on", "at_least_ago", {"months": 24}, {"years": 3}, "tightened"),
        ("line.last_upgrade_on", "within_last", {"months": 24}, {"years": 3}, "loosened"),
        ("line.last_upgrade_on", "at_least_ago", {"months": 1}, {"days": 30}, "changed"),
        ("order.device_category", "one_of", ["phone"], ["phone", "tablet"], "loosened"),
        ("order.device_category", "none_of", ["phone"], ["phone", "tablet"], "tightened"),
        ("order.device_category", "one_of", ["phone"], ["tablet"], "changed"),
        ("order.device_category", "is", "phone", "tablet", "changed"),
    ],
)
def test_two_plain_bounds_show_which_asks_for_more(
    fact: str, test: str, old: Any, new: Any, expected: str
) -> None:
    assert kind(fact, test, old, new) == expected


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_the_solver_never_proves_the_opposite(seed: int) -> None:
    inventor = Inventor(seed)
    fact, test, bound = inventor.tested()
    again = next((each for each in (inventor.tested() for _ in range(200)) if each[:2] == (fact, test)), None)
    if again is None:
        return
    old, new = (
        version_of(document({"all": [term("one", fact, test, each)]}, version=number))
        for number, each in ((1, bound), (2, again[2]))
    )
    plain = {change.term: change.kind for change in term_changes(old, new, weigh_bounds)}
    proved = {change.term: change.kind for change in compare(old, new, catalogue(), 200).terms}
    for name, found in plain.items():
        if found in ("loosened", "tightened"):
            assert proved[name] in (found, "same_test", "changed")


def test_sentences_stand_beside_one_another_and_staff_matters_are_left_out() -> None:
    paper = term("paper", "presentation.paper", "is", True, "Bring it on paper.")
    months = [
        term("renewal", "order.agreement_months", "at_least", n, "Renew for {bound}.") for n in (12, 24)
    ]
    waivable = [{"term": "renewal", "by": "store_manager"}]
    old = version_of(document({"all": [months[0], paper]}, source="book 1"))
    new = version_of(document({"all": [months[1]]}, version=2, source="book 2", waivable=waivable))
    lines = [(line.kind, line.text, line.mark) for line in change_lines(old, new, catalogue(), "en")]
    assert lines == [
        ("heading", "What it asks for", None),
        ("term", "Renew for 24 months.", "Asks for more"),
        ("detail", "Before: Renew for 12 months.", None),
        ("term", "Bring it on paper.", "No longer asked"),
    ]
