"""The rep's tablet: sign in, open visits, one visit with the customer's own sheet, confirming the order.

What it must not know: how a sheet is made; sales, targets or times of anybody.
"""

from __future__ import annotations

import phonenumbers
from flask import Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import SignInNeeded, StoreError, StoreRefused, StoreUndecided
from kiosk.heard import LENGTHS, find_claims, read_heard
from kiosk.htmx import go_to, show
from kiosk.receipts.order import reserved_hold
from kiosk.rendering import current_language, next_try
from kiosk.services import current_station, services
from kiosk.signing import begin_session, change_own_language, leave_session
from kiosk.streaming import stream
from kiosk.tablet import views
from kiosk.tablet.beside import find_context, find_offer
from kiosk.tablet.blueprint import attempt_key as _key
from kiosk.tablet.blueprint import client as _client
from kiosk.tablet.blueprint import reference_asked as _reference
from kiosk.tablet.blueprint import store as _store
from kiosk.tablet.blueprint import tablet
from kiosk.tablet.sharing import sharing_values
from kiosk.words import say
from store_api.contract import DecisionRequest, RedemptionAnswer, Visit, VisitEvent

__all__ = ["tablet"]

FAULTS = frozenset({"missing", "unreachable", "finding_out", "refused", "stale", "broken"})


# --- Signing in --------------------------------------------------------------------------------------


@tablet.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """Sign in with a staff number and one's own PIN."""
    if request.method == "GET":
        return _sign_in_page([])
    number, pin = request.form.get("staff_number", "").strip(), request.form.get("pin", "")
    if not 1 <= len(number) <= 20 or not 1 <= len(pin) <= 12:
        return _sign_in_page([("staff_number", say(current_language(), "tablet.wrong"))], 422)
    opened = services().client(current_station("tablet").token).sign_in(number, pin)
    if opened.token is None:
        return _sign_in_page([("staff_number", views.sign_in_fault(current_language(), opened))], 422, number)
    wanted = session.get("order")
    begin_session(opened.token, name=opened.name or "", store=opened.store.name if opened.store else "")
    return go_to(url_for("tablet.order", reference=wanted) if wanted else url_for("tablet.visits"))


def _sign_in_page(faults: list[tuple[str, str]], status: int = 200, typed: str = "") -> Response:
    return show("tablet/sign_in.html", "tablet/_sign_in.html", status, faults=faults, typed=typed)


@tablet.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out; nothing of a visit stays in this browser."""
    return leave_session(_client().sign_out, url_for("tablet.sign_in"))


@tablet.post("/language")
def change_language() -> AnyResponse:
    """Change the language of this tablet; the customer's stays as it is."""
    return change_own_language("tablet", url_for("tablet.visits"))


# --- Visits ------------------------------------------------------------------------------------------


@tablet.get("/")
def home() -> AnyResponse:
    """The open visits."""
    return go_to(url_for("tablet.visits"))


@tablet.get("/visits")
def visits() -> Response:
    """The open visits of the store, kept up to date by events."""
    return _visits_page([])


def _visits_page(faults: list[tuple[str, str]], status: int = 200, typed: str = "") -> Response:
    found = _client().open_visits().visits
    return show("tablet/visits.html", "tablet/_visits.html", status, visits=found, faults=faults, typed=typed)


@tablet.get("/orders")
@tablet.get("/orders/<reference>")
def order(reference: str = "") -> AnyResponse:
    """The visit of an order, opened from the till by the order's identifier or the till's reference."""
    wanted = _reference()
    try:
        found = _client().visit_of_order(wanted) if wanted else None
    except StoreRefused as error:
        if error.problem.status != 404:
            raise
        found = None
    if found is None:
        return _visits_page([("reference", say(current_language(), "tablet.till.unknown"))], 404, wanted)
    return go_to(url_for("tablet.visit", visit_id=found.visit_id))


@tablet.get("/visits/<visit_id>")
def visit(visit_id: str) -> AnyResponse:
    """One visit: who, the order, the customer's sheet, and what can be done."""
    if _client().waiting(visit_id) is not None:
        return go_to(url_for("tablet.finding_out", visit_id=visit_id))
    notice = request.args.get("notice", "")
    return _visit_page(_client().visit(visit_id), notice if notice in views.NOTICES_OF_A_CONFIRMATION else "")


