"""Decisions: asking the policy core on real facts, and keeping every answer as it was given.

What it is for: deciding, deciding again at the moment of use, and finding a decision by its names.
What it must not know: who asks over which face, how a voucher is consumed, Flask.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import Decision, PublicTerms, Sheet
from store_api.decisions import store
from store_api.decisions.gather import Details, Subject, gather, reasons_of
from store_api.decisions.making import (
    Made,
    Stamp,
    decide_terms,
    facts_to_json,
    lay_reasons,
    make_code_sheets,
    make_sheets,
    to_wire,
)
from store_api.decisions.models import DecisionRow
from store_api.errors import NotFound
from store_api.ids import base32
from store_api.policies import service as policies
from store_api.policy.wire import decision_to_json
from store_api.stores import service as stores
from store_api.vouchers.service import VoucherKey
from store_api.work import Work

__all__ = [
    "DecidedAgain", "DecisionRow", "Subject", "decide", "decide_again", "find", "find_by_terms_code",
    "sheets_of_code", "show", "show_public",
]  # fmt: skip

LAPSES_AFTER = dt.timedelta(minutes=30)
"""After this a decision is made again before anything is used; a store's midnight comes sooner."""
NONCE_BYTES = 16
CODE_BITS = 50
CODE_DRAWS = 8


@dataclass(frozen=True)
class DecidedAgain:
    """A named decision made again: the answer now, and whether it is the same as the one named.

    `row` is the decision that holds now; `shown` the one that the customer saw, if that still holds.
    """

    row: DecisionRow
    shown: DecisionRow
    is_same: bool


def decide(work: Work, subject: Subject) -> DecisionRow:
    """Decide on a subject and record it. The same answer in the same visit is the same decision."""
    return _record(work, subject, _make(work, subject))


def decide_again(work: Work, named: DecisionRow) -> DecidedAgain:
    """Make a decision again from the facts as they are in this transaction.

    The answer is the same where outcome, codes, benefit and term statuses are; facts that change none of
    these (the amount of a bill that does not matter) do not stop anybody.
    """
    subject = _subject_of(named)
    made = _make(work, subject)
    if made.digest == named.digest:
        return DecidedAgain(named, named, True)
    row = _record(work, subject, made)
    is_same = _substance(show(row)) == _substance(show(named))
    return DecidedAgain(row, named if is_same else row, is_same)


def find(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier."""
    return store.find_decision(session, decision_id)


def find_by_terms_code(session: Session, written: str) -> DecisionRow | None:
    """A decision by its terms code, as people write it."""
    plain = written.upper().replace("O", "0").replace("I", "1").replace("L", "1").replace("-", "")
    return store.find_by_terms_code(session, f"{plain[:5]}-{plain[5:]}")


def show(row: DecisionRow) -> Decision:
    """The decision as it was given."""
    return Decision.model_validate(row.wire)


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


def _make(work: Work, subject: Subject) -> Made:
    """Gather, ask the policy core, and lay the service's own codes over its answer. Raises NotFound."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    policy = book.policies.get(subject.policy)
    if policy is None:
        raise NotFound
    place = stores.read_place(work.session, subject.store_id)
    gathered = gather(work.session, subject, place, book, work.now)
    by_terms = decide_terms(policy, gathered, subject.amount_minor, book.catalogue)
    reasons = reasons_of(work.session, subject, gathered, by_terms.decision, place, work.now)
    return lay_reasons(by_terms, reasons, gathered, book.catalogue)


def _record(work: Work, subject: Subject, made: Made) -> DecisionRow:
    """Keep a decision: the row that stands already, a new row under the same code, or a new code."""
    known = store.find_same(work.session, subject.account_id, subject.key, made.digest)
    if known is not None and not _reads_the_same(made, known):
        known = None
    if known is not None and _still_stands(known, subject, work.now):
        return known
    nonce = known.nonce if known else work.session.info["random_bytes"](NONCE_BYTES).hex()
    terms_code = known.terms_code if known else _draw_terms_code(work.session, made.digest, nonce)
    row = _row(work, subject, made, nonce, terms_code)
    store.add_decision(work.session, row, is_new_code=known is None)
    _log(work, row)
    return row


def _reads_the_same(made: Made, known: DecisionRow) -> bool:
    """Whether the sentences are the same too, down to the name of the device."""
    return make_sheets(made, known.terms_code) == show(known).sheets


def _still_stands(known: DecisionRow, subject: Subject, now: dt.datetime) -> bool:
    same_place = (known.visit_id, known.order_id) == (subject.visit_id, subject.order_id)
    return same_place and now < known.lapses_at


def _row(work: Work, subject: Subject, made: Made, nonce: str, terms_code: str) -> DecisionRow:
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
        wire=sent.model_dump(mode="json"),
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
