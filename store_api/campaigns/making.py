"""Making vouchers from files, batch by batch, so that a crash leaves nothing half done and nothing double.

What it is for: a file is a job, known by the digest of its bytes. Each batch makes its vouchers, writes down
its refused rows and moves the job on in one transaction; whoever starts the same file again goes on
where the job stands. A row without a code gives an account or a line at most one voucher of a campaign.
What it must not know: how a file is written, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from store_api.accounts import service as accounts
from store_api.audit import service as audit
from store_api.campaigns.models import CampaignRow, FileJob, RefusedRow
from store_api.campaigns.rows import FileRow, RowFault
from store_api.contract import Import, Money, RefusedLine
from store_api.errors import Conflict
from store_api.money import to_minor
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import NewVoucher
from store_api.work import Work

Kind = Literal["import", "accounts", "lines", "bearers"]
BATCH = 5_000
SHOWN = 100


@dataclass
class Seen:
    """What earlier rows of the same file named, so that a row that is there twice is refused."""

    rows: set[int]

    def again(self, row: FileRow) -> bool:
        """Whether a row with the same code, or the same row without one, was there before."""
        what = row.values.get("code") or "|".join(f"{key}={row.values[key]}" for key in sorted(row.values))
        named = hash(vouchers.read_code(what).code or what)
        is_again = named in self.rows
        self.rows.add(named)
        return is_again


def open_job(work: Work, campaign: CampaignRow, kind: Kind, digest: str) -> FileJob:
    """The job of a file: the one that is there, or a new one. Raises Conflict for an ended campaign."""
    known = _find_job(work.session, campaign.campaign_id, kind, digest)
    if known is not None:
        return known
    if campaign.state == "ended":
        raise Conflict("campaign.ended")
    job = FileJob(
        job_id=work.new_id("job"),
        campaign_id=campaign.campaign_id,
        kind=kind,
        digest=digest,
        rows_done=0,
        rows_made=0,
        rows_refused=0,
        codes_bytes=0,
        started_by=work.caller.subject_id,
        started_at=work.now,
    )
    work.session.add(job)
    work.session.flush()
    return job


def lock_job(session: Session, job_id: str) -> FileJob:
    """A job, locked until this transaction ends."""
    chosen = sa.select(FileJob).where(FileJob.job_id == job_id).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one()


def settle_rows(work: Work, job: FileJob, campaign: CampaignRow, rows: Sequence[FileRow], seen: Seen) -> None:
    """Make the vouchers of a batch and write down its refused rows; `job` is locked."""
    rows = [_with_plain_code(work, row) for row in rows]
    read = [_read(work, campaign, row, seen) for row in rows]
    made = [(row, new) for row, new in zip(rows, read, strict=True) if isinstance(new, NewVoucher)]
    refused = [(row, new) for row, new in zip(rows, read, strict=True) if isinstance(new, RowFault)]
    places = _places(work, made)
    refused += [(row, fault) for row, fault in places if isinstance(fault, RowFault)]
    ready = [(row, new) for row, new in places if isinstance(new, NewVoucher)]
    clashes = _clashes(work, campaign, ready)
    refused += [(row, clashes[row.line]) for row, _ in ready if row.line in clashes]
    good = [(row, new) for row, new in ready if row.line not in clashes]
    codes = [vouchers.read_code(row.values["code"]).code if "code" in row.values else None for row, _ in good]
    vouchers.issue_many(work, [new for _, new in good], codes)
    _write_down(work.session, job, refused)
    _move_on(work.session, job, len(rows), len(good), len(refused))


def _with_plain_code(work: Work, row: FileRow) -> FileRow:
    """The row with its code alone where its cell holds what a GS1 code of the carrier's own says."""
    cell = row.values.get("code", "")
    read = vouchers.read_code(cell, "", work.settings.coupon_number)
    return replace(row, values={**row.values, "code": read.code}) if read.code and len(cell) > 20 else row


def make_bearers(work: Work, job: FileJob, campaign: CampaignRow, count: int) -> list[str]:
    """Make so many bearer vouchers and move the job on; their codes, which nobody else knows."""
    today = work.now.date()
    codes = [vouchers.draw_code(work.session.info["random_bytes"]) for _ in range(count)]
    vouchers.issue_many(work, [_new(campaign, today)] * count, codes)
    _move_on(work.session, job, count, count, 0)
    return codes


def finish(work: Work, job: FileJob) -> None:
    """Note that a job is done."""
    job.finished_at = work.now
    work.session.flush()
    audit.record(
        work.session,
        action="vouchers.issued",
        actor=work.caller.subject_id,
        subject=job.campaign_id,
        now=work.now,
        details={"job": job.job_id, "made": job.rows_made, "refused": job.rows_refused},
    )


def find_job(session: Session, job_id: str) -> FileJob | None:
    """A job by its identifier."""
    return session.get(FileJob, job_id, populate_existing=True)


def refused_rows(session: Session, job_id: str, after: int, limit: int) -> list[RefusedLine]:
    """A page of a job's refused rows, by their lines."""
    chosen = sa.select(RefusedRow).where(RefusedRow.job_id == job_id, RefusedRow.line > after)
    rows = session.scalars(chosen.order_by(RefusedRow.line).limit(limit))
    return [RefusedLine(line=row.line, column=row.column, reason=row.reason) for row in rows]


def show_job(session: Session, job: FileJob) -> Import:
    """The job as the wire has it."""
    return Import(
        import_id=job.job_id,
        campaign_id=job.campaign_id,
        state="done" if job.finished_at else "running",
        rows=job.rows_done,
        made=job.rows_made,
        refused_rows=job.rows_refused,
        refused=tuple(refused_rows(session, job.job_id, 0, SHOWN)),
    )


