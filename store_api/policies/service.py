"""Policies: loading and approving versions, telling them, stopping them, counting beside their terms.

What it is for: every other feature's questions about policies, and the only way into the book.
What it must not know: vouchers, persons, decisions, Flask.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from store_api import outbox
from store_api.audit import service as audit
from store_api.contract import (
    ComparisonText,
    PolicyPage,
    PolicyText,
    StopAnswer,
    StopConfirmation,
    TermCount,
    TermCounts,
    VersionDocument,
    VersionEntry,
    VersionList,
    VersionShelf,
)
from store_api.errors import Conflict, NotFound
from store_api.policies import book as books
from store_api.policies import pages, store
from store_api.policies.book import UPGRADE, PolicyBook, spans
from store_api.policies.comparing import compare_with, first_version
from store_api.policies.models import PolicyVersionRow
from store_api.policies.naming import use_names
from store_api.policies.showing import Shelf, document_of
from store_api.policies.store import Counted
from store_api.policies.words import put_in_words
from store_api.policy.document import read_policy
from store_api.policy.errors import PolicyError, PolicyErrors, shown
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.frozen import freeze
from store_api.policy.model import Policy, PolicyVersion
from store_api.policy.text_changes import Weigh, weigh_bounds
from store_api.staff import service as staff
from store_api.work import Work

__all__ = [
    "UPGRADE", "ApprovedVersion", "PolicyBook", "add_approved", "ask_stop", "compare_in_words",
    "comparison_of", "confirm_stop", "count_decision", "count_misquoted", "document", "list_all",
    "list_versions", "load_version", "may_issue", "open_book", "publishing_faults", "put_in_words",
    "read_catalogue", "show_entry", "show_page", "show_text", "term_counts", "text_of", "use_names",
    "weigh_between", "withdraw_stop",
]  # fmt: skip

SLOTS = 16
"""Rows over which one term's count of a day is spread: decisions of different stores seldom meet in one."""
DESK = frozenset({"author", "region"})
RESERVED = frozenset({"drafts", "versions"})
"""Names that no policy has, because addresses have them."""
LONGEST_NAME = 60
LARGEST_VERSION = 1_000_000

ApprovedVersion = PolicyVersionRow


@lru_cache(maxsize=8)
def read_catalogue(files: tuple[Path, ...] = ()) -> Catalogue:
    """The shipped catalogue with a carrier's own files laid over it."""
    return load_catalogue(*files)


def open_book(session: Session, files: tuple[Path, ...] = ()) -> PolicyBook:
    """The book as the database has it now. `files` are the carrier's own catalogues."""
    return books.open_book(session, read_catalogue(files))


def publishing_faults(version: PolicyVersion) -> tuple[PolicyError, ...]:
    """What addresses and tables cannot hold of a version whose text is sound: names and its number."""
    found = []
    if version.policy in RESERVED:
        found.append(("policy.reserved_name", f"{version.policy} is not free as a policy's name"))
    names = (version.policy, *(term.id for term in (*version.terms, *version.benefit.stops_if)))
    for name in (*names, *(tier.id for tier in version.benefit.tiers)):
        if len(name) > LONGEST_NAME:
            found.append(("id.too_long", f"{shown(name)} has more than {LONGEST_NAME} characters"))
    if version.version > LARGEST_VERSION:
        found.append(("policy.version_too_large", f"the largest number of a version is {LARGEST_VERSION}"))
    place = version.place
    return tuple(PolicyError(place.file, place.line, place.column, *each) for each in found)


def load_version(session: Session, text: str, filename: str, catalogue: Catalogue, now: dt.datetime) -> bool:
    """Add a version from its YAML text; False where the same text is there already.

    Raises PolicyErrors for a faulty text or versions that overlap, Conflict where that number has
    another text: a version is never changed.
    """
    version = read_policy(text, filename, catalogue)
    faults = publishing_faults(version)
    if faults:
        raise PolicyErrors(faults)
    known = store.find_version(session, version.policy, version.version)
    if known is not None:
        if known.digest != version.digest:
            raise Conflict("policy.version_exists")
        return False
    book = books.open_book(session, catalogue)
    siblings = book.policies.get(version.policy)
    Policy((version, *(siblings.versions if siblings else ())))
    row = _to_row(version, text, catalogue, now)
    row.comparison = compare_in_words(book, version, catalogue).model_dump_json()
    store.add_version(session, row)
    _announce(session, version, now)
    return True


def show_page(
    session: Session, book: PolicyBook, policy: str, number: int | None, today: dt.date
) -> PolicyPage | None:
    """The public page of a version, by its number or as of a day; None where there is none."""
    known = book.policies.get(policy)
    version = pages.pick_version(known, number, today) if known else None
    if known is None or version is None:
        return None
    before = book.version_before(policy, version.effective_from)
    weigh = weigh_between(session, before, version) if before else weigh_bounds
    return pages.show_page(book, known, version, weigh, today, use_names(session, book, version))


