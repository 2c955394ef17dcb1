"""Which claims a decision shows not to be required, case by case."""
# ruff: noqa: E501 - one case a line reads best

from __future__ import annotations

from typing import Any

from store_api.policy.decide import decide
from tests.policy.documents import TODAY, catalogue, document, term, tiered, version_of

PAPER = term("paper", "presentation.paper", "is", True, "Bring it on paper.")
PHONE = term("phone", "order.device_category", "is", "phone", "Buy a phone.")


def free(requires: dict[str, Any], facts: dict[str, Any], **changes: Any) -> tuple[str, ...]:
    return decide(version_of(document(requires, **changes)), catalogue(), facts, TODAY).not_required


DEAR = term("dear", "order.plan_price", "at_least", "60.00 USD")


def test_the_list_of_claims_is_personal() -> None:
    everything = tuple(catalogue().claims)
    assert free({"all": [DEAR]}, {"order.plan_price": "70 USD", "line.plan_price": "70 USD"}) == everything
    needs_change = free({"all": [DEAR]}, {"order.plan_price": "70 USD", "line.plan_price": "40 USD"})
    assert needs_change == tuple(claim for claim in everything if claim != "plan-change")
    assert "plan-change" not in free(
        {"all": [DEAR]}, {"order.plan_price": "40 USD", "line.plan_price": "40 USD"}
    )
    assert "plan-change" not in free({"all": [DEAR]}, {"order.plan_price": "70 USD"})


def test_a_claim_in_an_any_that_another_way_meets_is_not_required() -> None:
    facts = {"order.plan_price": "40 USD", "line.plan_price": "40 USD", "presentation.paper": True}
    found = free({"any": [DEAR, PAPER, {"all": [DEAR | {"term": "dear-too"}]}]}, facts)
    assert "plan-change" in found
    assert "paper" not in found


def test_a_claim_of_another_tier_is_not_required_where_any_tier_is_met() -> None:
    both = version_of(tiered({"all": [PAPER]}, ("75", DEAR), ("25", PHONE)))
    facts = {"presentation.paper": True, "order.device_category": "phone", "order.plan_price": "40 USD", "line.plan_price": "40 USD"}  # fmt: skip
    assert "plan-change" in decide(both, catalogue(), facts, TODAY).not_required
    richer = {**facts, "order.plan_price": "70 USD"}
    assert "plan-change" not in decide(both, catalogue(), richer, TODAY).not_required


def test_a_waived_term_leaves_its_claim_not_required() -> None:
    version = version_of(document({"all": [PAPER]}))
    assert "paper" not in decide(version, catalogue(), {"presentation.paper": False}, TODAY).not_required
    waived = decide(version, catalogue(), {"presentation.paper": False}, TODAY, frozenset({"paper"}))
    assert "paper" in waived.not_required


def test_a_claim_that_sets_a_fact_to_nothing_makes_its_terms_unknown() -> None:
    cash = term("cash", "order.payment", "is", "cash", "Pay in cash.")
    assert "certain-payment" not in free({"all": [cash]}, {"order.payment": "cash"})
    assert "certain-payment" in free({"all": [PAPER]}, {"presentation.paper": True})


def test_a_claim_whose_without_leads_to_an_error_is_not_listed() -> None:
    facts = {"order.plan_price": "70 USD", "line.plan_price": "70 EUR"}
    assert "plan-change" not in free({"all": [DEAR]}, facts)
