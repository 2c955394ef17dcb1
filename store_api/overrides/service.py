"""Overrides: asking for named terms to be waived, and answering it.

What it is for: one person asks, another approves exactly what was shown, with their own PIN; a yes is a
waiver for one order, once, for minutes. It only ever relaxes: a request can name terms that the policy lets
somebody waive, and nothing else. Weighing is in previewing.py, asking in
asking.py, who may answer in entitlement.py, the answer
itself in answering.py, what is shown in showing.py.
What it must not know: how a decision is made, who is in a visit, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from store_api import permissions
from store_api.contract import (
    Exceptions,
    Override,
    OverrideAnswer,
    OverrideAnswerRequest,
    OverrideDesk,
    OverrideNews,
    OverrideReasonWords,
    OverrideRefusal,
)
from store_api.decisions import service as decisions
from store_api.errors import Conflict, NotAllowed, NotFound
from store_api.overrides import answering, previewing, showing, store
from store_api.overrides.answering import Answering, TookPart
from store_api.overrides.asking import ask, decision_of, withdraw
from store_api.overrides.entitlement import OF_A_STORE, ROLES, SAYS
from store_api.overrides.models import OverrideRow
from store_api.overrides.recording import record
from store_api.staff import service as staff
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.waivers import service as waivers
from store_api.work import Work

__all__ = [
    "OverrideRow", "TookPart", "answer", "ask", "desk", "disown", "find_to_see", "news", "of_period",
    "of_visit", "see", "show", "show_exceptions", "state_of", "withdraw",
]  # fmt: skip

TOLD_FOR = dt.timedelta(days=14)
"""How long an approval stands on the page of those given in one's name."""

show = showing.show
state_of = showing.state_of


def show_exceptions(work: Work, visit: VisitRow, terms: Sequence[str], reason: str | None) -> Exceptions:
    """What the visit's answer leaves to be waived; with terms, what waiving them would change and cost."""
    row = decision_of(work, visit)
    newest = _newest(work, visit)
    weighed = previewing.weigh(work, row, terms, "", reason or "other") if row is not None else None
    return Exceptions(
        permission=permissions.permission(work.settings.permissions, "term.waive", work.caller.role),
        choices=previewing.list_choices(weighed.before) if weighed is not None else (),
        reasons=tuple(
            OverrideReasonWords.model_validate({"reason": each, "says": says})
            for each, says in waivers.REASONS.items()
        ),
        preview=previewing.show(weighed) if weighed is not None and weighed.terms else None,
        newest=showing.show(work, newest) if newest is not None else None,
    )


def answer(work: Work, override_id: str, body: OverrideAnswerRequest, took_part: TookPart) -> OverrideAnswer:
    """Approve or decline exactly what was shown, with one's own PIN.

    Whatever stands in the way is a code and counts as a refused answer; a PIN is looked at first, so that
    the answer tells nothing to who does not have it. Raises NotFound.
    """
    row = _find_to_answer(work, override_id)
    checked, who = _who(work, body)
    if who is None:
        return _refused(work, row, checked.code, checked.locked_until)  # type: ignore[arg-type]
    code = answering.hindrance_of(work, row, who, took_part)
    if code is None and body.digest != row.digest:
        code = "override.changed"
    if code is None and body.approved:
        code = answering.approve(work, row, who)
    if code is not None:
        return _refused(work, row, code, who=who)
    answering.close_answer(work, row, who, "approved" if body.approved else "declined")
    by = {"approver": who.staff_id, "through": who.through}
    record(work, "override.approved" if body.approved else "override.declined", row, by)
    _decide_anew(work, row, f"override.{row.state}")
    return OverrideAnswer(code=None, says=None, override=showing.show(work, row))


def disown(work: Work, override_id: str) -> OverrideRow:
    """ "This was not me": end an approval that was given in the caller's name, and close their PIN.

    What was used stays used, and the region sees both. Raises NotFound, Conflict where it was disowned.
    """
    row = store.lock(work.session, override_id)
    if row is None or row.answered_by != work.caller.subject_id or row.state not in ("approved", "stopped"):
        raise NotFound
    if row.disowned_at is not None:
        raise Conflict("override.over")
    row.disowned_at = row.seen_at = work.now
    was_stopped = row.waiver_id is not None and waivers.stop(
        work.session, row.account_id, row.waiver_id, work.now
    )
    row.state = "stopped" if was_stopped else row.state
    work.session.flush()
    staff.close_pin(work, work.caller.subject_id)
    record(work, "override.disowned", row, {"stopped": was_stopped, "station": row.station})
    _decide_anew(work, row, "override.disowned")
    return row


