"""The commands of `python3 -m hardware`.

What it must not know: vouchers, receipts, faces. Output is for a shell: text, or JSON on request.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hardware.camera.sources import open_camera
from hardware.check import Finding, check_camera, check_printer, echo_scanner, print_test_slip, read_back
from hardware.decode import DecodeWorker, decode_file
from hardware.ports import Camera, DecodeAnswer, Media, Printed, Printer, Reading
from hardware.printer import open_printer
from hardware.printer.fake import FakePrinter, Fault
from hardware.printer.profiles import PrintProfile
from hardware.printer.targets import FORMS, profile_of
from hardware.printer.test_page import make_test_page
from hardware.scanner.device import find_scanners
from hardware.scanner.targets import FORMS as SCANNERS
from hardware.scanner.targets import open_scanner


def run(arguments: list[str]) -> int:
    """Run one command; gives the exit code: 0, 1 where a device failed, 2 for a mistake in the call."""
    try:
        chosen = _parser().parse_args(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    code: int = chosen.run(chosen)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m hardware", description="Cameras, scanners, printers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    decode = commands.add_parser("decode", help="read the codes in picture files")
    decode.add_argument("files", nargs="+", metavar="FILE")
    decode.add_argument("--json", action="store_true", help="one JSON array with an entry for each file")
    decode.add_argument("--seconds", type=_seconds, default=1.0, help="time for one picture (default 1)")
    decode.set_defaults(run=_decode)
    test = commands.add_parser("test-printer", help="ask a printer for its state and print a test page")
    test.add_argument("target", metavar="TARGET", type=_printer, help=FORMS)
    test.set_defaults(run=_test_printer)
    fake = commands.add_parser("fake-printer", help="play a network printer until Ctrl-C")
    fake.add_argument("--port", type=int, default=9100)
    fake.add_argument("--fault", choices=[fault.value for fault in Fault], default=Fault.NONE.value)
    fake.set_defaults(run=_fake_printer)
    check = commands.add_parser("check", help="test camera, printer and hand scanner, and say what was found")
    check.add_argument("--camera", type=_camera, help="a number, picture, film or folder; default: the first")
    check.add_argument("--printer", metavar="TARGET", help=f"{FORMS}; prints a test slip")
    check.add_argument("--scanner", metavar="TARGET", help=f"{SCANNERS}; waits for a scan")
    check.add_argument("--json", action="store_true", help="the findings as one JSON array")
    check.set_defaults(run=_check)
    commands.add_parser("list", help="list what is attached to this machine").set_defaults(run=_list)
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 60:
        raise argparse.ArgumentTypeError("more than 0 and at most 60")
    return value


def _camera(text: str) -> Camera:
    try:
        return open_camera(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _printer(text: str) -> Printer:
    try:
        return open_printer(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


# --- decode --------------------------------------------------------------------------------------


def _decode(chosen: argparse.Namespace) -> int:
    with DecodeWorker(seconds=chosen.seconds) as worker:
        answers = ((name, decode_file(Path(name), worker)) for name in chosen.files)
        if chosen.json:
            entries = [answer_to_entry(name, answer) for name, answer in answers]
            print(json.dumps(entries, ensure_ascii=True, indent=1))
        else:
            for name, answer in answers:
                print("\n".join(_as_lines(name, answer)), flush=True)
    return 0


def answer_to_entry(name: str, answer: DecodeAnswer) -> dict[str, Any]:
    """A file's answer for JSON: file, codes, and the error as code and words, or null."""
    trouble = answer.trouble
    error = None if trouble is None else {"code": trouble.fault.value, "detail": trouble.detail}
    return {"file": name, "codes": [_code_to_entry(reading) for reading in _believed(answer)], "error": error}


def _believed(answer: DecodeAnswer) -> list[Reading]:
    return [reading for reading in answer.readings if reading.confirmed]


