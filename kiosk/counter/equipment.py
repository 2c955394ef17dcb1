"""The kiosk's devices, for staff of its store: a PIN opens the page for some minutes, and nothing else.

What it must not know: visits and persons. The PIN is checked and no session begins: the cookie keeps a seal
of this station that ends by itself, and not who opened it.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from hardware.scanner.layouts import repair
from kiosk import slips
from kiosk.counter import current
from kiosk.counter.blueprint import counter
from kiosk.counter.entry import Faults, clean
from kiosk.counter.use import close_quietly
from kiosk.equipment import Equipment
from kiosk.htmx import go_to, show, wants_fragment
from kiosk.rendering import current_language
from kiosk.services import current_station, services
from kiosk.sessions import seal, unseal
from kiosk.words import say
from store_api.contract.voucher_codes import proves_itself

OPEN_SECONDS = 300
"""How long a PIN opens the page; a page that nobody touches closes itself sooner."""


@counter.route("/equipment/sign-in", methods=["GET", "POST"])
def equipment_sign_in() -> AnyResponse:
    """Open the page with a staff number and one's own PIN. A visit that was left open here ends."""
    if request.method == "GET":
        return _sign_in_page([])
    number, pin = clean(request.form.get("staff_number", "")), request.form.get("pin", "")
    if not 1 <= len(number) <= 20 or not 1 <= len(pin) <= 12:
        return _sign_in_page([("staff_number", say(current_language(), "tablet.wrong"))], 422)
    checked = current.client().check_staff_pin(number, pin)
    if checked.code is not None:
        words = "tablet.wrong" if checked.code == "identity.wrong" else "equipment.locked"
        return _sign_in_page([("staff_number", say(current_language(), words))], 422)
    language, station = session.get("language"), current_station("counter").name
    close_quietly()
    current.forget()
    services().devices.forget(station)
    session.update(equipment=seal(station), **({"language": language} if language else {}))
    return go_to(url_for("counter.equipment"))


def _sign_in_page(faults: Faults, status: int = 200) -> Response:
    pages = ("counter/equipment_sign_in.html", "counter/_equipment_sign_in.html")
    return show(*pages, status, faults=faults)


def _is_open() -> bool:
    sealed = str(session.get("equipment", ""))
    return bool(sealed) and unseal(sealed, OPEN_SECONDS) == current_station("counter").name


@counter.get("/equipment")
def equipment() -> AnyResponse:
    """How this kiosk's devices are, asked now; as JSON where that is asked for."""
    if not _is_open():
        return go_to(url_for("counter.equipment_sign_in"))
    station = current_station("counter").name
    found = [*services().devices.equipment({station}), *slips.tried(services().devices, station)]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(findings=[each.to_json(current_language()) for each in found])
    return show("counter/equipment.html", "shared/_equipment.html", **_values(found))


@counter.get("/equipment/live")
def equipment_live() -> AnyResponse:
    """What the readers say and what was tried, while the page stands; a code that is read is noted here."""
    if not _is_open():
        session.pop("equipment", None)
        return go_to(url_for("counter.start"))
    if not wants_fragment():
        return go_to(url_for("counter.equipment"))
    devices, station = services().devices, current_station("counter").name
    reader = devices.camera(station)
    seen = reader.take() if reader is not None and reader.reason() == "read" else None
    if seen is not None and seen.code is not None:
        devices.trials.note(station, seen.code, seen.symbology or "")
    found = [*devices.readers({station}), *slips.tried(devices, station)]
    return Response(render_template("shared/_equipment_live.html", **_values(found)))


def _values(found: list[Equipment]) -> dict[str, Any]:
    devices, station = services().devices, current_station("counter").name
    return {
        "equipment": found,
        "again_at": url_for("counter.equipment"),
        "live_at": url_for("counter.equipment_live"),
        "slip_at": url_for("counter.equipment_slip"),
        "has_picture": devices.has_picture(station),
        "printers": [station] if devices.has_printer(station) else [],
    }


@counter.post("/equipment/slip")
def equipment_slip() -> AnyResponse:
    """Print a test slip; the page then waits until the camera has read it."""
    if _is_open():
        station, attempt = current_station("counter").name, request.form.get("attempt", "")
        slips.print_slip(services().devices, station, current.store(), current_language(), attempt)
    return go_to(url_for("counter.equipment"))


@counter.post("/equipment/echo")
def equipment_echo() -> AnyResponse:
    """Note that a hand scanner has typed a code into the page; the code itself goes nowhere."""
    if _is_open():
        typed = clean(request.form.get("code", ""))
        mended = repair(typed, proves_itself)
        if typed:
            services().devices.trials.note(current_station("counter").name, mended, "", mended != typed)
    return go_to(url_for("counter.equipment"))
