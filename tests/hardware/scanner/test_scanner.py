"""A hand scanner is told from a person, and from the keys of /dev/input."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import queue
import random
import time
from pathlib import Path

import pytest

from hardware.ports import Scan, Symbology
from hardware.scanner import ScannedText, WedgeRecogniser, split_prefix
from hardware.scanner.device import EVENT, KeyReader, ScannerDevice, find_scanners
from hardware.scanner.keys import PLAIN, SHIFTED
from hardware.scanner.serial import LineReader
from hardware.scanner.targets import open_scanner
from hardware.scanner.wedge import drop_controls

UNKNOWN = Symbology("unknown")


def type_in(wedge: WedgeRecogniser, text: str, gap: float, start: float = 0.0) -> list[ScannedText]:
    found = [wedge.feed(letter, start + number * gap) for number, letter in enumerate(text)]
    return [scanned for scanned in found if scanned is not None]


def test_a_scanner_is_recognised_by_its_speed() -> None:
    assert type_in(WedgeRecogniser(), "7F3K9QDX\r", 0.01) == [ScannedText("7F3K9QDX", UNKNOWN)]


def test_a_person_who_types_is_not_a_scanner() -> None:
    assert type_in(WedgeRecogniser(), "7F3K9QDX\r", 0.15) == []


def test_a_scan_after_a_persons_keys_is_not_mixed_up_with_them() -> None:
    wedge = WedgeRecogniser()
    type_in(wedge, "ab", 0.3)
    assert type_in(wedge, "7F3K9QDX\n", 0.01, start=5.0) == [ScannedText("7F3K9QDX", UNKNOWN)]


def test_a_short_burst_of_keys_is_no_scan() -> None:
    assert type_in(WedgeRecogniser(), "abc\r", 0.01) == []


def test_with_its_prefix_a_slow_scanner_is_recognised_too() -> None:
    assert type_in(WedgeRecogniser("~"), "~7F3K9QDX\r", 0.15) == [ScannedText("7F3K9QDX", UNKNOWN)]


def test_the_same_code_at_once_again_is_blanked_and_later_is_not() -> None:
    wedge = WedgeRecogniser()
    assert len(type_in(wedge, "7F3K9\r", 0.01)) == 1
    assert len(type_in(wedge, "7F3K9\r", 0.01, start=0.5)) == 0
    assert len(type_in(wedge, "7F3K9\r", 0.01, start=9.0)) == 1


def test_control_characters_are_dropped() -> None:
    (scanned,) = type_in(WedgeRecogniser(), "\x1b7F\x003K\x1d9QDX\r", 0.01)
    assert scanned.text == "7F3K9QDX"


@pytest.mark.parametrize(
    ("raw", "text", "name", "aim"),
    [
        ("]Q37F3K9", "7F3K9", "qr", "]Q3"),
        ("]C0ABC-1", "ABC-1", "code128", "]C0"),
        ("]E04006381333931", "4006381333931", "ean13", "]E0"),
        ("]d2010", "010", "data_matrix", "]d2"),
        ("]X0hello", "hello", "unknown", "]X0"),
        ("7F3K9", "7F3K9", "unknown", ""),
        ("]Q", "]Q", "unknown", ""),
    ],
)
def test_an_aim_identifier_becomes_the_symbology(raw: str, text: str, name: str, aim: str) -> None:
    assert split_prefix(raw) == ScannedText(text, Symbology(name, aim))


def test_any_characters_at_any_speed_give_clean_texts_or_nothing() -> None:
    chance = random.Random(7)  # noqa: S311 - the same keys every time
    wedge, now = WedgeRecogniser("~"), 0.0
    for _ in range(20_000):
        now += chance.choice((0.001, 0.05, 0.2))
        letter = chr(
            chance.choice((10, 13, 9, 27, 0, 29, chance.randrange(32, 127), chance.randrange(0xD7FF)))
        )
        scanned = wedge.feed(letter, now)
        if scanned is not None:
            assert scanned.text
            assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in scanned.text)


def events_for(text: str, gap: float = 0.005) -> bytes:
    """The kernel's events for a scanner that types a text."""
    plain = {letter: code for code, letter in PLAIN.items()}
    shifted = {letter: code for code, letter in SHIFTED.items()}
    data, now = b"", 1_000.0
    for letter in text:
        steps = [(plain[letter], 1), (plain[letter], 0)] if letter in plain else []
        steps = steps or [(42, 1), (shifted[letter], 1), (shifted[letter], 0), (42, 0)]
        for code, value in steps:
            data += EVENT.pack(int(now), int(now % 1 * 1e6), 4, 4, 458_000)
            data += EVENT.pack(int(now), int(now % 1 * 1e6), 1, code, value)
        now += gap
    return data


