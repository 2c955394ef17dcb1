"""What the policy says to a statement that somebody heard, case by case and for made-up policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from store_api.policy.claim_check import (
    LONGER_AGREEMENT,
    POLICY_CHANGED,
    Checked,
    check_for,
    check_text,
    find_statement,
    statements,
)
from store_api.policy.claim_sheet import Asked, make_claim_sheet
from store_api.policy.claims import put_in
from store_api.policy.decide import decide, with_codes
from store_api.policy.decision import Decision
from store_api.policy.document import read_policy_file
from store_api.policy.evaluate import evaluate
from store_api.policy.model import Policy
from tests.policy.documents import (
    DEMO,
    SEEDS,
    TODAY,
    Inventor,
    catalogue,
    document,
    policy_of,
    term,
    tiered,
    version_of,
)

PAPER = term("paper", "presentation.paper", "is", True, "Bring it on paper.")
DEAR = term("dear", "order.plan_price", "at_least", "60.00 USD", "A plan of {bound}.")
RENEWAL = term("renewal", "order.agreement_months", "at_least", 24, "Renew for {bound}.")
CHEAP_PLAN = {"order.plan_price": "40 USD", "line.plan_price": "40 USD"}
DEAR_PLAN = {"order.plan_price": "70 USD", "line.plan_price": "70 USD"}


def checked(decision: Decision, claim: str, months: int | None = None) -> Checked:
    statement = find_statement(catalogue(), claim)
    assert statement is not None
    return check_for(statement, decision, catalogue(), months)


def asked(requires: dict[str, Any], facts: dict[str, Any], claim: str, months: int | None = None) -> Checked:
    return checked(decide(version_of(document(requires)), catalogue(), facts, TODAY), claim, months)


def of_text(requires: dict[str, Any], claim: str, months: int | None = None, **changes: Any) -> Checked:
    version = version_of(document(requires, **changes))
    statement = find_statement(catalogue(), claim)
    assert statement is not None
    return check_text(statement, Policy((version,)), version, catalogue(), months)


def names(found: Checked) -> list[str]:
    return [each.id for each in found.terms]


def test_the_list_holds_every_claim_of_the_catalogue_and_two_more() -> None:
    found = [each.id for each in statements(catalogue())]
    assert found == [*catalogue().claims, LONGER_AGREEMENT, POLICY_CHANGED]
    assert find_statement(catalogue(), "a-smile") is None


def test_the_answer_is_for_this_customer() -> None:
    required = asked({"all": [DEAR]}, CHEAP_PLAN, "plan-change")
    assert (required.result, required.why, names(required)) == ("required", "term", ["dear"])
    free = asked({"all": [DEAR]}, DEAR_PLAN, "plan-change")
    assert (free.result, free.why, names(free)) == ("not_required", "met_without", ["dear"])
    assert asked({"all": [DEAR]}, CHEAP_PLAN, "paper").why == "no_term"


def test_what_is_not_known_is_never_called_required() -> None:
    found = asked({"all": [DEAR]}, {"line.plan_price": "70 USD"}, "plan-change")
    assert (found.result, found.why) == ("depends", "unknown")


def test_a_larger_amount_alone_may_ask_for_it() -> None:
    both = version_of(tiered({"all": [RENEWAL]}, ("75", DEAR), ("25", PAPER)))
    facts = {"order.plan_price": "70 USD", "line.plan_price": "40 USD", "presentation.paper": True}
    found = checked(decide(both, catalogue(), {**facts, "order.agreement_months": 24}, TODAY), "plan-change")
    assert (found.result, found.why, names(found)) == ("required", "larger_amount", ["dear"])
    assert found.instead is not None
    assert found.instead.tier == "t25"


@pytest.mark.parametrize(
    ("heard", "chosen", "result"),
    [
        (36, 24, "not_required"),
        (24, 24, "required"),
        (12, 24, "required"),
        (None, 24, "not_required"),
        (None, 12, "required"),
        (None, None, "required"),
    ],
)
def test_a_length_is_required_where_no_shorter_one_is_enough(
    heard: int | None, chosen: int | None, result: str
) -> None:
    facts = {} if chosen is None else {"order.agreement_months": chosen}
    found = asked({"all": [RENEWAL]}, facts, LONGER_AGREEMENT, heard)
    assert (found.result, found.least_months, names(found)) == (result, 24, ["renewal"])


def test_a_length_that_another_way_makes_up_for_is_not_required() -> None:
    found = asked({"any": [RENEWAL, PAPER]}, {"presentation.paper": True}, LONGER_AGREEMENT, 24)
    assert (found.result, found.least_months) == ("not_required", 0)
    assert asked({"all": [PAPER]}, {}, LONGER_AGREEMENT, 36).result == "not_in_policy"


def test_a_voucher_for_other_stores_says_so_and_its_sheet_does_not_say_otherwise() -> None:
    plain = decide(version_of(document({"all": [PAPER]})), catalogue(), {"presentation.paper": True}, TODAY)
    assert checked(plain, "certain-store").result == "not_required"
    refused = with_codes(plain, ("voucher.not_in_this_store",), catalogue())
    assert "certain-store" in plain.not_required
    assert "certain-store" not in refused.not_required
    found = checked(refused, "certain-store")
    assert (found.result, found.why) == ("required", "this_store")


def credit() -> Policy:
    files = [DEMO / f"upgrade-credit-50-v{number}.yaml" for number in (1, 2, 3)]
    return Policy(tuple(read_policy_file(file, catalogue()) for file in files))


@pytest.mark.parametrize(
    ("issued", "result", "why", "versions"),
    [
        ("2026-03-04", "required", "changed", (2, 3)),
        ("2024-03-04", "not_required", "kept", (2, 3)),
        ("2021-03-04", "not_required", "kept", (1, 3)),
    ],
)
def test_which_version_counts_after_a_change(
    issued: str, result: str, why: str, versions: tuple[int, int]
) -> None:
    decision = decide(credit(), catalogue(), {"voucher.issued_on": issued}, TODAY)
    found = checked(decision, POLICY_CHANGED)
    assert found.old is not None
    assert found.new is not None
    assert (found.result, found.why, (found.old.version, found.new.version)) == (result, why, versions)


def test_a_policy_of_one_version_has_not_changed_and_one_not_in_force_decides_nothing() -> None:
    assert asked({"all": [PAPER]}, {}, POLICY_CHANGED).why == "never_changed"
    ended = policy_of(document({"all": [PAPER]}, effective={"from": "2020-01-01", "until": "2021-01-01"}))
    decision = decide(ended, catalogue(), {}, TODAY)
    assert {checked(decision, each.id).why for each in statements(catalogue())} == {"none_in_force"}


def test_the_words_alone_say_nothing_of_a_person() -> None:
    law = [{"claim": "paper"}]
    assert of_text({"all": [DEAR]}, "paper", not_required=law).why == "for_nobody"
    assert of_text({"all": [DEAR]}, "insurance").result == "not_in_policy"
    personal = of_text({"all": [DEAR]}, "plan-change")
    assert (personal.result, personal.why, names(personal)) == ("depends", "person", ["dear"])
    assert of_text({"all": [RENEWAL]}, LONGER_AGREEMENT, 36).result == "not_required"
    assert of_text({"all": [RENEWAL]}, LONGER_AGREEMENT, 24).result == "required"
    assert of_text({"any": [RENEWAL, PAPER]}, LONGER_AGREEMENT, 24).result == "depends"


def test_an_answer_without_a_customer_names_the_policy_and_says_so() -> None:
    policy = credit()
    statement = find_statement(catalogue(), "paper")
    assert statement is not None
    found = check_text(statement, policy, policy.versions[1], catalogue())
    sheet = make_claim_sheet(found, Asked(policy, policy.versions[1], TODAY), catalogue(), "en")
    texts = [line.text for line in sheet.lines]
    assert "$50 upgrade credit, version 2: in force from 1 January 2023 to 31 December 2024." in texts
    assert "These are the policy's public words. Nothing of an account was looked at." in texts
    assert sheet.tone == "yes"


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_made_up_cases_are_answered_by_the_sheet_and_the_terms(seed: int) -> None:
    inventor = Inventor(seed)
    policy, facts = policy_of(*inventor.history()), inventor.facts()
    decision = decide(policy, catalogue(), facts, TODAY)
    for claim in catalogue().claims.values():
        found = checked(decision, claim.id)
        assert (found.result == "not_required") is (claim.id in decision.not_required)
        if found.result == "required":
            assert decision.document is not None
            without = evaluate(decision.document, put_in(claim, decision.facts), TODAY, frozenset())
            assert without.states[found.terms[0].id].status == "unmet"


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_made_up_answers_have_words_of_one_shape_in_both_languages(seed: int) -> None:
    inventor = Inventor(seed)
    policy, facts = policy_of(*inventor.history()), inventor.facts()
    decision = decide(policy, catalogue(), facts, TODAY + timedelta(days=inventor.random.randint(-90, 90)))
    version = decision.document or policy.versions[-1]
    for each in statements(catalogue()):
        months = inventor.random.choice((None, 12, 36)) if each.takes_months else None
        pairs = (
            (check_for(each, decision, catalogue(), months), Asked(policy, version, decision.on, decision)),
            (check_text(each, policy, version, catalogue(), months), Asked(policy, version, decision.on)),
        )
        for found, about in pairs:
            english, spanish = (make_claim_sheet(found, about, catalogue(), each) for each in ("en", "es"))
            assert [line.kind for line in english.lines] == [line.kind for line in spanish.lines]
            assert english.lines[0].kind == "verdict"
            assert all(line.text.strip() and "{" not in line.text for line in english.lines)
