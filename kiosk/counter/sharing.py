"""The kiosk among other faces: the light, joining by a code, letting a phone in, asking the account's owner.

What it must not know: how the light is made, who may answer, what a leave counts for.
"""

from __future__ import annotations

from flask import Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.counter.entry import clean
from kiosk.errors import StoreRefused
from kiosk.htmx import go_to, show, wants_fragment
from kiosk.rendering import current_language
from kiosk.services import services
from kiosk.sessions import seal, unseal
from kiosk.steps import Step, step_of
from kiosk.words import say
from store_api.contract import Circle, Visit

TOO_MANY = "join.too_many_tries"
OVER = frozenset({"ask.nothing_to_ask"})


@counter.route("/light", methods=["GET", "POST"])
def light() -> AnyResponse:
    """Who sees the sheet; a POST says what this page has drawn."""
    visit_id = current.visit_id()
    if visit_id is None:
        return Response(status=204)
    code = request.form.get("terms_code") or None
    client = current.client()
    try:
        circle = client.report(visit_id, code) if request.method == "POST" else client.circle(visit_id)
    except StoreRefused:
        return Response(status=204)
    has_sheet = request.args.get("sheet") != "no"
    return Response(render_template("shared/_light.html", **light_values(circle, code, has_sheet)))


def fact_for_owner(circle: Circle) -> str | None:
    """What to ask the customer before the owner; None where that is nothing, or not ours to ask."""
    facts = [flow.DEVICE if fact in flow.DEVICE_FACTS else fact for fact in circle.asks_first]
    return facts[0] if facts and set(facts) <= {flow.DEVICE, flow.MONTHS} else None


def light_values(circle: Circle, shown: str | None = None, has_sheet: bool = True) -> dict[str, object]:
    """What the light's fragment needs, on a page with the sheet or on one without."""
    address = url_for("counter.light", sheet=None if has_sheet else "no")
    return {"circle": circle, "shown": shown, "light_address": address, "has_sheet": has_sheet}


@counter.get("/follow")
def follow() -> AnyResponse:
    """What belongs to the sheet that this page shows; where another face has changed it, go on from there."""
    visit = current.find_visit()
    if visit is None:
        return go_to(url_for("counter.start"))
    code = visit.decision.terms_code if visit.decision is not None else ""
    if not wants_fragment() or (code, step_of(visit).value) != (_argument("terms_code"), _argument("step")):
        return go_to(flow.next_page(visit))
    values = light_values(current.client().circle(visit.visit_id))
    page = render_template("counter/_with_others.html", follows=(code, _argument("step")), **values)
    return Response(page)


def _argument(name: str) -> str:
    return request.args.get(name, "")


# --- Coming in from another face -----------------------------------------------------------------------


@counter.get("/join")
def join() -> Response:
    """Type the code of a visit that was opened at the tablet."""
    return _join_page([])


@counter.post("/join")
def enter_by_code() -> AnyResponse:
    """Take a visit over by its code. Any code that leads nowhere gets the same answer."""
    typed = clean(request.form.get("code", ""))[:40]
    if not typed:
        return _join_page([("code", say(current_language(), "join.missing"))], 422)
    try:
        answer = current.client().join(typed)
    except StoreRefused as refused:
        if refused.code != TOO_MANY:
            raise
        return _join_page([("code", say(current_language(), "join.too_many"))], 422, typed)
    if answer.visit is None:
        return _join_page([("code", say(current_language(), "join.unknown"))], 422, typed)
    session["visit"] = answer.visit.visit_id
    session.permanent = True
    return go_to(flow.next_page(answer.visit))


def _join_page(faults: list[tuple[str, str]], status: int = 200, typed: str = "") -> Response:
    return show("counter/join.html", "counter/_join.html", status, faults=faults, typed=typed)


# --- Letting a phone in, and asking the owner ----------------------------------------------------------


@counter.get("/share")
def share() -> AnyResponse:
    """How somebody joins this visit with their phone; with an ask, how it stands."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    current.store()
    circle = current.client().circle(visit.visit_id)
    code = unseal(str(session.get("join", ""))) or ""
    return show(
        "counter/share.html",
        "counter/_share.html",
        200,
        visit=visit,
        **light_values(circle, has_sheet=False),
        ask=circle.ask,
        join_code=code,
        join_link=f"{services().settings.public_url}/phone/#{code.replace('-', '')}" if code else "",
        join_address=f"{services().settings.public_url}/phone/",
    )


@counter.post("/share")
def make_code() -> AnyResponse:
    """Make a code for a phone; one that was made before is void."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    _keep_code(visit)
    return go_to(url_for("counter.share"))


@counter.post("/ask-owner")
def ask_owner() -> AnyResponse:
    """Ask the account's owner about this sheet, and show how they join."""
    visit = current.find_visit()
    if visit is None or visit.decision is None or step_of(visit) is not Step.ANSWERED:
        return go_to(flow.next_page(visit))
    try:
        current.client().ask_owner(visit.visit_id, current.attempt_key("owner", visit.decision.decision_id))
    except StoreRefused as refused:
        if refused.code not in OVER:
            raise
        return go_to(url_for("counter.sheet"))
    _keep_code(visit)
    return go_to(url_for("counter.share"))


def _keep_code(visit: Visit) -> None:
    """The code stays in this browser's cookie, sealed, so that the page can be opened again."""
    session["join"] = seal(current.client().make_join_code(visit.visit_id, "phone").code)
