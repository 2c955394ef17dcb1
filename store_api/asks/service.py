"""Asking an account's owner at a use: exactly this benefit, line, store and order, answered with one tap.

What it is for: a member's line that was not allowed in advance gets a way to a yes while everybody waits. The
answer names the digest of what was shown, so that nobody agrees to anything else; a yes is a leave for this
order alone, ends by itself, and can be taken back until it is used.
What it must not know: how a decision is made, how a leave counts in it, Flask.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from store_api.accounts import service as accounts
from store_api.accounts.service import OrderLimit
from store_api.asks import store
from store_api.asks.models import AskRow
from store_api.audit.service import record
from store_api.calls import service as calls
from store_api.contract import Ask, AskItem, Money
from store_api.decisions import service as decisions
from store_api.decisions.service import ButFor, DecisionRow
from store_api.errors import Conflict, NotAllowed, NotFound
from store_api.money import to_minor, to_money
from store_api.orders import service as orders
from store_api.phones import service as phones
from store_api.policies import service as policies
from store_api.redemptions import service as redemptions
from store_api.stores import service as stores
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

WAITS = dt.timedelta(minutes=5)
"""How long an ask waits for the owner; then it is asked anew, or another way is taken."""
HOLDS = dt.timedelta(minutes=60)
"""How long an owner's yes stands if it is not used: as long as a reservation can last."""
MISSING = "consent.missing"
NOT_OWNER = "consent.not_owner"


@dataclass(frozen=True)
class Owner:
    """Who answers: the owner, through their phone, or through an agent who has them on the telephone."""

    person_id: str
    through: str
    heard_by: str | None = None


def can_ask(work: Work, visit: VisitRow) -> bool:
    """Whether the owner's leave is all that stands between the visit's sheet and a yes."""
    row = _decision_of(work, visit)
    return row is not None and _amount(work, row) is not None


def still_asked(work: Work, visit: VisitRow) -> tuple[str, ...]:
    """The facts that must be answered before the owner can be asked: what is bought, for how long."""
    row = _decision_of(work, visit)
    found = _but_for(work, row) if row is not None else None
    return found.questions if found is not None else ()


def ask(work: Work, visit: VisitRow) -> AskRow:
    """Ask the owner about the visit's sheet. The same question again is the same ask.

    Raises Conflict where there is nothing to ask.
    """
    row = _decision_of(work, visit)
    amount = _amount(work, row) if row is not None else None
    if row is None or amount is None:
        raise Conflict("ask.nothing_to_ask")
    shown = _shown(work, visit, row, amount)
    digest = _digest(row, shown)
    for earlier in store.open_ones(work.session, visit.visit_id):
        if earlier.digest == digest and work.now < earlier.expires_at:
            return earlier
        earlier.state = "withdrawn"
    return _add(work, visit, row, amount, shown, digest)


def answer(work: Work, visit: VisitRow, ask_id: str, approved: bool, digest: str) -> AskRow:
    """Take the owner's answer to exactly what was shown; a yes is decided on at once.

    Raises NotFound, NotAllowed for anybody but the owner, Conflict where time ran out, where it was answered
    before, or where something else is being bought now.
    """
    row = _find(work, visit, ask_id)
    owner = _owner(work, row)
    if row.state != "asked" or work.now >= row.expires_at:
        raise Conflict("ask.over")
    if digest != row.digest or _order_digest(work, row) != row.shown["order"]:
        raise Conflict("ask.changed")
    row.state = "approved" if approved else "declined"
    row.answered_at, row.answered_by = work.now, owner.person_id
    row.through, row.heard_by = owner.through, owner.heard_by
    if approved:
        row.consent_id = accounts.give_consent(
            work,
            row.account_id,
            row.line_id,
            owner.person_id,
            voucher_id=row.voucher_id,
            limit=OrderLimit(row.order_id, row.shown["order"], row.amount_minor, work.now + HOLDS),
            details={"visit": row.visit_id, "method": owner.through},
        )
    work.session.flush()
    _record(work, "owner.approved" if approved else "owner.declined", row, owner.through)
    _decide_anew(work, visit, row, "owner.approved" if approved else "owner.declined")
    return row


def withdraw(work: Work, visit: VisitRow, ask_id: str) -> AskRow:
    """Take a yes back. Raises NotFound, NotAllowed, Conflict where it was used or is no yes."""
    row = _find(work, visit, ask_id)
    owner = _owner(work, row)
    if row.state != "approved" or row.consent_id is None or _is_used(work, row):
        raise Conflict("ask.over")
    row.state = "withdrawn"
    accounts.withdraw_consent(
        work, row.account_id, row.consent_id, owner.person_id, details={"visit": row.visit_id}
    )
    _record(work, "owner.withdrawn", row, owner.through)
    _decide_anew(work, visit, row, "owner.withdrawn")
    return row


def show_newest(work: Work, visit: VisitRow) -> Ask | None:
    """The newest ask of a visit, while its order is the visit's."""
    row = store.newest(work.session, visit.visit_id)
    return show(work, row) if row is not None and row.order_id == visit.order_id else None