def see(work: Work, override_id: str) -> OverrideRow:
    """The caller has seen an approval that was given in their name: it was them. Raises NotFound."""
    row = store.lock(work.session, override_id)
    if row is None or row.answered_by != work.caller.subject_id:
        raise NotFound
    row.seen_at = row.seen_at or work.now
    work.session.flush()
    return row


def desk(work: Work, took_part: TookPart) -> OverrideDesk:
    """What waits for somebody of the caller's role, and what was approved in the caller's name."""
    who = answering.caller_of(work)
    store_id = work.caller.store_id if work.caller.role in OF_A_STORE else None
    role = ROLES[work.caller.role]
    waiting = [row for row in store.waiting(work.session, store_id, work.now) if role in row.roles]
    given = store.given_by(work.session, work.caller.subject_id, work.now - TOLD_FOR)
    return OverrideDesk(
        waiting=tuple(
            showing.show(work, row, answering.hindrance_of(work, row, who, took_part)) for row in waiting
        ),
        given=tuple(showing.show(work, row) for row in given),
    )


def find_to_see(work: Work, override_id: str, took_part: TookPart) -> Override:
    """One request, with what keeps the caller from answering it. Raises NotFound."""
    row = _find_to_answer(work, override_id, lock=False)
    return showing.show(work, row, answering.hindrance_of(work, row, answering.caller_of(work), took_part))


def news(work: Work, visit: VisitRow) -> OverrideNews | None:
    """What everybody in a visit is told of its newest request, while its order is the visit's."""
    row = _newest(work, visit)
    return None if row is None else showing.show_news(work, row)


def of_visit(session: Session, visit_id: str) -> Sequence[OverrideRow]:
    """Every override of a visit, oldest first."""
    return store.of_visit(session, visit_id)


def of_period(
    session: Session, since: dt.datetime, before: dt.datetime, store_id: str | None = None
) -> Sequence[OverrideRow]:
    """Every override that was asked in a span, oldest first."""
    return store.of_period(session, since, before, store_id)


def _who(work: Work, body: OverrideAnswerRequest) -> tuple[staff.PinCheck, Answering | None]:
    """Whoever answers, where their PIN is right."""
    if body.staff_number is None:
        checked = staff.check_own_pin(work, body.pin)
        return checked, answering.caller_of(work) if checked.code is None else None
    if work.caller.role not in OF_A_STORE:
        raise NotAllowed
    checked, colleague = staff.check_colleague(work, body.staff_number, body.pin)
    if colleague is not None and colleague.staff_id == work.caller.subject_id:
        return checked, answering.caller_of(work)
    return checked, answering.colleague_of(colleague) if colleague is not None else None


def _refused(
    work: Work,
    row: OverrideRow,
    code: OverrideRefusal,
    locked_until: dt.datetime | None = None,
    who: Answering | None = None,
) -> OverrideAnswer:
    details: dict[str, object] = {"code": code}
    if who is not None:
        details["approver"] = who.staff_id
    record(work, "override.refused", row, details)
    return OverrideAnswer(
        code=code, says=dict(SAYS[code]), locked_until=locked_until, override=showing.show(work, row)
    )


def _find_to_answer(work: Work, override_id: str, lock: bool = True) -> OverrideRow:
    """A request that staff of its store, or of the central office, may see."""
    row = store.lock(work.session, override_id) if lock else store.find(work.session, override_id)
    is_near = row is not None and (work.caller.role not in OF_A_STORE or row.store_id == work.caller.store_id)
    if row is None or not is_near:
        raise NotFound
    return row


def _newest(work: Work, visit: VisitRow) -> OverrideRow | None:
    row = store.newest(work.session, visit.visit_id)
    return row if row is not None and row.order_id == visit.order_id else None


def _decide_anew(work: Work, row: OverrideRow, what: str) -> None:
    """Let the visit's sheet say what changed, where the visit goes on and is about the same."""
    visit = visits.find_joinable(work, row.visit_id)
    if visit is None:
        return
    current = decision_of(work, visit)
    is_same = current is not None and (current.subject_key, current.order_id) == (
        row.subject_key,
        row.order_id,
    )
    if current is None or not is_same or visit.redemption_id is not None:
        visits.change(work, visit, what)
        return
    again = decisions.decide_again(work, current).row
    visits.change(work, visit, what, decision_id=again.decision_id)
