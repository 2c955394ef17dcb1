"""Decisions: asking the policy core on real facts, and keeping every answer as it was given.

What it is for: deciding, deciding again at the moment of use, and finding a decision by its names.
What it must not know: who asks over which face, how a voucher is consumed, Flask.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import Benefit, Decision, Money, PublicTerms, Sheet, Words
from store_api.decisions import store
from store_api.decisions.gather import (
    Details,
    Gathered,
    Granting,
    Reasons,
    Subject,
    candidate_of,
    gather,
    reasons_of,
)
from store_api.decisions.inputs import digest_inputs
from store_api.decisions.making import (
    Made,
    Stamp,
    decide_terms,
    facts_to_json,
    granting_of,
    lay_reasons,
    make_code_sheets,
    make_plain_sheets,
    make_sheets,
    to_wire,
    to_wire_sheet,
)
from store_api.decisions.models import DecisionRow
from store_api.decisions.recorded import Recorded
from store_api.decisions.recorded import read_again as read_recorded
from store_api.decisions.store import RecordedCase
from store_api.errors import NotFound
from store_api.ids import base32
from store_api.money import to_minor
from store_api.policies import service as policies
from store_api.policies.service import PolicyBook
from store_api.policy.combine import Candidate
from store_api.policy.decision import Decision as PolicyDecision
from store_api.policy.facts import Catalogue
from store_api.policy.model import Policy
from store_api.policy.wire import decision_to_json
from store_api.ready_json import ReadyJson
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.vouchers.service import VoucherKey
from store_api.work import Work

__all__ = [
    "CHANGED", "DecidedAgain", "DecisionRow", "Gist", "Recorded", "RecordedCase", "Subject", "Weighed",
    "check", "count_cases", "decide", "decide_again", "find", "find_by_terms_code", "gist", "read_again",
    "read_cases", "sheets_of_code", "sheets_of_decision", "show", "show_public", "show_stored",
    "to_wire_sheet", "weigh", "why_not",
]  # fmt: skip

STOPPED = "policy.stopped"
"""Nothing new is given under a version that was stopped; what was issued before is honoured."""
CHANGED = "terms.changed"
NOT_ELIGIBLE = "decision.not_eligible"
OWN_CAUSES = ("voucher.", "campaign.", "combination.")
"""What befell the voucher itself says more than that the terms changed."""
LAPSES_AFTER = dt.timedelta(minutes=30)
"""After this a decision is made again before anything is used; a store's midnight comes sooner."""
NONCE_BYTES = 16
CODE_BITS = 50
CODE_DRAWS = 8


