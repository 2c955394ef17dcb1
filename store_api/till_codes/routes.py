"""/v1/till-codes: the code on a slip, and what it stands for at the till.

What it must not know: how a code is made; it finds the hold and asks the service.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.auth import allow
from store_api.contract import TillCode, TillCodeAnswer, TillCodeCheck, TillCodeRequest
from store_api.errors import NotFound
from store_api.redemptions import service as redemptions
from store_api.till_codes import service
from store_api.visits import service as visits
from store_api.work import Work, writes, writes_without_key

api = APIBlueprint("till_codes", __name__)


@api.post("/v1/till-codes", responses={200: TillCode})
@allow("kiosk", "rep", "manager")
@writes_without_key
def make_code(work: Work, body: TillCodeRequest) -> TillCode:
    """The code for the slip of a hold; the same hold always has the same one."""
    hold = redemptions.find_hold(work.session, body.hold_id)
    if hold is None:
        raise NotFound
    visits.find_of_order(work, hold.visit_id, hold.order_id)
    return service.make_code(work, hold)


@api.post("/v1/till-codes/verify", responses={200: TillCodeAnswer})
@allow("till")
@writes
def verify_code(work: Work, body: TillCodeCheck) -> TillCodeAnswer:
    """What a slip's code stands for, told once; a second time says when it was."""
    return service.verify(work, body.code)
