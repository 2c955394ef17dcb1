"""Comparisons: what changed in words, and customers who lose and gain as is said of them."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings

from store_api.policy.compare import Comparison, compare
from store_api.policy.decide import decide
from store_api.policy.model import TODAY
from store_api.policy.proof_words import ProofWords
from tests.policy.documents import SEEDS, Inventor, catalogue, document, term, version_of

PHONE = term("phone", "order.device_category", "is", "phone", "A phone.")


def renewal(months: int, says: str = "At least {bound}.") -> dict[str, Any]:
    return term("renewal", "order.agreement_months", "at_least", months, says)


def compared(old: list[dict[str, Any]], new: list[dict[str, Any]], **changes: Any) -> Comparison:
    before = document({"all": old})
    return compare(
        version_of(before), version_of({**document({"all": new}), "version": 2, **changes}), catalogue()
    )


def kinds(found: Comparison) -> dict[str, str]:
    return {change.term: change.kind for change in found.terms}


def test_a_lower_bound_is_looser_and_nobody_loses() -> None:
    found = compared([PHONE, renewal(24)], [PHONE, renewal(20)])
    assert kinds(found) == {"renewal": "loosened"}
    assert (found.loses.verdict, found.gains.verdict) == ("nobody", "shown")
    assert found.gains.customer is not None
    assert 20 <= int(str(found.gains.customer.facts["order.agreement_months"])) < 24


def test_a_higher_bound_is_tighter_and_somebody_loses() -> None:
    found = compared([PHONE, renewal(20)], [PHONE, renewal(24)])
    assert kinds(found) == {"renewal": "tightened"}
    assert (found.loses.verdict, found.gains.verdict) == ("shown", "nobody")


def test_terms_that_come_and_go_are_told() -> None:
    assert kinds(compared([PHONE, renewal(24)], [PHONE])) == {"renewal": "removed"}
    assert kinds(compared([PHONE], [PHONE, renewal(24)])) == {"renewal": "added"}


def test_another_way_to_write_the_same_test_is_no_change_for_anybody() -> None:
    more = term("renewal", "order.agreement_months", "more_than", 23, "More than {bound}.")
    found = compared([PHONE, renewal(24)], [PHONE, more])
    assert kinds(found) == {"renewal": "same_test"}
    assert (found.loses.verdict, found.gains.verdict) == ("nobody", "nobody")


def test_a_sentence_alone_is_reworded() -> None:
    found = compared([PHONE, renewal(24)], [PHONE, renewal(24, "Renew for {bound}.")])
    assert kinds(found) == {"renewal": "reworded"}


def test_a_test_that_is_neither_looser_nor_tighter_is_changed() -> None:
    short = term("renewal", "order.agreement_months", "at_most", 12, "At most {bound}.")
    found = compared([PHONE, renewal(24)], [PHONE, short])
    assert kinds(found) == {"renewal": "changed"}
    assert (found.loses.verdict, found.gains.verdict) == ("shown", "shown")


def test_a_term_that_becomes_one_of_several_ways_has_moved() -> None:
    found = compare(
        version_of(document({"all": [PHONE, renewal(24)]})),
        version_of({**document({"any": [PHONE, renewal(24)]}), "version": 2}),
        catalogue(),
    )
    assert kinds(found) == {"phone": "moved", "renewal": "moved"}


def test_a_smaller_credit_is_a_loss() -> None:
    found = compared([PHONE], [PHONE], benefit={"kind": "instant_credit", "amount": "40.00 USD"})
    assert found.fields == ("benefit",)
    assert (found.loses.verdict, found.gains.verdict) == ("shown", "nobody")


def test_a_comparison_is_told_in_both_languages() -> None:
    found = compared([PHONE, renewal(20)], [PHONE, renewal(24)])
    english = list(ProofWords(catalogue(), "en").comparison(found))
    spanish = list(ProofWords(catalogue(), "es").comparison(found))
    now, before = (f"agreement length is {months} months or more" for months in (24, 20))
    assert english[0] == f"Asks for more: {now} (before: {before})"
    assert spanish[0].startswith("Pide más: duración del contrato es 24 meses o más")
    assert english[1] == "Somebody loses:"
    assert spanish[1] == "Alguien pierde:"
    assert len(english) == len(spanish)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_who_is_said_to_lose_or_gain_does(seed: int) -> None:
    inventor = Inventor(seed)
    versions = [version_of(inventor.document(number)) for number in (1, 2)]
    in_force = {"effective_from": date.min, "effective_until": None, "binds": TODAY}
    old, new = (replace(one, **in_force) for one in versions)
    found = compare(old, new, catalogue(), give_up_after=400_000)
    for affected in (found.loses, found.gains):
        assert affected.why in (None, "gave_up")
        if affected.customer is None:
            continue
        before, after = (
            decide(one, catalogue(), affected.customer.facts, affected.customer.on) for one in (old, new)
        )
        better, worse = (before, after) if affected.side == "loses" else (after, before)
        assert better.outcome == "eligible"
        assert worse.outcome != "eligible" or worse.benefit != better.benefit
