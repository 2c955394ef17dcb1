"""Refusals: a customer who tried to use a benefit that their sheet granted, and did not get it.

What it is for: whoever says so, customer or staff, makes one row a visit and subject. The store gives a
reason; only where the customer agrees with it on a face of theirs is the refusal explained. "Saved for later"
makes no row. What the customer had heard and checked in the same visit is told with it.
What it must not know: how a decision or a claim is made, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from store_api import permissions
from store_api.audit.service import record
from store_api.claims import service as claims
from store_api.contract import (
    FieldError,
    Refusal,
    RefusalClaim,
    RefusalList,
    RefusalReason,
    RefusalReasonRequest,
    RefusalReasonWords,
    RefusalRequest,
    RefusalState,
    Words,
)
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict, Invalid, NotAllowed, NotFound
from store_api.phones import service as phones
from store_api.policies import service as policies
from store_api.refusals import store
from store_api.refusals.models import RefusalRow
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

__all__ = [
    "RefusalRow", "explain", "give_word", "list_of_visit", "list_without_reason", "note", "note_close",
    "of_period", "of_visit", "show", "state_of",
]  # fmt: skip

REASONS: Mapping[RefusalReason, Words] = {
    "item_missing": {
        "en": "What was to be bought is not in the store.",
        "es": "Lo que se iba a comprar no está en la tienda.",
    },
    "system_trouble": {"en": "A system did not work.", "es": "Un sistema no funcionó."},
    "identity": {
        "en": "It could not be shown who the customer is.",
        "es": "No se pudo mostrar quién es la persona.",
    },
    "customer_choice": {
        "en": "The customer chose not to use it.",
        "es": "La persona decidió no usarlo.",
    },
    "other": {"en": "Something else.", "es": "Otra cosa."},
}
"""The closed list, in words for everybody."""
STAFF = frozenset({"rep", "manager"})
ANSWERED_LATER = dt.timedelta(days=28)
"""For how long a store is asked for a reason that is missing."""
NOT_GIVEN = frozenset({"refused", "not_eligible"})
"""Ends of a visit that say of a benefit on the sheet that it was not given."""


def note(work: Work, visit: VisitRow, body: RefusalRequest) -> RefusalRow:
    """Note that what the visit's sheet grants was not given. Noting it again is the same refusal.

    Raises Conflict where the sheet grants nothing that was not used, NotAllowed for a phone that is not the
    customer's own, Invalid for a customer who gives the store's reason.
    """
    decision = _unused(work, visit)
    if decision is None:
        raise Conflict("refusal.nothing_refused")
    if work.caller.role in STAFF:
        row = _put(work, visit, decision, "staff")
        if body.reason is not None:
            _explain(work, row, RefusalReasonRequest(reason=body.reason, note=body.note))
    else:
        _check_customer(work, visit)
        if body.reason is not None or body.note is not None:
            raise Invalid(errors=(FieldError(pointer="/reason", detail="the store gives the reason"),))
        row = _put(work, visit, decision, "customer")
        row.said_at = row.said_at or work.now
        if row.reason == "customer_choice":
            _take_word(work, row, False)
    work.session.flush()
    visits.change(work, visit, "refusal.noted")
    return row


def note_close(work: Work, visit: VisitRow, outcome: str) -> None:
    """Note what the end of a visit says: a benefit that was tried or refused, and neither used nor saved.

    A customer who only looked, or who saves it for later, was refused nothing.
    """
    decision = _unused(work, visit)
    if decision is None or outcome not in (*NOT_GIVEN, "left"):
        return
    if outcome == "left" and not _tried(work, visit, decision):
        return
    _put(work, visit, decision, "staff")


def explain(work: Work, refusal_id: str, body: RefusalReasonRequest) -> RefusalRow:
    """Give the store's reason, also after the visit. Raises NotFound, NotAllowed, Invalid."""
    if permissions.permission(work.settings.permissions, "refusal.explain", work.caller.role) == "never":
        raise NotAllowed
    row = store.lock(work.session, refusal_id)
    if row is None or row.store_id != work.caller.store_id:
        raise NotFound
    _explain(work, row, body)
    work.session.flush()
    visit = visits.find_joinable(work, row.visit_id)
    if visit is not None:
        visits.change(work, visit, "refusal.explained")
    return row


def give_word(work: Work, visit: VisitRow, refusal_id: str, agrees: bool) -> RefusalRow:
    """The customer's own word to the store's reason, on a face of theirs; the last tap counts.

    Raises NotFound, NotAllowed for a phone that is not theirs, Conflict where no reason was given yet.
    """
    _check_customer(work, visit)
    row = store.lock(work.session, refusal_id)
    if row is None or row.visit_id != visit.visit_id or row.person_id != visit.person_id:
        raise NotFound
    if row.reason is None:
        raise Conflict("refusal.without_reason")
    _take_word(work, row, agrees)
    work.session.flush()
    visits.change(work, visit, "refusal.answered")
    return row


def list_of_visit(work: Work, visit: VisitRow) -> RefusalList:
    """The refusals of the person of now in a visit, and whether there is one to note."""
    rows = [row for row in store.of_visit(work.session, visit.visit_id) if row.person_id == visit.person_id]
    shown = tuple(show(work, row) for row in rows)
    return RefusalList(refusals=shown, reasons=_reasons(), can_note=_unused(work, visit) is not None)


def list_without_reason(work: Work) -> RefusalList:
    """The refusals of the caller's store that still want a reason."""
    rows = store.without_reason(work.session, str(work.caller.store_id), work.now - ANSWERED_LATER)
    return RefusalList(refusals=tuple(show(work, row) for row in rows), reasons=_reasons())