def _acts_for_customer(visit: Visit) -> bool:
    """Whether the rep asks and reserves: who stands at a kiosk has the sheet in their own hands."""
    return services().stations.find(visit.station, "counter") is None


def _visit_page(
    visit: Visit, notice: str = "", faults: list[tuple[str, str]] | None = None, status: int = 200
) -> Response:
    _store()
    acts = _acts_for_customer(visit)
    return show(
        "tablet/visit.html",
        "tablet/_visit.html",
        status,
        visit=visit,
        **sharing_values(visit),
        sheet=views.sheet_of(visit),
        can_confirm=views.can_confirm(visit),
        confirm_words=views.confirm_words(visit),
        can_release=views.can_release(visit),
        can_extend=views.can_extend(visit),
        can_reserve=acts and views.can_reserve(visit),
        choices=_client().choices(visit.visit_id) if acts and views.can_choose(visit) else None,
        waits_for=views.waits_for(visit),
        claims=find_claims(_client(), visit),
        heard_lengths=LENGTHS,
        offer=find_offer(_client(), visit),
        before=find_context(_client(), visit),
        notice=notice,
        faults=faults or [],
    )


@tablet.post("/visits/<visit_id>/offer/decline")
def decline_offer(visit_id: str) -> AnyResponse:
    """The customer has said no: the card goes from every face."""
    _client().decline_offer(visit_id, False, _key("no offer", visit_id))
    return _back(visit_id)


@tablet.post("/visits/<visit_id>/phase")
def set_phase(visit_id: str) -> AnyResponse:
    """Somebody is being called for the customer, or the call is over."""
    phase = "calling" if request.form.get("phase") == "calling" else "deciding"
    _client().set_phase(visit_id, phase, _key("phase", f"{visit_id} {phase}"))
    return _back(visit_id)


@tablet.get("/events")
def events() -> Response:
    """News of the store's visits, or of one, for as long as the page is open."""
    wanted_visit = request.args.get("visit_id")

    def wanted(event: VisitEvent) -> bool:
        return wanted_visit is None or event.visit_id == wanted_visit

    return stream(services().live_of(current_station("tablet").store_id or ""), wanted)


@tablet.post("/visits/<visit_id>/confirm")
def confirm(visit_id: str) -> AnyResponse:
    """Confirm the order; the credit that is held for it is used."""
    if _client().waiting(visit_id) is not None:
        return go_to(url_for("tablet.finding_out", visit_id=visit_id))
    found = _client().visit(visit_id)
    if found.order is None or not views.can_confirm(found):
        return _back(visit_id)
    key = _key("confirm", found.order.order_id)
    return _after_confirm(visit_id, _client().confirm_order(found.order.order_id, key, visit_id))


def _after_confirm(visit_id: str, answer: RedemptionAnswer) -> AnyResponse:
    if answer.redemption is not None:
        views.print_receipt(services(), _client().visit(visit_id), _store(), again="")
        return _back(visit_id)
    notice = "tablet.changed" if answer.code == "terms.changed" else "tablet.not_used"
    return go_to(url_for("tablet.visit", visit_id=visit_id, notice=notice))


@tablet.get("/visits/<visit_id>/finding-out")
def finding_out(visit_id: str) -> AnyResponse:
    """It is not known yet whether the order was confirmed: send it again under its own key until it is."""
    waiting = _client().waiting(visit_id)
    if waiting is None:
        return _back(visit_id)
    try:
        answer = _client().repeat(*waiting, RedemptionAnswer)
    except StoreUndecided:
        pages = ("tablet/finding_out.html", "tablet/_finding_out.html")
        return show(*pages, visit_id=visit_id, again=next_try())
    except SignInNeeded:
        session.clear()
        return go_to(url_for("tablet.sign_in"))
    except StoreRefused:
        return go_to(url_for("tablet.visit", visit_id=visit_id, notice="tablet.not_done"))
    return _after_confirm(visit_id, answer)


def _back(visit_id: str) -> AnyResponse:
    return go_to(url_for("tablet.visit", visit_id=visit_id))


@tablet.post("/visits/<visit_id>/ask")
def ask(visit_id: str) -> AnyResponse:
    """Ask about a voucher or an upgrade for the customer; what the till has rung up is not asked again."""
    found = _client().visit(visit_id)
    voucher_id, policy = request.form.get("voucher_id") or None, request.form.get("policy") or None
    may_ask = _acts_for_customer(found) and views.can_choose(found)
    if may_ask and (voucher_id is None) != (policy is None):
        wanted = DecisionRequest(visit_id=visit_id, voucher_id=voucher_id, policy=policy)
        _client().decide(wanted, _key("ask", f"{visit_id} {voucher_id or policy}"))
    return _back(visit_id)


