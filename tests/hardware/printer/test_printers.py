"""Printers print whole documents or say why not, and whether anything may be on the paper already."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import tty
from pathlib import Path

import pytest

from hardware.ports import Media, Printed, Printer, PrinterFault, PrinterTrouble
from hardware.printer import open_printer
from hardware.printer.conversation import Patience
from hardware.printer.fake import FakePrinter, Fault
from hardware.printer.file import FilePrinter
from hardware.printer.folder import FolderPrinter
from hardware.printer.line import LinePrinter
from hardware.printer.network import NetworkPrinter
from hardware.printer.profiles import NARROW, read_profile
from hardware.printer.spooler import SpoolerPrinter
from hardware.printer.status import read_status
from hardware.printer.targets import profile_of

DOCUMENT = b"\x1b@" + b"Yes. $49.99 off this phone.\n" * 400


def printer_at(fake: FakePrinter) -> Printer:
    return NetworkPrinter("127.0.0.1", fake.port, seconds=2, answer_seconds=0.1, through_seconds=0.2)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("pdf:out", FolderPrinter),
        ("pdf:/var/spool/x", FolderPrinter),
        ("tcp://printer.local:9100", NetworkPrinter),
        ("tcp://10.0.0.7", NetworkPrinter),
        ("file:/dev/usb/lp0", FilePrinter),
        ("usb:/dev/usb/lp0?width=58", LinePrinter),
        ("serial:/dev/ttyUSB0?baud=9600&model=TM-T88IV", LinePrinter),
        ("lp:receipts", SpoolerPrinter),
        ("lp-pdf:office?width=80", SpoolerPrinter),
        ("tcp://10.0.0.7?model=plain&width=58", NetworkPrinter),
    ],
)
def test_a_printer_is_opened_by_its_target(target: str, kind: type) -> None:
    assert isinstance(open_printer(target), kind)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "pdf:",
        "file:",
        "tcp://",
        "tcp://host:port",
        "lpt1",
        "usb:1:2",
        "tcp://h?width=70",
        "tcp://h?model=No",
        "tcp://h?x=1",
        "lp:a b",
        "serial:/dev/ttyS0?baud=7",
    ],
)
def test_another_target_is_refused_with_the_forms_that_are_understood(target: str) -> None:
    with pytest.raises(ValueError, match="pdf:FOLDER"):
        open_printer(target)


def test_a_folder_keeps_every_document_and_never_replaces_one(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path / "receipts")
    for content in (b"%PDF one", b"%PDF two", b"%PDF three"):
        assert printer.print(content, Media.PDF, "decision 7F3K9/original") == Printed(confirmed=True)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "receipts").iterdir()}
    assert kept == {
        "decision-7F3K9-original.pdf": b"%PDF one",
        "decision-7F3K9-original-2.pdf": b"%PDF two",
        "decision-7F3K9-original-3.pdf": b"%PDF three",
    }


@pytest.mark.parametrize("title", ["../../etc/passwd", "...", "", "a/b\x00c", "x" * 500])
def test_a_title_cannot_lead_out_of_the_folder(tmp_path: Path, title: str) -> None:
    assert isinstance(FolderPrinter(tmp_path).print(b"%PDF", Media.PDF, title), Printed)
    (kept,) = tmp_path.iterdir()
    assert kept.suffix == ".pdf"


def test_a_folder_that_cannot_be_written_is_trouble_and_nothing_reached_paper(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    printer = FolderPrinter(blocked / "receipts")
    trouble = printer.print(b"%PDF", Media.PDF)
    assert isinstance(trouble, PrinterTrouble)
    assert (trouble.fault, trouble.reached_printer) == (PrinterFault.NOT_WRITABLE, False)
    assert printer.status().fault is PrinterFault.NOT_WRITABLE


@pytest.mark.parametrize("target", ["pdf:{}", "file:{}/out.bin", "tcp://127.0.0.1:1"])
def test_a_printer_refuses_a_document_in_another_language(tmp_path: Path, target: str) -> None:
    printer = open_printer(target.format(tmp_path))
    other = Media.PDF if Media.ESCPOS in printer.media else Media.ESCPOS
    trouble = printer.print(b"x", other)
    assert isinstance(trouble, PrinterTrouble)
    assert (trouble.fault, trouble.reached_printer) == (PrinterFault.WRONG_MEDIA, False)


def test_a_file_gets_the_documents_one_after_another(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path / "out.bin")
    assert printer.status().fault is None
    assert isinstance(printer.print(DOCUMENT, Media.ESCPOS), Printed)
    assert isinstance(printer.print(b"second", Media.ESCPOS), Printed)
    assert (tmp_path / "out.bin").read_bytes() == DOCUMENT + b"second"


def test_a_file_in_no_folder_is_trouble(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path / "nowhere" / "out.bin")
    trouble = printer.print(DOCUMENT, Media.ESCPOS)
    assert isinstance(trouble, PrinterTrouble)
    assert trouble.fault is PrinterFault.NOT_WRITABLE
    assert printer.status().fault is PrinterFault.NOT_WRITABLE


def test_a_device_that_takes_no_more_is_given_up_and_may_have_printed(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        trouble = FilePrinter(pipe, seconds=0.2).print(b"x" * 1_000_000, Media.ESCPOS)
    finally:
        os.close(reader)
    assert isinstance(trouble, PrinterTrouble)
    assert (trouble.fault, trouble.reached_printer) == (PrinterFault.TIMEOUT, True)


def test_a_network_printer_confirms_what_it_printed() -> None:
    with FakePrinter() as fake:
        assert printer_at(fake).print(DOCUMENT, Media.ESCPOS) == Printed(confirmed=True)
        assert fake.wait_for_documents(1)
        assert fake.documents == [DOCUMENT]


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE_STATUS, Fault.NO_END_ANSWER])
def test_a_printer_that_does_not_answer_is_believed_to_have_printed_once(fault: Fault) -> None:
    with FakePrinter(fault=fault) as fake:
        assert printer_at(fake).print(DOCUMENT, Media.ESCPOS) == Printed(confirmed=False)
        assert fake.wait_for_documents(1)
        assert fake.documents == [DOCUMENT]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.PAPER_OUT, PrinterFault.PAPER_OUT),
        (Fault.COVER_OPEN, PrinterFault.COVER_OPEN),
        (Fault.OFFLINE, PrinterFault.OFFLINE),
        (Fault.ERROR, PrinterFault.ERROR),
    ],
)
def test_a_printer_that_says_it_cannot_print_is_sent_nothing(fault: Fault, expected: PrinterFault) -> None:
    with FakePrinter(fault=fault) as fake:
        trouble = printer_at(fake).print(DOCUMENT, Media.ESCPOS)
        assert isinstance(trouble, PrinterTrouble)
        assert (trouble.fault, trouble.reached_printer) == (expected, False)
        assert printer_at(fake).status().fault is expected
        assert (fake.documents, fake.broken) == ([], [])


def test_paper_that_runs_low_does_not_keep_it_from_printing() -> None:
    with FakePrinter(fault=Fault.PAPER_LOW) as fake:
        assert printer_at(fake).status().paper == "low"
        assert isinstance(printer_at(fake).print(DOCUMENT, Media.ESCPOS), Printed)


def test_paper_that_runs_out_in_the_middle_is_trouble_that_reached_the_printer() -> None:
    with FakePrinter(fault=Fault.PAPER_OUT_AFTER) as fake:
        trouble = printer_at(fake).print(DOCUMENT, Media.ESCPOS)
        assert isinstance(trouble, PrinterTrouble)
        assert (trouble.fault, trouble.reached_printer) == (PrinterFault.PAPER_OUT, True)
        assert fake.documents == []


def test_a_cable_pulled_in_the_middle_is_trouble_that_reached_the_printer() -> None:
    with FakePrinter(fault=Fault.CABLE_PULLED_AFTER) as fake:
        trouble = printer_at(fake).print(DOCUMENT * 40, Media.ESCPOS)
        assert isinstance(trouble, PrinterTrouble)
        assert (trouble.fault, trouble.reached_printer) == (PrinterFault.CONNECTION_LOST, True)


def test_a_printer_that_hangs_up_at_once_is_trouble() -> None:
    with FakePrinter(fault=Fault.HANGS_UP) as fake:
        trouble = printer_at(fake).print(DOCUMENT, Media.ESCPOS)
        assert isinstance(trouble, PrinterTrouble)
        assert (trouble.fault, trouble.reached_printer) == (PrinterFault.CONNECTION_LOST, False)
        assert printer_at(fake).status().fault is PrinterFault.CONNECTION_LOST


def test_a_printer_that_is_not_there_is_unreachable_and_nothing_reached_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    trouble = NetworkPrinter("127.0.0.1", port).print(DOCUMENT, Media.ESCPOS)
    assert isinstance(trouble, PrinterTrouble)
    assert (trouble.fault, trouble.reached_printer) == (PrinterFault.UNREACHABLE, False)


@pytest.mark.parametrize(
    ("answers", "paper", "fault"),
    [
        ({}, "unknown", None),
        ({1: 0x12}, "unknown", None),
        ({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}, "ok", None),
        ({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}, "out", PrinterFault.PAPER_OUT),
        ({1: 0x1A, 2: 0x36, 3: 0x12, 4: 0x12}, "out", PrinterFault.COVER_OPEN),
        ({1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}, "ok", PrinterFault.CUTTER),
        ({1: 0x1A, 2: 0x52, 3: 0x32, 4: 0x12}, "ok", PrinterFault.ERROR),
    ],
)
def test_status_bytes_are_read_as_the_command_reference_says(
    answers: dict[int, int], paper: str, fault: PrinterFault | None
) -> None:
    status = read_status(answers)
    assert (status.answers, status.paper, status.fault) == (bool(answers), paper, fault)


# --- Lines and spoolers ---------------------------------------------------------------------------


class SerialTwin:
    """A pseudo terminal that answers as a fake printer does: its other end is a real serial device."""

    def __init__(self, fake: FakePrinter) -> None:
        self.near, far = os.openpty()
        tty.setraw(far)
        self.path = Path(os.ttyname(far))
        self._far = far
        self._socket = socket.create_connection(("127.0.0.1", fake.port))
        self._threads = [
            threading.Thread(target=self._up, daemon=True),
            threading.Thread(target=self._down, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _up(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self.near, 4096):
                self._socket.sendall(data)

    def _down(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._socket.recv(4096):
                os.write(self.near, data)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[1].join(5)
        os.close(self._far)
        self._threads[0].join(5)
        os.close(self.near)
        self._socket.close()


@pytest.mark.parametrize("baud", [None, 19200])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [(Fault.NONE, None), (Fault.PAPER_OUT, PrinterFault.PAPER_OUT), (Fault.CUTTER, PrinterFault.CUTTER)],
)
def test_a_printer_at_a_line_is_asked_and_answers(
    baud: int | None, fault: Fault, expected: PrinterFault | None
) -> None:
    with FakePrinter(fault=fault) as fake:
        twin = SerialTwin(fake)
        try:
            printer = LinePrinter(twin.path, baud, Patience(2, 0.5, 2))
            outcome = printer.print(DOCUMENT[:600], Media.ESCPOS)
            if expected is None:
                assert outcome == Printed(confirmed=True)
            else:
                assert isinstance(outcome, PrinterTrouble)
                assert (outcome.fault, outcome.reached_printer) == (expected, False)
                assert printer.status().fault is expected
        finally:
            twin.close()


def test_a_line_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    outcome = LinePrinter(tmp_path / "lp0").print(DOCUMENT, Media.ESCPOS)
    assert isinstance(outcome, PrinterTrouble)
    assert (outcome.fault, outcome.reached_printer) == (PrinterFault.UNREACHABLE, False)


def _spooler(folder: Path, body: str) -> str:
    program = folder / "lp"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o700)
    return str(program)


def test_a_spooler_gets_the_bytes_unchanged_and_the_queues_name(tmp_path: Path) -> None:
    command = _spooler(tmp_path, f'echo "$@" > {tmp_path}/said; cat > {tmp_path}/job')
    outcome = SpoolerPrinter("receipts", command=command).print(DOCUMENT, Media.ESCPOS, "a b;c")
    assert outcome == Printed(confirmed=False)
    assert (tmp_path / "job").read_bytes() == DOCUMENT
    assert (tmp_path / "said").read_text(encoding="utf-8") == "-d receipts -t a-b-c -o raw\n"


def test_a_spooler_that_refuses_says_why(tmp_path: Path) -> None:
    command = _spooler(tmp_path, "echo 'No such queue.' >&2; exit 1")
    outcome = SpoolerPrinter("receipts", command=command).print(DOCUMENT, Media.ESCPOS)
    assert outcome == PrinterTrouble(PrinterFault.ERROR, "No such queue.")


def test_a_machine_without_a_spooler_says_so(tmp_path: Path) -> None:
    printer = SpoolerPrinter("receipts", command=str(tmp_path / "none"))
    assert printer.status().fault is PrinterFault.UNREACHABLE


def test_a_models_profile_is_read_by_its_name_and_a_rolls_by_its_width() -> None:
    assert profile_of("tcp://h?width=58") == NARROW
    small = profile_of("usb:/dev/usb/lp0?model=NT-5890K")
    assert (small.columns, small.dots, small.native_qr, small.cuts) == (32, 384, False, False)
    assert read_profile("TSP600").page == (32, "cp1252")
    assert read_profile("simple").page is None
