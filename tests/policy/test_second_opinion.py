"""The product's evaluator against one that was written apart and tries every day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings

from store_api.policy.decide import Decision, decide
from store_api.policy.values import value_to_json
from store_api.policy.vocabulary import FactRef
from tests.policy.documents import SEEDS, TODAY, Inventor, catalogue, policy_of, version_of
from tests.policy.naive import HORIZON, Naive, members, naive_decide

PROFILE = settings(max_examples=100, deadline=None)


def claims_as_data() -> dict[str, dict[str, Any]]:
    def plain(value: Any) -> Any:
        return {"fact": value.key} if isinstance(value, FactRef) else value_to_json(value)

    return {
        key: {fact: plain(value) for fact, value in claim.without.items()}
        for key, claim in catalogue().claims.items()
    }


def summary(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome,
        "codes": list(decision.codes),
        "first": decision.first_yes_on,
        "earliest": decision.earliest_possible_on,
        "unknowable": decision.cannot_be_known,
        "last": decision.last_yes_on,
        "free": list(decision.not_required),
        "asked": list(decision.questions),
        "missing": list(decision.unavailable),
        "terms": [(result.term.id, result.status) for result in decision.terms],
    }


@PROFILE
@given(SEEDS)
def test_both_evaluators_agree_on_outcome_dates_questions_and_claims(seed: int) -> None:
    make = Inventor(seed)
    docs, known = make.history(), make.facts()
    policy = policy_of(*docs)
    ids = [result.term.id for result in decide(policy, catalogue(), known, TODAY).terms]
    waived = frozenset(make.random.sample(ids, min(len(ids), make.pick(0, 0, 1, 2))))
    ends = make.pick(None, TODAY + timedelta(days=make.random.randint(0, 500)))
    decided = decide(policy, catalogue(), known, TODAY, waived, ends)
    assert summary(decided) == naive_decide(docs, known, TODAY, waived, ends, claims_as_data())


@PROFILE
@given(SEEDS)
def test_each_terms_own_day_is_the_first_later_day_on_which_it_is_met(seed: int) -> None:
    make = Inventor(seed)
    document, known = make.document(), make.facts()
    version = version_of(document)
    for result in decide(version, catalogue(), known, TODAY).terms:
        naive, member = Naive(document, known, frozenset()), members(document)[result.term.id]
        later = (TODAY + timedelta(days=n) for n in range(1, HORIZON))
        expected = next((day for day in later if naive.status(member, day) == "met"), None)
        assert result.met_on == (expected if result.status == "unmet" else None)