def show(work: Work, row: AskRow) -> Ask:
    """An ask as the wire has it."""
    shown = row.shown
    book = policies.open_book(work.session, work.settings.catalogue_files)
    return Ask(
        ask_id=row.ask_id,
        visit_id=row.visit_id,
        terms_code=row.terms_code,
        title=book.title(shown["policy"]),
        amount=_money(row.amount_minor, row.currency),
        line=accounts.line_choice(work.session, row.account_id, row.line_id),
        store_name=stores.read_place(work.session, row.store_id).name,
        items=tuple(AskItem.model_validate(item) for item in shown["items"]),
        agreement_months=shown["agreement_months"],
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        state=_state(work, row),  # type: ignore[arg-type]  # the model checks it
        through=row.through,  # type: ignore[arg-type]  # the model checks it
        digest=row.digest,
    )


def _state(work: Work, row: AskRow) -> str:
    if row.state == "asked" and work.now >= row.expires_at:
        return "expired"
    return "used" if row.state == "approved" and _is_used(work, row) else row.state


def _is_used(work: Work, row: AskRow) -> bool:
    used = redemptions.listing.of_order(work.session, row.account_id, row.order_id)
    return any(each.voucher_id == row.voucher_id for each in used)


def _decision_of(work: Work, visit: VisitRow) -> DecisionRow | None:
    row = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    return row if row is not None and row.order_id is not None and row.voucher_id is not None else None


def _amount(work: Work, row: DecisionRow) -> Money | None:
    """What the sheet would grant if the owner allowed it; None where that is not all that is missing."""
    found = _but_for(work, row)
    return found.amount if found is not None else None


def _but_for(work: Work, row: DecisionRow) -> ButFor | None:
    if decisions.gist(row).codes != (MISSING,):
        return None
    return decisions.granted_but_for(work, row, MISSING)


def _shown(work: Work, visit: VisitRow, row: DecisionRow, amount: Money) -> dict[str, Any]:
    """What the owner is shown, as plain JSON."""
    order = orders.find(work.session, row.account_id, str(row.order_id))
    if order is None:
        raise Conflict("ask.nothing_to_ask")
    as_wire = orders.show(order)
    return {
        "policy": row.policy,
        "version": row.version,
        "amount": amount.model_dump(mode="json"),
        "store": visit.store_id,
        "items": [{"name": item.name, "price": item.price.model_dump(mode="json")} for item in as_wire.items],
        "agreement_months": as_wire.agreement_months,
        "order": orders.fingerprint(order),
    }


def _digest(row: DecisionRow, shown: dict[str, Any]) -> str:
    content = [row.account_id, row.voucher_id, row.line_id, row.order_id, shown]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _order_digest(work: Work, row: AskRow) -> str | None:
    order = orders.find(work.session, row.account_id, row.order_id)
    return None if order is None else orders.fingerprint(order)


def _add(
    work: Work, visit: VisitRow, decision: DecisionRow, amount: Money, shown: dict[str, Any], digest: str
) -> AskRow:
    row = AskRow(
        account_id=decision.account_id,
        ask_id=work.new_id("ask"),
        visit_id=visit.visit_id,
        store_id=visit.store_id,
        order_id=str(decision.order_id),
        decision_id=decision.decision_id,
        terms_code=decision.terms_code,
        voucher_id=str(decision.voucher_id),
        line_id=decision.line_id,
        person_id=decision.person_id,
        amount_minor=to_minor(amount),
        currency=amount.currency,
        shown=shown,
        digest=digest,
        asked_by=work.caller.subject_id,
        asked_at=work.now,
        expires_at=work.now + WAITS,
        state="asked",
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "owner.asked", row, work.caller.role)
    visits.change(work, visit, "owner.asked")
    return row


def _find(work: Work, visit: VisitRow, ask_id: str) -> AskRow:
    row = store.find(work.session, ask_id)
    if row is None or row.visit_id != visit.visit_id:
        raise NotFound
    return row


def _owner(work: Work, row: AskRow) -> Owner:
    """The owner who answers through the caller. Raises NotAllowed."""
    if work.caller.role == "phone":
        holder = phones.who_holds(work.session, work.caller.session_id)
        found = Owner(holder.person_id, "phone") if holder and holder.account_id == row.account_id else None
    else:
        call = calls.current(work.session, work.caller.subject_id, work.now)
        found = Owner(call.person_id, "care", work.caller.subject_id) if call else None
    if found is None or not accounts.is_owner(work.session, row.account_id, found.person_id):
        raise NotAllowed(NOT_OWNER)
    return found


def _decide_anew(work: Work, visit: VisitRow, row: AskRow, what: str) -> None:
    """Let the visit's sheet say what changed, where it is still about the same voucher and order."""
    current = _decision_of(work, visit)
    about_the_same = current is not None and (current.voucher_id, current.order_id) == (
        row.voucher_id,
        row.order_id,
    )
    if current is None or not about_the_same or visit.redemption_id is not None:
        visits.change(work, visit, what)
        return
    again = decisions.decide_again(work, current).row
    visits.change(work, visit, what, decision_id=again.decision_id)


def _money(minor: int, currency: str) -> Money:
    money = to_money(minor, currency)
    assert money is not None
    return money


def _record(work: Work, action: str, row: AskRow, through: str) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=row.ask_id,
        now=work.now,
        details={
            "account": row.account_id,
            "visit": row.visit_id,
            "terms_code": row.terms_code,
            "payload": row.digest,
            "through": through,
        },
        personal={"line_id": row.line_id},
    )