def _code_to_entry(reading: Reading) -> dict[str, Any]:
    return {
        "text": reading.text,
        "symbology": reading.symbology.name,
        "aim": reading.symbology.aim,
        "corners": [list(corner) for corner in reading.corners],
        "engine": reading.engine,
    }


def _as_lines(name: str, answer: DecodeAnswer) -> list[str]:
    if answer.trouble is not None:
        return [f"{name}: {answer.trouble.detail} ({answer.trouble.fault.value})"]
    if not _believed(answer):
        return [f"{name}: no code found"]
    # A code may hold anything: what would steer the terminal is shown as an escape.
    return [
        f"{name}: {reading.symbology.name} {reading.symbology.aim} {json.dumps(reading.text)}"
        for reading in _believed(answer)
    ]


# --- printers and devices -------------------------------------------------------------------------


def _test_printer(chosen: argparse.Namespace) -> int:
    printer: Printer = chosen.target
    status = printer.status()
    told = status.detail or ("It is ready." if status.answers else "It does not tell its state.")
    print(f"{printer.name}: {told} Paper: {status.paper}.")
    media: Media = printer.media[0]
    outcome = printer.print(make_test_page(media, printer.name), media, "test-page")
    if isinstance(outcome, Printed):
        print("A test page was printed." if outcome.confirmed else "A test page was sent.")
        return 0
    print(f"Nothing was printed: {outcome.detail} ({outcome.fault.value})")
    return 1


def _check(chosen: argparse.Namespace) -> int:
    try:
        findings = list(_findings(chosen))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=True, indent=1))
    for finding in findings if not chosen.json else ():
        figures = ", ".join(f"{name} {value}" for name, value in finding.figures.items())
        print(f"{finding.state:8}{finding.device}: {finding.says}{f' ({figures})' if figures else ''}")
    return 1 if any(finding.state == "fault" for finding in findings) else 0


def _findings(chosen: argparse.Namespace) -> Iterator[Finding]:
    camera = chosen.camera or (open_camera("0") if list(Path("/dev").glob("video*")) else None)
    if camera is not None:
        yield from check_camera(camera)[0]
    if chosen.printer is not None:
        yield from _printer_findings(open_printer(chosen.printer), profile_of(chosen.printer), camera)
    if chosen.scanner is not None:
        yield echo_scanner(lambda tell: open_scanner(chosen.scanner, tell, _utc_now), chosen.scanner)
    if camera is None and chosen.printer is None and chosen.scanner is None:
        yield Finding("this machine", "warning", "nothing", "No camera was found. Name a printer or scanner.")


def _printer_findings(printer: Printer, profile: PrintProfile, camera: Camera | None) -> Iterator[Finding]:
    yield check_printer(printer)
    finding, token = print_test_slip(printer, profile)
    yield finding
    if finding.state == "ok" and camera is not None:
        with DecodeWorker() as decoder:
            yield read_back(camera, decoder, token)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _fake_printer(chosen: argparse.Namespace) -> int:
    try:
        printer = FakePrinter(chosen.port, Fault(chosen.fault))
    except OSError as error:
        print(f"Port {chosen.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    with printer:
        print(f"A fake printer listens at {printer.target}. Ctrl-C ends it.", flush=True)
        try:
            _report_documents(printer)
        except KeyboardInterrupt:
            print(f"It printed {len(printer.documents)} documents.")
    return 0


def _report_documents(printer: FakePrinter) -> None:
    count = 0
    while True:
        if printer.wait_for_documents(count + 1, threading.TIMEOUT_MAX):
            print(f"Document {count + 1}: {len(printer.documents[count])} bytes", flush=True)
            count += 1


def _list(chosen: argparse.Namespace) -> int:
    found = {
        "Cameras": sorted(Path("/dev").glob("video*")),
        "Hand scanners": find_scanners(),
        "Printers": sorted(Path("/dev/usb").glob("lp*")),
    }
    for kind, devices in found.items():
        print(f"{kind}: {', '.join(map(str, devices)) or 'none found'}")
    with DecodeWorker() as worker:
        print(worker.start())
    return 0
