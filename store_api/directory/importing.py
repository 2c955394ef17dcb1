"""A directory from a file: accounts, persons, lines and facts, row by row, each with its own reason if
refused.

What it is for: a carrier without an interface, and the first filling. One row is one line with its person
and account. The file is read as it comes, a transaction for each batch; started again it goes on where it
stood, and the same bytes a second time change nothing.
What it must not know: Flask, the wall clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
import sqlalchemy as sa

from store_api.accounts import service as accounts
from store_api.audit import service as audit
from store_api.campaigns.service import BadFile, FileRow, RowFault
from store_api.contract import FactValue
from store_api.directory.models import DirectoryJob, DirectoryRefusal
from store_api.directory.tmf import IDENTIFIER, ROLES
from store_api.policies import service as policies
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue, read_facts
from store_api.policy.values import value_to_json
from store_api.work import Work

__all__ = ["COLUMNS", "BadFile", "Report", "columns_with", "import_directory"]

COLUMNS = ("account", "zone", "person", "role", "name", "born_on", "line_id", "line", "label")
REQUIRED = ("account", "person", "role", "name", "line_id", "line")
BATCH = 200
OF_ACCOUNT, OF_LINE = "account.", "line."
OWN = frozenset({"account.locked", "account.lines"})
"""Facts that the tables state by themselves."""
LONGEST_NAME = 80
Open = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Report:
    """What became of a file; `refused` are (line, column, reason), in the order of the file."""

    rows: int
    added: int
    changed: int
    refused: tuple[tuple[int, str | None, str], ...]
    was_done: bool


def columns_with(catalogue: Catalogue) -> tuple[str, ...]:
    """The columns that a file may have: those above, and facts of the account and the line by their keys."""
    facts = (key for key in catalogue.facts if key.startswith((OF_ACCOUNT, OF_LINE)) and key not in OWN)
    return (*COLUMNS, *facts)


def import_directory(
    opened: Open, digest: str, rows: Iterable[FileRow], progress: Callable[[int], None] = lambda done: None
) -> Report:
    """Take up a file's rows. Raises BadFile where the file as a whole cannot be read."""
    with opened() as work:
        job = _open_job(work, digest)
        done, was_done = job.rows_done, job.finished_at is not None
    if not was_done:
        waiting = islice(iter(rows), done, None)
        while batch := list(islice(waiting, BATCH)):
            with opened() as work:
                done = _settle(work, digest, batch)
            progress(done)
        with opened() as work:
            _finish(work, digest)
    with opened() as work:
        return _report(work, digest, was_done)


def _open_job(work: Work, digest: str) -> DirectoryJob:
    job = work.session.get(DirectoryJob, digest, with_for_update=True)
    if job is None:
        job = DirectoryJob(
            digest=digest, rows_done=0, rows_added=0, rows_changed=0, rows_refused=0, started_at=work.now
        )
        work.session.add(job)
        work.session.flush()
    return job


def _settle(work: Work, digest: str, batch: list[FileRow]) -> int:
    """Take up a batch; how many rows are done then."""
    job = work.session.get_one(DirectoryJob, digest, with_for_update=True)
    catalogue = policies.read_catalogue(work.settings.catalogue_files)
    for row in batch:
        try:
            if row.fault is not None:
                raise row.fault
            is_new = _take(work, row.values, catalogue)
        except RowFault as fault:
            refusal = DirectoryRefusal(digest=digest, line=row.line, column=fault.column, reason=fault.reason)
            work.session.merge(_with_node(work, refusal))
            job.rows_refused += 1
            continue
        job.rows_added += is_new
        job.rows_changed += not is_new
    job.rows_done += len(batch)
    work.session.flush()
    return job.rows_done


def _with_node(work: Work, row: DirectoryRefusal) -> DirectoryRefusal:
    row.node_id = work.session.info["node_id"]
    return row


