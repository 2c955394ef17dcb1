"""Which vouchers go together: the same for every order of entry, and as good as trying every set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import chain, combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.policy.combine import MOST, Candidate, best_combination, go_together, keeping_out, take
from store_api.policy.model import Combines

COMBINES = st.one_of(
    st.just(Combines(exclusive=True)),
    st.builds(Combines, st.just(False), st.sampled_from([None, "g", "h"]), st.integers(1, 3)),
)
PRICES = st.one_of(st.none(), st.integers(-50, 300))


@st.composite
def wallets(draw: st.DrawFn, most: int = 7) -> list[Candidate]:
    """Some vouchers of a few policies; those of one policy may come from versions that differ."""
    return [
        Candidate(
            name=f"v{number}",
            policy=draw(st.sampled_from("abc")),
            worth=draw(st.integers(0, 120)),
            combines=draw(COMBINES),
            off_price=draw(st.booleans()),
            remainder=draw(st.sampled_from(["keep", "forfeit"])),
            ends_on=draw(st.sampled_from([None, date(2027, 1, 1), date(2027, 2, 1)])),
        )
        for number in range(draw(st.integers(0, most)))
    ]


def by_hand(vouchers: Sequence[Candidate]) -> bool:
    """The rule as docs/policies.md puts it, written again without the product's code."""
    for voucher in vouchers:
        others = [other for other in vouchers if other is not voucher]
        if voucher.combines.exclusive and others:
            return False
        if sum(other.policy == voucher.policy for other in vouchers) > voucher.combines.per_order:
            return False
        group = voucher.combines.group
        if group and any(
            other.combines.group == group and other.policy != voucher.policy for other in others
        ):
            return False
    return True


def saved_by_hand(vouchers: Sequence[Candidate], price: int | None) -> int:
    off = sum(each.worth for each in vouchers if each.off_price)
    bills = sum(each.worth for each in vouchers if not each.off_price)
    return bills + (off if price is None else min(off, max(price, 0)))


@settings(max_examples=150, deadline=None)
@given(wallets(), PRICES, st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_nothing(
    wallet: list[Candidate], price: int | None, chance: Random
) -> None:
    shuffled = list(wallet)
    chance.shuffle(shuffled)
    first, second = best_combination(wallet, price), best_combination(shuffled, price)
    assert (list(first.taken.items()), first.left_out) == (list(second.taken.items()), second.left_out)


@settings(max_examples=150, deadline=None)
@given(wallets(), PRICES)
def test_no_other_way_saves_the_customer_more(wallet: list[Candidate], price: int | None) -> None:
    sets = chain.from_iterable(combinations(wallet, size) for size in range(len(wallet) + 1))
    most = max(saved_by_hand(chosen, price) for chosen in sets if by_hand(chosen))
    proposal = best_combination(wallet, price)
    assert proposal.saved == most
    chosen = [voucher for voucher in wallet if voucher.name in proposal.taken]
    assert by_hand(chosen)
    assert saved_by_hand(chosen, price) == most


@settings(max_examples=150, deadline=None)
@given(wallets(most=16), PRICES)
def test_nothing_is_ever_taken_below_nothing_or_beyond_the_price(
    wallet: list[Candidate], price: int | None
) -> None:
    worth = {voucher.name: voucher for voucher in wallet}
    for taken in (best_combination(wallet, price).taken, take(wallet, price)):
        assert all(0 <= amount <= worth[name].worth for name, amount in taken.items())
        off = sum(amount for name, amount in taken.items() if worth[name].off_price)
        assert price is None or off <= max(0, price)


@settings(max_examples=150, deadline=None)
@given(wallets())
def test_whoever_is_left_out_is_told_why_and_by_whom(wallet: list[Candidate]) -> None:
    proposal = best_combination(wallet, 100)
    known = {voucher.name: voucher for voucher in wallet}
    assert set(proposal.taken) | set(proposal.left_out) == set(known)
    used = [known[name] for name in proposal.taken]
    for name, (why, against) in proposal.left_out.items():
        assert (why == "excluded") == (not by_hand([*used, known[name]]))
        assert set(against) <= set(proposal.taken)
        assert (why == "excluded") == bool(against)


@settings(max_examples=100, deadline=None)
@given(wallets())
def test_two_go_together_whichever_comes_first(wallet: list[Candidate]) -> None:
    for one, other in combinations(wallet, 2):
        assert go_together(one, other) is go_together(other, one) is by_hand([one, other])
        assert bool(keeping_out(one, [other])) is bool(keeping_out(other, [one])) is not by_hand([one, other])


def test_per_order_counts_vouchers_of_one_policy() -> None:
    wallet = [Candidate(f"v{number}", "a", 10, Combines(per_order=3)) for number in range(5)]
    assert best_combination(wallet, 1000).saved == 30


def test_what_would_be_lost_is_spent_before_what_is_kept() -> None:
    keeps = Candidate("keeps", "a", 50, remainder="keep")
    loses = Candidate("loses", "b", 50, remainder="forfeit")
    assert best_combination([keeps, loses], 50).taken == {"loses": 50}
    assert best_combination([keeps, loses], 80).taken == {"loses": 50, "keeps": 30}


def test_of_two_alike_the_one_that_ends_sooner_is_used() -> None:
    late = Candidate("a-late", "a", 50, ends_on=date(2027, 6, 1))
    soon = Candidate("z-soon", "a", 50, ends_on=date(2027, 1, 1))
    assert best_combination([late, soon], 80).taken == {"z-soon": 50}


def test_a_credit_on_bills_does_not_use_up_the_price() -> None:
    bills = Candidate("bills", "a", 240, off_price=False)
    off = Candidate("off", "b", 50)
    assert best_combination([bills, off], 30).taken == {"off": 30, "bills": 240}


def test_beyond_twelve_those_worth_the_most_alone_are_weighed() -> None:
    wallet = [Candidate(f"v{number:02}", f"p{number}", number + 1) for number in range(MOST + 3)]
    proposal = best_combination(wallet, None)
    assert [name for name, why in proposal.left_out.items() if why[0] == "not_weighed"] == [
        "v02",
        "v01",
        "v00",
    ]
    assert len(proposal.taken) == MOST
