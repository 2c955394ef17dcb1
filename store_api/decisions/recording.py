"""Keeping a decision: its row, its terms code, its entry in the log, its count beside the terms.

What it must not know: how a decision is made, who asks over which face, Flask.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.contract import Decision
from store_api.decisions import store
from store_api.decisions.asking import Asked
from store_api.decisions.gather import Subject
from store_api.decisions.gist import Gist
from store_api.decisions.making import Made, Stamp, facts_to_json, make_sheets, to_wire
from store_api.decisions.models import DecisionRow
from store_api.ids import base32
from store_api.policies import service as policies
from store_api.policy.wire import decision_to_json
from store_api.work import Work

LAPSES_AFTER = dt.timedelta(minutes=30)
"""After this a decision is made again before anything is used; a store's midnight comes sooner."""
NONCE_BYTES = 16
CODE_BITS = 50
CODE_DRAWS = 8


def record(work: Work, asked: Asked, made: Made) -> DecisionRow:
    """Keep a decision: the row that stands already, a new row under the same code, or a new code."""
    subject = asked.subject
    known = store.find_same(work.session, subject.account_id, subject.key, made.digest)
    if known is not None and not _reads_the_same(made, known):
        known = None
    if known is not None and still_stands(known, subject, work.now):
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
    return make_sheets(made, known.terms_code) == Decision.model_validate_json(known.wire).sheets


def still_stands(known: DecisionRow, subject: Subject, now: dt.datetime) -> bool:
    same_place = (known.visit_id, known.order_id) == (subject.visit_id, subject.order_id)
    return same_place and now < known.lapses_at


def _row(work: Work, asked: Asked, made: Made, nonce: str, terms_code: str) -> DecisionRow:
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
        presented=_presented(asked, made),
        facts=facts_to_json(made.decision),
        answer=decision_to_json(made.decision, "en", made.catalogue),
        wire=sent.model_dump_json(),
        inputs=asked.inputs,
        gist=Gist(outcome=sent.outcome, codes=sent.codes, benefit=sent.benefit).model_dump_json(),
    )


def _presented(asked: Asked, made: Made) -> dict[str, Any]:
    """What the visit itself brought: how it was asked, how much was wanted, what was waived for it."""
    subject, waiver = asked.subject, made.gathered.waiver
    told: dict[str, Any] = {
        "channel": subject.channel,
        "paper": subject.paper,
        "amount": subject.amount_minor,
    }
    if waiver is not None and made.decision.waivers:
        told["waiver"] = {"waiver_id": waiver.waiver_id, "role": waiver.role, "reason": waiver.reason}
    return told


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
