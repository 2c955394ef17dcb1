"""Which vouchers go together on one order, and which of the ways is best for the customer.

Pure. The answer is made from the set of vouchers: the order in which they come does not count. What goes
together is written down in docs/policies.md; what is best is, in this sequence: the customer saves the
most; the least of any voucher is lost; the least is spent of what would be kept; the fewest vouchers are
used; those that end sooner are used first; the names decide.
Must not know the database, any policy's text, or why a voucher may be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from store_api.policy.model import Combines, Remainder

MOST = 12
"""So many vouchers are weighed against each other; of more, those that are worth the most alone."""
NEVER = date.max

WhyLeftOut = Literal["excluded", "not_needed", "not_weighed"]


@dataclass(frozen=True)
class Candidate:
    """A voucher that may be used on the order by itself.

    `worth` is what it takes off, in minor units of the order's currency, were it alone and the price high
    enough. `off_price` says that it comes off the price and so cannot take more than that; a credit on later
    bills does not. What it does not take is kept or lost as `remainder` says.
    """

    name: str
    policy: str
    worth: int
    combines: Combines = field(default=Combines())
    off_price: bool = True
    remainder: Remainder = "keep"
    ends_on: date | None = None


@dataclass(frozen=True)
class Proposal:
    """The best combination: what each voucher takes, in the sequence of taking, and why others stay out.

    `left_out` gives for each other voucher why, and the vouchers of the combination that keep it out.
    """

    taken: Mapping[str, int]
    saved: int
    left_out: Mapping[str, tuple[WhyLeftOut, tuple[str, ...]]]


def go_together(one: Candidate, other: Candidate) -> bool:
    """Whether two vouchers may stand on one order; the same whichever comes first."""
    if one.combines.exclusive or other.combines.exclusive:
        return False
    if one.policy == other.policy:
        return min(one.combines.per_order, other.combines.per_order) > 1
    return one.combines.group is None or one.combines.group != other.combines.group


def may_stand(vouchers: Sequence[Candidate]) -> bool:
    """Whether all of these may stand on one order."""
    return all(not keeping_out(voucher, vouchers) for voucher in vouchers)


def keeping_out(voucher: Candidate, others: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those of the others that keep a voucher out; empty where it may join them.

    The others may stand together themselves.
    """
    rivals = [other for other in others if other.name != voucher.name]
    against = [other for other in rivals if not go_together(voucher, other)]
    alike = [other for other in rivals if other.policy == voucher.policy]
    most = min(each.combines.per_order for each in (voucher, *alike))
    if not against and len(alike) >= most:
        against = alike
    return tuple(against)


def best_combination(candidates: Iterable[Candidate], price: int | None) -> Proposal:
    """The best combination on an order of a price in minor units; null where the price is not known.

    The sum of what is taken off the price is never more than the price.
    """
    known = sorted(candidates, key=lambda each: (-each.worth, each.name))
    weighed, rest = known[:MOST], known[MOST:]
    best = min(_combinations(weighed), key=lambda chosen: _rank(chosen, price))
    taken = take(best, price)
    used = tuple(voucher for voucher in best if taken[voucher.name])
    left_out: dict[str, tuple[WhyLeftOut, tuple[str, ...]]] = {}
    for voucher in weighed:
        if voucher not in used:
            against = tuple(other.name for other in keeping_out(voucher, used))
            left_out[voucher.name] = ("excluded" if against else "not_needed", against)
    left_out |= {voucher.name: ("not_weighed", ()) for voucher in rest}
    kept = {name: amount for name, amount in taken.items() if amount}
    return Proposal(kept, sum(kept.values()), left_out)


def take(vouchers: Iterable[Candidate], price: int | None) -> dict[str, int]:
    """What each of a combination takes, in the sequence of taking: what would be lost before what is kept.

    Amounts are in minor units and never below zero.
    """
    taken: dict[str, int] = {}
    left = None if price is None else max(0, price)
    for voucher in sorted(vouchers, key=_taking_order):
        worth = max(0, voucher.worth)
        if voucher.off_price and left is not None:
            worth = min(worth, left)
            left -= worth
        taken[voucher.name] = worth
    return taken


def _taking_order(voucher: Candidate) -> tuple[bool, date, int, str]:
    return voucher.remainder == "keep", voucher.ends_on or NEVER, -voucher.worth, voucher.name


def _combinations(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Every set that may stand on one order, the empty one too."""
    chosen: tuple[Candidate, ...] = ()
    yield chosen
    open_: list[tuple[tuple[Candidate, ...], int]] = [(chosen, 0)]
    while open_:
        chosen, start = open_.pop()
        for place in range(start, len(candidates)):
            if not keeping_out(candidates[place], chosen):
                more = (*chosen, candidates[place])
                yield more
                open_.append((more, place + 1))


def _rank(chosen: tuple[Candidate, ...], price: int | None) -> tuple[object, ...]:
    """Smaller is better."""
    taken = take(chosen, price)
    lost = sum(each.worth - taken[each.name] for each in chosen if each.remainder == "forfeit")
    lasting = sum(taken[each.name] for each in chosen if each.remainder == "keep")
    ends = tuple(sorted(each.ends_on or NEVER for each in chosen))
    names = tuple(sorted(each.name for each in chosen))
    return -sum(taken.values()), lost, lasting, len(chosen), ends, names
