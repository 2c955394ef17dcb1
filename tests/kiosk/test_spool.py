"""The spool keeps what must survive, prints one original of a name, and forgets what is settled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble
from hardware.printer import open_printer
from hardware.printer.fake import FakePrinter, Fault
from kiosk.receipts.compose import Receipt, ReceiptLine
from kiosk.receipts.print_queue import KEEP_NAMES, PrintQueue
from kiosk.receipts.rendering import render
from kiosk.spool import Spool
from tests.kiosk.receipts.escpos_reader import read_escpos

KEY = "redemption-42/original"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class ScriptedPrinter:
    """Gives one outcome a paper, then prints; keeps the rows of what it printed."""

    name = "scripted"
    media = (Media.ESCPOS,)

    def __init__(self, *outcomes: Printed | PrinterTrouble | Exception) -> None:
        self.outcomes = deque(outcomes)
        self.papers: list[str] = []

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        self.papers.append(read_escpos(document).text)
        outcome = self.outcomes.popleft() if self.outcomes else Printed(confirmed=True)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def status(self) -> PrinterStatus:
        return PrinterStatus(answers=True)


def receipt(text: str = "Yes.") -> Receipt:
    return Receipt("en", "yes", ("Maple St",), (ReceiptLine("verdict", text),))


def trouble(reached: bool) -> PrinterTrouble:
    return PrinterTrouble(PrinterFault.PAPER_OUT, "No paper.", reached)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool.sqlite")
    yield opened
    opened.close()


def queue_on(spool: Spool, printer: ScriptedPrinter, clock: Clock) -> PrintQueue:
    return PrintQueue(spool, printer, render, clock)


def copies(printer: ScriptedPrinter) -> list[bool]:
    return ["COPY" in paper.split() for paper in printer.papers]


def test_a_request_is_remembered_until_it_is_settled(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.sqlite")
    spool.remember("key-1", "POST /v1/holds {}", 10.0)
    spool.remember("key-2", "POST /v1/redemptions {}", 11.0)
    spool.remember("key-1", "another", 12.0)
    spool.close()
    again = Spool(tmp_path / "spool.sqlite")
    kept = [(entry.key, entry.request, entry.since) for entry in again.unsettled()]
    assert kept == [("key-1", "POST /v1/holds {}", 10.0), ("key-2", "POST /v1/redemptions {}", 11.0)]
    again.settle("key-1")
    assert [entry.key for entry in again.unsettled()] == ["key-2"]
    again.close()


def test_a_receipt_is_printed_once_however_often_it_is_submitted(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter()
    queue = queue_on(spool, printer, clock)
    for _ in range(5):
        queue.submit(KEY, receipt())
        queue.print_next()
    assert copies(printer) == [False]
    job = queue.status(KEY)
    assert job is not None
    assert (job.state, job.document) == ("printed", None)


def test_a_second_paper_of_a_name_is_a_copy(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter()
    queue = queue_on(spool, printer, clock)
    for key in ("first", "second", "second", "third"):
        queue.submit(key, receipt(), name="redemption-42")
    while queue.print_next():
        pass
    assert copies(printer) == [False, True, True]
    newest = queue.newest("redemption-42")
    assert newest is not None
    assert (newest.state, newest.as_copy) == ("printed", True)


def test_a_printer_without_paper_keeps_the_job_and_its_trouble_and_prints_the_original_later(
    spool: Spool, clock: Clock
) -> None:
    printer = ScriptedPrinter(trouble(reached=False))
    queue = queue_on(spool, printer, clock)
    queue.submit(KEY, receipt())
    assert queue.print_next()
    job = queue.status(KEY)
    assert job is not None
    assert (job.state, job.trouble, job.as_copy) == ("queued", "paper_out", False)
    assert not queue.print_next()
    clock.now += 60
    assert queue.print_next()
    assert copies(printer) == [False, False]
    job = queue.status(KEY)
    assert job is not None
    assert (job.state, job.trouble) == ("printed", None)


def test_what_may_have_reached_paper_is_printed_again_as_a_copy(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter(trouble(reached=True))
    queue = queue_on(spool, printer, clock)
    queue.submit(KEY, receipt())
    queue.print_next()
    clock.now += 60
    queue.print_next()
    assert copies(printer) == [False, True]


def test_a_driver_that_breaks_loses_nothing_and_the_next_paper_is_a_copy(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter(RuntimeError("driver"))
    queue = queue_on(spool, printer, clock)
    queue.submit(KEY, receipt())
    queue.print_next()
    clock.now += 60
    queue.print_next()
    assert copies(printer) == [False, True]


def test_waiting_is_cut_short_by_a_retry_and_grows_between_tries(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter(*[trouble(reached=False)] * 3)
    queue = queue_on(spool, printer, clock)
    queue.submit(KEY, receipt())
    queue.print_next()
    queue.retry(KEY)
    assert queue.print_next()
    clock.now += 2.5
    assert not queue.print_next()
    clock.now += 2.5
    assert queue.print_next()


def test_a_waiting_job_does_not_hold_up_another(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter(trouble(reached=False))
    queue = queue_on(spool, printer, clock)
    queue.submit("a", receipt("First."))
    queue.print_next()
    queue.submit("b", receipt("Second."))
    assert queue.print_next()
    assert "Second." in printer.papers[1]


def test_a_receipt_that_cannot_be_drawn_fails_alone_and_can_be_retried(spool: Spool, clock: Clock) -> None:
    printer = ScriptedPrinter()
    queue = queue_on(spool, printer, clock)
    spool.add_job("broken", "broken", "{", clock.now)
    queue.submit("whole", receipt())
    while queue.print_next():
        pass
    failed, printed = queue.status("broken"), queue.status("whole")
    assert failed is not None
    assert printed is not None
    assert (failed.state, printed.state) == ("failed", "printed")
    queue.retry("broken")
    retried = queue.status("broken")
    assert retried is not None
    assert retried.state == "queued"


def test_jobs_survive_a_restart_and_one_that_was_printing_comes_out_as_a_copy(
    tmp_path: Path, clock: Clock
) -> None:
    first = Spool(tmp_path / "spool.sqlite")
    queue = queue_on(first, ScriptedPrinter(), clock)
    queue.submit("under way", receipt("One."))
    queue.submit("waiting", receipt("Two."))
    taken = first.take_job(clock.now)
    assert taken is not None
    assert taken.key == "under way"
    first.close()

    second, printer = Spool(tmp_path / "spool.sqlite"), ScriptedPrinter()
    queue = queue_on(second, printer, clock)
    assert queue.recover() == 1
    while queue.print_next():
        pass
    by_text = {"One." in paper: "COPY" in paper.split() for paper in printer.papers}
    assert by_text == {True: True, False: False}
    second.close()


CRASHING = """
import os, signal, sys
from pathlib import Path
from kiosk.spool import Spool
spool = Spool(Path(sys.argv[1]))
spool.remember("key", "POST", 1.0)
spool.add_job("job", "job", "{}", 1.0)
spool.take_job(2.0)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_written_down_is_there_after_a_kill(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CRASHING, str(tmp_path / "spool.sqlite")],
        cwd=Path(__file__).parent.parent.parent,
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    spool = Spool(tmp_path / "spool.sqlite")
    assert [entry.key for entry in spool.unsettled()] == ["key"]
    assert spool.recover_jobs(3.0) == 1
    job = spool.job("job")
    assert job is not None
    assert (job.state, job.as_copy) == ("queued", True)
    spool.close()


