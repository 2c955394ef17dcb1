"""A policy version as typed values: what the reader makes and everything else works on.

Must know nothing of YAML, of today, or of any customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from store_api.policy.errors import ErrorList, Place
from store_api.policy.values import Duration, Money, Value
from store_api.policy.vocabulary import FactRef, Says

BenefitKind = Literal["instant_credit", "bill_credit", "percent_off", "fee_waiver", "upgrade_right"]
Remainder = Literal["keep", "forfeit"]
OnVoid = Literal["restore", "restore_if_valid", "forfeit"]

DEVICE_PRICE = "order.device_price"  # what an instant credit is applied to
TODAY = "today"  # what `binds` says when the day of the decision picks the version


@dataclass(frozen=True)
class Literally:
    """A bound written in the policy, or taken from one of its parameters."""

    value: Value | Duration
    parameter: str | None = None


@dataclass(frozen=True)
class Between:
    """Two ends, both included."""

    low: Literally | FactRef
    high: Literally | FactRef


@dataclass(frozen=True)
class Among:
    """A list of literals, in the order written."""

    values: tuple[str, ...]


Bound = Literally | FactRef | Between | Among


@dataclass(frozen=True)
class Term:
    """One sentence and one test of one fact; `negated` where it stands under `not`."""

    id: str
    says: Says
    fact: str
    test: str
    bound: Bound
    negated: bool = False
    place: Place = field(default=Place(""), compare=False)

    @cached_property
    def bound_facts(self) -> tuple[str, ...]:
        """The facts that the bound reads, each once."""
        ends = (self.bound.low, self.bound.high) if isinstance(self.bound, Between) else (self.bound,)
        return tuple(dict.fromkeys(end.key for end in ends if isinstance(end, FactRef)))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The term's fact, then its bound's, each once."""
        return tuple(dict.fromkeys((self.fact, *self.bound_facts)))


@dataclass(frozen=True)
class Group:
    """Terms and groups joined by `all` or `any`; never empty."""

    kind: Literal["all", "any"]
    members: tuple[Term | Group, ...]

    def terms(self) -> Iterator[Term]:
        """Every term at any depth, in document order."""
        for member in self.members:
            if isinstance(member, Term):
                yield member
            else:
                yield from member.terms()


@dataclass(frozen=True)
class Tier:
    """One level of a credit: an amount and what it asks for on top of the policy's own terms."""

    id: str
    amount: Money
    says: Says
    requires: Group


@dataclass(frozen=True)
class Benefit:
    """What a yes is worth. Which fields are set depends on the kind; tiers stand by rising amount."""

    kind: BenefitKind
    amount: Money | None = None
    percent: Decimal | None = None
    of: str | None = None
    at_most: Money | None = None
    remainder: Remainder = "keep"
    on_void: OnVoid = "restore_if_valid"
    months: int | None = None
    starts_within_bills: int | None = None
    stops_if: tuple[Term, ...] = ()
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True)
class Waivable:
    """Who may waive a term, and how large the benefit may be that the waiver releases."""

    term: str
    by: str
    up_to: Money | None


@dataclass(frozen=True)
class Combines:
    """With what a voucher may go on one order.

    `exclusive`: with no other voucher at all. `group`: of all policies that name it, vouchers of one alone.
    `per_order`: at most so many vouchers of this policy.
    """

    exclusive: bool = False
    group: str | None = None
    per_order: int = 1


@dataclass(frozen=True)
class Scope:
    """Where a voucher may be used: in these stores or regions, over these channels; empty is everywhere."""

    stores: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def has_store(self, store: str, region: str) -> bool:
        """Whether a store lies in it, by its own name or by its region's."""
        anywhere = not (self.stores or self.regions)
        return anywhere or store in self.stores or region in self.regions

    def has_channel(self, channel: str) -> bool:
        """Whether a channel lies in it."""
        return not self.channels or channel in self.channels


