"""The service dies while somebody waits for its answer: the page says so, and goes on by itself.

The service is a process of its own and is ended by SIGKILL while a request is at work in it; the faces are
served here and reach it over HTTP. What stands in the way of the request is the line of writers, whose turn
the test itself holds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from kiosk.app import _stations_of, create_app, open_services
from kiosk.demo_desk import make_desk
from kiosk.ledger import SpoolLedger
from kiosk.settings import Settings
from kiosk.stations.registry import Stations
from kiosk.store_client import connect_to
from store_api.app import prepare_demo
from store_api.writer_queue import WriterQueue
from tests.faults.serving import Service
from tests.journeys.running import free_port
from tests.journeys.test_screens import Gallery, gallery_folder
from tests.journeys.walking import Kiosk, Tablet, find_person, find_staff

__all__ = ["gallery_folder"]


class Quiet(WSGIRequestHandler):
    """Answers without writing each request to the terminal."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Shop:
    """The faces' address, the service behind them, and the line in which its writes stand."""

    address: str
    service: Service
    line: WriterQueue
    ledger: SpoolLedger
    people: dict[str, Any]

    def die_while_it_works(self, press: Any) -> None:
        """Press a button, and kill the service while the press is at work in it."""
        with self.line.turn():
            press()
            deadline = time.monotonic() + 30
            while not self.ledger.unsettled() and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.3)  # it was written down; now it is on its way
            self.service.kill()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A store whose service and faces are two programs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    quiet = {"SAMETERMS_LOG_LEVEL": "error"}
    variables, people = prepare_demo(tmp_path, address, quiet)
    line = WriterQueue(tmp_path / "sameterms.db", seconds=30)
    with Service(variables) as service, connect_to(service.address, 3.0) as http:
        settings = Settings(
            secret_key="a secret of the tests, long enough",
            public_url=address,
            spool_file=str(tmp_path / "spool.sqlite"),
        )
        services = open_services(settings, http, Stations(_stations_of(people)), "", "")
        faces = create_app(services, make_desk(people, tmp_path))
        server = make_server("127.0.0.1", port, faces, threaded=True, request_handler=Quiet)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        assert isinstance(services.ledger, SpoolLedger)
        yield Shop(address, service, line, services.ledger, people)
        services.end_streams()
        server.shutdown()
        thread.join()
        server.server_close()
        services.close()
    line.close()


def expect_finding_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Still finding out")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Nothing is lost; do not try again.")).to_be_visible()


@pytest.mark.timeout(240)
def test_a_customer_and_a_rep_wait_while_the_service_is_dead_and_are_told_when_it_is_back(
    shop: Shop, browser: Browser, gallery_folder: Path
) -> None:
    gallery = Gallery(gallery_folder, "en", [])
    kiosk = Kiosk.open(browser, shop.address)
    tablet = Tablet.open(browser, shop.address, find_staff(shop.people, "Jordan"))
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(shop.people, "Maya"))
    kiosk.choose("$50 upgrade credit")
    kiosk.answer_phone_and_months("Orbit 5, 128 GB", "24 months")
    kiosk.choose("Reserve it")
    reserve = kiosk.page.get_by_role("button", name="Reserve it for me")
    shop.die_while_it_works(lambda: reserve.click(no_wait_after=True))
    expect_finding_out(kiosk.page)
    gallery.look(kiosk.page, "finding-out")
    shop.service.start()
    expect(kiosk.page.get_by_role("heading", name="It is reserved for you")).to_be_visible(timeout=30_000)

    tablet.page.reload()
    tablet.open_visit(kiosk.page.locator(".visit-code").inner_text().strip())
    confirm = tablet.page.get_by_role("button", name="Confirm the order and use the credit")
    shop.die_while_it_works(lambda: confirm.click(no_wait_after=True))
    expect_finding_out(tablet.page)
    gallery.look(tablet.page, "tablet-finding-out")
    shop.service.start()
    expect(tablet.page.get_by_text("Used. Confirmed by")).to_be_visible(timeout=30_000)
    expect(kiosk.page.get_by_role("heading", name="Done. It is used.")).to_be_visible(timeout=30_000)
    assert gallery.faults == []
