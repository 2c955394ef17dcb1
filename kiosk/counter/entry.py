"""The kiosk's first pages: start, how it looks, the terms in force, a voucher's code, and who asks.

What it must not know: questions, answers, what a voucher is worth.
"""

from __future__ import annotations

import datetime as dt

import phonenumbers
from flask import Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from hardware.scanner.layouts import repair
from kiosk.counter import current, flow
from kiosk.counter.blueprint import counter
from kiosk.htmx import go_to, show
from kiosk.policy_search import matching
from kiosk.rendering import current_language
from kiosk.security import CONTENT_SECURITY_POLICY
from kiosk.services import current_station, services
from kiosk.sessions import set_view
from kiosk.words import LANGUAGES, say
from store_api.contract import IdentityAnswer, VoucherAnswer, VoucherCode
from store_api.contract.voucher_codes import proves_itself

Faults = list[tuple[str, str]]
CLOSED = ("identity.locked", "identity.locked_here", "identity.locked_everywhere")
"""Where a method is closed after too many wrong tries: for the line, on this device, anywhere."""


@counter.get("/")
def start() -> AnyResponse:
    """The counter's face. While somebody is identified it is not shown: they leave first, or it ends."""
    visit = current.find_visit()
    if visit is not None and visit.identity is not None:
        return go_to(flow.next_page(visit))
    return Response(render_template("counter/start.html", store=current.store()))


@counter.get("/now")
def now() -> AnyResponse:
    """Go to the page at which the visit stands."""
    return go_to(flow.next_page(current.find_visit()))


@counter.post("/view")
def change_view() -> AnyResponse:
    """Change language, text size or contrast, and come back to the same page."""
    set_view(dict(request.form))
    language = request.form.get("language")
    if language in LANGUAGES:
        session["language"] = language
        visit = current.find_visit()
        if visit is not None and visit.language != language:
            current.client().set_language(visit.visit_id, language, current.attempt_key("language", language))
    return redirect(_local(request.form.get("back", "")), 303)


def _local(address: str) -> str:
    """An address of this face; anything else, a foreign one above all, is the start page."""
    known = address.startswith("/counter/") and not any(sign in address for sign in "\\\r\n\t:")
    return address if known else url_for("counter.start")


@counter.get("/policies")
def policies() -> Response:
    """The policies in force, without signing in; `q` searches their words."""
    wanted = request.args.get("q", "")[:60]
    found = matching(current.client().policies().policies, current_language(), wanted)
    return show("counter/policies.html", "counter/_policies.html", policies=found, q=wanted)


@counter.get("/policies/<policy>/<int:version>")
def policy(policy: str, version: int) -> str:
    """One policy version in its own words, with its neighbours."""
    page = current.client().policy_page(policy, version)
    return render_template("counter/policy.html", page=page, policy=page.text)


@counter.get("/policies/<policy>/<int:version>/changes")
def policy_changes(policy: str, version: int) -> AnyResponse:
    """What changed in a version against the one before it."""
    page = current.client().policy_page(policy, version)
    if page.changes is None:
        return go_to(url_for("counter.policy", policy=policy, version=version))
    return Response(render_template("counter/policy_changes.html", page=page, policy=page.text))


# --- A voucher's code --------------------------------------------------------------------------------


@counter.get("/scan")
def scan() -> Response:
    """Show a voucher: camera, photo, hand scanner or typing."""
    return scan_page([])


def scan_page(faults: Faults, status: int = 200, typed: str = "") -> Response:
    """The scan page, with what went wrong before, if anything."""
    camera = services().devices.camera(current_station("counter").name)
    reason = camera.reason() if camera is not None else ""
    page = show(
        "counter/scan.html",
        "counter/_scan.html",
        status,
        faults=faults,
        typed=typed,
        has_camera=services().devices.has_picture(current_station("counter").name),
        has_reader=camera is not None,
        reason=reason,
    )
    # This page alone may compile what reads codes in the browser's camera (WebAssembly of our own).
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    return page


@counter.post("/scan")
def read_code() -> AnyResponse:
    """Take a code that was typed, or that a hand scanner typed."""
    code = clean(request.form.get("code", ""))
    if request.form.get("source") == "scanner":
        code = repair(code, proves_itself)
    if not code:
        return scan_page([("code", say(current_language(), "scan.empty"))], 422)
    paper = request.form.get("source") in ("scanner", "camera")
    return take_code(VoucherCode(code=code, paper=paper), code if not paper else "")