def weigh_between(session: Session, old: PolicyVersion, new: PolicyVersion) -> Weigh:
    """How tests of two versions are weighed: as was proved when the new one was compared with the old.

    Where that was never done, by the bounds alone. The solver is not asked.
    """
    row = store.find_version(session, new.policy, new.version)
    told = ComparisonText.model_validate_json(row.comparison) if row is not None and row.comparison else None
    return pages.weigh_as_told(told) if told and told.old_version == old.version else weigh_bounds


def add_approved(
    session: Session, version: PolicyVersion, text: str, catalogue: Catalogue, now: dt.datetime
) -> PolicyVersionRow:
    """Add a version that was approved, with its entries frozen; whoever approves fills in who and what.

    It ends an earlier version from its first day on. Raises Conflict where the number is taken, or where it
    would begin before a version that is there.
    """
    if store.find_version(session, version.policy, version.version) is not None:
        raise Conflict("policy.version_exists")
    known = books.open_book(session, catalogue).policies.get(version.policy)
    if known is not None and version.effective_from <= known.versions[-1].effective_from:
        raise Conflict("policy.begins_too_early")
    Policy(spans((*(known.versions if known else ()), version)))
    row = _to_row(version, text, catalogue, now)
    store.add_version(session, row)
    _announce(session, version, now)
    return row


def _announce(session: Session, version: PolicyVersion, now: dt.datetime) -> None:
    """Tell other systems of a new version, in the transaction that adds it."""
    first_day = version.effective_from.isoformat()
    told = {"version": version.version, "digest": version.digest, "effective_from": first_day}
    outbox.publish(session, "policy.published", version.policy, told, now)


def compare_in_words(book: PolicyBook, version: PolicyVersion, catalogue: Catalogue) -> ComparisonText:
    """A version that is not in the book yet beside the one before it. Asks the solver: up to seconds."""
    before = book.version_before(version.policy, version.effective_from)
    if before is None:
        return first_version(book, version, catalogue)
    return compare_with(book, before, version, catalogue)


def show_text(book: PolicyBook, version: PolicyVersion) -> PolicyText:
    """The version's public words, in every language."""
    return put_in_words(version, book.catalogue_of(version))


def text_of(session: Session, policy: str, version: int) -> str:
    """A version's document. Raises NotFound."""
    return _row(session, policy, version).text


# telling the versions


def list_versions(work: Work, policy: str) -> VersionList:
    """Every version of a policy. Raises NotFound."""
    rows = store.find_versions(work.session, policy)
    if not rows:
        raise NotFound
    shelf = _shelf(work, rows)
    return VersionList(
        policy=policy, title=shelf.book.title(policy), versions=tuple(shelf.entry(row) for row in rows)
    )


def list_all(work: Work) -> VersionShelf:
    """Every version of every policy, by title."""
    rows = store.find_versions(work.session)
    shelf = _shelf(work, rows)
    by_policy: dict[str, list[VersionEntry]] = {}
    for row in rows:
        by_policy.setdefault(row.policy, []).append(shelf.entry(row))
    lists = [
        VersionList(policy=policy, title=shelf.book.title(policy), versions=tuple(found))
        for policy, found in by_policy.items()
    ]
    return VersionShelf(policies=tuple(sorted(lists, key=lambda each: each.title["en"])))


def show_entry(work: Work, policy: str, version: int) -> VersionEntry:
    """One version as a list shows it. Raises NotFound."""
    row = _row(work.session, policy, version)
    return _shelf(work, [row]).entry(row)


def document(work: Work, policy: str, version: int) -> VersionDocument:
    """A version for staff. Raises NotFound."""
    row = _row(work.session, policy, version)
    return document_of(row, _shelf(work, [row]))


def comparison_of(session: Session, policy: str, version: int) -> ComparisonText:
    """What a version changed, as it was found when it was approved or loaded. Raises NotFound."""
    told = _row(session, policy, version).comparison
    if told is None:
        raise NotFound
    return ComparisonText.model_validate_json(told)


# the emergency stop


def may_issue(session: Session, policy: str, on: dt.date) -> bool:
    """Whether a voucher may be issued under the version of a day; a stop waits until that is committed."""
    row = store.lock_effective(session, policy, on)
    return row is None or row.stopped_at is None


def ask_stop(work: Work, policy: str, version: int, reason: str) -> StopAnswer:
    """Ask for the stop of a version; asking again while one is open changes nothing. Raises Conflict."""
    row = _locked(work.session, policy, version)
    if row.stop_id is None:
        row.stop_id, row.stop_asked_by = work.new_id("stop"), work.caller.subject_id
        row.stop_asked_at, row.stop_reason = work.now, reason
        _log_version(work, "policy.stop_asked", row, {"stop_id": row.stop_id})
    return _stop_answer(work, row)


