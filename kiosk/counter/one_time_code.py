"""A one-time code in place of the PIN: it is sent to the line, and typed here.

What it must not know: how a code is made, sent or kept.
"""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current
from kiosk.counter.blueprint import counter
from kiosk.counter.entry import Faults, clean, go_after_check, read_telephone, who_page
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language, page_zone
from kiosk.words import say, write_time

LONGEST_CODE = 12


@counter.post("/who/code")
def send_one_time_code() -> AnyResponse:
    """Have a code sent to the line of the number, and ask for it."""
    telephone = read_telephone(request.form.get("telephone", ""))
    if telephone is None:
        return go_to(url_for("counter.who"))
    return send_code(telephone)


def send_code(telephone: str) -> Response:
    """Have a code sent; the page that asks for it, or the number's page with the reason why not."""
    visit = current.open_visit()
    key = current.attempt_key("one-time code", telephone)
    sent = current.client().send_one_time_code(visit.visit_id, telephone, key)
    if sent.sent:
        return _page(telephone)
    current.store()
    time = write_time(current_language(), sent.until, page_zone())
    return who_page(telephone, [("pin", say(current_language(), f"no.{sent.code}", time=time))], 422)


@counter.post("/who/code/check")
def check_one_time_code() -> AnyResponse:
    """Take the code that was typed."""
    language = current_language()
    telephone = read_telephone(request.form.get("telephone", ""))
    code = clean(request.form.get("code", ""))
    if telephone is None:
        return go_to(url_for("counter.who"))
    if not 1 <= len(code) <= LONGEST_CODE:
        return _page(telephone, [("code", say(language, "one_time_code.missing"))], 422)
    visit = current.open_visit()
    key = current.attempt_key("code check", telephone, code)
    answer = current.client().check_one_time_code(visit.visit_id, telephone, code, key)
    if answer.code in ("identity.wrong", "identity.unreachable"):
        words = "one_time_code.wrong" if answer.code == "identity.wrong" else "who.unreachable"
        return _page(telephone, [("code", say(language, words))], 422)
    return go_after_check(answer)


def _page(telephone: str, faults: Faults | None = None, status: int = 200) -> Response:
    return show(
        "counter/one_time_code.html",
        "counter/_one_time_code.html",
        status,
        telephone=telephone,
        faults=faults or [],
        waits_for_staff=True,
    )
