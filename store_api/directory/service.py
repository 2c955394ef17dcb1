"""The directory: where accounts, lines, persons and facts come from, and how old what is known of them is.

What it is for: the door to the feature. Where the settings name no directory, the embedded tables are it,
and nothing here is asked. Where they name one, routes ask it before their transaction begins and keep the
answer in it; a decision reads the tables alone, and this tells it which facts are old and which could not
be had.
What it must not know: decisions, visits, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from store_api.accounts import service as accounts
from store_api.db import Database
from store_api.directory import store, tmf
from store_api.directory.asking import Asker, Heard, Reference
from store_api.directory.circuits import read_circuits
from store_api.directory.http_port import HttpDirectory
from store_api.directory.importing import BadFile, Report, import_directory
from store_api.directory.keeping import keep, subject_of
from store_api.directory.ports import SOURCES, Source
from store_api.settings import Settings
from store_api.work import Work

__all__ = [
    "NOTHING",
    "BadFile",
    "Heard",
    "Job",
    "Marks",
    "Report",
    "import_directory",
    "is_asked",
    "keep",
    "prepare_number",
    "prepare_person",
    "read_circuits",
    "read_marks",
]  # fmt: skip

Job = Callable[[], Heard | None]
Reason = Literal["unreachable", "too_old", "not_recorded"]
"""Why a fact could not be had; the sheet has a sentence for each."""


@dataclass(frozen=True)
class Marks:
    """What a sheet has to tell of a directory's facts.

    `as_of` are facts that are not fresh, with their moment in the store's zone; `unfetched` those that could
    not be had, with the reason; `old` those that are too old to be used.
    """

    as_of: Mapping[str, dt.datetime] = field(default_factory=dict)
    unfetched: Mapping[str, Reason] = field(default_factory=dict)
    old: frozenset[str] = frozenset()


NOTHING = Marks()


def is_asked(settings: Settings) -> bool:
    """Whether there is a directory beside the embedded tables."""
    return bool(settings.directory)


def prepare_number(work: Work, telephone: str) -> Job:
    """What asks the directory for a number, to be called outside of any transaction."""
    asker, now = _asker(work), work.now
    number = accounts.normal_number(work.settings, telephone)
    return lambda: asker.ask_number(number, now)


def prepare_person(work: Work, account_id: str, person_id: str, line_id: str) -> Job:
    """What asks for all that is not fresh of a person; it asks nothing where everything is."""
    answers = store.find_answers(work.session, account_id, (account_id, person_id, line_id))
    row = answers.get((account_id, "accounts"))
    known = Reference(account_id, person_id, line_id, row.reference if row is not None else None)
    if not answers:  # an account that this directory never told of is the embedded tables' own
        return lambda: None
    fresh_since = work.now - dt.timedelta(seconds=work.settings.directory_fresh_seconds)
    stale: list[Source] = []
    for source in SOURCES:
        told = answers.get((subject_of(source, known), source))
        if (
            told is None
            or told.fault is not None
            or told.answered_at is None
            or told.answered_at < fresh_since
        ):
            stale.append(source)
    if not stale:
        return lambda: None
    asker, now = _asker(work), work.now
    return lambda: asker.ask_person(known, stale, now)


def read_marks(
    work: Work, account_id: str, person_id: str, line_id: str, known: Collection[str], zone: str
) -> Marks:
    """How old the facts of a person are, and why those that are missing are."""
    answers = store.find_answers(work.session, account_id, (account_id, person_id, line_id))
    if not answers:
        return NOTHING
    as_of: dict[str, dt.datetime] = {}
    unfetched: dict[str, Reason] = {}
    old: set[str] = set()
    fresh_since = work.now - dt.timedelta(seconds=work.settings.directory_fresh_seconds)
    kept_since = work.now - dt.timedelta(minutes=work.settings.directory_keep_minutes)
    reference = Reference(account_id, person_id, line_id, None)
    for source in SOURCES:
        row = answers.get((subject_of(source, reference), source))
        moment = row.answered_at if row is not None else None
        for fact in (*tmf.FACTS[source], *tmf.STANDING.get(source, ())):
            if fact not in known:
                is_down = moment is None or moment < kept_since
                unfetched[fact] = "unreachable" if is_down else "not_recorded"
            elif moment is None or moment < kept_since:
                unfetched[fact] = "too_old"
                old.add(fact)
            elif moment < fresh_since:
                as_of[fact] = moment.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    return Marks(as_of, unfetched, frozenset(old))


def _asker(work: Work) -> Asker:
    settings, session = work.settings, work.session
    token = settings.directory_token.get_secret_value()
    database: Database = session.info["database"]
    return Asker(HttpDirectory(settings.directory, token), database, settings.directory_seconds)
