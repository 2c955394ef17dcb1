"""Proofs and comparisons as lines of text, in one language. Must know nothing of the solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store_api.policy.decide import decide
from store_api.policy.decision import Decision
from store_api.policy.facts import Catalogue
from store_api.policy.findings import Customer, Finding
from store_api.policy.model import TODAY, PolicyVersion
from store_api.policy.proof_phrases import PHRASES
from store_api.policy.readings import reading
from store_api.policy.use_words import use_in_words
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words, uncapitalised

if TYPE_CHECKING:  # the comparison loads the solver
    from store_api.policy.compare import Affected, Comparison, TermChange


@dataclass(frozen=True)
class ProofWords:
    """Makes the lines of findings and of a comparison."""

    catalogue: Catalogue
    language: str

    @property
    def words(self) -> Words:
        """Values and sentences in the language."""
        return Words(self.language, self.catalogue)

    def phrase(self, key: str, **values: object) -> str:
        """One of the proofs' own sentences, in English where the language has none."""
        return PHRASES.get(self.language, PHRASES["en"])[key].format(**values)

    # proofs

    def finding(self, version: PolicyVersion, finding: Finding) -> Iterator[str]:
        """What became of one law, and the customers who show it, each on a line of its own."""
        mark = "failed" if finding.holds_up else "warning" if finding.is_warning else "good"
        subject = finding.subject or self.phrase("subject.somebody")
        key = "not_proved" if finding.verdict == "not_proved" else f"{finding.law}.{finding.verdict}"
        why = self.phrase(f"why.{finding.why}") if finding.why is not None else ""
        yield f"{self.phrase(f'mark.{mark}')}  {self.phrase(key, subject=subject, why=why)}"
        told = {key: "" for customer in finding.customers for key in customer.facts}
        for customer in finding.customers:
            decision = decide(version, self.catalogue, customer.facts, customer.on)
            yield "    " + self.customer(customer, tuple(told), self._outcome(decision))

    def customer(self, customer: Customer, keys: tuple[str, ...], outcome: str) -> str:
        """Facts by their labels, and the answer."""
        facts = ", ".join(
            f"{uncapitalised(self.words.label(key))}: {self._value(customer, key)}" for key in keys
        )
        day = self.words.day(customer.on)
        return self.phrase("customer", day=day, facts=facts, outcome=outcome)

    def _value(self, customer: Customer, key: str) -> str:
        value = customer.facts.get(key)
        if value is None:
            return self.phrase("unknown")
        return self.words.value(self.words.fact(key), value)

    def _outcome(self, decision: Decision) -> str:
        amount = decision.benefit.amount if decision.benefit is not None else None
        if amount is not None:
            return self.phrase("yes_worth", amount=self.words.money(amount))
        return self.phrase(f"outcome.{decision.outcome}")

    # comparison

    def comparison(self, compared: Comparison) -> Iterator[str]:
        """Terms, other parts, who loses, who gains."""
        if not compared.terms:
            yield self.phrase("changes.none")
        for change in compared.terms:
            yield self.term_change(change)
        for field in compared.fields:
            old, new = self._field(field, compared.old), self._field(field, compared.new)
            same = field == "benefit" and old == new
            yield self.phrase("field.benefit_use" if same else f"field.{field}", old=old, new=new)
        for affected in (compared.loses, compared.gains):
            yield from self.affected(affected)

    def term_change(self, change: TermChange) -> str:
        """One term's change in words."""
        told = {}
        for name, term in (("old", change.old), ("new", change.new)):
            if term is not None:
                plain = change.kind in ("reworded", "added", "removed", "moved")
                told[name] = self.words.says(term, {}) if plain else reading(term, self.words)
        return self.phrase(f"changes.{change.kind}", **told)

    def affected(self, affected: Affected) -> Iterator[str]:
        """Who loses or gains, that nobody does, or that it is not proved."""
        why = self.phrase(f"why.{affected.why}") if affected.why is not None else ""
        yield self.phrase(f"{affected.side}.{affected.verdict}", why=why)
        if affected.customer is not None and affected.before is not None and affected.after is not None:
            before, after = self._outcome(affected.before), self._outcome(affected.after)
            turned = self.phrase("turned", before=before, after=after)
            yield "    " + self.customer(affected.customer, tuple(affected.customer.facts), turned)

    def _field(self, field: str, version: PolicyVersion) -> str:
        if field == "effective":
            begin, until = self.words.day(version.effective_from), version.effective_until
            if until is None:
                return self.phrase("span", begin=begin)
            return self.phrase("span.until", begin=begin, until=self.words.day(until))
        if field == "binds":
            today = version.binds == TODAY
            return self.phrase("today") if today else uncapitalised(self.words.label(version.binds))
        if field == "not_required":
            claims = [self.catalogue.claims[key] for key in version.not_required]
            said = [
                uncapitalised(says_in(claim.says, self.language, claim.id).rstrip(".")) for claim in claims
            ]
            return self.words.listed(said, "and") if said else self.words.phrase("nothing")
        if field in ("combines", "scope"):
            return use_in_words(field, version, self.words)
        return self._benefit(version) if field == "benefit" else version.source

    def _benefit(self, version: PolicyVersion) -> str:
        benefit = version.benefit
        amounts = [benefit.amount] if benefit.amount is not None else [tier.amount for tier in benefit.tiers]
        amount = self.words.listed([self.words.money(one) for one in amounts], "or") if amounts else ""
        percent = self.words.percent(benefit.percent) if benefit.percent is not None else ""
        return self.phrase(f"kind.{benefit.kind}", amount=amount, percent=percent, months=benefit.months)
