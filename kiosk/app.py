"""The kiosk's application: joins settings, store, stations, devices and faces.

What it is for: the one module that knows every face, and the only one of this package that may import the
service's own code, for the set-up in which both live in one process.
What it must not know: what any page shows.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, g
from flask_wtf.csrf import CSRFProtect

from hardware.camera.loop import CameraLoop
from hardware.camera.sources import open_camera
from hardware.decode.worker import DecodeWorker
from hardware.printer.targets import open_printer, profile_of
from hardware.scanner.targets import open_scanner
from kiosk.care.routes import care
from kiosk.counter.routes import counter
from kiosk.demo_desk import make_desk, write_vouchers
from kiosk.devices import (
    Devices,
    PhotoReader,
    Reader,
    ReceiptPrinter,
    StationCamera,
    StationPrinter,
    StationScanner,
    report_to,
)
from kiosk.errors import SettingError
from kiosk.faults import register_faults
from kiosk.htmx import register_htmx
from kiosk.ledger import Settler, SpoolLedger, owner_of
from kiosk.live import STREAMS, Slots
from kiosk.options import Options
from kiosk.phone.coupons import coupons
from kiosk.phone.policies import policies
from kiosk.phone.routes import phone
from kiosk.phone.visit import phone_visit
from kiosk.receipts.print_queue import PrintQueue
from kiosk.receipts.rendering import paper_of, render
from kiosk.region.routes import region
from kiosk.rendering import STATIC_FOLDER, TEMPLATE_FOLDER, register_rendering
from kiosk.scan.inbox import ScanInbox
from kiosk.scan.routes import LARGEST_PHOTO, scan
from kiosk.security import CONTENT_SECURITY_POLICY
from kiosk.services import Connection, Services, follow_any_store, follow_stores
from kiosk.serving import OnePort
from kiosk.sessions import FaceSessions
from kiosk.settings import Settings, read_settings
from kiosk.spool import Spool
from kiosk.stations.registry import Station, Stations, read_stations
from kiosk.stations.routes import Desk, stations
from kiosk.store_client import StoreClient, connect, connect_to
from kiosk.tablet.equipment import tablet_equipment
from kiosk.tablet.routes import tablet
from store_api import app as store
from store_api.contract.voucher_codes import proves_itself

CARE_DESK = "care-desk"
"""The demo's desk of customer care; its other desks are the region's."""
FORM_FIELDS = 64 * 1024


def create_app(services: Services, desk: Desk | None = None) -> Flask:
    """The faces as a WSGI application. `desk` is the demo's own page and is absent everywhere else."""
    settings = services.settings
    app = Flask("kiosk", static_folder=str(STATIC_FOLDER), template_folder=str(TEMPLATE_FOLDER))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=dt.timedelta(seconds=settings.session_seconds),
        MAX_CONTENT_LENGTH=LARGEST_PHOTO + FORM_FIELDS,
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = FaceSessions()
    app.extensions.update(services=services, settings=settings, desk=desk)
    CSRFProtect(app)
    register_htmx(app)
    register_rendering(app, settings)
    register_faults(app)
    faces = (stations, counter, scan, tablet, tablet_equipment, phone, phone_visit, coupons, policies)
    for blueprint in (*faces, region, care):
        app.register_blueprint(blueprint)
    app.after_request(_harden)
    return app


def _harden(response: Response) -> Response:
    """Headers of every answer; nothing but files of ours and public pages may be kept by a browser."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
    may_keep = headers.get("Cache-Control", "").startswith(("public", "no-cache, max-age"))
    if not may_keep or (_is_page(response) and not g.get("is_public")):
        headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype in ("text/html", "text/event-stream")


def open_services(
    settings: Settings, http: Connection, registry: Stations, camera: str, printer: str
) -> Services:
    """Devices, ledger and live news, started; what an earlier process left unsettled is settled meanwhile."""
    spool = Spool(Path(settings.spool_file))
    ledger = SpoolLedger(spool, time.time)
    devices = open_devices(camera, printer, registry, spool, settings)
    closers = {owner_of(each.token): StoreClient(http, each.token).close_key for each in registry}
    settler = Settler(ledger, closers)
    slots = Slots(STREAMS)
    lives, desk_live = follow_stores(http, registry, slots), follow_any_store(http, registry, slots)
    services = Services(
        settings, http, registry, lives, devices, ledger, settler=settler, desk_live=desk_live
    )
    settler.start()
    for live in services.live.values():
        live.start()
    return services


def from_environment() -> Flask:
    """The faces alone, with a service over HTTP: what a WSGI server loads outside the demo.

    Raises SettingError with the name of a setting that is missing or wrong.
    """
    settings = read_settings(os.environ)
    if not settings.store_url:
        raise SettingError("KIOSK_STORE_URL is missing. Set it to the address of store_api.")
    http = connect_to(settings.store_url, settings.store_timeout)
    registry = read_stations(Path(settings.stations_file))
    return create_app(open_services(settings, http, registry, settings.camera, settings.printer))


# --- The demo: everything in one process ---------------------------------------------------------------


@dataclass(frozen=True)
class Joined:
    """A running demo: the services of the faces, and what the server serves."""

    services: Services
    wsgi: OnePort


def prepare(
    folder: Path, public_url: str, environment: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Bring the demo's data up to date; its variables, and everybody in it. Raises SettingError."""
    try:
        return store.prepare_demo(folder, public_url, environment)
    except store.BadSetting as error:
        raise SettingError(str(error)) from None


