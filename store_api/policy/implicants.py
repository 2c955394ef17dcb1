"""Which terms together are enough for a yes: the smallest sets, as `all`, `any` and tiers join them.

Must know nothing of values or days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from store_api.policy.model import Group, PolicyVersion, Term

# A policy with more combinations than this is cut off, and whoever asks is told so.
MOST = 600

Ids = frozenset[str]
Sure = Callable[[Term], bool | None]


@dataclass(frozen=True)
class Implicants:
    """Sets of term ids; all terms of one set met is a yes. `cut` where there are more sets than were made."""

    sets: tuple[Ids, ...]
    cut: bool = False


def implicants(version: PolicyVersion, sure: Sure) -> Implicants:
    """The sets of a version. `sure` says of a term: always met (True), never met (False), or neither."""
    tiers = version.benefit.tiers
    own = _of_group(version.requires, sure)
    return _all([own, _any(_of_group(tier.requires, sure) for tier in tiers)]) if tiers else own


def _of_member(member: Term | Group, sure: Sure) -> Implicants:
    if isinstance(member, Group):
        return _of_group(member, sure)
    known = sure(member)
    if known is None:
        return Implicants((frozenset({member.id}),))
    return Implicants((frozenset(),) if known else ())


def _of_group(group: Group, sure: Sure) -> Implicants:
    members = [_of_member(member, sure) for member in group.members]
    return _all(members) if group.kind == "all" else _any(members)


def _any(members: Iterable[Implicants]) -> Implicants:
    inner = list(members)
    return _smallest((one for member in inner for one in member.sets), any(member.cut for member in inner))


def _all(members: Iterable[Implicants]) -> Implicants:
    joined = Implicants((frozenset(),))
    for member in members:
        pairs = (one | other for one, other in product(joined.sets, member.sets))
        joined = _smallest(pairs, joined.cut or member.cut)
    return joined


def _smallest(sets: Iterable[Ids] | Iterator[Ids], cut: bool) -> Implicants:
    """Without the sets that hold another one; short ones first."""
    kept: list[Ids] = []
    for one in sorted(dict.fromkeys(sets), key=len):
        if len(kept) == MOST:
            return Implicants(tuple(kept), True)
        if not any(other <= one for other in kept):
            kept.append(one)
    return Implicants(tuple(kept), cut)