def test_events_of_the_kernel_become_a_scan_with_capitals_and_signs() -> None:
    (scanned,) = KeyReader().read(events_for("]Q17F3K-9qdx_A2:b?\n"))
    assert scanned == ScannedText("7F3K-9qdx_A2:b?", Symbology("qr", "]Q1"))


def test_a_torn_event_does_no_harm() -> None:
    assert list(KeyReader().read(events_for("7F3K9\n")[:-5])) in ([], [ScannedText("7F3K9", UNKNOWN)])


def test_a_device_is_read_waited_for_and_left(tmp_path: Path) -> None:
    path = tmp_path / "event7"
    scans: queue.Queue[Scan] = queue.Queue()
    noon = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    device = ScannerDevice(path, scans.put, lambda: noon, reconnect_seconds=0.01)
    device.start()
    os.mkfifo(path)
    for text in ("FIRST", "SECOND"):
        with path.open("wb", buffering=0) as writer:
            written = False
            while not written:
                # The reader may be between two openings of the pipe: then nobody reads it.
                with contextlib.suppress(BrokenPipeError):
                    writer.write(events_for(f"{text}\n"))
                    written = True
            scan = scans.get(timeout=30)
        assert (scan.text, scan.engine, scan.at) == (text, "hand scanner", noon)
    path.unlink()
    device.close()


def test_scanners_are_found_by_their_names(tmp_path: Path) -> None:
    for name in ("usb-Honeywell_HF680-event-kbd", "usb-Logitech_Keyboard-event-kbd", "usb-Scanner-mouse"):
        (tmp_path / name).touch()
    assert [path.name for path in find_scanners(tmp_path)] == ["usb-Honeywell_HF680-event-kbd"]
    assert find_scanners(tmp_path / "nowhere") == []


def test_bytes_of_a_serial_port_become_scans_however_they_arrive() -> None:
    reader = LineReader()
    found = [scanned for byte in b"]Q37F3K9QDXA2BCM\r\nNEXT-1\r" for scanned in reader.read(bytes([byte]))]
    assert [(scanned.text, scanned.symbology.aim) for scanned in found] == [
        ("7F3K9QDXA2BCM", "]Q3"), ("NEXT-1", "")
    ]  # fmt: skip


def test_a_code_without_an_end_is_taken_when_the_line_is_silent() -> None:
    reader = LineReader()
    assert list(reader.read(b"7F3K9QDXA2BCM")) == []
    assert [scanned.text for scanned in reader.end()] == ["7F3K9QDXA2BCM"]
    assert list(reader.end()) == []


def test_bytes_without_end_or_meaning_do_no_harm() -> None:
    chance = random.Random(5)  # noqa: S311 - the same bytes every time
    reader = LineReader()
    for _ in range(300):
        for scanned in reader.read(chance.randbytes(200)):
            assert scanned.text == drop_controls(scanned.text)


def test_a_serial_scanner_is_read_from_its_port() -> None:
    near, far = os.openpty()
    scans: queue.Queue[Scan] = queue.Queue()
    noon = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    scanner = open_scanner(f"serial:{os.ttyname(far)}?baud=9600", scans.put, lambda: noon)
    scanner.start()
    try:
        deadline = time.monotonic() + 30
        while scans.empty() and time.monotonic() < deadline:
            os.write(near, b"7F3K9QDXA2BCM\r")
            time.sleep(0.05)
        assert scans.get(timeout=1).text == "7F3K9QDXA2BCM"
    finally:
        scanner.close()
        os.close(near)
        os.close(far)


@pytest.mark.parametrize("target", ["", "usb", "serial:tty", "serial:/dev/ttyS0?baud=7", "serial:"])
def test_another_scanner_is_refused_with_the_forms_that_are_understood(target: str) -> None:
    with pytest.raises(ValueError, match="serial"):
        open_scanner(target, print, lambda: dt.datetime.now(dt.UTC))