def join(
    variables: Mapping[str, str], settings: Settings, options: Options, people: dict[str, Any], folder: Path
) -> Joined:
    """Service, faces and devices, joined in this process and started."""
    # A line a write, so that the newest is there to be read; the terminal stays for people.
    log = (folder / "sameterms.log").open("a", encoding="utf-8", buffering=1)
    api = store.open_app(variables, log)
    registry = Stations(_stations_of(people))
    http = connect(api)
    services = open_services(settings, http, registry, options.camera or "", options.printer)
    titles = {policy.policy: policy.title["en"] for policy in StoreClient(http, "").policies().policies}
    write_vouchers(folder / "vouchers", people, titles)
    faces = create_app(services, make_desk(people, folder / "vouchers"))
    closers = (services.close, lambda: store.close_app(api), log.close)
    streams = (services.end_streams, lambda: store.end_streams(api))
    return Joined(services, OnePort(faces, api, closers, streams))


def _stations_of(people: dict[str, Any]) -> list[Station]:
    """The demo's kiosks, tablets and desks; a till has no face."""
    faces = {"kiosk": "counter", "tablet": "tablet", "desk": "region"}
    own_faces = {CARE_DESK: "care"}
    names = {shop["store_id"]: shop["name"] for shop in people["stores"]}
    return [
        Station(
            name=device["station"],
            label=f"{device['kind']} of {names.get(device['store_id']) or _office_of(device['station'])}",
            face=own_faces.get(device["station"], faces[device["kind"]]),  # type: ignore[arg-type]  # one of them
            token=device["token"],
            store_id=device["store_id"],
        )
        for device in people["devices"]
        if device["kind"] in faces
    ]


def _office_of(station: str) -> str:
    """What a desk of no store is called."""
    return "customer care" if station == CARE_DESK else "the region"


def open_devices(camera: str, printer: str, registry: Stations, spool: Spool, settings: Settings) -> Devices:
    """The first kiosk gets the camera and the hand scanner; every kiosk prints on the one printer.

    Any may be "". A photo that takes long must not hold up the camera, so that each has a decoder.
    """
    decoder, photos = DecodeWorker(), DecodeWorker()
    kiosks = [station.name for station in registry.of_face("counter")]
    closers = [spool.close, decoder.close, photos.close]
    printers: dict[str, ReceiptPrinter] = {}
    if printer:
        paper = settings.paper or paper_of(settings.country)
        drawn = partial(render, profile=profile_of(printer), paper=paper)
        queue = PrintQueue(spool, open_printer(printer), drawn, time.time)
        queue.start()
        closers.insert(0, queue.close)
        printers = dict.fromkeys(kiosks, StationPrinter(queue, _now))
    cameras: dict[str, Reader] = {}
    inbox = ScanInbox(time.monotonic)
    scanners = frozenset(kiosks[:1] if settings.scanner else ())
    if settings.scanner and kiosks:
        report = report_to(inbox, kiosks[0], "scanner")
        scanner = open_scanner(settings.scanner, report, _now, settings.scanner_prefix)
        scanner.start()
        closers.insert(0, scanner.close)
        cameras = {kiosks[0]: StationScanner(kiosks[0], inbox)}
    if camera and kiosks:
        loop = CameraLoop(
            open_camera(camera), decoder, report_to(inbox, kiosks[0]), _now, proves_itself=proves_itself
        )
        loop.start()
        closers.insert(0, loop.close)
        cameras = {kiosks[0]: StationCamera(kiosks[0], loop, inbox)}
    return Devices(cameras, printers, PhotoReader(photos), closers=tuple(closers), scanners=scanners)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
