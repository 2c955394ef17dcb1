"""Fixtures of the faces' tests: the app on a scripted service, or on the real one with the demo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hardware.check import State
from kiosk.app import create_app
from kiosk.devices import Devices, PrintState, ReceiptOrder
from kiosk.equipment import Equipment
from kiosk.services import Services, follow_stores
from kiosk.settings import Settings
from kiosk.stations.registry import Station, Stations
from tests.kiosk.scripted_store import ScriptedStore

STATIONS = (
    Station("kiosk-1", "kiosk of Maple St store", "counter", "kiosk-token", "maple-st"),
    Station("tablet-1", "tablet of Maple St store", "tablet", "tablet-token", "maple-st"),
    Station("desk-1", "desk of the region", "region", "desk-token"),
    Station("care-1", "desk of customer care", "care", "care-token"),
)
SETTINGS = Settings(secret_key="a secret of the tests, long enough", public_url="https://terms.example")


@dataclass
class Paper:
    """A printer that notes what it was asked for and answers as it is told."""

    answer: PrintState = PrintState.PRINTED
    printed: list[tuple[str, str]] = field(default_factory=list)
    equipment: tuple[State, str, int] = ("ok", "ready", 0)
    orders: list[ReceiptOrder] = field(default_factory=list)

    def print(self, order: ReceiptOrder, again: str) -> PrintState:
        """Note the order; the same one with the same `again` counts once."""
        if (order.subject, again) not in self.printed:
            self.printed.append((order.subject, again))
            self.orders.append(order)
        return self.answer

    def state(self, order: ReceiptOrder) -> PrintState:
        """As it was told."""
        return self.answer

    def check(self, station: str) -> Equipment:
        """As it was told."""
        return Equipment(station, "printer", *self.equipment)


@pytest.fixture
def store() -> ScriptedStore:
    """A service that answers from a script."""
    return ScriptedStore()


@pytest.fixture
def paper() -> Paper:
    """The printer of kiosk-1."""
    return Paper()


@pytest.fixture
def app(store: ScriptedStore, paper: Paper) -> Iterator[Flask]:
    """The faces on the scripted service."""
    http = httpx.Client(transport=store, base_url="http://store.invalid")
    stations = Stations(STATIONS)
    services = Services(
        SETTINGS,
        http,
        stations,
        follow_stores(http, stations),
        Devices(printers={"kiosk-1": paper}),
        sleep=lambda seconds: None,
    )
    made = create_app(services)
    yield made
    services.close()


class Browser:
    """A browser with cookies that fills in a page's own form fields, as a person's does."""

    def __init__(self, client: FlaskClient, face: str) -> None:
        self.client = client
        self.face = face
        self.page: TestResponse | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page of this face, following where it leads."""
        self.page = self.client.get(f"/{self.face}{path}", headers=_names(headers), follow_redirects=True)
        return self.page

    def token(self) -> str:
        """The CSRF token of the page that is open."""
        assert self.page is not None
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page.text)
        assert found is not None, self.page.text[:400]
        return found.group(1)

    def post(self, path: str, follow: bool = True, **fields: Any) -> TestResponse:
        """Send a form of the page that is open."""
        values = {"csrf_token": self.token(), "attempt": "first", **fields}
        response = self.client.post(f"/{self.face}{path}", data=values, follow_redirects=follow)
        if follow:
            self.page = response
        return response

    def post_by_htmx(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as htmx does: the token in a header, and no redirect followed."""
        headers = {"HX-Request": "true", "X-CSRFToken": self.token()}
        return self.client.post(f"/{self.face}{path}", data={"attempt": "first", **fields}, headers=headers)


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def pair(app: Flask, station: str) -> FlaskClient:
    """A browser's client that is paired with a station."""
    client = app.test_client()
    page = client.get("/stations/pair")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert token is not None
    code = app.extensions["services"].stations.pairing_code(station)
    paired = client.post("/stations/pair", data={"csrf_token": token.group(1), "code": code})
    assert paired.status_code == 303
    return client


@pytest.fixture
def counter(app: Flask) -> Browser:
    """A browser that is paired with kiosk-1, on the start page."""
    browser = Browser(pair(app, "kiosk-1"), "counter")
    browser.get("/")
    return browser


@pytest.fixture
def tablet(app: Flask) -> Browser:
    """A browser that is paired with tablet-1, with Jordan signed in."""
    browser = Browser(pair(app, "tablet-1"), "tablet")
    browser.get("/sign-in")
    browser.post("/sign-in", staff_number="1001", pin="2468")
    return browser


@pytest.fixture
def in_visit(counter: Browser, store: ScriptedStore) -> Browser:
    """A browser at the kiosk in whose visit a voucher was shown and a person identified."""
    from store_api import contract as wire
    from tests.kiosk import factories

    store.visit = factories.visit(scanned_policy=factories.POLICY, scanned_voucher_id="vou_1")
    store.answers["POST /v1/visits/vis_1/voucher-code"] = wire.VoucherAnswer(
        code=None, policy=factories.POLICY, sheets=None, visit=store.visit
    )
    counter.get("/scan")
    counter.post("/scan", source="typed", code="RQG8-E9ST-RREMB")
    store.visit = factories.identified()
    return counter