def withdraw_stop(work: Work, policy: str, version: int) -> StopAnswer:
    """Take back what was asked for. Raises Conflict where nothing was, or it is done."""
    row = _locked(work.session, policy, version)
    if row.stop_id is None:
        raise Conflict("stop.not_asked")
    _log_version(work, "policy.stop_withdrawn", row, {"stop_id": row.stop_id})
    row.stop_id = row.stop_asked_by = row.stop_asked_at = row.stop_reason = None
    return _stop_answer(work, row)


def confirm_stop(work: Work, policy: str, version: int, asked: StopConfirmation) -> StopAnswer:
    """Stop issuing under a version at once; never by the person who asked. Wrong PINs are counted."""
    row = _locked(work.session, policy, version)
    if row.stop_id is None or row.stop_id != asked.stop_id:
        raise Conflict("stop.not_asked")
    checked = staff.check_own_pin(work, asked.pin)
    code = checked.code or ("stop.own_asking" if row.stop_asked_by == work.caller.subject_id else None)
    if code is not None:
        return StopAnswer(code=code, locked_until=checked.locked_until)
    row.stopped_by, row.stopped_at = work.caller.subject_id, work.now
    _log_version(work, "policy.stopped", row, {"stop_id": asked.stop_id})
    return _stop_answer(work, row)


# counts beside the terms


def count_decision(
    session: Session,
    policy: str,
    version: int,
    day: dt.date,
    store_id: str,
    statuses: Iterable[tuple[str, str]],
) -> None:
    """Count a recorded decision and its terms that were unmet or waived, in the decision's transaction."""
    counted = [Counted("", decided=1)]
    for term, status in statuses:
        if status in ("unmet", "waived"):
            counted.append(Counted(term, **{status: 1}))
    store.add_counts(session, policy, version, day, _slot(store_id), counted)


def count_misquoted(
    session: Session, policy: str, version: int, term: str, day: dt.date, store_id: str
) -> None:
    """Count that a customer was told something else than a term says."""
    store.add_counts(session, policy, version, day, _slot(store_id), [Counted(term, misquoted=1)])


def term_counts(work: Work, policy: str, version: int, days: int) -> TermCounts:
    """Counts of the last days, today included. Raises NotFound."""
    found = open_book(work.session, work.settings.catalogue_files).version(policy, version)
    if found is None:
        raise NotFound
    since = work.now.date() - dt.timedelta(days=days - 1)
    sums = store.sum_counts(work.session, policy, version, since)
    none = Counted("")
    return TermCounts(
        policy=policy,
        version=version,
        days=days,
        since=since,
        decisions=sums.get("", none).decided,
        terms=tuple(_count(term.id, sums.get(term.id, none)) for term in found.terms),
    )


def _count(term: str, sums: Counted) -> TermCount:
    return TermCount(term=term, unmet=sums.unmet, waived=sums.waived, misquoted=sums.misquoted)


def _slot(store_id: str) -> int:
    return zlib.crc32(store_id.encode()) % SLOTS


def _row(session: Session, policy: str, version: int) -> PolicyVersionRow:
    row = store.find_version(session, policy, version)
    if row is None:
        raise NotFound
    return row


def _locked(session: Session, policy: str, version: int) -> PolicyVersionRow:
    """A version that is not stopped yet, locked. Raises NotFound, Conflict."""
    row = store.lock_version(session, policy, version)
    if row is None:
        raise NotFound
    if row.stopped_at is not None:
        raise Conflict("stop.done")
    return row


def _stop_answer(work: Work, row: PolicyVersionRow) -> StopAnswer:
    work.session.flush()
    return StopAnswer(code=None, version=show_entry(work, row.policy, row.version))


def _shelf(work: Work, rows: Iterable[PolicyVersionRow]) -> Shelf:
    book = open_book(work.session, work.settings.catalogue_files)
    for_staff = work.caller.role in DESK
    people = {
        person
        for row in rows
        for person in (row.author_id, row.approver_id, row.stop_asked_by, row.stopped_by)
        if person is not None
    }
    names = staff.names_of(work.session, people) if for_staff and people else {}
    return Shelf(book, work.now.date(), for_staff, names)


def _log_version(work: Work, action: str, row: PolicyVersionRow, details: dict[str, str]) -> None:
    audit.record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=f"{row.policy}:{row.version}",
        now=work.now,
        details={"policy": row.policy, "version": row.version, "digest": row.digest, **details},
    )


def _to_row(version: PolicyVersion, text: str, catalogue: Catalogue, now: dt.datetime) -> PolicyVersionRow:
    entries = freeze(version, catalogue)
    return PolicyVersionRow(
        policy=version.policy,
        version=version.version,
        digest=version.digest,
        text=text,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        loaded_at=now,
        catalogue=entries.text,
        catalogue_digest=entries.digest,
    )