@dataclass(frozen=True)
class Example:
    """A case that the policy states about itself."""

    name: str
    on: date
    facts: Mapping[str, Value]
    expect: Mapping[str, Any]
    waive: frozenset[str]
    ends: date | None
    place: Place = field(compare=False)


@dataclass(frozen=True, eq=False)
class PolicyVersion:
    """One dated, immutable text of a policy. Two versions are equal when their digests are."""

    policy: str
    version: int
    title: Says
    source: str
    effective_from: date
    effective_until: date | None
    binds: str
    benefit: Benefit
    requires: Group
    agrees: tuple[Says, ...]
    not_required: tuple[str, ...]
    waivable: tuple[Waivable, ...]
    examples: tuple[Example, ...]
    digest: str
    place: Place
    combines: Combines = Combines()
    scope: Scope = Scope()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PolicyVersion) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The policy's terms in document order, then the tiers' by rising amount."""
        tiers = (term for tier in self.benefit.tiers for term in tier.requires.terms())
        return (*self.requires.terms(), *tiers)

    @cached_property
    def tier_of(self) -> Mapping[str, str]:
        """The tier of each term that belongs to one."""
        return {term.id: tier.id for tier in self.benefit.tiers for term in tier.requires.terms()}

    @cached_property
    def facts_that_count(self) -> frozenset[str]:
        """Every fact that outcome or benefit can hang on."""
        others = {self.binds, self.benefit.of, DEVICE_PRICE} - {None, TODAY}
        return frozenset(others | {key for term in self.terms for key in term.facts})  # type: ignore[arg-type]

    @property
    def binds_to_today(self) -> bool:
        """Whether the day of the decision picks the version."""
        return self.binds == TODAY

    def is_effective(self, day: date) -> bool:
        """Whether the day lies in the half-open span of the version."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)


@dataclass(frozen=True)
class Policy:
    """The versions of one policy, by rising start; they never overlap and bind to one fact."""

    versions: tuple[PolicyVersion, ...]

    def __post_init__(self) -> None:
        """Sort and check; raises PolicyErrors at the later version's place."""
        if not self.versions:
            raise ValueError("a policy has at least one version")
        ordered = tuple(sorted(self.versions, key=lambda version: (version.effective_from, version.version)))
        object.__setattr__(self, "versions", ordered)
        errors = ErrorList()
        for earlier, later in pairwise(ordered):
            _check_pair(earlier, later, errors)
        _check_numbers(ordered, errors)
        errors.raise_if_any()

    @property
    def id(self) -> str:
        """The policy's name."""
        return self.versions[0].policy

    @property
    def binds(self) -> str:
        """The date fact that picks the version, or `today`."""
        return self.versions[0].binds

    def in_force_on(self, day: date) -> PolicyVersion | None:
        """The one version that is effective on a day."""
        return next((version for version in self.versions if version.is_effective(day)), None)

    def next_after(self, day: date) -> PolicyVersion | None:
        """The first version that begins after a day."""
        return next((version for version in self.versions if version.effective_from > day), None)


def _check_pair(earlier: PolicyVersion, later: PolicyVersion, errors: ErrorList) -> None:
    if later.policy != earlier.policy:
        errors.add(later.place, "policy.another", f"{later.policy} is another policy than {earlier.policy}")
        return
    if later.binds != earlier.binds:
        message = (
            f"all versions bind to the same date: {later.binds} here, {earlier.binds} in {earlier.place.file}"
        )
        errors.add(later.place, "policy.binds_differ", message)
    if earlier.effective_until is None or later.effective_from < earlier.effective_until:
        message = f"version {later.version} overlaps version {earlier.version} ({earlier.place.file})"
        errors.add(later.place, "policy.versions_overlap", message)


def _check_numbers(versions: tuple[PolicyVersion, ...], errors: ErrorList) -> None:
    seen: dict[int, PolicyVersion] = {}
    for version in versions:
        if version.version in seen:
            errors.add(version.place, "policy.version_twice", f"version {version.version} is given twice")
        seen[version.version] = version
