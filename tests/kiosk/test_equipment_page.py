"""Staff see how their kiosks' devices are, in words, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.ports import PrinterFault, Symbology
from kiosk.devices import LOOKS, TROUBLED, Devices, PrintState, StationScanner
from kiosk.equipment import Equipment, Trials
from kiosk.scan.inbox import ScanInbox
from kiosk.sessions import seal
from kiosk.words import say
from store_api import contract as wire
from tests.kiosk.conftest import Browser, Paper
from tests.kiosk.scripted_store import ScriptedStore


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


class Camera:
    """A camera that looks."""

    def reason(self) -> str:
        """Always the same."""
        return "looking"


def test_a_hand_scanner_beside_a_camera_is_told_too() -> None:
    devices = Devices(cameras={"kiosk-1": Camera()}, scanners=frozenset({"kiosk-1"}))  # type: ignore[dict-item]
    assert [device.kind for device in devices.equipment({"kiosk-1"})] == ["camera", "scanner"]
    assert devices.equipment({"kiosk-2"}) == []


# --- At the kiosk, behind a PIN ----------------------------------------------------------------------


@pytest.fixture
def opened(counter: Browser, store: ScriptedStore) -> Browser:
    """A kiosk at which a member of staff has given their PIN."""
    store.answers["POST /v1/staff/pin-checks"] = wire.StaffPinCheck(code=None)
    counter.get("/equipment")
    counter.post("/equipment/sign-in", staff_number="1001", pin="2468")
    return counter


def test_a_customer_is_asked_for_a_pin_and_sees_nothing(counter: Browser) -> None:
    page = counter.get("/equipment")
    assert page.request.path == "/counter/equipment/sign-in"
    assert "It is ready." not in page.text
    assert counter.client.get("/counter/equipment/live", headers={"HX-Request": "true"}).headers[
        "HX-Redirect"
    ]


def test_a_wrong_pin_opens_nothing_and_says_so(counter: Browser, store: ScriptedStore) -> None:
    counter.get("/equipment")
    for code, words in (
        ("identity.wrong", say("en", "tablet.wrong")),
        ("identity.locked", "Too many wrong tries"),
    ):
        store.answers["POST /v1/staff/pin-checks"] = wire.StaffPinCheck(code=code)
        page = counter.post("/equipment/sign-in", staff_number="1001", pin="0000")
        assert page.status_code == 422
        assert words in page.text
        assert counter.get("/equipment").request.path == "/counter/equipment/sign-in"


def test_a_pin_opens_the_page_and_leaving_closes_it(opened: Browser, paper: Paper) -> None:
    paper.equipment = ("fault", "paper_out", 2)
    page = opened.get("/equipment")
    assert "The paper has run out. Put in a new roll." in page.text
    assert "Jordan" not in page.text
    opened.post("/leave")
    assert opened.get("/equipment").request.path == "/counter/equipment/sign-in"


def test_the_page_closes_by_itself(opened: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.counter.equipment.OPEN_SECONDS", -1)
    assert opened.get("/equipment").request.path == "/counter/equipment/sign-in"
    live = opened.client.get("/counter/equipment/live", headers={"HX-Request": "true"})
    assert live.headers["HX-Redirect"] == "/counter/"


def test_the_seal_of_another_kiosk_opens_nothing_and_names_nobody(app: Any, opened: Browser) -> None:
    with app.test_request_context():
        foreign = seal("kiosk-2")
    with opened.client.session_transaction("/counter/") as kept:
        assert set(kept) <= {"equipment", "language", "csrf_token"}
        kept["equipment"] = foreign
    assert opened.get("/equipment").request.path == "/counter/equipment/sign-in"


def test_opening_the_page_ends_a_visit_that_was_left_open(in_visit: Browser, store: ScriptedStore) -> None:
    store.answers["POST /v1/staff/pin-checks"] = wire.StaffPinCheck(code=None)
    in_visit.get("/equipment/sign-in")
    in_visit.post("/equipment/sign-in", staff_number="1001", pin="2468")
    assert store.count("POST /v1/visits/vis_1/close") == 1
    with in_visit.client.session_transaction("/counter/") as kept:
        assert "equipment" in kept
        assert "visit" not in kept


def test_a_hand_scanners_code_is_told_by_its_length_alone(opened: Browser, store: ScriptedStore) -> None:
    page = opened.post("/equipment/echo", code="RQG8E9STRREMB")
    assert "A code of 13 characters was read" in page.text
    assert "RQG8" not in page.text
    assert store.count("POST /v1/visits") == 0


def test_the_test_slip_is_printed_once_and_the_camera_must_read_it(
    app: Any, opened: Browser, paper: Paper
) -> None:
    devices: Devices = app.extensions["services"].devices
    opened.get("/equipment")
    page = opened.post("/equipment/slip", attempt="a")
    (order,) = paper.orders
    token = order.terms_url
    assert token.startswith("TEST-")
    assert f"{token} was printed." in page.text
    devices.trials.note("kiosk-1", "SOMETHING ELSE", "]Q1")
    assert f"{token} was printed." in opened.get("/equipment").text
    devices.trials.note("kiosk-1", token, "]Q1")
    assert "the camera read its code" in opened.get("/equipment").text


def test_a_slip_that_is_still_to_come_is_tried_again_and_not_doubled(opened: Browser, paper: Paper) -> None:
    paper.answer = PrintState.FAILED
    page = opened.post("/equipment/slip", attempt="a")
    assert "is still to come" in page.text
    opened.post("/equipment/slip", attempt="b")
    assert len({subject for subject, _ in paper.printed}) == 1
    paper.answer = PrintState.PRINTED
    opened.post("/equipment/slip", attempt="c")
    assert len({subject for subject, _ in paper.printed}) == 2


def test_both_faces_give_the_same_findings_as_json(opened: Browser, tablet: Browser, paper: Paper) -> None:
    paper.equipment = ("warning", "paper_low", 0)
    opened.post("/equipment/slip", attempt="a")
    asked = {"Accept": "application/json"}
    (printer, slip) = opened.client.get("/counter/equipment", headers=asked).get_json()["findings"]
    assert (printer["device"], printer["state"], printer["code"]) == (
        "kiosk-1 printer",
        "warning",
        "paper_low",
    )
    assert slip["figures"]["qr"].startswith("TEST-")
    assert tablet.client.get("/tablet/equipment", headers=asked).get_json()["findings"] == [printer, slip]


def test_staff_print_a_kiosks_test_slip_from_the_tablet(tablet: Browser, paper: Paper) -> None:
    tablet.get("/equipment")
    assert "was printed." in tablet.post("/equipment/slip", station="kiosk-1").text
    tablet.post("/equipment/slip", station="kiosk-of-another-store")
    assert len(paper.orders) == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_was_measured_and_tried_has_its_words(language: str) -> None:
    picture = Equipment("k", "camera", "ok", "looking", figures={"sharpness": 0.05, "light": 0.9})
    assert len(picture.measured(language)) == 2
    trials = Trials(lambda: "1234ABCD")
    token = trials.begin_slip("k")
    for printed in PrintState:
        for has_camera in (True, False):
            (slip,) = trials.findings("k", printed.value, has_camera)
            assert token in slip.says(language)
    trials.note("k", "CODE", "]C0", repaired=True)
    assert "4" in trials.findings("k", "printed", True)[0].says(language)