def clean(text: str) -> str:
    """The text without control characters and outer blanks, at most as long as a code may be."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:512]


def take_code(code: VoucherCode, typed: str = "", key: str | None = None) -> AnyResponse:
    """Tell the visit which code was shown and go to what follows from it.

    A typed code that is no voucher stays on its page with the fault beside its field; a scanned one has a
    screen of its own.
    """
    visit = current.open_visit()
    answer = current.client().read_voucher_code(
        visit.visit_id, code, key or current.attempt_key("code", code.code, code.paper)
    )
    if answer.code is None:
        return go_to(_after_code(answer))
    if typed:
        title, text = (say(current_language(), f"no.{answer.code}.{part}") for part in ("title", "text"))
        return scan_page([("code", f"{title}. {text}")], 422, typed)
    return no_page(answer.code, answer)


def _after_code(answer: VoucherAnswer) -> str:
    if answer.visit.identity is None:
        return url_for("counter.voucher")
    return url_for("counter.choices")


@counter.get("/voucher")
def voucher() -> AnyResponse:
    """The public terms of the voucher that was shown, and nothing else."""
    visit = current.find_visit()
    if visit is None or visit.scanned_policy is None:
        return go_to(flow.next_page(visit))
    return Response(render_template("counter/voucher.html", visit=visit))


def no_page(
    code: str, answer: VoucherAnswer | None = None, until: object = None, status: int = 200
) -> Response:
    """The screen of a code for "no": the service's sheet where there is one, else this face's words."""
    sheets = answer.sheets if answer is not None else None
    sheet = sheets.get(current_language()) if sheets else None
    page = render_template(
        "counter/no.html",
        code=code,
        sheet=sheet,
        until=until,
        ways=ways_on(code),
        waits_for_staff=code in CLOSED,
    )
    return Response(page, status=status)


def ways_on(code: str) -> list[tuple[str, str, str]]:
    """What a customer can do after a "no": words, address and icon; there is always a way."""
    again = ("no.way.scan", url_for("counter.scan"), "scan")
    number = ("no.way.number", url_for("counter.who"), "phone")
    terms = ("no.way.terms", url_for("counter.policies"), "document")
    first = [again, number] if code.startswith(("code.", "voucher.not_found")) else [number, again]
    start = ("no.way.start", url_for("counter.start"), "back")
    return [*first, terms] if code not in CLOSED else [number, start, terms]


# --- Who asks ----------------------------------------------------------------------------------------


@counter.get("/who")
def who() -> Response:
    """Ask for the telephone number."""
    current.store()
    return who_page(telephone=None)


@counter.post("/who")
def tell_who() -> AnyResponse:
    """Take the telephone number, then with it the person's own PIN."""
    language = current_language()
    telephone = read_telephone(request.form.get("telephone", ""))
    if telephone is None:
        typed = clean(request.form.get("telephone", ""))[:24]
        return who_page(None, [("telephone", say(language, "who.not_a_number"))], 422, typed)
    if "pin" not in request.form:
        return who_page(telephone)
    pin = request.form["pin"]
    if not 1 <= len(pin) <= 12:
        return who_page(telephone, [("pin", say(language, "pin.missing"))], 422)
    return _check(telephone, pin)


def _check(telephone: str, pin: str) -> AnyResponse:
    visit = current.open_visit()
    key = current.attempt_key("identity", telephone, pin)
    answer: IdentityAnswer = current.client().check_identity(visit.visit_id, telephone, pin, key)
    if answer.code in ("identity.wrong", "identity.unreachable"):
        words = "pin.wrong" if answer.code == "identity.wrong" else "who.unreachable"
        return who_page(telephone, [("pin", say(current_language(), words))], 422)
    return go_after_check(answer)


def go_after_check(answer: IdentityAnswer) -> AnyResponse:
    """Go on with a person who is known, or say that this method is closed."""
    if answer.checked:
        return go_to(url_for("counter.after_identity"))
    until = answer.locked_until.isoformat() if answer.locked_until else None
    where = str(answer.code).removeprefix("identity.")
    return go_to(url_for("counter.locked", until=until, where=where))


@counter.get("/locked")
def locked() -> Response:
    """This method is closed for a while; a member of staff can still look at a photo ID."""
    current.store()
    code = f"identity.{request.args.get('where', '')}"
    code = code if code in CLOSED else CLOSED[0]
    return no_page(code, until=_read_moment(request.args.get("until", "")))


@counter.get("/identified")
def identified() -> AnyResponse:
    """Go on once a member of staff has seen a photo ID; nothing before that."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return Response(status=204)
    return go_to(url_for("counter.after_identity"))


def _read_moment(text: str) -> dt.datetime | None:
    """An aware moment in ISO 8601 form; None for any other text."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    # The calendar's first and last days have no time in some other zone.
    return moment if moment.tzinfo is not None and 1 < moment.year < dt.MAXYEAR else None


def who_page(
    telephone: str | None, faults: Faults | None = None, status: int = 200, typed: str = ""
) -> Response:
    """The page that asks for the number or, with a number, for the PIN that belongs to it."""
    visit = current.find_visit()
    return show(
        "counter/who.html",
        "counter/_who.html",
        status,
        telephone=telephone,
        faults=faults or [],
        typed=typed,
        visit=visit,
        offers_code=telephone is not None and current.store().one_time_codes,
        waits_for_staff=visit is not None and visit.identity is None,
    )


def read_telephone(text: str) -> str | None:
    """The number in E.164 form; None where it is no possible number of the country that was set."""
    try:
        number = phonenumbers.parse(clean(text), services().settings.country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
