"""Who may answer: laws of the pure core, and that a waiver can only relax."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from store_api.decisions.making import decide_terms
from store_api.overrides.entitlement import (
    ROLES,
    Approver,
    Request,
    closes_circle,
    hindrance,
    roles_for,
)
from store_api.policy.model import Waivable
from store_api.policy.values import Money
from store_api.waivers.service import Limit, Waiver
from tests.policy.documents import SEEDS, TODAY, Inventor, catalogue, policy_of
from tests.store_api.overrides.gathered import gathered_from

PEOPLE = st.sampled_from(["a", "b", "c", "d"])
PAIRS = st.frozensets(st.tuples(PEOPLE, PEOPLE), max_size=8)
APPROVERS = st.builds(
    Approver,
    staff_id=PEOPLE,
    role=st.sampled_from([*ROLES, "author"]),
    store_id=st.sampled_from(["here", "there", None]),
    took_part=st.booleans(),
    approved=PAIRS,
    may_approve=st.booleans(),
    may_here=st.booleans(),
)
REQUESTS = st.builds(
    Request,
    asked_by=PEOPLE,
    store_id=st.just("here"),
    roles=st.frozensets(st.sampled_from(list(ROLES.values()))),
    is_open=st.booleans(),
)
RANK = {"not_eligible": 0, "undecided": 1, "eligible": 2}


@given(REQUESTS, APPROVERS)
def test_whoever_may_answer_is_another_who_is_named_and_was_not_there(one: Request, who: Approver) -> None:
    if hindrance(one, who) is not None:
        return
    assert who.staff_id != one.asked_by
    assert ROLES[who.role] in one.roles
    assert who.role not in ("rep", "manager") or who.store_id == one.store_id
    assert (who.took_part, who.may_approve, who.may_here, one.is_open) == (False, True, True, True)


@given(PAIRS, PEOPLE, PEOPLE)
def test_approving_in_turn_never_closes_a_circle(
    approved: frozenset[tuple[str, str]], a: str, b: str
) -> None:
    """Whatever was approved before without a circle: what is let through leaves none behind."""
    clean: frozenset[tuple[str, str]] = frozenset()
    for approver, asker in sorted(approved):
        if not closes_circle(asker, approver, clean):
            clean |= {(approver, asker)}
    for person in ("a", "b", "c", "d"):
        assert not any(closes_circle(there, person, clean) for who, there in clean if who == person)
    if not closes_circle(a, b, clean):
        assert (a, b) not in clean


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_a_limit_is_for_the_whole_benefit_and_for_every_term(amount: int, limit: int) -> None:
    up_to = Money(Decimal(limit), "USD")
    waivable = [Waivable("one", "store_manager", up_to), Waivable("two", "region_manager", None)]
    whole = Money(Decimal(amount), "USD")
    assert (roles_for(["one"], waivable, whole, has_amount=True) == ("store_manager",)) is (amount <= limit)
    assert roles_for(["one", "two"], waivable, whole, has_amount=True) == ()
    assert roles_for(["one"], waivable, None, has_amount=True) == ()
    assert roles_for(["one"], waivable, Money(Decimal(amount), "CAD"), has_amount=True) == ()


@given(SEEDS, st.integers(0, 6_000), st.data())
def test_with_a_waiver_no_answer_of_the_service_is_worse(seed: int, limit: int, data: st.DataObject) -> None:
    make = Inventor(seed)
    policy, facts = policy_of(make.document()), make.facts()
    version = policy.versions[0]
    terms = data.draw(st.sets(st.sampled_from([term.id for term in version.terms]), min_size=1))
    waiver = Waiver("w", version.version, tuple(terms), "store_manager", "hardship", Limit(limit, "USD"))
    read = catalogue()
    plain = decide_terms(policy, gathered_from(facts, TODAY, None), facts, None, read).decision
    waived = decide_terms(policy, gathered_from(facts, TODAY, waiver), facts, None, read).decision
    assert RANK[waived.outcome] >= RANK[plain.outcome]
    assert [each.term.id for each in waived.terms] == [each.term.id for each in plain.terms]
    before = {each.term.id: each.status for each in plain.terms}
    for each in waived.terms:
        assert each.status in (before[each.term.id], "waived")
        assert each.status != "waived" or each.term.id in terms
