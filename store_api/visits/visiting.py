"""Opening, finding, changing and closing a visit.

What it is for: the rows of visits, who may see them, and who is in them.
What it must not know: what a visit shows, how a decision is made, how a voucher is consumed, Flask.

Locks are taken in one order everywhere: first the voucher, then the visit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from store_api import events
from store_api.accounts import service as accounts
from store_api.accounts.service import IdentityCheck, KnownPerson
from store_api.audit import service as audit
from store_api.calls import service as calls
from store_api.contract import IdentityRequest, OneTimeCodeCheck, VisitClose, VisitRequest
from store_api.errors import Conflict, NotAllowed, NotFound
from store_api.notices import service as notices
from store_api.phones import service as phones
from store_api.redemptions import service as redemptions
from store_api.stores import service as stores
from store_api.visits import store, timing
from store_api.visits.models import VisitRow
from store_api.work import Work

LONGEST_VISIT = dt.timedelta(hours=2)
"""A visit that nobody closed is over for everybody after this long: a kiosk that crashed must not leave a
person's name on the tablet until the evening, and no visit to a counter lasts that long."""
CODE_RANGE = 9_000
"""Spoken codes run from 1-000 to 9-999."""
CODE_DRAWS = 50
CARE = "care"
"""Channel, and station where there is no other, of a visit by telephone."""

NOTHING_KNOWN: dict[str, Any] = {
    "identity": None,
    "identified_at": None,
    "account_id": None,
    "person_id": None,
    "line_id": None,
    "order_id": None,
    "decision_id": None,
    "hold_id": None,
    "redemption_id": None,
}
"""What a visit holds of a person, all of it empty."""


def open_visit(work: Work, body: VisitRequest) -> VisitRow:
    """Open a visit at the caller's station. Raises NotAllowed for a caller without one."""
    store_id, station = _station_of(work)
    visit = VisitRow(
        visit_id=work.new_id("vis"),
        store_id=store_id,
        station=station,
        channel="kiosk" if work.caller.role == "kiosk" else "tablet",
        code=_draw_code(work, store_id),
        language=body.language,
        state="open",
        opened_at=work.now,
        revision=0,
        paper=False,
    )
    work.session.add(visit)
    work.session.flush()
    change(work, visit, "visit.opened")
    return visit


def find(work: Work, visit_id: str) -> VisitRow:
    """A visit that the caller may see: of their store, and for a kiosk of their own station; for a phone the
    one that it joined; for customer care those of the account that is on the telephone.

    Raises NotFound.
    """
    visit = store.find_visit(work.session, visit_id)
    if visit is None or not _is_within_reach(visit, work):
        raise NotFound
    return visit


def _is_within_reach(visit: VisitRow, work: Work) -> bool:
    caller = work.caller
    if caller.role == "phone":
        return visit.visit_id == caller.visit_id
    if caller.role == "care":
        call = calls.current(work.session, caller.subject_id, work.now)
        return call is not None and visit.account_id == call.account_id
    if visit.store_id != caller.store_id:
        return False
    return caller.role != "kiosk" or visit.station == caller.station


def shows_person(visit: VisitRow, work: Work) -> bool:
    """Whether the caller may be shown what the visit holds of its person.

    On a phone only after its holder's own check: the person themself, or an owner or manager of the account.
    """
    if visit.identity is None:
        return False
    if work.caller.role != "phone":
        return True
    holder = phones.who_holds(work.session, work.caller.session_id)
    if holder is None or holder.account_id != visit.account_id:
        return False
    return holder.person_id == visit.person_id or holder.role in accounts.FREE_ROLES


def find_joinable(work: Work, visit_id: str) -> VisitRow | None:
    """A visit that a code leads to, open and with its customer still there; whoever asks."""
    visit = store.find_visit(work.session, visit_id)
    is_open = visit is not None and visit.state == "open" and visit.opened_at >= work.now - LONGEST_VISIT
    return visit if is_open else None


def code_of_visit(session: Session, visit_id: str) -> str:
    """The short code that staff call a visit by; it tells nothing of who is in it."""
    return store.find_code(session, visit_id)


