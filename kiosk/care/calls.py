"""Who calls: the check of the caller, the account's open visits, opening one for a caller who is in no store.

What it must not know: what a visit shows.
"""

from __future__ import annotations

from flask import Response, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.care.blueprint import attempt_key, care, client
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language, page_zone
from kiosk.sessions import seal, unseal
from kiosk.telephones import read_telephone
from kiosk.words import say, write_time
from store_api.contract import CareCallAnswer

LONGEST = 12
Faults = list[tuple[str, str]]


@care.get("/")
def home() -> Response:
    """The caller of now with their account's open visits; else who calls."""
    return _page([])


def _page(faults: Faults, status: int = 200, waits_for_code: bool = False) -> Response:
    call = client().call()
    found = client().open_visits().visits if call is not None else ()
    stores = client().stores().stores if call is not None else ()
    return show(
        "care/home.html",
        "care/_home.html",
        status,
        call=call,
        visits=found,
        stores=stores,
        names={store.store_id: store.name for store in stores},
        faults=faults,
        waits_for_code=waits_for_code,
    )


@care.post("/calls")
def begin_call() -> AnyResponse:
    """Check the caller's number and own PIN, or have a code sent to their line."""
    language = current_language()
    telephone = read_telephone(request.form.get("telephone", ""))
    if telephone is None:
        return _page([("telephone", say(language, "who.not_a_number"))], 422)
    if "send" in request.form:
        return _send_code(telephone)
    pin = request.form.get("pin", "").strip()
    if not 1 <= len(pin) <= LONGEST:
        return _page([("pin", say(language, "care.pin_missing"))], 422)
    answer = client().begin_call(telephone, pin, attempt_key("call", telephone, pin))
    return _after(answer, "pin")


def _send_code(telephone: str) -> AnyResponse:
    sent = client().send_call_code(telephone, attempt_key("send code", telephone))
    if sent.sent:
        session["telephone"] = seal(telephone)
        return _page([], waits_for_code=True)
    time = write_time(current_language(), sent.until, page_zone())
    return _page([("telephone", say(current_language(), f"no.{sent.code}", time=time))], 422)


@care.post("/calls/code")
def check_code() -> AnyResponse:
    """Check the code that the caller reads aloud."""
    telephone = unseal(str(session.get("telephone", "")))
    code = request.form.get("code", "").strip()
    if telephone is None:
        return go_to(url_for("care.home"))
    if not 1 <= len(code) <= LONGEST:
        return _page([("code", say(current_language(), "one_time_code.missing"))], 422, waits_for_code=True)
    answer = client().begin_call_by_code(telephone, code, attempt_key("code", telephone, code))
    return _after(answer, "code")


def _after(answer: CareCallAnswer, field: str) -> AnyResponse:
    if answer.call is not None:
        session.pop("telephone", None)
        return go_to(url_for("care.home"))
    language = current_language()
    told = say(language, "pin.wrong" if field == "pin" else "one_time_code.wrong")
    if answer.code != "identity.wrong" and answer.locked_until is not None:
        told = say(language, "care.locked", time=write_time(language, answer.locked_until, page_zone()))
    return _page([(field, told)], 422, waits_for_code=field == "code")


@care.post("/calls/end")
def end_call() -> AnyResponse:
    """The call is over; nothing of the account is shown any more."""
    client().end_call(attempt_key("end"))
    return go_to(url_for("care.home"))


@care.post("/visits")
def open_visit() -> AnyResponse:
    """Open a visit for the caller, for the store that they mean to go to."""
    store_id = request.form.get("store_id", "")
    known = {store.store_id for store in client().stores().stores}
    if store_id not in known:
        return _page([("store_id", say(current_language(), "care.choose_store"))], 422)
    opened = client().open_for_caller(store_id, current_language(), attempt_key("visit", store_id))
    return go_to(url_for("care.visit", visit_id=opened.visit_id))
