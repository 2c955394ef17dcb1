"""What a visit shows to a caller: composed from the features that know its parts.

What it is for: one place that decides what is visible. Nothing of a person is shown before the identity
check, and nothing after they have left.
What it must not know: how any part is made, Flask, the database's statements.
"""

from __future__ import annotations

from typing import Any

from store_api.accounts import service as accounts
from store_api.contract import (
    Decision,
    Hold,
    Order,
    OrderVoucher,
    PolicyText,
    Redemption,
    UsedVoucher,
    Visit,
)
from store_api.decisions import service as decisions
from store_api.money import to_money
from store_api.orders import service as orders
from store_api.orders.service import OrderRow
from store_api.policies import service as policies
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import RedemptionRow
from store_api.visits import visiting
from store_api.visits.models import VisitRow
from store_api.vouchers import service as vouchers
from store_api.work import Work


def show(work: Work, visit: VisitRow) -> Visit:
    """The visit as its caller may see it."""
    is_open = visiting.is_open_to(visit, work)
    seen = _person_parts(work, visit) if is_open and visiting.shows_person(visit, work) else _NOBODY
    return _show(work, visit, is_open, seen)


def show_to_nobody(visit: VisitRow) -> Visit:
    """An open visit to somebody who has not said who they are: that there is one, and nothing in it."""
    return _show(None, visit, True, _NOBODY)


def _show(work: Work | None, visit: VisitRow, is_open: bool, seen: dict[str, Any]) -> Visit:
    shows_scan = work is not None and is_open
    return Visit(
        visit_id=visit.visit_id,
        code=visit.code,
        store_id=visit.store_id,
        station=visit.station,
        language=visit.language,  # type: ignore[arg-type]  # the model checks it
        state="open" if is_open else "closed",
        opened_at=visit.opened_at,
        revision=visit.revision,
        scanned_policy=_scanned_policy(work, visit) if work is not None and shows_scan else None,
        scanned_voucher_id=visit.scanned_voucher_id if shows_scan else None,
        outcome=visit.outcome,
        is_calling=visit.phase == "calling",
        **seen,
    )


_NOBODY: dict[str, Any] = dict.fromkeys(
    ("identity", "person", "line", "order", "decision", "hold", "redemption")
)


def _person_parts(work: Work, visit: VisitRow) -> dict[str, Any]:
    session, account_id, line_id = work.session, str(visit.account_id), str(visit.line_id)
    order = orders.find(session, account_id, visit.order_id) if visit.order_id else None
    return {
        "identity": visit.identity,
        "person": accounts.person_name(session, account_id, str(visit.person_id)),
        "line": accounts.line_choice(session, account_id, line_id),
        "order": _order(work, order) if order else None,
        "decision": _decision(work, visit),
        "hold": _hold(work, visit),
        "redemption": _redemption(work, visit),
        "also_used": _also_used(work, visit),
    }


def _order(work: Work, order: OrderRow) -> Order:
    """The order with the vouchers that stand on it."""
    granted = vouchers.grants.on_order(work.session, order.account_id, order.order_id, work.now)
    if not granted:
        return orders.show(order)
    held = redemptions.holds_of_order(work, order.account_id, order.order_id)
    holds = {hold.voucher_id: hold.hold_id for hold in held}
    book = policies.open_book(work.session, work.settings.catalogue_files)
    standing = tuple(
        OrderVoucher(
            voucher_id=row.voucher_id,
            title=book.title(row.policy),
            amount=to_money(row.amount_minor, row.currency) if row.amount_minor else None,
            hold_id=holds.get(row.voucher_id),
            expires_at=row.until,
        )
        for row in granted
    )
    return orders.show(order).model_copy(update={"vouchers": standing})


def _decision(work: Work, visit: VisitRow) -> Decision | None:
    row = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    return decisions.show(row) if row else None


def _hold(work: Work, visit: VisitRow) -> Hold | None:
    row = redemptions.find_hold(work.session, visit.hold_id) if visit.hold_id else None
    return redemptions.show_hold(row, work.now) if row else None


def _redemption(work: Work, visit: VisitRow) -> Redemption | None:
    row = redemptions.find_redemption(work.session, visit.redemption_id) if visit.redemption_id else None
    return redemptions.show_redemption(row, work.settings.keys) if row else None


def _also_used(work: Work, visit: VisitRow) -> tuple[UsedVoucher, ...]:
    """The other vouchers of the order on which the visit's own was used, first to last."""
    if visit.redemption_id is None or visit.order_id is None:
        return ()
    used = redemptions.listing.of_order(work.session, str(visit.account_id), visit.order_id)
    return tuple(_used(work, row) for row in used if row.redemption_id != visit.redemption_id)


def _used(work: Work, row: RedemptionRow) -> UsedVoucher:
    found = decisions.find(work.session, row.decision_id)
    if found is None:
        raise LookupError(f"{row.redemption_id} names a decision that is not there")
    shown = decisions.show(found)
    redemption = redemptions.show_redemption(row, work.settings.keys)
    return UsedVoucher(title=shown.title, redemption=redemption, sheets=shown.sheets)


def _scanned_policy(work: Work, visit: VisitRow) -> PolicyText | None:
    if visit.scanned_policy is None or visit.scanned_version is None:
        return None
    book = policies.open_book(work.session, work.settings.catalogue_files)
    version = book.version(visit.scanned_policy, visit.scanned_version)
    return policies.show_text(book, version) if version else None