class Gist(BaseModel):
    """Outcome, codes and benefit of a decision as it was given."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    codes: tuple[str, ...]
    benefit: Benefit | None

    @property
    def amount(self) -> Money | None:
        """What it takes: what is applied to the order, or else the whole amount."""
        return None if self.benefit is None else self.benefit.applied or self.benefit.amount


@dataclass(frozen=True)
class DecidedAgain:
    """A named decision made again: the answer now, and whether it is the same as the one named.

    `row` is the decision that holds now; `shown` the one that the customer saw, if that still holds.
    """

    row: DecisionRow
    shown: DecisionRow
    is_same: bool


@dataclass(frozen=True)
class Weighed:
    """A voucher that could be used on an order: as the policy core weighs it, its currency and title."""

    candidate: Candidate
    currency: str
    title: Words


@dataclass(frozen=True)
class _Asked:
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


def decide(work: Work, subject: Subject) -> DecisionRow:
    """Decide on a subject and record it. The same answer in the same visit is the same decision."""
    asked = _gather(work, subject)
    newest = store.find_newest(work.session, subject.account_id, subject.key)
    if newest is not None and _still_stands(newest, subject, work.now) and _holds(work, asked, newest):
        return newest
    return _record(work, asked, _answer(work, asked))


def decide_again(work: Work, named: DecisionRow) -> DecidedAgain:
    """Make a decision again from the facts as they are in this transaction.

    The answer is the same where outcome, codes, benefit and term statuses are; facts that change none of
    these (the amount of a bill that does not matter) do not stop anybody.
    """
    asked = _gather(work, _subject_of(named))
    if _holds(work, asked, named):
        return DecidedAgain(named, named, True)
    made = _answer(work, asked)
    if made.digest == named.digest:
        return DecidedAgain(named, named, True)
    row = _record(work, asked, made)
    is_same = _substance(show(row)) == _substance(show(named))
    return DecidedAgain(row, named if is_same else row, is_same)


def weigh(work: Work, subject: Subject) -> Weighed | None:
    """A voucher as it could be used on its order were it alone; null where it could not. Nothing is kept.

    Raises NotFound for a policy that there is not.
    """
    made = _answer(work, _gather(work, subject, alone=True))
    decision, view = made.decision, made.gathered.voucher
    benefit, version = decision.benefit, decision.document
    if decision.outcome != "eligible" or view is None or benefit is None or version is None:
        return None
    if benefit.amount is None or decision.questions:
        return None
    worth = to_minor(Money(amount=benefit.amount.amount, currency=benefit.amount.currency))
    candidate = candidate_of(view.row.voucher_id, version, worth, view.row.ends_on)
    return Weighed(candidate, benefit.amount.currency, dict(version.title))


def check(work: Work, named: DecisionRow) -> str | None:
    """Why what a decision granted could not be used now, or None. It decides again and writes nothing."""
    asked = _gather(work, _subject_of(named))
    if _holds(work, asked, named):
        return None
    made = _answer(work, asked)
    return why_not(_shown_as(made, named), made.digest == named.digest or _is_same(made, named))


def why_not(now: Gist, is_same: bool) -> str | None:
    """The code for why nothing may be used: what befell the voucher, or other terms, or a "no"; or None."""
    own = next((code for code in now.codes if code.startswith(OWN_CAUSES)), None)
    if own is not None:
        return own
    if not is_same:
        return CHANGED
    return None if now.outcome == "eligible" else next(iter(now.codes), NOT_ELIGIBLE)


def find(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier."""
    return store.find_decision(session, decision_id)


def find_by_terms_code(session: Session, written: str) -> DecisionRow | None:
    """A decision by its terms code, as people write it."""
    plain = written.upper().replace("O", "0").replace("I", "1").replace("L", "1").replace("-", "")
    return store.find_by_terms_code(session, f"{plain[:5]}-{plain[5:]}")


def read_again(work: Work, row: DecisionRow) -> Recorded:
    """The policy core's value of a recorded decision, from the facts that it read."""
    whole = store.find_whole(work.session, row)
    return read_recorded(policies.open_book(work.session, work.settings.catalogue_files), whole)


def show(row: DecisionRow) -> Decision:
    """The decision as it was given."""
    return Decision.model_validate_json(row.wire)


def show_stored(row: DecisionRow) -> ReadyJson:
    """The same as JSON that goes out as it was stored."""
    return ReadyJson(row.wire)


def gist(row: DecisionRow) -> Gist:
    """What the service itself asks of a decision that was given, without its sentences."""
    return _gist_of(row.gist or row.wire)


@lru_cache(maxsize=64)
def _gist_of(text: str) -> Gist:
    return Gist.model_validate_json(text)


def show_public(work: Work, row: DecisionRow, whole: bool) -> PublicTerms:
    """What a terms code tells: the policy's words, and the whole sheet for who may see it."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    version = book.version(row.policy, row.version) if row.version is not None else None
    return PublicTerms(
        terms_code=row.terms_code,
        policy=policies.show_text(book, version) if version else None,
        on=row.on,
        sheets=show(row).sheets if whole else None,
    )


def sheets_of_code(work: Work, code: str, details: Details) -> dict[str, Sheet]:
    """The sheet of a "no" that comes before any decision, such as a code that is none."""
    return make_code_sheets(code, details, policies.read_catalogue(work.settings.catalogue_files))


def sheets_of_decision(decision: PolicyDecision, catalogue: Catalogue) -> dict[str, Sheet]:
    """The sheet in every language of a decision that is not recorded, such as a preview's."""
    return make_plain_sheets(decision, catalogue)


def count_cases(session: Session, policy: str, since: dt.datetime) -> int:
    """How many decisions of a policy were recorded since a moment."""
    return store.count_cases(session, policy, since)