def open_for_caller(work: Work, store_id: str, language: str) -> VisitRow:
    """Open a visit for whoever is on the telephone with customer care, for a store. Raises NotFound."""
    call = calls.current(work.session, work.caller.subject_id, work.now)
    if call is None:
        raise NotAllowed("identity.not_checked")
    visit = VisitRow(
        visit_id=work.new_id("vis"),
        store_id=stores.read_place(work.session, store_id).store_id,
        station=work.caller.station or CARE,
        channel=CARE,
        code=_draw_code(work, store_id),
        language=language,
        state="open",
        opened_at=work.now,
        revision=0,
        paper=False,
        identity=call.identity,
        identified_at=work.now,
        account_id=call.account_id,
        person_id=call.person_id,
        line_id=call.line_id,
    )
    work.session.add(visit)
    work.session.flush()
    change(work, visit, "visit.opened")
    return visit


def find_to_change(work: Work, visit_id: str) -> VisitRow:
    """The same, for changing it: it must still be open to the caller. Raises NotFound, Conflict."""
    visit = find(work, visit_id)
    if not is_open_to(visit, work):
        raise Conflict("visit.closed")
    return visit


def find_identified(work: Work, visit_id: str) -> VisitRow:
    """The same, where somebody was identified. Raises NotFound, Conflict, NotAllowed."""
    visit = find_to_change(work, visit_id)
    if not shows_person(visit, work):
        raise NotAllowed("identity.not_checked")
    return visit


def find_of_order(work: Work, visit_id: str, order_id: str | None) -> VisitRow:
    """The same, with the order on which it stands now.

    What an earlier person of the visit said, was told or reserved is not there for the next one: another
    person begins another order. Raises NotFound, Conflict, NotAllowed.
    """
    visit = find_identified(work, visit_id)
    if order_id is None or order_id != visit.order_id:
        raise NotFound
    return visit


def find_open(work: Work) -> list[VisitRow]:
    """The open visits of the caller's store, newest first; for care those of its caller's account."""
    since = work.now - LONGEST_VISIT
    if work.caller.role == "care":
        call = calls.current(work.session, work.caller.subject_id, work.now)
        visits = store.find_visits_of_account(work.session, call.account_id, since) if call else ()
    else:
        visits = store.find_open_visits(work.session, work.caller.store_id or "", since)
    return [visit for visit in visits if is_open_to(visit, work)]


def is_open_to(visit: VisitRow, work: Work) -> bool:
    """Whether the caller may still work with the visit.

    A customer who left the kiosk with a hold is gone from the kiosk, and stays with the staff until the
    hold is used or over.
    """
    if visit.state == "closed" or visit.opened_at < work.now - LONGEST_VISIT:
        return False
    if visit.left_at is None:
        return True
    return work.caller.role != "kiosk" and has_live_hold(work.session, visit, work.now)


def has_live_hold(session: Session, visit: VisitRow, now: dt.datetime) -> bool:
    """Whether the visit holds a voucher now."""
    hold = redemptions.find_hold(session, visit.hold_id) if visit.hold_id else None
    return hold is not None and redemptions.is_live(hold, now)


def change(work: Work, visit: VisitRow, what: str, **fields: Any) -> None:
    """Write fields of a visit, raise its revision, and tell every face of the store.

    `what` is the event's name, `subject.verb_past`. The revision is raised on the row as it stands now; the
    visit's time is written with it.
    """
    fields |= timing.fields_after(visit, what, fields, work.now)
    if not store.change_visit(work.session, visit, fields):
        raise NotFound
    tell(work, visit, what)


def tell(work: Work, visit: VisitRow, what: str) -> None:
    """Tell every face of the store something that changes nothing of the visit itself."""
    events.tell(
        work.session,
        store_id=visit.store_id,
        station=visit.station,
        visit_id=visit.visit_id,
        what=what,
        revision=visit.revision,
        now=work.now,
    )


def check_identity(work: Work, visit: VisitRow, body: IdentityRequest) -> IdentityCheck:
    """Check a telephone number and the person's own PIN for a visit."""
    check = accounts.check_pin(work, visit.visit_id, body.telephone, body.pin)
    return _note_identity(work, visit, check, "person_pin")


