"""A shared visit: who is in it, what each face shows, what care quoted, and who joins.

What it is for: the door to the feature. Codes to join by are in joining.py, the rule of who sees the sheet
in light.py. A face's report changes nothing of the visit: it tells the other faces only where it changes the
light.
What it must not know: how a decision is made, how a face draws, Flask.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.asks import service as asks
from store_api.audit.service import record
from store_api.contract import (
    Circle,
    IdentityRequest,
    OneTimeCodeCheck,
    Participant,
    PhoneAnswer,
    Quote,
    Visit,
)
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict, NotFound
from store_api.phones import service as phones
from store_api.sharing import store
from store_api.sharing.joining import Joined, draw, join
from store_api.sharing.light import Face, Lamp, is_here, light
from store_api.sharing.models import ParticipantRow, QuoteRow
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

__all__ = [
    "Joined", "check_phone_code", "circle", "draw", "identify_phone", "join", "leave_phone", "quote",
    "report", "role_in", "send_phone_code", "show_joined", "took_part",
]  # fmt: skip

PHONE_ROLES = {"owner": "owner", "manager": "account_manager"}
STAFF = frozenset({"rep", "manager", "care"})


def report(work: Work, visit: VisitRow, terms_code: str | None) -> None:
    """Note what the caller's face has drawn, and that it is there; tell the others if the light changes."""
    before = store.find_participant(work.session, visit.visit_id, work.caller.subject_id)
    role = role_in(work, visit)
    is_news = before is None or _differs(before, terms_code, role, work)
    changes = {"role": role, "seen_at": work.now, "terms_code": terms_code, "left_at": None}
    row: dict[str, Any] = {
        "visit_id": visit.visit_id,
        "participant_id": work.new_id("par"),
        "caller_id": work.caller.subject_id,
        "name": work.caller.staff_name,
        "joined_at": work.now,
        **changes,
    }
    store.put_participant(work.session, row, changes)
    if is_news:
        visits.tell(work, visit, "participant.reported")


def circle(work: Work, visit: VisitRow) -> Circle:
    """Everybody in a visit as the caller may see it, with what belongs to the sheet."""
    shows = visits.is_open_to(visit, work) and visits.shows_person(visit, work)
    decision = _decision(work, visit) if shows else None
    code = decision.terms_code if decision else None
    faces = [_face(visit, row) for row in store.find_participants(work.session, visit.visit_id)]
    return Circle(
        visit_id=visit.visit_id,
        revision=visit.revision,
        terms_code=code,
        participants=tuple(map(_show, light(faces, code, work.caller.subject_id, work.now))),
        quotes=_quotes(work, visit) if shows else (),
        ask=asks.show_newest(work, visit) if shows else None,
        can_ask=shows and asks.can_ask(work, visit),
        asks_first=asks.still_asked(work, visit) if shows else (),
        tapped=code is not None and visits.is_tapped(work, visit, code),
    )


def role_in(work: Work, visit: VisitRow) -> str:
    """What the caller is in a visit."""
    if work.caller.role in STAFF:
        return work.caller.role
    if work.caller.role != "phone":
        return "customer"
    holder = phones.who_holds(work.session, work.caller.session_id)
    if holder is None or holder.account_id != visit.account_id:
        return "guest"
    if holder.person_id == visit.person_id:
        return "customer"
    return PHONE_ROLES.get(holder.role, "guest")


def took_part(session: Session, visit_id: str, caller_id: str) -> bool:
    """Whether a member of staff ever had the visit's sheet on a face of theirs."""
    return store.find_participant(session, visit_id, caller_id) is not None


def show_joined(work: Work, joined: Joined) -> Visit:
    """The visit that was joined: a phone that has not said who holds it sees that there is one, no more."""
    assert joined.visit is not None
    if joined.token is None:
        return visits.show(work, joined.visit)
    return visits.show_to_nobody(joined.visit)


def identify_phone(work: Work, visit: VisitRow, body: IdentityRequest) -> PhoneAnswer:
    """Check the number and own PIN of a phone's holder. What it may see follows from who they are."""
    check = accounts.check_pin(work, visit.visit_id, body.telephone, body.pin)
    return _take_phone(work, visit, check, "person_pin")