def of_visit(session: Session, visit_id: str) -> Sequence[RefusalRow]:
    """The refusals of a visit, newest first."""
    return store.of_visit(session, visit_id)


def of_period(
    session: Session, since: dt.datetime, before: dt.datetime, store_id: str | None = None
) -> Sequence[RefusalRow]:
    """Every refusal that was noted in a span, oldest first."""
    return store.of_period(session, since, before, store_id)


def state_of(row: RefusalRow) -> RefusalState:
    """Where a refusal stands: explained only by a reason that the customer agrees with."""
    if row.word == "disagrees":
        return "disputed"
    if row.reason is None:
        return "open"
    return "explained" if row.word == "agrees" else "unconfirmed"


def show(work: Work, row: RefusalRow) -> Refusal:
    """A refusal as the wire has it; what staff wrote and who wrote it is for staff."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    for_staff = work.caller.role not in ("kiosk", "phone")
    reason = cast("RefusalReason | None", row.reason)
    return Refusal(
        refusal_id=row.refusal_id,
        visit_id=row.visit_id,
        visit_code=visits.code_of_visit(work.session, row.visit_id),
        store_id=row.store_id,
        terms_code=row.terms_code,
        policy=row.policy,
        version=row.version,
        title=book.title(row.policy),
        origin=row.origin,  # type: ignore[arg-type]  # the model checks it
        noted_at=row.noted_at,
        said_at=row.said_at,
        reason=reason,
        reason_words=dict(REASONS[reason]) if reason is not None else None,
        note=row.note if for_staff else None,
        reason_by=row.reason_name if for_staff else None,
        reason_at=row.reason_at,
        word=row.word,  # type: ignore[arg-type]  # the model checks it
        word_at=row.word_at,
        state=state_of(row),
        claims=_claims(work, row),
    )


def _reasons() -> tuple[RefusalReasonWords, ...]:
    return tuple(RefusalReasonWords(reason=reason, says=dict(says)) for reason, says in REASONS.items())


def _claims(work: Work, row: RefusalRow) -> tuple[RefusalClaim, ...]:
    """What the same person had heard in the visit about the same policy."""
    found = claims.of_visit(work.session, row.account_id, row.visit_id, row.person_id, row.policy)
    return tuple(RefusalClaim(claim=each.claim, says=each.says, result=each.result) for each in found)


def _unused(work: Work, visit: VisitRow) -> DecisionRow | None:
    """The visit's yes, where nothing was used of it."""
    if visit.identity is None or visit.redemption_id is not None or visit.decision_id is None:
        return None
    row = decisions.find(work.session, visit.decision_id)
    return row if row is not None and decisions.gist(row).outcome == "eligible" else None


def _tried(work: Work, visit: VisitRow, decision: DecisionRow) -> bool:
    """Whether the customer wanted to use it: their own tap, or a reservation."""
    return visit.hold_id is not None or visits.is_tapped(work, visit, decision.terms_code)


def _check_customer(work: Work, visit: VisitRow) -> None:
    """The word is the customer's own: at the kiosk, or on the phone of the visit's person."""
    if work.caller.role == "kiosk":
        return
    holder = phones.who_holds(work.session, work.caller.session_id)
    if holder is None or holder.person_id != visit.person_id:
        raise NotAllowed


def _put(work: Work, visit: VisitRow, decision: DecisionRow, origin: str) -> RefusalRow:
    known = store.find_same(work.session, visit.visit_id, decision.subject_key)
    if known is not None:
        return known
    row = RefusalRow(
        account_id=decision.account_id,
        refusal_id=work.new_id("rfs"),
        visit_id=visit.visit_id,
        store_id=visit.store_id,
        decision_id=decision.decision_id,
        terms_code=decision.terms_code,
        subject_key=decision.subject_key,
        policy=decision.policy,
        version=decision.version,
        voucher_id=decision.voucher_id,
        line_id=decision.line_id,
        person_id=decision.person_id,
        origin=origin,
        noted_by=work.caller.subject_id,
        noted_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "refusal.noted", row, {"origin": origin})
    return row


def _explain(work: Work, row: RefusalRow, body: RefusalReasonRequest) -> None:
    if body.reason == "other" and body.note is None:
        raise Invalid(errors=(FieldError(pointer="/note", detail="say what it is"),))
    if (row.reason, row.note) == (body.reason, body.note):
        return
    row.reason, row.note = body.reason, body.note
    row.reason_by, row.reason_name = work.caller.subject_id, work.caller.staff_name
    row.reason_at = work.now
    row.word = row.word_at = row.word_face = None
    _record(work, "refusal.explained", row, {"reason": body.reason}, note=body.note)
    if body.reason == "customer_choice" and row.said_at is not None:
        _take_word(work, row, False)


def _take_word(work: Work, row: RefusalRow, agrees: bool) -> None:
    """Keep the customer's word. Who said that they were refused has not chosen to go without."""
    word = "agrees" if agrees else "disagrees"
    if row.word == word:
        return
    row.word, row.word_at, row.word_face = word, work.now, work.caller.role
    _record(work, "refusal.answered", row, {"word": word, "reason": str(row.reason)})


def _record(
    work: Work, action: str, row: RefusalRow, more: Mapping[str, Any], note: str | None = None
) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.refusal_id,
        now=work.now,
        details={
            "visit": row.visit_id,
            "store": row.store_id,
            "policy": row.policy,
            "version": row.version,
            "terms_code": row.terms_code,
            **more,
        },
        personal={"note": note} if note is not None else None,
    )