def see_photo_id(work: Work, visit: VisitRow, telephone: str) -> IdentityCheck:
    """Note that the calling member of staff saw the photo ID of the person of a number."""
    check = accounts.see_photo_id(work, visit.visit_id, telephone)
    if check.person is not None:
        notices.tell_check(work, check.person.account_id, check.person.line_id, visit.store_id)
    return _note_identity(work, visit, check, "photo_id_seen")


def send_code(work: Work, visit: VisitRow, telephone: str) -> accounts.Sent:
    """Send a one-time code to the line of a number; it is good in this visit alone."""
    return accounts.send_one_time_code(work, visit.visit_id, telephone, visit.language)


def check_code(work: Work, visit: VisitRow, body: OneTimeCodeCheck) -> IdentityCheck:
    """Check a one-time code that was sent in this visit."""
    check = accounts.check_one_time_code(work, visit.visit_id, body.telephone, body.code)
    return _note_identity(work, visit, check, "one_time_code")


def unlock_person(work: Work, visit: VisitRow) -> None:
    """Open the identified person's PIN and codes again. Raises NotAllowed where no photo ID was seen."""
    if visit.identity != "photo_id_seen":
        raise NotAllowed("identity.photo_id_needed")
    accounts.unlock(work, visit.visit_id, str(visit.person_id), str(visit.line_id))
    change(work, visit, "identity.unlocked")


def set_phase(work: Work, visit: VisitRow, phase: timing.Phase) -> None:
    """Note what the customer waits for now, where nothing else shows it: a call, or somebody's turn."""
    change(work, visit, "visit.phase_changed", **timing.fields_after(visit, "", {}, work.now, phase))


def rate(work: Work, visit: VisitRow, rating: int) -> None:
    """Keep how the customer found it, from 1 to 3; the last tap counts."""
    change(work, visit, "visit.rated", rating=rating)


def close(work: Work, visit: VisitRow, body: VisitClose) -> None:
    """End a visit. From the kiosk, a visit with a hold goes on for the staff: the kiosk alone forgets it."""
    if work.caller.role == "kiosk" and has_live_hold(work.session, visit, work.now):
        change(work, visit, "visit.left", left_at=work.now, outcome="reserved")
        return
    _release_hold(work, visit)
    ended = {"state": "closed", "closed_at": work.now, "outcome": body.outcome}
    change(work, visit, "visit.closed", **ended)
    audit.record(
        work.session,
        action="visit.closed",
        actor=work.caller.subject_id,
        subject=visit.visit_id,
        now=work.now,
        details={"outcome": body.outcome},
    )


def _station_of(work: Work) -> tuple[str, str]:
    if work.caller.store_id is None or work.caller.station is None:
        raise NotAllowed
    return work.caller.store_id, work.caller.station


def _draw_code(work: Work, store_id: str) -> str:
    """A short code that no open visit of the store goes by."""
    since = work.now - LONGEST_VISIT
    for _ in range(CODE_DRAWS):
        number = 1_000 + int.from_bytes(work.session.info["random_bytes"](4), "big") % CODE_RANGE
        code = f"{number // 1_000}-{number % 1_000:03d}"
        if not store.is_code_taken(work.session, store_id, code, since):
            return code
    raise Conflict("visit.too_many_open")


def _note_identity(work: Work, visit: VisitRow, check: IdentityCheck, method: str) -> IdentityCheck:
    if check.person is None:
        change(work, visit, "identity.refused")
        return check
    if visit.person_id not in (None, check.person.person_id) or visit.line_id not in (
        None,
        check.person.line_id,
    ):
        _release_hold(work, visit)
        change(work, visit, "person.left", **NOTHING_KNOWN)
    change(work, visit, "identity.checked", **_known(check.person, method, work.now))
    return check


def _is_same_person(visit: VisitRow, person: KnownPerson) -> bool:
    return (visit.account_id, visit.person_id, visit.line_id) == (
        person.account_id,
        person.person_id,
        person.line_id,
    )


def _known(person: KnownPerson, method: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "identity": method,
        "identified_at": now,
        "account_id": person.account_id,
        "person_id": person.person_id,
        "line_id": person.line_id,
    }


def _release_hold(work: Work, visit: VisitRow) -> None:
    """Give back whatever is reserved for the visit's order."""
    if visit.account_id is None or visit.order_id is None:
        return
    for hold in redemptions.holds_of_order(work, visit.account_id, visit.order_id):
        redemptions.release(work, hold)
