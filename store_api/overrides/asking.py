"""Asking for terms to be waived, and taking that back.

What it must not know: who may answer, how it is shown, Flask.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from store_api import permissions
from store_api.contract import FieldError, OverrideRequest
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.errors import Conflict, Invalid, NotAllowed, NotFound
from store_api.money import to_minor
from store_api.overrides import previewing, store
from store_api.overrides.models import OverrideRow
from store_api.overrides.previewing import Weighed
from store_api.overrides.recording import record
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

WAITS = dt.timedelta(minutes=15)
"""How long a request waits: a manager who is away has to be reached, and a customer stands there."""


def ask(work: Work, visit: VisitRow, body: OverrideRequest) -> OverrideRow:
    """Ask for named terms of the visit's answer to be waived. The same question again is the same request.

    Raises NotAllowed where the role may not ask, Conflict where there is nothing to ask, Invalid for a term
    that cannot be waived or a note that is missing.
    """
    if permissions.permission(work.settings.permissions, "term.waive", work.caller.role) == "never":
        raise NotAllowed
    row = decision_of(work, visit)
    if row is None or visit.redemption_id is not None:
        raise Conflict("override.nothing_to_ask")
    weighed = _weigh(work, row, body)
    substance = previewing.substance(work, row, weighed, body.reason, body.note)
    says = {term.term: term.says for term in weighed.before.open_terms if term.term in weighed.terms}
    shown = {**substance, "says": says, "sheets": previewing.sheets_json(dict(weighed.after.sheets))}
    digest = previewing.digest_of(row.account_id, visit.visit_id, shown)
    for earlier in store.open_of_visit(work.session, visit.visit_id):
        same = earlier.digest == digest and earlier.asked_by == work.caller.subject_id
        if same and work.now < earlier.expires_at:
            return earlier
        earlier.state = "withdrawn"
    return _add(work, visit, row, weighed, body, shown, digest)


def withdraw(work: Work, visit: VisitRow, override_id: str) -> OverrideRow:
    """Take a request back that nobody has answered. Raises NotFound, Conflict."""
    row = store.lock(work.session, override_id)
    if row is None or row.visit_id != visit.visit_id:
        raise NotFound
    if row.state != "asked":
        raise Conflict("override.over")
    row.state = "withdrawn"
    work.session.flush()
    record(work, "override.withdrawn", row, {})
    visits.change(work, visit, "override.withdrawn")
    return row


def decision_of(work: Work, visit: VisitRow) -> DecisionRow | None:
    """The visit's answer, where it is one about an order under a version."""
    row = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    return row if row is not None and row.order_id is not None and row.version is not None else None


def _weigh(work: Work, row: DecisionRow, body: OverrideRequest) -> Weighed:
    weighed = previewing.weigh(work, row, body.terms, "", body.reason)
    if set(weighed.terms) != set(body.terms):
        raise Invalid(errors=(FieldError(pointer="/terms", detail="a term that cannot be waived here"),))
    if body.reason == "other" and body.note is None:
        raise Invalid(errors=(FieldError(pointer="/note", detail="say what it is"),))
    if weighed.code is not None:
        raise Conflict(weighed.code)
    return weighed


def _add(
    work: Work,
    visit: VisitRow,
    decision: DecisionRow,
    weighed: Weighed,
    body: OverrideRequest,
    shown: dict[str, Any],
    digest: str,
) -> OverrideRow:
    row = OverrideRow(
        **_subject(decision),
        override_id=work.new_id("ovr"),
        visit_id=visit.visit_id,
        store_id=visit.store_id,
        terms=list(weighed.terms),
        roles=list(weighed.roles),
        reason=body.reason,
        note=body.note,
        shown=shown,
        digest=digest,
        **_worth(weighed),
        asked_by=work.caller.subject_id,
        asked_name=work.caller.staff_name or "",
        asked_role=work.caller.role,
        asked_at=work.now,
        expires_at=work.now + WAITS,
        state="asked",
    )
    work.session.add(row)
    work.session.flush()
    record(work, "override.asked", row, {}, note=body.note)
    visits.change(work, visit, "override.asked")
    return row


def _subject(decision: DecisionRow) -> dict[str, Any]:
    """What the request is about, as the decision has it."""
    return {
        "account_id": decision.account_id,
        "order_id": str(decision.order_id),
        "decision_id": decision.decision_id,
        "terms_code": decision.terms_code,
        "subject_key": decision.subject_key,
        "policy": decision.policy,
        "version": decision.version or 0,
        "voucher_id": decision.voucher_id,
        "line_id": decision.line_id,
        "person_id": decision.person_id,
    }


def _worth(weighed: Weighed) -> dict[str, Any]:
    """What it would release, in minor units."""
    amount, cost = weighed.amount, weighed.cost
    return {
        "amount_minor": to_minor(amount) if amount is not None else None,
        "cost_minor": to_minor(cost) if cost is not None else None,
        "currency": amount.currency if amount is not None else None,
    }