def _find_job(session: Session, campaign_id: str, kind: Kind, digest: str) -> FileJob | None:
    chosen = sa.select(FileJob).where(
        FileJob.campaign_id == campaign_id, FileJob.kind == kind, FileJob.digest == digest
    )
    return session.scalars(chosen.with_for_update()).one_or_none()


def _read(work: Work, campaign: CampaignRow, row: FileRow, seen: Seen) -> NewVoucher | RowFault:
    """What a row asks for, by itself; whose it is and whether its code is free is asked later."""
    if row.fault is not None:
        return row.fault
    if seen.again(row):
        return RowFault("row.in_file_twice", "code" if "code" in row.values else None)
    try:
        _check_code(row.values)
        return replace(_new(campaign, work.now.date()), **_changes(campaign, row.values))
    except RowFault as fault:
        return fault


def _new(campaign: CampaignRow, today: dt.date) -> NewVoucher:
    return NewVoucher(
        policy=campaign.policy,
        issued_on=today,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        amount_minor=campaign.amount_minor,
        currency=None if campaign.amount_minor is None else campaign.currency,
        uses_allowed=campaign.uses_each,
        campaign_id=campaign.campaign_id,
    )


def _changes(campaign: CampaignRow, values: dict[str, str]) -> dict[str, Any]:
    """What a row says in place of its campaign."""
    changes: dict[str, Any] = {}
    for column in ("starts_on", "ends_on"):
        if column in values:
            changes[column] = _day(values[column], column)
    if "amount" in values:
        changes["amount_minor"] = _amount(campaign, values["amount"])
    starts = changes.get("starts_on", campaign.starts_on)
    ends = changes.get("ends_on", campaign.ends_on)
    if starts and ends and ends < starts:
        raise RowFault("days.end_before_start", "ends_on")
    return changes


def _check_code(values: dict[str, str]) -> None:
    if "code" not in values:
        if "account" not in values and "line" not in values:
            raise RowFault("code.missing", "code")
        return
    read = vouchers.read_code(values["code"])
    if read.code is None:
        padded = vouchers.read_code("0" + values["code"])
        raise RowFault("code.leading_zero_lost" if padded.code else str(read.trouble), "code")


def _day(text: str, column: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise RowFault("cell.not_a_date", column) from None
    if not 2000 <= day.year <= 2100:
        raise RowFault("cell.not_a_date", column)
    return day


def _amount(campaign: CampaignRow, text: str) -> int:
    """An amount such as 50.00, or 50.00 USD, up to what a voucher of the campaign is worth."""
    number, _, currency = text.partition(" ")
    if campaign.amount_minor is None or (currency or campaign.currency) != campaign.currency:
        raise RowFault("cell.not_an_amount", "amount")
    try:
        minor = to_minor(Money.model_validate({"amount": number, "currency": str(campaign.currency)}))
    except ValueError:
        raise RowFault("cell.not_an_amount", "amount") from None
    if minor <= 0:
        raise RowFault("cell.not_an_amount", "amount")
    if minor > campaign.amount_minor:
        raise RowFault("amount.beyond_campaign", "amount")
    return minor


Pair = tuple[FileRow, NewVoucher]


def _places(work: Work, made: Sequence[Pair]) -> list[tuple[FileRow, NewVoucher | RowFault]]:
    """Each row with whose its voucher is, or why that is nobody's."""
    numbers = {row.values["line"] for row, _ in made if "line" in row.values}
    named = {row.values["account"] for row, _ in made if "account" in row.values}
    lines = accounts.find_lines(work.session, work.settings, numbers)
    known = accounts.known_accounts(work.session, named)
    return [(row, _placed(row, new, lines, known)) for row, new in made]


def _placed(
    row: FileRow, new: NewVoucher, lines: dict[str, tuple[str, str]], known: set[str]
) -> NewVoucher | RowFault:
    account, number = row.values.get("account"), row.values.get("line")
    if account is not None and account not in known:
        return RowFault("account.unknown", "account")
    if number is None:
        return replace(new, account_id=account)
    if number not in lines:
        return RowFault("line.unknown", "line")
    account_id, line_id = lines[number]
    if account not in (None, account_id):
        return RowFault("line.of_another_account", "line")
    return replace(new, account_id=account_id, line_id=line_id)


def _clashes(work: Work, campaign: CampaignRow, ready: Sequence[Pair]) -> dict[int, RowFault]:
    """Rows whose code is taken, or whose account or line has a voucher of the campaign, by their lines."""
    coded = {
        row.line: str(vouchers.read_code(row.values["code"]).code) for row, _ in ready if "code" in row.values
    }
    taken = vouchers.taken_codes(work, list(coded.values()))
    found = {line: RowFault("code.exists", "code") for line, code in coded.items() if code in taken}
    plain = [(row, new) for row, new in ready if "code" not in row.values]
    having = vouchers.holders_of(
        work.session, campaign.campaign_id, {str(new.account_id) for _, new in plain}
    )
    for row, new in plain:
        whose = (str(new.account_id), new.line_id)
        if whose in having:
            column = "line" if new.line_id else "account"
            found[row.line] = RowFault("voucher.has_one", column)
        having.add(whose)
    return found


def _write_down(session: Session, job: FileJob, refused: Sequence[tuple[FileRow, RowFault]]) -> None:
    values = [
        {
            "job_id": job.job_id,
            "line": row.line,
            "column": fault.column,
            "reason": fault.reason,
            "node_id": session.info["node_id"],
        }
        for row, fault in refused
    ]
    if values:
        session.execute(sa.insert(RefusedRow), values)


def _move_on(session: Session, job: FileJob, rows: int, made: int, refused: int) -> None:
    job.rows_done += rows
    job.rows_made += made
    job.rows_refused += refused
    session.flush()
