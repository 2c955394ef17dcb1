"""The words after `python3 -m kiosk`: read before anything is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.options import parse_options
from tests.house.sources import ROOT


def test_without_words_the_demo_starts_with_its_defaults() -> None:
    options = parse_options([])
    assert (options.host, options.port, options.camera) == ("127.0.0.1", 8080, None)
    assert options.printer == "pdf:.var/receipts"
    assert not options.reset
    assert not options.setup_only


def test_every_word_is_understood(tmp_path: Path) -> None:
    picture = tmp_path / "voucher.png"
    picture.touch()
    words = ["--setup-only", "--reset", "--host", "0.0.0.0", "--port", "9000"]  # noqa: S104
    options = parse_options([*words, "--camera", str(picture), "--printer", "tcp://192.0.2.7:9100"])
    assert (options.setup_only, options.reset, options.port) == (True, True, 9000)
    assert (options.camera, options.printer) == (str(picture), "tcp://192.0.2.7:9100")


@pytest.mark.parametrize("camera", ["0", "12"])
def test_a_camera_may_be_a_devices_number(camera: str) -> None:
    assert parse_options(["--camera", camera]).camera == camera


@pytest.mark.parametrize(
    "printer", ["pdf:out", "file:out.bin", "tcp://[2001:db8::7]:9100", "tcp://printer:1"]
)
def test_a_printer_may_be_a_folder_a_file_or_in_the_network(printer: str) -> None:
    assert parse_options(["--printer", printer]).printer == printer


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--port", "0"], "'0' is no port; give a number from 1 to 65535"),
        (["--port", "65536"], "no port"),
        (["--port", "٨٠"], "no port"),
        (["--camera", "nowhere.png"], "neither a device's number nor a file or folder that is there"),
        (["--camera", ""], "neither a device's number nor a file or folder that is there"),
        (["--printer", "lp0"], "give pdf:FOLDER, tcp://HOST:PORT, usb:DEVICE"),
        (["--printer", "pdf:"], "is no printer"),
        (["--printer", "tcp://printer"], "is no printer"),
        (["--printer", "tcp://printer:99999"], "is no printer"),
        (["--printer", "tcp://printer:9100/queue"], "is no printer"),
        (["--rest"], "unrecognized arguments: --rest"),
    ],
)
def test_a_wrong_word_is_named_and_nothing_starts(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse_options(words)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err


def test_an_empty_folder_is_no_camera(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options(["--camera", str(tmp_path)])
    assert "is empty" in capsys.readouterr().err


def test_a_file_is_no_folder_for_receipts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "receipts"
    taken.touch()
    with pytest.raises(SystemExit):
        parse_options(["--printer", f"pdf:{taken}"])
    assert "is not a folder" in capsys.readouterr().err


def test_help_is_given_without_the_installed_packages() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
            "import runpy; sys.argv = ['kiosk', '--help']; runpy.run_module('kiosk', run_name='__main__')",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    for word in ("--setup-only", "--reset", "--port", "--host", "--camera", "--printer"):
        assert word in answer.stdout