def test_a_receipt_is_gone_from_the_file_once_it_is_printed(tmp_path: Path, clock: Clock) -> None:
    spool = Spool(tmp_path / "spool.sqlite")
    queue = queue_on(spool, ScriptedPrinter(), clock)
    queue.submit(KEY, receipt("A sentence to forget."))
    assert b"A sentence to forget." in (tmp_path / "spool.sqlite").read_bytes()
    queue.print_next()
    assert b"A sentence to forget." not in (tmp_path / "spool.sqlite").read_bytes()
    clock.now += KEEP_NAMES + 1
    queue.print_next()
    assert queue.status(KEY) is None
    spool.close()


def test_of_two_queues_on_one_file_one_prints_and_the_other_takes_over(tmp_path: Path, clock: Clock) -> None:
    lock = tmp_path / "spool.lock"
    with FakePrinter() as fake:
        spools = [Spool(tmp_path / "spool.sqlite") for _ in range(2)]
        queues = [PrintQueue(spool, open_printer(fake.target), render, clock, lock) for spool in spools]
        for queue in queues:
            queue.start()
        queues[0].submit("one", receipt("One."))
        assert fake.wait_for_documents(1)
        for queue in queues[:1]:
            queue.close()
        queues[1].submit("two", receipt("Two."))
        assert fake.wait_for_documents(2)
        queues[1].close()
        for spool in spools:
            spool.close()
    assert ["COPY" in read_escpos(document).text for document in fake.documents] == [False, False]


