"""A policy document: YAML text in, a typed and checked `PolicyVersion` out, every fault with its place.

The checks here are those that need the text alone; the document's own examples are run by `check`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from store_api.policy.benefit_reader import read_benefit
from store_api.policy.canonical import digest_of
from store_api.policy.errors import ErrorList, Refused, shown
from store_api.policy.example_reader import read_example
from store_api.policy.facts import Catalogue
from store_api.policy.fields import FieldReader, read_says
from store_api.policy.model import TODAY, Benefit, Policy, PolicyVersion, Waivable
from store_api.policy.nodes import Node, raw_of, read_file_text, read_tree
from store_api.policy.sentences import check_sentences
from store_api.policy.term_reader import IDENTIFIER, TermReader, read_parameters
from store_api.policy.use_reader import CHANNEL, read_combines, read_scope
from store_api.policy.values import read_date, read_money
from store_api.policy.vocabulary import Says

__all__ = ["Policy", "PolicyVersion", "digest", "read_policy", "read_policy_file"]

FORMAT = 1
LANGUAGES = ("en", "es")
_FIELDS = (
    *("format", "policy", "version", "title", "source", "effective", "binds", "benefit", "parameters"),
    *("requires", "agrees", "not_required", "waivable", "combines", "scope", "examples"),
)


def digest(version: PolicyVersion) -> str:
    """`sha256:…` of the version's content: comments, layout and the order of keys do not count."""
    return version.digest


def read_policy_file(
    path: str | Path, catalogue: Catalogue, languages: tuple[str, ...] = LANGUAGES
) -> PolicyVersion:
    """Read one file. Raises PolicyErrors for whatever is wrong with it."""
    return read_policy(read_file_text(path), str(path), catalogue, languages)


def read_policy(
    text: str, filename: str, catalogue: Catalogue, languages: Sequence[str] = LANGUAGES
) -> PolicyVersion:
    """Read one version of a policy from YAML text.

    Raises PolicyErrors with all faults that were found. Examples are read and typed, not run.
    """
    tree = read_tree(text, filename)
    errors = ErrorList()
    fields = _DocumentReader(tree, catalogue, tuple(languages), errors).read()
    errors.raise_if_any()
    return PolicyVersion(**fields, digest=digest_of(raw_of(tree)))


