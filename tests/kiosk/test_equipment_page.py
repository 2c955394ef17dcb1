"""Staff see how their kiosks' devices are, in words, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.ports import PrinterFault, Symbology
from kiosk.devices import LOOKS, TROUBLED, Devices, StationScanner
from kiosk.scan.inbox import ScanInbox
from kiosk.words import say
from tests.kiosk.conftest import Browser, Paper


def test_a_printer_that_works_is_told(tablet: Browser) -> None:
    page = tablet.get("/equipment").text
    assert "It is ready." in page
    assert "Works" in page


def test_a_printer_in_trouble_is_told_with_what_to_do_and_what_waits(tablet: Browser, paper: Paper) -> None:
    paper.equipment = ("fault", "paper_out", 3)
    page = tablet.get("/equipment").text
    assert "The paper has run out. Put in a new roll." in page
    assert "3 waiting to print" in page
    assert "Does not work" in page


def test_whoever_has_not_signed_in_sees_nothing_of_it(app: Any) -> None:
    answer = app.test_client().get("/tablet/equipment")
    assert answer.status_code in (302, 303)
    assert "ready" not in answer.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_state_has_its_words(language: str) -> None:
    for code in ("ready", "silent", "paper_low", *PrinterFault):
        assert say(language, f"equipment.printer.{code}")
    for code in (*LOOKS.values(), *TROUBLED, "scanner_ready", "camera_gone"):
        assert say(language, f"reader.{code}")


def test_a_station_with_a_hand_scanner_alone_hands_on_what_it_scans() -> None:
    inbox = ScanInbox(lambda: 1.0)
    scanner = StationScanner("kiosk-1", inbox)
    devices = Devices(cameras={"kiosk-1": scanner})
    assert not devices.has_picture("kiosk-1")
    assert scanner.reason() == "scanner_ready"
    assert [device.code for device in devices.equipment({"kiosk-1"})] == ["scanner_ready"]
    inbox.put("kiosk-1", "7F3K9QDXA2BCM", Symbology("qr", "]Q1"), "scanner")
    assert devices.equipment({"kiosk-2"}) == []
    assert scanner.reason() == "read"
    seen = scanner.take()
    assert seen is not None
    assert (seen.code, seen.symbology) == ("7F3K9QDXA2BCM", "]Q1")
    assert scanner.take() is None