@tablet.post("/visits/<visit_id>/reserve")
def reserve(visit_id: str) -> AnyResponse:
    """Reserve what the answer granted, for a customer who stands at the counter."""
    found = _client().visit(visit_id)
    if found.decision is None or not (_acts_for_customer(found) and views.can_reserve(found)):
        return _back(visit_id)
    decision_id = found.decision.decision_id
    answer = _client().hold(decision_id, _key("hold", decision_id), visit_id)
    if answer.hold is not None:
        return _back(visit_id)
    notice = "tablet.changed" if answer.code == "terms.changed" else "tablet.not_used"
    return _visit_page(_client().visit(visit_id), notice)


@tablet.post("/visits/<visit_id>/release")
def release(visit_id: str) -> AnyResponse:
    """Give the reservation back."""
    found = _client().visit(visit_id)
    if found.hold is not None and views.can_release(found):
        for hold_id in views.held_ids(found):
            _client().release(hold_id, _key("release", hold_id))
    return _visit_page(_client().visit(visit_id), "tablet.released")


@tablet.post("/visits/<visit_id>/extend")
def extend(visit_id: str) -> AnyResponse:
    """Let what is reserved stand for some more minutes."""
    found = _client().visit(visit_id)
    if found.hold is not None and views.can_extend(found):
        _client().extend(found.hold.hold_id, _key("extend", found.hold.hold_id))
    return _visit_page(_client().visit(visit_id), "tablet.extended")


@tablet.post("/visits/<visit_id>/print")
def print_sheet(visit_id: str) -> AnyResponse:
    """Print the customer's sheet at the customer's station."""
    found = _client().visit(visit_id)
    again = request.form.get("attempt", "")
    state = views.print_receipt(services(), found, _store(), again, _till_code(found))
    return _visit_page(found, views.print_notice(state))


def _till_code(visit: Visit) -> str | None:
    """The code for the till on the slip of what is reserved; a slip without it is still a slip."""
    hold = reserved_hold(visit)
    try:
        return None if hold is None else _client().till_code(hold.hold_id).code
    except StoreError:
        return None


@tablet.post("/visits/<visit_id>/photo-id")
def photo_id(visit_id: str) -> AnyResponse:
    """A named rep has seen the photo ID of the person of a number."""
    telephone = _read_telephone(request.form.get("telephone", ""))
    if telephone is None:
        faults = [("telephone", say(current_language(), "tablet.photo_id.not_a_number"))]
        return _visit_page(_client().visit(visit_id), faults=faults, status=422)
    answer = _client().photo_id_seen(visit_id, telephone, _key("photo id", telephone))
    if answer.checked:
        return _back(visit_id)
    words = "who.unreachable" if answer.code == "identity.unreachable" else "tablet.photo_id.unknown"
    faults = [("telephone", say(current_language(), words))]
    return _visit_page(answer.visit, faults=faults, status=422)


@tablet.post("/visits/<visit_id>/unlock")
def unlock(visit_id: str) -> AnyResponse:
    """Open PIN and codes again for the person whose photo ID was seen."""
    return _visit_page(_client().unlock_person(visit_id, _key("unlock", visit_id)), "tablet.unlocked")


def _read_telephone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text.strip(), services().settings.country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@tablet.post("/visits/<visit_id>/claims")
def check_claim(visit_id: str) -> AnyResponse:
    """Check what the customer was told; every face of the visit shows the answer."""
    found = _client().visit(visit_id)
    listed = find_claims(_client(), found)
    claim, months = request.form.get("claim", ""), request.form.get("months", "")
    body = read_heard(found, listed, claim, months) if listed is not None else None
    if body is not None:
        decision = found.decision.decision_id if found.decision is not None else ""
        _client().check_claim(body, _key("claim", f"{visit_id} {claim} {months} {decision}"))
    return _visit_page(_client().visit(visit_id))


@tablet.get("/fault/<fault>")
def fault(fault: str) -> Response:
    """What went wrong with a request."""
    return Response(render_template("tablet/fault.html", fault=fault if fault in FAULTS else "missing"))