class _DocumentReader:
    def __init__(
        self, tree: Node, catalogue: Catalogue, languages: tuple[str, ...], errors: ErrorList
    ) -> None:
        self.catalogue = catalogue
        self.languages = languages
        self.errors = errors
        self.fields = FieldReader(tree, errors, "policy", _FIELDS)
        self.terms = TermReader(catalogue.facts, languages, errors)

    def read(self) -> dict[str, Any]:
        """All fields of a `PolicyVersion` but its digest; meaningless once a fault was noted."""
        self._check_format()
        self.terms.parameters = read_parameters(self.fields, self.errors)
        begins, until = self._effective()
        requires = self.fields.get("requires", required=True)
        group = self.terms.group(requires) if requires is not None else None
        before_stops = set(self.terms.seen)
        benefit = self._benefit()
        decided = before_stops | (
            {term.id for tier in benefit.tiers for term in tier.requires.terms()} if benefit else set()
        )
        return {
            "policy": self._policy_id(),
            "version": self.fields.integer("version"),
            "title": self._title(),
            "source": self.fields.text("source"),
            "effective_from": begins,
            "effective_until": until,
            "binds": self._binds(),
            "benefit": benefit,
            "requires": group,
            "agrees": self._agrees(),
            "not_required": self._not_required(),
            "waivable": self._waivable(benefit, decided),
            "combines": read_combines(self.fields, benefit),
            "scope": read_scope(self.fields, benefit, self.catalogue.facts.get(CHANNEL)),
            "examples": self._examples(),
            "place": self.fields.node.key_place("effective"),
        }

    def _check_format(self) -> None:
        node = self.fields.get("format", required=True)
        if node is not None and (raw_of(node) != FORMAT or isinstance(raw_of(node), bool)):
            self.errors.add(
                node.place, "policy.format", f"only format {FORMAT} is known, not {shown(raw_of(node))}"
            )

    def _policy_id(self) -> str | None:
        name = self.fields.text("policy")
        if name is not None and not IDENTIFIER.fullmatch(name):
            message = f"a policy is named like upgrade-credit-50, not {shown(name)}"
            self.errors.add(self.fields.place_of("policy"), "id.form", message)
        return name

    def _title(self) -> Says:
        title = self.fields.says("title", self.languages)
        check_sentences(title, self.fields.get("title"), (), self.errors, self.fields.place)
        return title

    def _effective(self) -> tuple[date | None, date | None]:
        node = self.fields.get("effective", required=True)
        if node is None:
            return None, None
        span = FieldReader(node, self.errors, "effective", ("from", "until"))
        begins = self._date(span, "from", required=True)
        until = self._date(span, "until")
        if begins is not None and until is not None and until <= begins:
            self.errors.add(
                span.place_of("until"), "effective.end_before_start", f"ends on {until}, begins on {begins}"
            )
        return begins, until

    def _date(self, reader: FieldReader, key: str, required: bool = False) -> date | None:
        node = reader.get(key, required)
        if node is None or (not required and raw_of(node) is None):
            return None
        try:
            return read_date(raw_of(node))
        except Refused as refused:
            self.errors.add_refused(node.place, refused)
            return None

    def _binds(self) -> str | None:
        name = self.fields.text("binds")
        if name is None or name == TODAY:
            return name
        fact = self.terms.fact(self.fields, "binds")
        if fact is not None and fact.type != "date":
            message = f"binds is a date fact or today; {name} is a {fact.type}"
            self.errors.add(self.fields.place_of("binds"), "policy.binds", message)
        return name

    def _benefit(self) -> Benefit | None:
        node = self.fields.get("benefit", required=True)
        return read_benefit(node, self.terms) if node is not None else None

    def _agrees(self) -> tuple[Says, ...]:
        read = []
        for node in self.fields.items("agrees"):
            reader = FieldReader(node, self.errors, "agrees", ("says",))
            sentence = reader.get("says", required=True)
            says = read_says(sentence, self.languages, self.errors) if sentence is not None else {}
            check_sentences(says, sentence, self.catalogue.facts, self.errors, node.place)
            read.append(says)
        return tuple(read)

    def _not_required(self) -> tuple[str, ...]:
        claims: list[str] = []
        for node in self.fields.items("not_required"):
            reader = FieldReader(node, self.errors, "not_required", ("claim",))
            claim = reader.text("claim")
            if claim is None:
                continue
            place = reader.place_of("claim")
            if claim not in self.catalogue.claims:
                self.errors.add(place, "claim.unknown", f"the catalogue has no claim {shown(claim)}")
            if claim in claims:
                self.errors.add(place, "claim.twice", f"{claim} is listed twice")
            claims.append(claim)
        return tuple(claims)

    def _waivable(self, benefit: Benefit | None, decided: set[str]) -> tuple[Waivable, ...]:
        read: list[Waivable] = []
        for node in self.fields.items("waivable"):
            one = self._one_waivable(node, benefit, decided)
            if one is not None and any((one.term, one.by) == (other.term, other.by) for other in read):
                self.errors.add(node.place, "waivable.twice", f"{one.term} by {one.by} is listed twice")
            if one is not None:
                read.append(one)
        return tuple(read)

    def _one_waivable(self, node: Node, benefit: Benefit | None, decided: set[str]) -> Waivable | None:
        reader = FieldReader(node, self.errors, "waivable", ("term", "by", "up_to"))
        term, by = reader.text("term"), reader.text("by")
        if term is not None and term not in decided and (benefit is not None or term not in self.terms.seen):
            self.errors.add(
                reader.place_of("term"), "waivable.unknown_term", f"no term {shown(term)} to waive"
            )
        if by is not None and not IDENTIFIER.fullmatch(by):
            self.errors.add(
                reader.place_of("by"), "id.form", f"a role is named like store_manager, not {shown(by)}"
            )
        up_to = None
        limit = reader.get("up_to")
        try:
            up_to = read_money(raw_of(limit)) if limit is not None else None
        except Refused as refused:
            self.errors.add_refused(limit.place if limit else node.place, refused)
        if up_to is not None and benefit is not None and _currency(benefit) not in (None, up_to.currency):
            self.errors.add(
                reader.place_of("up_to"), "money.two_currencies", "not in the currency of the benefit"
            )
        return Waivable(term, by, up_to) if term is not None and by is not None else None

    def _examples(self) -> tuple[Any, ...]:
        nodes = self.fields.items("examples")
        return tuple(read_example(node, self.catalogue, self.errors) for node in nodes)


def _currency(benefit: Benefit) -> str | None:
    amounts = [benefit.amount, benefit.at_most, *(tier.amount for tier in benefit.tiers)]
    return next((amount.currency for amount in amounts if amount is not None), None)
