"""A visit on somebody's own phone: join by a code, say who holds it, see the sheet, answer what is asked.

What it is for: an owner at home, or the customer themself, without an app. The cookie holds a sealed token
for one visit; nothing of an account is shown before the phone's holder passed a check of their own.
What it must not know: how the light is made, who may see what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress

from flask import Blueprint, Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import SignInNeeded, StoreRefused
from kiosk.heard import find_claims
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language, page_zone, set_zone
from kiosk.services import services
from kiosk.sessions import seal, unseal
from kiosk.store_client import StoreClient
from kiosk.streaming import stream
from kiosk.telephones import read_telephone
from kiosk.words import LANGUAGES, say, write_time
from store_api.contract import Circle, PhoneAnswer, Visit, VisitEvent

phone_visit = Blueprint("phone_visit", __name__, url_prefix="/phone")
OPEN = frozenset(
    {
        "phone_visit.start",
        "phone_visit.join",
        "phone_visit.change_language",
        "phone_visit.fault",
        "phone_visit.ended",
    }
)
FAULTS = frozenset({"missing", "unreachable", "finding_out", "refused", "stale", "too_large", "broken"})
NOTICES = frozenset({"phone.changed", "phone.over"})
TOO_MANY = "join.too_many_tries"
LONGEST_CODE, LONGEST_PIN = 12, 12
ANSWERS = {"yes": True, "no": False}
Faults = list[tuple[str, str]]


@phone_visit.before_request
def send_to_join() -> AnyResponse | None:
    """Send a phone that is in no visit to the page that asks for a code."""
    set_zone(services().settings.zone)
    if request.endpoint not in OPEN and _token() is None:
        return go_to(url_for("phone_visit.start"))
    return None


@phone_visit.context_processor
def page_values() -> dict[str, object]:
    """What every page of a phone in a visit needs."""
    return {"is_in_visit": _token() is not None}


def _token() -> str | None:
    sealed = session.get("phone")
    return unseal(str(sealed)) if sealed else None


def _client() -> StoreClient:
    return services().client(_token() or "")


def _key(purpose: str, *parts: object) -> str:
    attempt = request.form.get("attempt", "")
    text = "\0".join([str(session.get("phone", "")), attempt, purpose, *(str(part) for part in parts)])
    return f"phone-{hashlib.sha256(text.encode()).hexdigest()[:40]}"


# --- Joining -------------------------------------------------------------------------------------------


@phone_visit.get("/")
def start() -> AnyResponse:
    """Ask for the code; a link carries it behind #, where only this page's script reads it."""
    if _token() is not None:
        return go_to(url_for("phone_visit.look"))
    return _join_page([])


@phone_visit.post("/join")
def join() -> AnyResponse:
    """Join the visit of a code. Any code that leads nowhere gets the same answer."""
    typed = request.form.get("code", "").strip()[:40]
    if not typed:
        return _join_page([("code", say(current_language(), "join.missing"))], 422)
    try:
        answer = services().client("").join(typed)
    except StoreRefused as refused:
        if refused.code != TOO_MANY:
            raise
        return _join_page([("code", say(current_language(), "phone.too_many"))], 422, typed)
    if answer.token is None or answer.visit is None:
        return _join_page([("code", say(current_language(), "join.unknown"))], 422, typed)
    language = session.get("language") or answer.visit.language
    session.clear()
    session.update(phone=seal(answer.token), language=language, store=answer.visit.store_id)
    return go_to(url_for("phone_visit.who"))


def _join_page(faults: Faults, status: int = 200, typed: str = "") -> Response:
    return show("phone/join.html", "phone/_join.html", status, faults=faults, typed=typed)


