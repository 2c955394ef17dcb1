"""Prints what the spool holds, one job after another, in a thread of its own.

What it is for: `submit` a receipt under a job's name as often as one likes, and it is printed once; a
printer that is out of paper or away keeps it waiting and is tried again. What it must not know: requests,
pages, and what the words for a trouble are.

Several processes may hold a queue on the same file: the one that holds the lock beside it prints.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from hardware.check import Finding, check_printer
from hardware.ports import Media, Printed, Printer, PrinterFault, PrinterTrouble
from kiosk.receipts.compose import Receipt, receipt_from_json, receipt_to_json
from kiosk.spool import PrintJob, Spool

Clock = Callable[[], float]
Render = Callable[[Receipt, Media], bytes]

FIRST_WAIT, LONGEST_WAIT = 2.0, 30.0
"""Seconds between tries: doubled from the first to the longest. Paper is changed within a minute."""
KEEP_NAMES = 7 * 24 * 3600.0
"""Seconds for which the key and name of a printed job are kept, without its receipt: a page that reloads
prints nothing, and a later paper is a copy."""
LOOK_EVERY = 5.0
"""Seconds after which the queue looks again where nobody woke it."""

log = logging.getLogger(__name__)


class PrintQueue:
    """Prints receipts on `printer`. `render` makes bytes of a receipt in the media that a printer takes.

    `clock` gives seconds since the epoch. Nothing is printed before `start`; `close` waits for the paper
    that is under way. Safe to call from many threads.
    """

    def __init__(
        self, spool: Spool, printer: Printer, render: Render, clock: Clock, lock_file: Path | None = None
    ) -> None:
        self._spool = spool
        self._printer = printer
        self._render = render
        self._clock = clock
        self._lock_file = lock_file
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def submit(self, job_key: str, receipt: Receipt, name: str = "") -> PrintJob:
        """Print a receipt under a key; a key that is known is not printed again.

        `name` is what it is a paper of (default: the key): the first paper of a name is the original, and
        any later one, submitted under another key, is marked as a copy.
        """
        job = self._spool.add_job(job_key, name or job_key, receipt_to_json(receipt), self._clock())
        self._wake.set()
        return job

    def status(self, job_key: str) -> PrintJob | None:
        """The job of a key, or None where nothing was submitted under it."""
        return self._spool.job(job_key)

    def newest(self, name: str) -> PrintJob | None:
        """The job of a name that was touched last, or None."""
        return self._spool.newest_job(name)

    def retry(self, job_key: str) -> None:
        """Try a waiting or failed job now."""
        self._spool.retry_job(job_key, self._clock())
        self._wake.set()

    def check(self) -> Finding:
        """Ask the printer how it is; nothing is printed."""
        return check_printer(self._printer)

    def count_waiting(self) -> int:
        """How many papers are still to come."""
        return len(self._spool.waiting_jobs())

    def start(self) -> None:
        """Begin to print, with what an earlier process left behind first."""
        if self._thread is None:
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="print-queue", daemon=True)
            self._thread.start()

    def close(self, seconds: float = 15.0) -> None:
        """Stop after the paper that is under way; what waits stays in the spool."""
        self._ending.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(seconds)

    def print_next(self) -> bool:
        """Print the next job that is due; false where there is none. The thread calls this."""
        now = self._clock()
        self._spool.purge_printed(now - KEEP_NAMES)
        job = self._spool.take_job(now)
        if job is None or job.document is None:
            return False
        self._print(job, job.document)
        return True

    def recover(self) -> int:
        """Take over the jobs that were under way when a process ended; gives their number."""
        return self._spool.recover_jobs(self._clock())

    def _print(self, job: PrintJob, text: str) -> None:
        try:
            receipt = receipt_from_json(text)
            media = self._printer.media[0]
            document = self._render(receipt.as_copy() if job.as_copy else receipt, media)
        except Exception as error:
            # A receipt that cannot be drawn now never can: it must not hold up those behind it.
            log.exception("A receipt could not be drawn.")
            self._spool.fail_job(job.key, f"not_printable:{type(error).__name__}", self._clock())
            return
        self._record(job, self._hand_over(document, media, job.key))

    def _hand_over(self, document: bytes, media: Media, title: str) -> Printed | PrinterTrouble:
        try:
            return self._printer.print(document, media, title)
        except Exception as error:
            # A broken driver may have sent anything before it broke.
            log.exception("The printer's driver broke.")
            return PrinterTrouble(PrinterFault.ERROR, type(error).__name__, reached_printer=True)

    def _record(self, job: PrintJob, outcome: Printed | PrinterTrouble) -> None:
        now = self._clock()
        if isinstance(outcome, Printed):
            self._spool.finish_job(job.key, now)
            return
        log.warning("The printer did not print: %s", outcome.fault)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(job.tries - 1, 10))
        self._spool.put_back(job.key, outcome.fault, outcome.reached_printer, now + wait, now)

    def _run(self) -> None:
        lock = self._claim_printing()
        if lock is None:
            return
        try:
            self.recover()
            while not self._ending.is_set():
                self._wake.clear()
                if not self._printed_one():
                    self._wake.wait(min(LOOK_EVERY, FIRST_WAIT))
        finally:
            os.close(lock)

    def _printed_one(self) -> bool:
        try:
            return self.print_next()
        except Exception:
            # A full disk must not end the thread; a job that stays "printing" by it is taken up again, as a
            # copy, by the next start.
            log.exception("Printing met an unexpected fault.")
            return False

    def _claim_printing(self) -> int | None:
        """Wait for the lock that says that this process prints; None where the queue ends before."""
        if self._lock_file is None:
            return os.open(os.devnull, os.O_RDONLY)
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        while not self._ending.is_set():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except BlockingIOError:
                self._ending.wait(1.0)
        os.close(descriptor)
        return None
