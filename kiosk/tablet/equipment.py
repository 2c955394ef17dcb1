"""The devices of this store's kiosks, for staff who have signed in on the tablet.

What it must not know: visits, and how a device is asked.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk import slips
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language
from kiosk.services import current_station, current_store, services
from kiosk.tablet.blueprint import page_values, send_to_pairing

tablet_equipment = Blueprint("tablet_equipment", __name__, url_prefix="/tablet/equipment")
tablet_equipment.before_request(send_to_pairing)
tablet_equipment.context_processor(page_values)


@tablet_equipment.get("")
def show_all() -> Response:
    """How the cameras, hand scanners and printers of this store's kiosks are, asked now; as JSON where that
    is asked for."""
    devices, kiosks = services().devices, _kiosks()
    found = devices.equipment(kiosks) + [each for name in kiosks for each in slips.tried(devices, name)]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(findings=[each.to_json(current_language()) for each in found])
    return show(
        "tablet/equipment.html",
        "shared/_equipment.html",
        equipment=found,
        again_at=url_for("tablet_equipment.show_all"),
        slip_at=url_for("tablet_equipment.print_slip"),
        printers=[name for name in kiosks if devices.has_printer(name)],
    )


@tablet_equipment.post("/slip")
def print_slip() -> AnyResponse:
    """Print a test slip at a kiosk of this store; the kiosk's own page waits until its camera has read it."""
    station, attempt = request.form.get("station", ""), request.form.get("attempt", "")
    if station in _kiosks():
        store = current_store("tablet")
        slips.print_slip(services().devices, station, store, current_language(), attempt)
    return go_to(url_for("tablet_equipment.show_all"))


def _kiosks() -> list[str]:
    own = current_station("tablet").store_id
    return sorted(kiosk.name for kiosk in services().stations.of_face("counter") if kiosk.store_id == own)