@phone_visit.post("/leave")
def leave() -> AnyResponse:
    """Close the visit on this phone; nothing of it stays in this browser."""
    with suppress(StoreRefused):  # it had ended before
        _client().leave_phone()
    session.clear()
    response = go_to(url_for("phone_visit.ended"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@phone_visit.get("/ended")
def ended() -> Response:
    """The visit is over on this phone."""
    session.clear()
    return Response(render_template("phone/ended.html"))


@phone_visit.post("/language")
def change_language() -> AnyResponse:
    """Change the language of this phone; everybody else's stays as it is."""
    if request.form.get("language") in LANGUAGES:
        session["language"] = request.form["language"]
    return go_to(url_for("phone_visit.look") if _token() else url_for("phone_visit.start"))


# --- Who holds this phone ------------------------------------------------------------------------------


@phone_visit.get("/who")
def who() -> Response:
    """Ask for the holder's own number and PIN, or send a code to their line."""
    return _who_page([])


@phone_visit.post("/who")
def tell_who() -> AnyResponse:
    """Check the number and the holder's own PIN."""
    language = current_language()
    telephone = read_telephone(request.form.get("telephone", ""))
    if telephone is None:
        return _who_page([("telephone", say(language, "who.not_a_number"))], 422)
    if "send" in request.form:
        return _send_code(telephone)
    pin = request.form.get("pin", "").strip()
    if not 1 <= len(pin) <= LONGEST_PIN:
        return _who_page([("pin", say(language, "pin.missing"))], 422)
    answer = _client().identify_phone(telephone, pin, _key("identity", telephone, pin))
    return _after_check(answer, "pin", "pin.wrong")


def _send_code(telephone: str) -> Response:
    sent = _client().send_phone_code(telephone, _key("send code", telephone))
    if not sent.sent:
        time = write_time(current_language(), sent.until, page_zone())
        return _who_page([("telephone", say(current_language(), f"no.{sent.code}", time=time))], 422)
    session["telephone"] = seal(telephone)
    return _code_page([])


@phone_visit.post("/code")
def check_code() -> AnyResponse:
    """Check the code that was sent to the holder's line."""
    telephone = unseal(str(session.get("telephone", "")))
    code = request.form.get("code", "").strip()
    if telephone is None:
        return go_to(url_for("phone_visit.who"))
    if not 1 <= len(code) <= LONGEST_CODE:
        return _code_page([("code", say(current_language(), "one_time_code.missing"))], 422)
    answer = _client().check_phone_code(telephone, code, _key("code", telephone, code))
    return _after_check(answer, "code", "one_time_code.wrong")


def _after_check(answer: PhoneAnswer, field: str, wrong: str) -> AnyResponse:
    if answer.code is None:
        session.pop("telephone", None)
        return go_to(url_for("phone_visit.look"))
    language = current_language()
    if answer.code == "identity.wrong" or answer.locked_until is None:
        told = say(language, wrong)
    else:
        told = say(language, "phone.locked", time=write_time(language, answer.locked_until, page_zone()))
    page = _who_page if field == "pin" else _code_page
    return page([(field, told)], 422)


def _who_page(faults: Faults, status: int = 200) -> Response:
    return show("phone/who.html", "phone/_who.html", status, faults=faults)


def _code_page(faults: Faults, status: int = 200) -> Response:
    return show("phone/code.html", "phone/_code.html", status, faults=faults)


# --- The visit -----------------------------------------------------------------------------------------


@phone_visit.get("/visit")
def look() -> AnyResponse:
    """The sheet that everybody sees, who sees it, and what is asked of this phone's holder."""
    notice = request.args.get("notice", "")
    return _visit_page(notice if notice in NOTICES else "")


def _visit_page(notice: str = "") -> AnyResponse:
    try:
        visit = _client().phone_visit()
    except SignInNeeded:
        return go_to(url_for("phone_visit.ended"))
    if visit.state != "open":
        return go_to(url_for("phone_visit.ended"))
    circle = _client().circle(visit.visit_id)
    role = next((each.role for each in circle.participants if each.is_you), "guest")
    if role == "guest" and not _is_known(circle):
        return go_to(url_for("phone_visit.who"))
    values = {**_values(visit, circle, role), "notice": notice}
    return show("phone/visit.html", "phone/_visit.html", 200, **values)


def _is_known(circle: Circle) -> bool:
    """Whether the phone's holder has passed a check: only then the phone is among the participants."""
    return any(each.is_you for each in circle.participants)


def _values(visit: Visit, circle: Circle, role: str) -> dict[str, object]:
    session["visit"] = visit.visit_id
    decision = visit.decision
    sees = decision is not None and role != "guest"
    return {
        "visit": visit,
        "role": role,
        "sheet": decision.sheets[current_language()] if decision is not None else None,
        "claims": find_claims(_client(), visit) if sees else None,
        "can_tap": role == "customer" and sees and decision is not None and decision.outcome == "eligible",
        **_light_values(circle),
    }


def _light_values(circle: Circle, shown: str | None = None) -> dict[str, object]:
    return {"circle": circle, "shown": shown, "light_address": url_for("phone_visit.light")}


@phone_visit.route("/light", methods=["GET", "POST"])
def light() -> AnyResponse:
    """Who sees the sheet; a POST says what this page has drawn."""
    visit_id, code = str(session.get("visit", "")), request.form.get("terms_code") or None
    if not visit_id:
        return Response(status=204)
    client = _client()
    try:
        circle = client.report(visit_id, code) if request.method == "POST" else client.circle(visit_id)
    except StoreRefused:
        return Response(status=204)
    return Response(render_template("shared/_light.html", **_light_values(circle, code)))


@phone_visit.get("/events")
def events() -> Response:
    """News of this phone's visit, for as long as its page is open."""
    mine = str(session.get("visit", ""))

    def wanted(event: VisitEvent) -> bool:
        return event.visit_id == mine

    return stream(services().live_of(str(session.get("store", ""))), wanted)


@phone_visit.post("/answer")
def answer() -> AnyResponse:
    """The owner's answer to exactly what this page showed."""
    approved, ask_id = ANSWERS.get(request.form.get("answer", "")), request.form.get("ask", "")
    digest = request.form.get("digest", "")
    if approved is None or not ask_id or len(digest) != 64:
        return go_to(url_for("phone_visit.look"))
    key = _key("answer", ask_id, approved, digest)
    return _do(lambda client, visit_id: client.answer_ask(visit_id, ask_id, approved, digest, key))


@phone_visit.post("/withdraw")
def withdraw() -> AnyResponse:
    """The owner takes a yes back that was not used."""
    ask_id = request.form.get("ask", "")
    key = _key("withdraw", ask_id)
    return _do(lambda client, visit_id: client.withdraw_ask(visit_id, ask_id, key))


@phone_visit.post("/tap")
def tap() -> AnyResponse:
    """The customer agrees to the sheet that this page shows."""
    code = request.form.get("terms_code", "")
    key = _key("tap", code)
    return _do(lambda client, visit_id: client.tap(visit_id, code, key))


def _do(act: Callable[[StoreClient, str], object]) -> AnyResponse:
    """Do something in the visit and show it as it stands then; what has changed meanwhile is said."""
    visit_id = str(session.get("visit", ""))
    try:
        act(_client(), visit_id)
    except StoreRefused as refused:
        if refused.problem.status != 409:
            raise
        notice = "phone.over" if refused.code == "ask.over" else "phone.changed"
        return go_to(url_for("phone_visit.look", notice=notice))
    return go_to(url_for("phone_visit.look"))


@phone_visit.get("/notices")
def notices() -> Response:
    """What the owner was told: every use, and every check by somebody else."""
    found = _client().notices()
    _client().see_notices(f"phone-seen-{hashlib.sha256(str(found).encode()).hexdigest()[:40]}")
    return Response(render_template("phone/notices.html", notices=found.notices))


@phone_visit.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    return Response(render_template("phone/fault.html", fault=fault if fault in FAULTS else "missing"))
