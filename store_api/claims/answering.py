"""Asking the policy core what it says to a statement, and putting its answer on the wire in every language.

What it must not know: visits, who asks, the database, Flask.
"""

from __future__ import annotations

from dataclasses import dataclass

from store_api import contract as wire
from store_api.decisions import service as decisions
from store_api.policies.service import PolicyBook
from store_api.policy.claim_check import Checked, Statement, check_for, check_text, statements
from store_api.policy.claim_sheet import Asked, make_claim_sheet
from store_api.policy.facts import Catalogue
from store_api.policy.model import Term
from store_api.policy.words import Words as Phrases

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Question:
    """A statement, the length that was heard with it, and what it is about.

    `catalogue` are the entries under which the version decides; `words` puts its other versions in words too.
    """

    statement: Statement
    months: int | None
    about: Asked
    catalogue: Catalogue
    words: Catalogue


@dataclass(frozen=True)
class Answered:
    """The policy core's answer, with the parts of it that go on the wire."""

    question: Question
    checked: Checked

    @property
    def term(self) -> str | None:
        """The first term that the statement is about."""
        return self.checked.terms[0].id if self.checked.terms else None

    @property
    def version(self) -> int | None:
        """The version that answered."""
        version = self.question.about.version
        return version.version if version is not None else None


def answer(question: Question) -> Answered:
    """The answer for the customer of a decision; without one, about the policy's words."""
    about = question.about
    if about.decision is not None:
        checked = check_for(question.statement, about.decision, question.catalogue, question.months)
    elif about.version is not None:
        checked = check_text(
            question.statement, about.policy, about.version, question.catalogue, question.months
        )
    else:
        checked = Checked(question.statement, "not_in_policy", "none_in_force", heard_months=question.months)
    return Answered(question, checked)


def list_choices(catalogue: Catalogue) -> tuple[wire.ClaimChoice, ...]:
    """The closed list in every language."""
    return tuple(
        wire.ClaimChoice(claim=each.id, says=dict(each.says), takes_months=each.takes_months)
        for each in statements(catalogue)
    )


def make_sheets(answered: Answered) -> dict[str, wire.Sheet]:
    """The answer's lines in every language."""
    about, words = answered.question.about, answered.question.words
    made = (make_claim_sheet(answered.checked, about, words, language) for language in LANGUAGES)
    return {sheet.language: decisions.to_wire_sheet(sheet) for sheet in made}


def title_of(book: PolicyBook, about: Asked) -> wire.Words:
    """The title of the version that answered, or the policy's newest."""
    return dict(about.version.title) if about.version is not None else book.title(about.policy.id)


def list_terms(answered: Answered) -> tuple[wire.ClaimTerm, ...]:
    """The terms that the statement is about, with the statuses of the decision."""
    return tuple(_to_wire_term(answered, term) for term in answered.checked.terms)


def _to_wire_term(answered: Answered, term: Term) -> wire.ClaimTerm:
    about, catalogue = answered.question.about, answered.question.catalogue
    decision, version = about.decision, about.version
    facts = decision.facts if decision is not None else {}
    return wire.ClaimTerm(
        term=term.id,
        tier=version.tier_of.get(term.id) if version is not None else None,
        says={language: Phrases(language, catalogue).says(term, facts) for language in LANGUAGES},
        status=decision.result_of(term.id).status if decision is not None else None,
    )