def read_cases(
    session: Session, policy: str, since: dt.datetime, after: RecordedCase | None, limit: int
) -> list[RecordedCase]:
    """The next decisions of a policy since a moment, oldest first, after the last one that was read."""
    return store.read_cases(session, policy, since, after, limit)


def _gather(work: Work, subject: Subject, alone: bool = False) -> _Asked:
    """Everything that a decision on a subject is made from. `alone`: as if no other voucher stood
    on its order. Raises NotFound.
    """
    book = policies.open_book(work.session, work.settings.catalogue_files)
    policy = book.policies.get(subject.policy)
    if policy is None:
        raise NotFound
    place = stores.read_place(work.session, subject.store_id)
    gathered = gather(work.session, subject, place, book, work.now)
    if alone:
        gathered = replace(gathered, others=())
    catalogue, facts = book.for_facts(policy, gathered.facts, gathered.on)
    inputs = digest_inputs(policy, gathered, subject.amount_minor, catalogue)
    return _Asked(subject, policy, book, catalogue, facts, place, gathered, inputs)


def _holds(work: Work, asked: _Asked, known: DecisionRow) -> bool:
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


def _answer(work: Work, asked: _Asked) -> Made:
    """Ask the policy core, and lay the service's own codes over its answer."""
    subject, gathered = asked.subject, asked.gathered
    by_terms = decide_terms(asked.policy, gathered, asked.facts, subject.amount_minor, asked.catalogue)
    reasons = _reasons(work, asked, granting_of(by_terms.decision))
    return lay_reasons(by_terms, reasons, gathered, asked.catalogue)


def _reasons(work: Work, asked: _Asked, granting: Granting) -> Reasons:
    """The service's own reasons against what the terms grant, a stopped version's among them."""
    reasons = reasons_of(work.session, asked.subject, asked.gathered, granting, asked.place, work.now)
    document = granting.document
    if asked.subject.voucher is None and document is not None and asked.book.is_stopped(document):
        reasons[STOPPED] = {}
    return reasons


def _record(work: Work, asked: _Asked, made: Made) -> DecisionRow:
    """Keep a decision: the row that stands already, a new row under the same code, or a new code."""
    subject = asked.subject
    known = store.find_same(work.session, subject.account_id, subject.key, made.digest)
    if known is not None and not _reads_the_same(made, known):
        known = None
    if known is not None and _still_stands(known, subject, work.now):
        return known
    nonce = known.nonce if known else work.session.info["random_bytes"](NONCE_BYTES).hex()
    terms_code = known.terms_code if known else _draw_terms_code(work.session, made.digest, nonce)
    row = _row(work, asked, made, nonce, terms_code)
    store.add_decision(work.session, row, is_new_code=known is None)
    _count(work, subject, made)
    _log(work, row)
    return row


def _count(work: Work, subject: Subject, made: Made) -> None:
    """Count the decision beside the terms of its version."""
    version = made.decision.version
    if version is not None:
        statuses = ((result.term.id, result.status) for result in made.decision.terms)
        day, store_id = made.gathered.on, subject.store_id
        policies.count_decision(work.session, subject.policy, version, day, store_id, statuses)


def _reads_the_same(made: Made, known: DecisionRow) -> bool:
    """Whether the sentences are the same too, down to the name of the device."""
    return make_sheets(made, known.terms_code) == show(known).sheets


def _still_stands(known: DecisionRow, subject: Subject, now: dt.datetime) -> bool:
    same_place = (known.visit_id, known.order_id) == (subject.visit_id, subject.order_id)
    return same_place and now < known.lapses_at