def send_phone_code(work: Work, visit: VisitRow, telephone: str) -> accounts.Sent:
    """Send a one-time code to the line of a number; it is good on this phone alone."""
    return accounts.send_one_time_code(work, work.caller.subject_id, telephone, visit.language)


def check_phone_code(work: Work, visit: VisitRow, body: OneTimeCodeCheck) -> PhoneAnswer:
    """Check the code that was sent for this phone."""
    check = accounts.check_one_time_code(work, work.caller.subject_id, body.telephone, body.code)
    return _take_phone(work, visit, check, "one_time_code")


def _take_phone(work: Work, visit: VisitRow, check: accounts.IdentityCheck, method: str) -> PhoneAnswer:
    if check.person is not None:
        phones.identify(work, check.person, method)
        report(work, visit, None)
    return PhoneAnswer(code=check.code, locked_until=check.locked_until, role=role_in(work, visit))  # type: ignore[arg-type]


def leave_phone(work: Work, visit: VisitRow) -> None:
    """The phone's holder closes the visit on it; the visit itself goes on."""
    row = store.find_participant(work.session, visit.visit_id, work.caller.subject_id)
    if row is not None:
        row.left_at = work.now
    phones.leave(work)
    visits.tell(work, visit, "participant.left")


def quote(work: Work, visit: VisitRow, term: str) -> None:
    """Quote a term of the visit's sheet to everybody in it. Raises Conflict without a sheet, NotFound."""
    row = _decision(work, visit)
    if row is None:
        raise Conflict("claim.nothing_to_check")
    found = next((each for each in decisions.show(row).terms if each.term == term), None)
    if found is None:
        raise NotFound
    quoted = QuoteRow(
        visit_id=visit.visit_id,
        quote_id=work.new_id("quo"),
        terms_code=row.terms_code,
        term=term,
        says=dict(found.says),
        status=found.status,
        said_by=work.caller.subject_id,
        name=work.caller.staff_name or "",
        at=work.now,
    )
    work.session.add(quoted)
    visits.change(work, visit, "term.quoted")
    details = {"term": term, "terms_code": row.terms_code}
    record(
        work.session,
        action="term.quoted",
        actor=work.caller.subject_id,
        subject=visit.visit_id,
        now=work.now,
        details=details,
    )


def _differs(row: ParticipantRow, terms_code: str | None, role: str, work: Work) -> bool:
    was_away = row.left_at is not None or not is_here(_plain_face(row), work.now)
    return was_away or (row.terms_code, row.role) != (terms_code, role)


def _plain_face(row: ParticipantRow) -> Face:
    return Face(
        row.participant_id,
        row.caller_id,
        row.role,
        row.name,
        row.seen_at,
        row.terms_code,
        row.left_at is not None,
    )


def _face(visit: VisitRow, row: ParticipantRow) -> Face:
    """A customer who left the kiosk is gone from it at once, whatever it reported last."""
    face = _plain_face(row)
    has_left_kiosk = visit.left_at is not None and row.role == "customer" and row.seen_at <= visit.left_at
    if not has_left_kiosk:
        return face
    return Face(
        face.participant_id,
        face.caller_id,
        face.role,
        face.name,
        face.seen_at,
        face.terms_code,
        has_left=True,
    )


def _show(lamp: Lamp) -> Participant:
    return Participant(
        participant_id=lamp.face.participant_id,
        role=lamp.face.role,  # type: ignore[arg-type]  # the model checks it
        name=lamp.face.name,
        is_you=lamp.is_you,
        is_here=lamp.is_here,
        sees=lamp.sees,
    )


def _decision(work: Work, visit: VisitRow) -> DecisionRow | None:
    return decisions.find(work.session, visit.decision_id) if visit.decision_id else None


def _quotes(work: Work, visit: VisitRow) -> tuple[Quote, ...]:
    return tuple(
        Quote(
            quote_id=row.quote_id,
            terms_code=row.terms_code,
            term=row.term,
            says=row.says,
            status=row.status,  # type: ignore[arg-type]  # the model checks it
            name=row.name,
            at=row.at,
        )
        for row in store.find_quotes(work.session, visit.visit_id)
    )
