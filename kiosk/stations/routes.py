"""Pairing a browser with its station; and, in the demo alone, the desk from which everything is opened.

What it must not know: visits, what the faces show.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.htmx import go_to
from kiosk.rendering import current_language
from kiosk.services import services
from kiosk.sessions import set_station_cookie
from kiosk.stations.registry import STARTS
from kiosk.words import say

stations = Blueprint("stations", __name__)


@dataclass(frozen=True)
class Table:
    """A table of the demo's made-up people and things."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text: str = ""


@dataclass(frozen=True)
class Desk:
    """What the demo's desk lists; `folder` holds its printed vouchers."""

    tables: tuple[Table, ...] = ()
    folder: Path | None = None
    files: tuple[str, ...] = field(default=())


def _desk() -> Desk | None:
    from flask import current_app

    found: Desk | None = current_app.extensions.get("desk")
    return found


@stations.get("/")
def desk() -> AnyResponse:
    """The demo's desk; everywhere else the pairing page."""
    shown = _desk()
    if shown is None:
        return go_to(url_for("stations.pair"))
    registry = services().stations
    doors = [
        {
            "name": station.name,
            "label": station.label,
            "face": station.face,
            "code": registry.pairing_code(station.name),
        }
        for station in registry
    ]
    return Response(
        render_template("stations/desk.html", doors=doors, tables=shown.tables, files=shown.files)
    )


@stations.get("/stations/demo/<name>")
def demo_file(name: str) -> AnyResponse:
    """A printed voucher of the demo."""
    shown = _desk()
    if shown is None or shown.folder is None or name not in shown.files:
        abort(404)
    return send_from_directory(shown.folder, name)


@stations.route("/stations/pair", methods=["GET", "POST"])
def pair() -> AnyResponse:
    """Pair this browser by the code that was shown when the app was started."""
    if request.method == "GET":
        return Response(render_template("stations/pair.html", faults=[]))
    station = services().stations.pair(request.form.get("code", ""))
    if station is None:
        faults = [("code", say(current_language(), "pair.wrong"))]
        return Response(render_template("stations/pair.html", faults=faults), status=422)
    response = go_to(url_for(STARTS[station.face]))
    set_station_cookie(response, station.face, station.name, secure=services().settings.secure_cookies)
    return response
