"""Asking: everything that a decision is made from, the answer to it, and whether an earlier answer holds.

What it must not know: how a decision is kept, who asks over which face, Flask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from store_api.contract import Money
from store_api.decisions.gather import Gathered, Granting, Reasons, Subject, gather, reasons_of
from store_api.decisions.gist import gist
from store_api.decisions.inputs import digest_inputs
from store_api.decisions.making import Made, decide_terms, granting_of, lay_reasons
from store_api.decisions.models import DecisionRow
from store_api.errors import NotFound
from store_api.policies import service as policies
from store_api.policies.service import PolicyBook
from store_api.policy.facts import Catalogue
from store_api.policy.model import Policy
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.work import Work

OTHER_CURRENCY = "voucher.other_currency"
STOPPED = "policy.stopped"
"""Nothing new is given under a version that was stopped; what was issued before is honoured."""


@dataclass(frozen=True)
class Asked:
    """A subject with everything that its decision is made from, and the digest of it.

    `facts` are those of `gathered` that can be read under `catalogue`, which is the version's own.
    """

    subject: Subject
    policy: Policy
    book: PolicyBook
    catalogue: Catalogue
    facts: Mapping[str, object]
    place: Place
    gathered: Gathered
    inputs: str | None


def ask(work: Work, subject: Subject, alone: bool = False) -> Asked:
    """Everything that a decision on a subject is made from. `alone`: as if no other voucher stood
    on its order. Raises NotFound.
    """
    book = policies.open_book(work.session, work.settings.catalogue_files)
    policy = book.policies.get(subject.policy)
    if policy is None:
        raise NotFound
    place = stores.read_place(work.session, subject.store_id)
    gathered = gather(work, subject, place, book)
    if alone:
        gathered = replace(gathered, others=())
    catalogue, facts = book.for_facts(policy, gathered.facts, gathered.on)
    inputs = digest_inputs(policy, gathered, subject.amount_minor, catalogue)
    return Asked(subject, policy, book, catalogue, facts, place, gathered, inputs)


def holds(work: Work, asked: Asked, known: DecisionRow) -> bool:
    """Whether a recorded yes is what would be decided now: made from the same, and no reason against it.

    Deciding is pure, so it need not be done again to be known.
    """
    if asked.inputs is None or asked.inputs != known.inputs:
        return False
    said = gist(known)
    if said.outcome != "eligible":
        return False
    document = next((each for each in asked.policy.versions if each.version == known.version), None)
    granting = Granting(document, said.amount)
    return not _reasons(work, asked, granting)


def answer(work: Work, asked: Asked) -> Made:
    """Ask the policy core, and lay the service's own codes over its answer."""
    subject, gathered = asked.subject, asked.gathered
    by_terms = decide_terms(asked.policy, gathered, asked.facts, subject.amount_minor, asked.catalogue)
    reasons = _reasons(work, asked, granting_of(by_terms.decision))
    if by_terms.is_foreign:
        reasons.setdefault(OTHER_CURRENCY, {})
    document = by_terms.decision.document
    if document is not None:
        gathered = replace(gathered, names=policies.use_names(work.session, asked.book, document))
    return lay_reasons(by_terms, reasons, gathered, asked.catalogue)


@dataclass(frozen=True)
class ButFor:
    """What the terms say where one code is the only reason against a yes: what they grant, or still ask."""

    amount: Money | None
    questions: tuple[str, ...] = ()


def granted_without(work: Work, asked: Asked, code: str) -> ButFor | None:
    """What there is but for `code`; None where the terms or another reason say no, too."""
    found = decide_terms(
        asked.policy, asked.gathered, asked.facts, asked.subject.amount_minor, asked.catalogue
    )
    if found.is_foreign:
        return None
    by_terms = found.decision
    granting = granting_of(by_terms)
    if by_terms.outcome == "not_eligible" or set(_reasons(work, asked, granting)) != {code}:
        return None
    is_whole = by_terms.outcome == "eligible" and not by_terms.questions
    return ButFor(granting.amount if is_whole else None, by_terms.questions)


def _reasons(work: Work, asked: Asked, granting: Granting) -> Reasons:
    """The service's own reasons against what the terms grant, a stopped version's among them."""
    reasons = reasons_of(work.session, asked.subject, asked.gathered, granting, asked.place, work.now)
    document = granting.document
    if asked.subject.voucher is None and document is not None and asked.book.is_stopped(document):
        reasons[STOPPED] = {}
    return reasons