def _take(work: Work, values: Mapping[str, str], catalogue: Catalogue) -> bool:
    """Take up one row; whether its line is new. Everything is checked before anything is written."""
    for column in REQUIRED:
        if column not in values:
            raise RowFault("cell.missing", column)
    for column in ("account", "person", "line_id"):
        if not IDENTIFIER.fullmatch(values[column]):
            raise RowFault("cell.identifier", column)
    for column in ("name", "label"):
        if len(values.get(column, "")) > LONGEST_NAME:
            raise RowFault("cell.too_long", column)
    if values["role"] not in ROLES:
        raise RowFault("cell.role", "role")
    born_on, zone, number = _born(values), _zone(work, values), _number(work, values["line"])
    facts = dict(_facts(values, catalogue))
    account_id, line_id = values["account"], values["line_id"]
    holder = accounts.find_lines(work.session, work.settings, [number]).get(number)
    if holder is not None and holder != (account_id, line_id):
        raise RowFault("line.belongs_to_another", "line")
    is_new = holder is None
    accounts.keep_account(work, account_id, zone, accounts.is_locked(work.session, account_id))
    accounts.keep_person(
        work, account_id, values["person"], role=values["role"], first_name=values["name"], born_on=born_on
    )
    label = values.get("label", values["name"])
    accounts.keep_line(work, account_id, line_id, values["person"], label, number)
    for fact, value in facts.items():
        subject = account_id if fact.startswith(OF_ACCOUNT) else line_id
        accounts.keep_fact(work, account_id, subject, fact, value)
    return is_new


def _born(values: Mapping[str, str]) -> dt.date | None:
    written = values.get("born_on")
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise RowFault("cell.date", "born_on") from None


def _zone(work: Work, values: Mapping[str, str]) -> str:
    zone = values.get("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RowFault("cell.zone", "zone") from None
    return zone


def _number(work: Work, written: str) -> str:
    try:
        parsed = phonenumbers.parse(written, work.settings.telephone_region)
    except phonenumbers.NumberParseException:
        raise RowFault("cell.telephone", "line") from None
    if not phonenumbers.is_possible_number(parsed):
        raise RowFault("cell.telephone", "line")
    return accounts.normal_number(work.settings, written)


def _facts(values: Mapping[str, str], catalogue: Catalogue) -> Iterator[tuple[str, FactValue]]:
    for key, written in values.items():
        if key in COLUMNS:
            continue
        try:
            [(fact, value)] = read_facts({key: _typed(written, catalogue.facts[key].type)}, catalogue).items()
        except (PolicyErrors, ValueError, KeyError):
            raise RowFault("cell.fact", key) from None
        told = value_to_json(value)
        yield fact, _wire(told)


def _wire(told: Any) -> FactValue:
    """A value in the form in which facts are kept."""
    if isinstance(told, dict):
        return f"{told['amount']} {told['currency']}"
    return cast(FactValue, told)


def _typed(written: str, kind: str) -> object:
    """A cell as the policy core reads it: numbers, yes and no, and lists are not texts there."""
    if kind == "integer":
        return int(written)
    if kind == "boolean":
        return {"true": True, "false": False}[written.lower()]
    if kind == "set":
        return [part.strip() for part in written.split("|") if part.strip()]
    return written


def _finish(work: Work, digest: str) -> None:
    job = work.session.get_one(DirectoryJob, digest, with_for_update=True)
    job.finished_at = work.now
    work.session.flush()
    counts = {"added": job.rows_added, "changed": job.rows_changed, "refused": job.rows_refused}
    audit.record(
        work.session,
        action="directory.imported",
        actor=work.caller.subject_id,
        subject=digest,
        now=work.now,
        details=counts,
    )


def _report(work: Work, digest: str, was_done: bool) -> Report:
    job = work.session.get_one(DirectoryJob, digest, populate_existing=True)
    chosen = sa.select(DirectoryRefusal).where(DirectoryRefusal.digest == digest)
    rows = work.session.scalars(chosen.order_by(DirectoryRefusal.line))
    refused = tuple((row.line, row.column, row.reason) for row in rows)
    return Report(job.rows_done, job.rows_added, job.rows_changed, refused, was_done)
