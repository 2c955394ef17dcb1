"""Codes from the station's camera and from uploaded photos; both go the way of a typed code.

What it must not know: how a picture is decoded, what a code is worth.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter.blueprint import page_values, send_to_pairing
from kiosk.counter.entry import scan_page, take_code
from kiosk.devices import Reader, Seen
from kiosk.htmx import go_to, wants_fragment
from kiosk.rendering import current_language
from kiosk.services import current_station, services
from kiosk.words import say
from store_api.contract import VoucherCode

scan = Blueprint("scan", __name__, url_prefix="/counter/scan")
scan.before_request(send_to_pairing)
scan.context_processor(page_values)

LARGEST_PHOTO = 8 * 1024 * 1024
BOUNDARY = "frame"


def _camera() -> Reader:
    camera = services().devices.camera(current_station("counter").name)
    if camera is None:
        abort(404)
    return camera


@scan.get("/preview")
def preview() -> Response:
    """What the camera sees, as a stream of JPEG pictures."""
    frames = _camera().preview()

    def parts() -> Iterator[bytes]:
        for frame in frames:
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
            yield head.encode() + frame + b"\r\n"

    return Response(parts(), mimetype=f"multipart/x-mixed-replace; boundary={BOUNDARY}")


@scan.get("/reader")
def reader() -> AnyResponse:
    """What the camera says now; a code that it has read is taken, and the page goes on."""
    camera = _camera()
    if not wants_fragment():
        return go_to(url_for("counter.scan"))
    if camera.reason() == "read":
        return Response(render_template("counter/_read.html"))
    return Response(render_template("counter/_reader.html", reason=camera.reason()))


@scan.get("/take")
@scan.get("/photo")
def back_to_scan() -> AnyResponse:
    """Whoever comes back to where a code was sent is shown where to show one."""
    return go_to(url_for("counter.scan"))


@scan.post("/take")
def take() -> AnyResponse:
    """Take the code that the camera has read."""
    seen = _camera().take()
    if seen is None or seen.code is None:
        return go_to(url_for("counter.scan"))
    return take_code(VoucherCode(code=seen.code, symbology=seen.symbology), key=seen.key)


@scan.post("/photo")
def photo() -> AnyResponse:
    """Read the code in an uploaded picture; the picture is not kept."""
    upload = request.files.get("photo")
    data = upload.stream.read(LARGEST_PHOTO + 1) if upload is not None else b""
    seen = _read_photo(data)
    if seen.code is None:
        return scan_page([("photo", say(current_language(), f"scan.photo.{seen.reason}"))], 422)
    return take_code(VoucherCode(code=seen.code, symbology=seen.symbology))


def _read_photo(data: bytes) -> Seen:
    if not data:
        return Seen(None, reason="missing")
    if len(data) > LARGEST_PHOTO:
        return Seen(None, reason="too_large")
    photos = services().devices.photos
    return photos.read(data) if photos is not None else Seen(None, reason="nothing")
