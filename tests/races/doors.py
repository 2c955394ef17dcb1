"""Processes that want one voucher through whichever door: API, till, kiosk page, tablet page.

Each contender is a process of its own with its own service and its own faces on the same database, and
browsers that fill in the pages' own forms. All open their page first, wait at a barrier, and then press.
The control is that of contenders.py: guard and lock out, a barrier between reading and writing.
"""

from __future__ import annotations

import multiprocessing
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from kiosk.app import create_app as create_faces
from kiosk.devices import Devices
from kiosk.ledger import SpoolLedger
from kiosk.services import Services
from kiosk.sessions import seal
from kiosk.settings import Settings as FaceSettings
from kiosk.spool import Spool
from kiosk.stations.registry import Station, Stations
from kiosk.store_client import connect
from store_api.app import create_app
from store_api.db import Database
from store_api.logs import configure_logs
from tests.races import contenders
from tests.races.contenders import PATIENCE, UnlockedDatabase, _take_the_guard_out
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock, make_settings

CONTROL_PATIENCE = 8.0
DOORS = ("api", "till", "hold then capture", "kiosk page", "tablet page")
RESERVATION = "tablet page, reserving"
"""A rep reserves for a customer who stands at the counter."""
FACES = FaceSettings(secret_key="a secret of the tests, long enough", public_url="https://terms.example")
ITEMS = [{"sku": "ring-watch-3", "price": {"amount": "179.00", "currency": "USD"}}]
CAPTURE = {"items": ITEMS, "agreement_months": None, "till_reference": "T-1"}


@dataclass(frozen=True)
class Errand:
    """What a contender is to do: through which door, on which visit, under which name."""

    door: str
    visit_id: str
    order_id: str
    decision_id: str
    name: str


@dataclass(frozen=True)
class Tokens:
    """What the contenders call with."""

    rep: str
    kiosk: str
    till: str
    tablet: str
    store_id: str


@dataclass
class House:
    """A contender's own service and faces."""

    url: str
    tokens: Tokens
    between: Barrier | None
    app: Flask = field(init=False)
    faces: Flask = field(init=False)

    def __post_init__(self) -> None:
        kind = Database if self.between is None else UnlockedDatabase
        database = kind(self.url, pool_size=2, lock_wait_seconds=PATIENCE, statement_seconds=PATIENCE)
        settings = make_settings(self.url, log_level="error")
        self.app = create_app(settings, database=database, clock=FakeClock())
        Client(self.app, None).get("/v1/policies")
        stations = Stations(
            [
                Station("kiosk-1", "kiosk", "counter", self.tokens.kiosk, self.tokens.store_id),
                Station("tablet-1", "tablet", "tablet", self.tokens.tablet, self.tokens.store_id),
            ]
        )
        spool = Spool(Path(tempfile.mkdtemp()) / "spool.sqlite")
        ledger = SpoolLedger(spool, lambda: 1.0)
        self.faces = create_faces(Services(FACES, connect(self.app), stations, {}, Devices(), ledger))

    def prepare(self, errand: Errand) -> Callable[[], int]:
        """Everything up to the press of the button; the press itself gives a status."""
        order = f"/v1/orders/{errand.order_id}"
        rep, till = Client(self.app, self.tokens.rep), Client(self.app, self.tokens.till)
        if errand.door == "api":
            return lambda: rep.post(f"{order}/confirm", key=errand.name).status_code
        if errand.door == "till":
            return lambda: till.post(f"{order}/capture", CAPTURE, key=errand.name).status_code
        if errand.door == "hold then capture":
            return lambda: self._hold_and_capture(errand)
        if errand.door == "kiosk page":
            return self._page(
                "counter", {"visit": errand.visit_id}, "/counter/confirm", "/counter/reserve", errand
            )
        visit = f"/tablet/visits/{errand.visit_id}"
        with self.faces.test_request_context("/tablet/"):
            staff = {"staff": seal(self.tokens.rep), "name": "Jordan", "store": "Maple St store"}
        button = "reserve" if errand.door == RESERVATION else "confirm"
        return self._page("tablet", staff, visit, f"{visit}/{button}", errand)

    def _hold_and_capture(self, errand: Errand) -> int:
        rep, till = Client(self.app, self.tokens.rep), Client(self.app, self.tokens.till)
        held = rep.post("/v1/holds", {"decision_id": errand.decision_id}, key=f"{errand.name}-hold")
        path = f"/v1/orders/{errand.order_id}/capture"
        return max(held.status_code, till.post(path, CAPTURE, key=errand.name).status_code)

    def _page(
        self, face: str, cookie: dict[str, str], page: str, form: str, errand: Errand
    ) -> Callable[[], int]:
        client = self._pair(f"{'kiosk' if face == 'counter' else 'tablet'}-1")
        with client.session_transaction(f"/{face}/") as session:
            session.update(cookie)
        opened = client.get(page)
        assert opened.status_code == 200, f"{page}: {opened.status_code} {opened.headers.get('Location')}"
        data = {"csrf_token": _token(opened.text), "attempt": errand.name}
        return lambda: client.post(form, data=data).status_code

    def _pair(self, station: str) -> FlaskClient:
        client = self.faces.test_client()
        token = _token(client.get("/stations/pair").text)
        code = self.faces.extensions["services"].stations.pairing_code(station)
        assert client.post("/stations/pair", data={"csrf_token": token, "code": code}).status_code == 303
        return client


def _token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def _contend(url: str, tokens: Tokens, pipe: Connection, start: Barrier, between: Barrier | None) -> None:
    configure_logs("error")
    house = House(url, tokens, between)
    if between is not None:
        # Who loses at the first of two steps never comes to the second: there the others do not wait long.
        contenders.PATIENCE = CONTROL_PATIENCE
        _take_the_guard_out(between)
    while (errand := pipe.recv()) is not None:
        try:
            press = house.prepare(errand)
            start.wait(PATIENCE)
            pipe.send(press())
        except BaseException as error:
            start.abort()
            pipe.send(f"{type(error).__name__}: {error}")
            raise


class Crowd:
    """So many contenders; each does one errand, all at once."""

    def __init__(self, url: str, tokens: Tokens, count: int, guarded: bool) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.races.doors"])
        self._barriers = (context.Barrier(count), None if guarded else context.Barrier(count))
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            mine, theirs = context.Pipe()
            arguments = (url, tokens, theirs, *self._barriers)
            process = context.Process(target=_contend, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(mine)
            self._processes.append(process)

    def send(self, errands: list[Errand]) -> list[int | str]:
        """Let every contender do its errand; the status that each got, or what stopped it."""
        for pipe, errand in zip(self._pipes, errands, strict=True):
            pipe.send(errand)
        answers = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE), "a contender did not answer"
            answers.append(pipe.recv())
        return answers

    def stop(self) -> None:
        """End every contender."""
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)


@contextmanager
def crowd(url: str, tokens: Tokens, count: int, *, guarded: bool) -> Iterator[Crowd]:
    """A crowd that goes home with the block."""
    made = Crowd(url, tokens, count, guarded)
    try:
        yield made
    finally:
        made.stop()
