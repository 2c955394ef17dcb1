"""/v1/calls: the caller whom an agent of customer care has on the telephone.

What it must not know: how somebody is checked, visits.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.accounts.service import IdentityCheck
from store_api.auth import allow
from store_api.calls import service
from store_api.contract import (
    CareCallAnswer,
    IdentityRequest,
    OneTimeCodeCheck,
    OneTimeCodeRequest,
    OneTimeCodeSent,
)
from store_api.errors import current_language
from store_api.work import Work, reads, writes

api = APIBlueprint("calls", __name__)


@api.post("/v1/calls", responses={200: CareCallAnswer})
@allow("care")
@writes
def begin_call(work: Work, body: IdentityRequest) -> CareCallAnswer:
    """Check the telephone number and own PIN of whoever calls; an earlier call of the agent is over."""
    return _answer(work, service.begin(work, body.telephone, body.pin))


@api.post("/v1/calls/one-time-code", responses={200: OneTimeCodeSent})
@allow("care")
@writes
def send_call_code(work: Work, body: OneTimeCodeRequest) -> OneTimeCodeSent:
    """Send a one-time code to the line of a number; the answer does not tell whether somebody has it."""
    sent = service.send_code(work, body.telephone, current_language())
    return OneTimeCodeSent(sent=sent.code is None, code=sent.code, until=sent.until)


@api.post("/v1/calls/one-time-code/check", responses={200: CareCallAnswer})
@allow("care")
@writes
def begin_call_by_code(work: Work, body: OneTimeCodeCheck) -> CareCallAnswer:
    """Check the code that the caller reads aloud; an earlier call of the agent is over."""
    return _answer(work, service.begin_by_code(work, body.telephone, body.code))


@api.get("/v1/calls/current", responses={200: CareCallAnswer})
@allow("care")
@reads
def show_call(work: Work) -> CareCallAnswer:
    """Whom the agent has on the telephone now."""
    return _answer(work, None)


@api.delete("/v1/calls/current", responses={200: CareCallAnswer})
@allow("care")
@writes
def end_call(work: Work) -> CareCallAnswer:
    """The call is over: nothing of the account is shown any more."""
    service.end(work)
    return _answer(work, None)


def _answer(work: Work, check: IdentityCheck | None) -> CareCallAnswer:
    """Whom the agent has on the telephone now, with what a check said."""
    call = service.current(work.session, work.caller.subject_id, work.now)
    return CareCallAnswer(
        code=check.code if check else None,
        locked_until=check.locked_until if check else None,
        call=service.show(work.session, call) if call else None,
    )
