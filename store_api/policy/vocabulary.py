"""What a catalogue is made of: facts, claims and references from one fact to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from store_api.policy.errors import Place
from store_api.policy.values import Duration, FactType, Unit, Value

Source = Literal["order", "presentation", "voucher", "billing", "crm", "staff", "store"]
Change = Literal["pay", "choose", "wait", "staff", "none"]
Says = Mapping[str, str]

WAIVER_ROLES = ("rep", "store_manager", "region_manager", "care")
"""Who a policy may let waive a term; each has words on the sheet."""

ASKABLE: frozenset[str] = frozenset({"order", "presentation"})


def says_in(says: Says, language: str, otherwise: str) -> str:
    """The words in a language, else in English, else in any language, else the given text."""
    return says.get(language) or says.get("en") or next(iter(says.values()), otherwise)


@dataclass(frozen=True)
class FactRef:
    """The value of another fact."""

    key: str


@dataclass(frozen=True)
class Fact:
    """One declared fact.

    `change` says who can change it and how; `rolls` that it moves with time in a way nobody can compute;
    `max_age` that an older value counts as unknown when facts are gathered. `digest` is of its `entry`, the
    plain data as declared.
    """

    key: str
    type: FactType
    source: Source
    unit: Unit | None = None
    options: tuple[str, ...] | None = None
    label: Says = field(default_factory=dict)
    ask: Says = field(default_factory=dict)
    option_labels: Mapping[str, Says] = field(default_factory=dict)
    change: Change = "none"
    personal: bool = False
    rolls: bool = False
    max_age: Duration | None = None
    digest: str = ""
    place: Place = field(default=Place(""), compare=False)
    entry: Any = field(default=None, compare=False, repr=False)

    @property
    def may_be_asked(self) -> bool:
        """Whether a customer may be asked for it."""
        return self.source in ASKABLE

    def label_in(self, language: str) -> str:
        """What the fact is called."""
        return says_in(self.label, language, self.key)

    def asked_in(self, language: str) -> str:
        """The question, or the label where there is none."""
        return says_in(self.ask, language, self.label_in(language))

    def same_kind_as(self, other: Fact) -> bool:
        """Whether the two can be compared: same type, unit and options."""
        options = set(self.options or ()) == set(other.options or ())
        return self.type == other.type and self.unit == other.unit and options


@dataclass(frozen=True)
class Claim:
    """Something that customers are told they need.

    `without` says what the facts look like for somebody who does not do it: a value, a fact to take the value
    from, or None for unknown.
    """

    id: str
    says: Says
    without: Mapping[str, Value | FactRef | None]
    digest: str = ""
    place: Place = field(default=Place(""), compare=False)
    entry: Any = field(default=None, compare=False, repr=False)
