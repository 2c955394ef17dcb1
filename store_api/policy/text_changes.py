"""What changed in the text from one version to another, term by term and part by part.

Whether a test asks for more or less than before is weighed by whoever asks: the solver weighs any two tests
(see compare.py); `weigh_bounds` needs none, and says what two plain bounds of the same test show by
themselves.
Must know nothing of customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from store_api.policy.errors import Refused
from store_api.policy.evaluate import compare
from store_api.policy.model import Among, Between, Bound, Group, Literally, PolicyVersion, Term
from store_api.policy.values import Duration

Kind = Literal["added", "removed", "loosened", "tightened", "changed", "reworded", "moved", "same_test"]
Weigh = Callable[[Term, Term], Kind]


@dataclass(frozen=True)
class TermChange:
    """One term's change; `same_test` is another way to write what tests the same."""

    kind: Kind
    term: str
    old: Term | None
    new: Term | None


def term_changes(old: PolicyVersion, new: PolicyVersion, weigh: Weigh) -> tuple[TermChange, ...]:
    """The terms that differ, the old version's first; `weigh` is asked of tests that differ."""
    return tuple(_term_changes(old, new, weigh))


def changed_fields(old: PolicyVersion, new: PolicyVersion) -> tuple[str, ...]:
    """The names of the other parts that differ."""
    pairs = {
        "title": (old.title, new.title),
        "source": (old.source, new.source),
        "effective": ((old.effective_from, old.effective_until), (new.effective_from, new.effective_until)),
        "binds": (old.binds, new.binds),
        "benefit": (_benefit(old), _benefit(new)),
        "agrees": (old.agrees, new.agrees),
        "not_required": (set(old.not_required), set(new.not_required)),
        "waivable": (set(old.waivable), set(new.waivable)),
        "combines": (old.combines, new.combines),
        "scope": (old.scope, new.scope),
    }
    return tuple(name for name, (before, after) in pairs.items() if before != after)


def _benefit(version: PolicyVersion) -> Any:
    tiers = [(tier.id, tier.amount, tier.says) for tier in version.benefit.tiers]
    return (replace(version.benefit, tiers=()), tiers)


def _term_changes(old: PolicyVersion, new: PolicyVersion, weigh: Weigh) -> Iterator[TermChange]:
    before, after = {term.id: term for term in old.terms}, {term.id: term for term in new.terms}
    were, are = _standing(old), _standing(new)
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield TermChange("removed" if other is None else "added", key, one, other)
            continue
        if _test_of(one) != _test_of(other):
            yield TermChange(weigh(one, other), key, one, other)
        elif one.says != other.says:
            yield TermChange("reworded", key, one, other)
        if were[key] != are[key]:
            yield TermChange("moved", key, one, other)


def _test_of(term: Term) -> tuple[Any, ...]:
    return (term.fact, term.test, term.bound, term.negated)


def _standing(version: PolicyVersion) -> dict[str, tuple[str, ...]]:
    """Where each term stands: its tier, and the groups with more than one member above it."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(group: Group, above: tuple[str, ...]) -> None:
        here = above
        if len(group.members) > 1 and above[-1:] != (group.kind,):
            here = (*above, group.kind)
        for member in group.members:
            if isinstance(member, Group):
                walk(member, here)
            else:
                found[member.id] = here

    walk(version.requires, ("all",))
    for tier in version.benefit.tiers:
        walk(tier.requires, (f"tier {tier.id}", "all"))
    return found


# weighing without a solver

_MORE_IS_TIGHTER = frozenset(
    {"at_least", "more_than", "on_or_after", "after", "at_least_ago", "none_of", "contains_none_of"}
)
_MORE_IS_LOOSER = frozenset(
    {"at_most", "less_than", "on_or_before", "before", "within_last", "within_next", "one_of", "between"}
    | {"size_at_most"}
)
_MONTHS = {"months": 1, "years": 12}


def weigh_bounds(one: Term, other: Term) -> Kind:
    """loosened or tightened where two plain bounds of the same test of the same fact show it, else changed.

    Bounds that are facts, and bounds that neither hold one another, show nothing by themselves.
    """
    if (one.fact, one.test, one.negated) != (other.fact, other.test, other.negated):
        return "changed"
    grew = _grew(one.bound, other.bound)
    if grew is None:
        return "changed"
    if one.test in _MORE_IS_TIGHTER:
        tighter = grew
    elif one.test in _MORE_IS_LOOSER:
        tighter = not grew
    else:
        return "changed"
    return "tightened" if tighter is not one.negated else "loosened"


def _grew(old: Bound, new: Bound) -> bool | None:
    """Whether the new bound is the greater or the wider one; None where that cannot be said."""
    if isinstance(old, Among) and isinstance(new, Among):
        before, after = set(old.values), set(new.values)
        return True if before < after else False if after < before else None
    if isinstance(old, Between) and isinstance(new, Between):
        return _widened(old, new)
    sign = _sign(old, new)
    return None if sign in (None, 0) else sign == 1


def _widened(old: Between, new: Between) -> bool | None:
    low, high = _sign(old.low, new.low), _sign(old.high, new.high)
    if low is None or high is None or (low, high) == (0, 0):
        return None
    if low <= 0 and high >= 0:
        return True
    return False if low >= 0 and high <= 0 else None


def _sign(old: Bound, new: Bound) -> int | None:
    """1 where the new literal is the greater one, -1 the lesser; None where they cannot be compared."""
    if not isinstance(old, Literally) or not isinstance(new, Literally):
        return None
    before, after = old.value, new.value
    if isinstance(before, Duration) and isinstance(after, Duration):
        return _sign_of_spans(before, after)
    if isinstance(before, Duration) or isinstance(after, Duration):
        return None
    try:
        return compare(after, before)
    except (Refused, TypeError):
        return None


def _sign_of_spans(old: Duration, new: Duration) -> int | None:
    if old.unit == new.unit:
        return (new.count > old.count) - (new.count < old.count)
    if old.unit in _MONTHS and new.unit in _MONTHS:
        before, after = old.count * _MONTHS[old.unit], new.count * _MONTHS[new.unit]
        return (after > before) - (after < before)
    return None