def _row(work: Work, asked: _Asked, made: Made, nonce: str, terms_code: str) -> DecisionRow:
    subject = asked.subject
    stamp = _stamp(work, subject, made, terms_code)
    sent = to_wire(made, stamp, make_sheets(made, terms_code))
    return DecisionRow(
        account_id=subject.account_id,
        decision_id=stamp.decision_id,
        subject_key=subject.key,
        digest=made.digest,
        nonce=nonce,
        terms_code=terms_code,
        policy=subject.policy,
        version=made.decision.version,
        coded=bool(made.decision.codes),
        on=made.gathered.on,
        zone=made.gathered.zone,
        decided_at=stamp.decided_at,
        lapses_at=stamp.lapses_at,
        visit_id=subject.visit_id,
        store_id=subject.store_id,
        line_id=subject.line_id,
        person_id=subject.person_id,
        order_id=subject.order_id,
        voucher_id=subject.voucher.voucher_id if subject.voucher else None,
        voucher_account_id=subject.voucher.account_id if subject.voucher else None,
        presented={"channel": subject.channel, "paper": subject.paper, "amount": subject.amount_minor},
        facts=facts_to_json(made.decision),
        answer=decision_to_json(made.decision, "en", made.catalogue),
        wire=sent.model_dump_json(),
        inputs=asked.inputs,
        gist=Gist(outcome=sent.outcome, codes=sent.codes, benefit=sent.benefit).model_dump_json(),
    )


def _stamp(work: Work, subject: Subject, made: Made, terms_code: str) -> Stamp:
    return Stamp(
        decision_id=work.new_id("dec"),
        terms_code=terms_code,
        terms_url=f"{work.settings.public_url.rstrip('/')}/t/{terms_code}",
        decided_at=work.now,
        lapses_at=lapse(work.now, made.gathered.zone),
        visit_id=subject.visit_id,
        line_id=subject.line_id,
        order_id=subject.order_id,
    )


def lapse(now: dt.datetime, zone: str) -> dt.datetime:
    """When a decision made now lapses: after half an hour, or at midnight in `zone`, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return min(now + LAPSES_AFTER, midnight.astimezone(dt.UTC))


def _subject_of(row: DecisionRow) -> Subject:
    key = None
    if row.voucher_id is not None and row.voucher_account_id is not None:
        key = VoucherKey(row.voucher_account_id, row.voucher_id)
    return Subject(
        visit_id=row.visit_id,
        store_id=row.store_id,
        account_id=row.account_id,
        person_id=row.person_id,
        line_id=row.line_id,
        policy=row.policy,
        voucher=key,
        order_id=row.order_id,
        channel=row.presented["channel"],
        paper=row.presented["paper"],
        amount_minor=row.presented.get("amount"),
    )


def _shown_as(made: Made, named: DecisionRow) -> Gist:
    """A fresh answer in place of a recorded one, without being recorded."""
    decided = _unrecorded(made, named)
    return Gist(outcome=decided.outcome, codes=decided.codes, benefit=decided.benefit)


def _is_same(made: Made, named: DecisionRow) -> bool:
    return _substance(_unrecorded(made, named)) == _substance(show(named))


def _unrecorded(made: Made, named: DecisionRow) -> Decision:
    stamp = Stamp(
        decision_id=named.decision_id,
        terms_code=named.terms_code,
        terms_url="",
        decided_at=named.decided_at,
        lapses_at=named.lapses_at,
        visit_id=named.visit_id,
        line_id=named.line_id,
        order_id=named.order_id,
    )
    return to_wire(made, stamp, {})


def _substance(decision: Decision) -> tuple[Any, ...]:
    """What must not have changed between what was shown and what is used."""
    statuses = tuple((term.term, term.tier, term.status) for term in decision.terms)
    return decision.outcome, decision.codes, decision.benefit, decision.version, statuses


def _draw_terms_code(session: Session, digest: str, nonce: str) -> str:
    """Fifty bits of SHA-256 over digest and nonce; the code of another decision is passed over."""
    for attempt in range(CODE_DRAWS):
        hashed = hashlib.sha256(f"{digest}|{nonce}|{attempt}".encode()).digest()
        bits = int.from_bytes(hashed[:8], "big") >> (64 - CODE_BITS)
        written = base32(bits, CODE_BITS // 5)
        terms_code = f"{written[:5]}-{written[5:]}"
        if not store.is_terms_code_taken(session, terms_code):
            return terms_code
    raise RuntimeError("no free terms code was drawn")


def _log(work: Work, row: DecisionRow) -> None:
    audit.record(
        work.session,
        action="decision.made",
        actor=work.caller.subject_id,
        subject=row.decision_id,
        now=work.now,
        details={
            "digest": row.digest,
            "terms_code": row.terms_code,
            "outcome": row.answer["outcome"],
            "codes": row.answer["codes"],
            "policy": row.policy,
            "version": row.version,
        },
    )
