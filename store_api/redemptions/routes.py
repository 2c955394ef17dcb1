"""/v1/holds and /v1/redemptions: reserving and using what a decision granted.

What it must not know: how a voucher is consumed; it finds the visit, asks the service, tells the faces.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.auth import allow
from store_api.contract import (
    Hold,
    HoldAnswer,
    HoldRequest,
    Identifier,
    Redemption,
    RedemptionAnswer,
    RedemptionRequest,
    VoidRequest,
)
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow
from store_api.directory import service as directory
from store_api.directory.service import Heard
from store_api.errors import Conflict, NotAllowed, NotFound
from store_api.orders import service as orders
from store_api.permissions import may
from store_api.ready_json import ReadyJson
from store_api.redemptions import service
from store_api.redemptions.service import HoldRow
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work, reads, writes, writes_prepared

api = APIBlueprint("redemptions", __name__)


class HoldPath(BaseModel):
    """A hold in an address."""

    hold_id: Identifier


class RedemptionPath(BaseModel):
    """A redemption in an address."""

    redemption_id: Identifier


@api.post("/v1/holds", responses={200: HoldAnswer})
@allow("kiosk", "rep", "manager")
@writes_prepared(visits.prepare_use, when=directory.is_asked)
def hold(work: Work, body: HoldRequest, prepared: Heard | None) -> HoldAnswer:
    """Reserve what a decision granted, after deciding again."""
    named, visit = _named(work, body.decision_id)
    visits.keep_heard(work, visit, prepared)
    held = service.hold(work, named, service.actor_of(work))
    fields = {"decision_id": held.decision.decision_id}
    if held.hold is not None:
        if work.caller.role == "kiosk":  # the customer's own tap, on the page that names this decision
            visits.tap(work, visit, held.decision.terms_code)
        visits.change(work, visit, "voucher.held", hold_id=held.hold.hold_id, **fields)
    else:
        visits.change(work, visit, "decision.changed", **fields)
    return service.show_held(held, work.now)


@api.get("/v1/holds/<hold_id>", responses={200: Hold})
@allow("kiosk", "rep", "manager", "till")
@reads
def show_hold(work: Work, path: HoldPath) -> Hold:
    """A hold of a visit that the caller may see."""
    row, _ = _hold_of_caller(work, path.hold_id)
    return service.show_hold(row, work.now)


@api.post("/v1/holds/<hold_id>/extend", responses={200: Hold})
@allow("kiosk", "rep", "manager", "till")
@writes
def extend_hold(work: Work, path: HoldPath) -> Hold:
    """Let a hold and those of the same order last longer, within an hour of their beginning."""
    row, visit = _hold_of_caller(work, path.hold_id)
    before = row.expires_at
    service.extend(work, row)
    if row.expires_at != before:
        visits.change(work, visit, "hold.extended")
    return service.show_hold(row, work.now)


@api.post("/v1/holds/<hold_id>/release", responses={200: Hold})
@allow("kiosk", "rep", "manager", "till")
@writes
def release_hold(work: Work, path: HoldPath) -> Hold:
    """Give a hold back."""
    row, visit = _hold_of_caller(work, path.hold_id)
    service.release(work, row)
    left = service.holds_of_order(work, row.account_id, row.order_id)
    visits.change(work, visit, "voucher.released", hold_id=left[-1].hold_id if left else None)
    return service.show_hold(row, work.now)


@api.post("/v1/redemptions", responses={200: RedemptionAnswer})
@allow("rep", "manager", "till")
@writes_prepared(visits.prepare_use, when=directory.is_asked)
def redeem(work: Work, body: RedemptionRequest, prepared: Heard | None) -> ReadyJson:
    """Use what a decision granted, after deciding again; its order is then settled.

    What was reserved for an order before another of its vouchers settled it can still be used on it.
    """
    named, visit = _named(work, body.decision_id)
    visits.keep_heard(work, visit, prepared)
    if body.hold_id is not None:
        _check_hold(work, body.hold_id, named)
    redeemed = service.redeem(work, named, service.actor_of(work))
    if redeemed.code is None:
        _settle_order(work, named, redeemed.was_held)
    visits.note_redemption(work, visit, redeemed)
    return service.show_redeemed(redeemed, work.settings.keys)


@api.post("/v1/redemptions/<redemption_id>/void", responses={200: Redemption})
@allow("manager", "till")
@writes
def void_redemption(work: Work, path: RedemptionPath, body: VoidRequest) -> Redemption:
    """Undo a redemption of the caller's store; what becomes of the voucher is what its policy says."""
    if work.caller.role == "manager" and not may(work.settings.permissions, "redemption.void", "manager"):
        raise NotAllowed
    row = service.void(work, path.redemption_id, body.reason, service.actor_of(work))
    if row is None:
        raise NotFound
    visits.change(work, visits.find(work, row.visit_id), "redemption.voided")
    return service.show_redemption(row, work.settings.keys)


@api.get("/v1/redemptions/<redemption_id>", responses={200: Redemption})
@allow("kiosk", "rep", "manager", "till")
@reads
def show_redemption(work: Work, path: RedemptionPath) -> Redemption:
    """A redemption of a visit that the caller may see."""
    row = service.find_redemption(work.session, path.redemption_id)
    if row is None:
        raise NotFound
    visit = visits.find(work, row.visit_id)
    theirs = visits.is_open_to(visit, work) and visit.order_id == row.order_id
    if work.caller.role == "kiosk" and not theirs:
        raise NotFound
    return service.show_redemption(row, work.settings.keys)


def _named(work: Work, decision_id: str) -> tuple[DecisionRow, VisitRow]:
    """The decision that a request names, and its visit, open to the caller and with a known person."""
    named = decisions.find(work.session, decision_id)
    if named is None:
        raise NotFound
    return named, visits.find_of_order(work, named.visit_id, named.order_id)


def _hold_of_caller(work: Work, hold_id: str) -> tuple[HoldRow, VisitRow]:
    row = service.find_hold(work.session, hold_id)
    if row is None:
        raise NotFound
    # Staff see what became of the hold of somebody who was in the visit before; a kiosk forgot them.
    if work.caller.role == "kiosk":
        return row, visits.find_of_order(work, row.visit_id, row.order_id)
    return row, visits.find_identified(work, row.visit_id)


def _settle_order(work: Work, named: DecisionRow, was_held: bool) -> None:
    """Mark the order of a used decision as what it is from now on."""
    order = orders.find(work.session, named.account_id, str(named.order_id))
    state = "captured" if work.caller.role == "till" else "confirmed"
    if order is not None and (order.state == "said" or not was_held):
        orders.settle(work.session, order, state, service.actor_of(work).who, work.now)


def _check_hold(work: Work, hold_id: str, named: DecisionRow) -> None:
    """A hold that a redemption names must be one of the same order and voucher, and not given back."""
    row = service.find_hold(work.session, hold_id)
    if row is None or (row.order_id, row.voucher_id) != (named.order_id, named.voucher_id):
        raise NotFound
    if row.ended_as == "released":
        raise Conflict("hold.released")
