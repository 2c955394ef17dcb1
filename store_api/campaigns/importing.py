"""Running the jobs of files: in a request as one transaction, or on the command line batch by batch.

What it is for: going on where a job stands, telling how far it is, and writing the codes of bearer vouchers
to a file before they are committed, so that no code exists that nobody was told.
What it must not know: Flask, the clock.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

from store_api.campaigns import making, store
from store_api.campaigns.making import BATCH, Kind, Seen
from store_api.campaigns.models import CampaignRow, FileJob
from store_api.campaigns.rows import FileRow
from store_api.errors import Conflict, NotFound
from store_api.settings import Settings
from store_api.vouchers.service import show_code, symbol_of
from store_api.work import Work

Open = Callable[[], AbstractContextManager[Work]]
"""Opens a transaction."""
Progress = Callable[[FileJob], None]


def import_now(work: Work, campaign_id: str, digest: str, rows: Iterable[FileRow]) -> FileJob:
    """Make a file's vouchers in the one transaction of a request; a file that is done is not done again."""
    campaign = _campaign(work, campaign_id)
    job = making.open_job(work, campaign, "import", digest)
    if job.finished_at is None:
        seen = Seen(set())
        for batch in _batches(_after(rows, job.rows_done, seen)):
            making.settle_rows(work, job, campaign, batch, seen)
        making.finish(work, job)
    return job


def import_file(
    opened: Open, campaign_id: str, kind: Kind, digest: str, rows: Iterable[FileRow], progress: Progress
) -> FileJob:
    """Make a file's vouchers, a transaction for each batch. Started again it goes on where it stood."""
    job = _begin(opened, campaign_id, kind, digest)
    seen = Seen(set())
    if job.finished_at is None:
        for batch in _batches(_after(rows, job.rows_done, seen)):
            with opened() as work:
                job = _locked(work, job)
                making.settle_rows(work, job, _campaign(work, campaign_id), batch, seen)
            progress(job)
    return _end(opened, job)


def issue_bearers(
    opened: Open, campaign_id: str, digest: str, count: int, codes: Path, progress: Progress
) -> FileJob:
    """Make so many bearer vouchers and write their codes to a file that only its owner can read.

    A batch's codes stand in the file before they are committed; what a crash left beyond the last commit is
    cut off when it is started again.
    """
    job = _begin(opened, campaign_id, "bearers", digest)
    with _code_file(codes, job.codes_bytes) as written:
        while job.finished_at is None and job.rows_done < count:
            with opened() as work:
                job = _locked(work, job)
                campaign = _campaign(work, campaign_id)
                drawn = making.make_bearers(work, job, campaign, min(BATCH, count - job.rows_done))
                first = job.codes_bytes == 0
                job.codes_bytes = _write_codes(written, work.settings, campaign, drawn, first)
                work.session.flush()
            progress(job)
    return _end(opened, job)


def _begin(opened: Open, campaign_id: str, kind: Kind, digest: str) -> FileJob:
    with opened() as work:
        return making.open_job(work, _campaign(work, campaign_id), kind, digest)


def _end(opened: Open, job: FileJob) -> FileJob:
    with opened() as work:
        job = making.lock_job(work.session, job.job_id)
        if job.finished_at is None:
            making.finish(work, job)
        return job


def _locked(work: Work, job: FileJob) -> FileJob:
    """The job, locked. Raises Conflict where somebody else moved it on meanwhile."""
    locked = making.lock_job(work.session, job.job_id)
    if locked.rows_done != job.rows_done or locked.finished_at is not None:
        raise Conflict("import.running")
    return locked


def _campaign(work: Work, campaign_id: str) -> CampaignRow:
    row = store.find_campaign(work.session, campaign_id)
    if row is None:
        raise NotFound
    return row


def _after(rows: Iterable[FileRow], done: int, seen: Seen) -> Iterator[FileRow]:
    """The rows that are still to be settled; those before them are remembered."""
    for number, row in enumerate(rows):
        if number >= done:
            yield row
        elif row.fault is None:
            seen.again(row)


def _batches(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _code_file(path: Path, size: int) -> io.BufferedRandom:
    """The file of codes, cut to what was committed, to be written on at its end."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    opened = os.fdopen(descriptor, "r+b")
    opened.truncate(size)
    opened.seek(size)
    return opened


def _write_codes(
    written: io.BufferedRandom, settings: Settings, campaign: CampaignRow, codes: list[str], first: bool
) -> int:
    """Write codes, with what is printed of each, and wait until they are on the disk; the file's size."""
    lines = io.StringIO()
    out = csv.writer(lines, lineterminator="\n")
    if first:
        out.writerow(("code", "campaign", "ends_on", "coupon_number", "symbol"))
    ends_on = campaign.ends_on.isoformat() if campaign.ends_on else ""
    for code in codes:
        symbol = symbol_of(settings, code)
        number = symbol.coupon_number or ""
        out.writerow((show_code(code), campaign.campaign_id, ends_on, number, symbol.text))
    written.write(lines.getvalue().encode())
    written.flush()
    os.fsync(written.fileno())
    return written.tell()
