"""What is attached is tested, and what is wrong with it is said plainly."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.camera.fake import FakeCamera
from hardware.check import check_camera, check_printer, print_test_slip, read_back
from hardware.cli import run
from hardware.decode import DecodeWorker, decode_image
from hardware.decode.fake import FakeDecoder, answer_with
from hardware.printer.fake import FakePrinter, Fault
from hardware.printer.network import NetworkPrinter
from hardware.printer.profiles import read_profile
from tests.hardware.pictures import frame, qr
from tests.kiosk.receipts.slip import draw_slip


def printer_at(fake: FakePrinter) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", fake.port, seconds=2, answer_seconds=0.2, through_seconds=0.3)


def test_a_good_camera_is_measured() -> None:
    ((finding,), picture) = check_camera(FakeCamera([frame(qr("LOOK", module=10))]))
    assert (finding.state, finding.code) == ("ok", "fine")
    assert finding.figures["width"] == 1280
    assert 0.2 < float(finding.figures["light"]) <= 1
    assert float(finding.figures["sharpness"]) > 0.1
    assert picture is not None


def test_a_camera_out_of_focus_is_less_sharp_and_said_to_be() -> None:
    soft = cv2.GaussianBlur(frame(qr("LOOK", module=10)), (0, 0), 14)
    ((finding,), _) = check_camera(FakeCamera([np.asarray(soft, dtype=np.uint8)]))
    assert (finding.state, finding.code) == ("warning", "too_blurred")
    assert float(finding.figures["sharpness"]) < 0.1


def test_a_camera_that_is_away_is_a_fault() -> None:
    camera = FakeCamera([frame()])
    camera.pull()
    ((finding,), picture) = check_camera(camera)
    assert (finding.state, finding.code, picture) == ("fault", "camera_gone", None)


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (Fault.NONE, "ok", "ready"),
        (Fault.PAPER_LOW, "warning", "paper_low"),
        (Fault.PAPER_OUT, "fault", "paper_out"),
        (Fault.CUTTER, "fault", "cutter"),
        (Fault.SILENT, "ok", "silent"),
    ],
)
def test_a_printer_says_how_it_is(fault: Fault, state: str, code: str) -> None:
    with FakePrinter(fault=fault) as fake:
        finding = check_printer(printer_at(fake))
        assert (finding.state, finding.code) == (state, code)
        assert fake.documents == []


@pytest.mark.parametrize("width", [58, 80])
def test_the_test_slips_code_can_be_read_from_its_paper(width: int) -> None:
    profile = read_profile("", width)
    with FakePrinter() as fake:
        finding, token = print_test_slip(printer_at(fake), profile)
        assert finding.state == "ok"
        assert fake.wait_for_documents(1)
        slip = draw_slip(fake.documents[0], profile.dots)
    assert [reading.text for reading in decode_image(slip, budget=60)] == [token]


def test_a_slip_held_before_the_camera_is_read_back() -> None:
    camera = FakeCamera([frame(qr("TEST-1"))])
    assert (
        read_back(camera, FakeDecoder([answer_with("OTHER"), answer_with("TEST-1")]), "TEST-1").state == "ok"
    )
    assert not camera.is_open
    assert read_back(camera, FakeDecoder(), "TEST-1", seconds=0.1).code == "not_read_back"


@pytest.mark.parametrize("width", [58, 80])
def test_a_slip_that_was_printed_is_read_back_from_a_camera_by_the_real_decoder(width: int) -> None:
    profile = read_profile("", width)
    with FakePrinter() as fake, DecodeWorker() as decoder:
        _, token = print_test_slip(printer_at(fake), profile)
        assert fake.wait_for_documents(1)
        slip = draw_slip(fake.documents[0], profile.dots)
        wrong = frame(qr("TEST-OTHER"))
        shown = np.full((720, 1280, 3), 140, dtype=np.uint8)
        height = min(700, slip.shape[0])
        shown[10 : 10 + height, 300 : 300 + slip.shape[1]] = slip[-height:, :, None]
        camera = FakeCamera([wrong, shown], rate=20)
        assert read_back(camera, decoder, token).code == "read_back"
        camera.show([wrong])
        assert read_back(camera, decoder, token, seconds=1.0).code == "not_read_back"


def test_the_command_gives_its_findings_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "voucher.png"
    cv2.imwrite(str(picture), frame(qr("LOOK", module=10)))
    assert run(["check", "--camera", str(picture), "--json"]) == 0
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["state"], finding["code"]) == ("ok", "fine")


def test_the_command_fails_where_a_device_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--camera", str(tmp_path / "none.png")]) == 1
    assert "not there" in capsys.readouterr().out
    assert run(["check", "--scanner", "usb"]) == 2
