"""/v1/calls: the caller whom an agent of customer care has on the telephone.

What it must not know: how somebody is checked, visits.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.auth import allow
from store_api.calls import service
from store_api.contract import CareCallAnswer, IdentityRequest
from store_api.work import Work, reads, writes

api = APIBlueprint("calls", __name__)


@api.post("/v1/calls", responses={200: CareCallAnswer})
@allow("care")
@writes
def begin_call(work: Work, body: IdentityRequest) -> CareCallAnswer:
    """Check the telephone number and own PIN of whoever calls; an earlier call of the agent is over."""
    check = service.begin(work, body.telephone, body.pin)
    call = service.current(work.session, work.caller.subject_id, work.now)
    return CareCallAnswer(
        code=check.code,
        locked_until=check.locked_until,
        call=service.show(work.session, call) if call else None,
    )


@api.get("/v1/calls/current", responses={200: CareCallAnswer})
@allow("care")
@reads
def show_call(work: Work) -> CareCallAnswer:
    """Whom the agent has on the telephone now."""
    call = service.current(work.session, work.caller.subject_id, work.now)
    return CareCallAnswer(
        code=None, locked_until=None, call=service.show(work.session, call) if call else None
    )


@api.delete("/v1/calls/current", responses={200: CareCallAnswer})
@allow("care")
@writes
def end_call(work: Work) -> CareCallAnswer:
    """The call is over: nothing of the account is shown any more."""
    service.end(work)
    return CareCallAnswer(code=None, locked_until=None, call=None)