@pytest.mark.parametrize("fault", list(Fault))
def test_in_every_fault_of_a_printer_one_original_comes_out_and_none_is_lost(
    fault: Fault, spool: Spool, clock: Clock
) -> None:
    with FakePrinter(fault=fault, after=40) as fake:
        queue = PrintQueue(spool, _quick(fake), render, clock)
        queue.submit(KEY, receipt())
        queue.print_next()
        fake.fault = Fault.NONE
        clock.now += 60
        queue.print_next()
        assert fake.wait_for_documents(1)
    originals = [d for d in fake.documents if "COPY" not in read_escpos(d).text.split()]
    cut_short = [d for d in fake.broken if b"COPY" not in d]
    assert len(originals) + len(cut_short) == 1
    job = queue.status(KEY)
    assert job is not None
    assert job.state == "printed"


def _quick(fake: FakePrinter):  # type: ignore[no-untyped-def]
    from hardware.printer.network import NetworkPrinter

    return NetworkPrinter("127.0.0.1", fake.port, seconds=2, answer_seconds=0.1, through_seconds=0.2)


RECEIPTS_A_FAULT = 200


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", list(Fault))
def test_of_two_hundred_receipts_in_a_fault_each_comes_out_once_as_an_original(
    fault: Fault, spool: Spool, clock: Clock
) -> None:
    """The fault strikes at every fourth receipt, and is mended before the next."""
    from hardware.printer.network import NetworkPrinter

    with FakePrinter(after=40) as fake:
        printer = NetworkPrinter("127.0.0.1", fake.port, seconds=2, answer_seconds=0.5, through_seconds=0.5)
        queue = PrintQueue(spool, printer, render, clock)
        for number in range(RECEIPTS_A_FAULT):
            queue.submit(f"job-{number}", receipt(f"Receipt {number:03}."))
            fake.fault = fault if number % 4 == 0 else Fault.NONE
            ended = fake.connections
            queue.print_next()
            assert fake.wait_for_connections(ended + 1)
            fake.fault = Fault.NONE
            clock.now += 60
            while queue.print_next():
                clock.now += 60
        assert fake.wait_for_documents(RECEIPTS_A_FAULT)
    originals = [_is_original(document) for document in fake.documents]
    for number in range(RECEIPTS_A_FAULT):
        name = f"Receipt {number:03}.".encode()
        papers = [document for document in (*fake.documents, *fake.broken) if name in document]
        assert sum(map(_is_original, papers)) <= 1, number
        assert any(name in document for document in fake.documents), number
        job = queue.status(f"job-{number}")
        assert job is not None
        assert job.state == "printed"
    torn = [document for document in fake.broken if _is_original(document)]
    assert sum(originals) + len(torn) == RECEIPTS_A_FAULT
    # A row of the table in docs/faults.md.
    told = (sum(originals), len(torn), originals.count(False))
    print(f"\n| {fault} | {RECEIPTS_A_FAULT} | " + " | ".join(map(str, told)) + " | 0 | 0 |")


def _is_original(document: bytes) -> bool:
    return b"COPY" not in document
