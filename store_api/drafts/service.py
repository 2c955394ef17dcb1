"""Drafts of policies: kept, changed, checked, confirmed, previewed, approved.

What it is for: every step from a text to a version in force, each bound to the exact text that was shown.
Steps that ask the solver or read many decisions are in two parts, so that no lock is held while they run.
What it must not know: HTTP, how a check comes to its result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from store_api.audit import service as audit
from store_api.contract import (
    Draft,
    DraftCheck,
    DraftEdit,
    DraftList,
    DraftRequest,
    DraftStep,
    FieldError,
    Impact,
    ImpactProgress,
    ImpactRequest,
    ImpactRun,
    SentenceConfirmation,
    SheetPreview,
    SuccessorRequest,
)
from store_api.db import Database
from store_api.drafts import showing, store
from store_api.drafts.approval import approve
from store_api.drafts.checks import Checked, run_checks
from store_api.drafts.models import ConfirmationRow, DraftRow, ImpactRunRow
from store_api.drafts.previewing import measure
from store_api.drafts.recording import lock_open, note_name, put_check, record, refuse_changed, write_text
from store_api.drafts.sheets import preview as preview_sheets
from store_api.drafts.showing import open_dossier, show
from store_api.drafts.standing import Standing, text_digest
from store_api.drafts.successor import next_text
from store_api.errors import Conflict, Invalid, NotAllowed, NotFound
from store_api.policies import service as policies
from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion
from store_api.settings import Settings
from store_api.work import Work

__all__ = [
    "ImpactWork", "add", "approve", "ask_impact", "check", "confirm", "edit", "find", "find_impact",
    "keep_impact", "list_all", "measure", "measure_file", "preview", "run_impact", "start_checks",
    "succeed", "withdraw",
]  # fmt: skip


def list_all(work: Work) -> DraftList:
    """The drafts, the newest change first."""
    return DraftList(drafts=showing.show_all(work, store.find_drafts(work.session)))


def find(work: Work, draft_id: str) -> Draft:
    """A draft as the caller sees it. Raises NotFound."""
    return show(work, open_dossier(work, showing.find(work, draft_id)))


def add(work: Work, request: DraftRequest) -> Draft:
    """Keep a text as a new draft, whatever is wrong with it."""
    return _add(work, request.text, {})


def edit(work: Work, draft_id: str, request: DraftEdit) -> Draft:
    """Change a draft's text. Raises NotFound, Conflict where it was changed since or is closed."""
    row = lock_open(work, draft_id, request.revision)
    if text_digest(request.text) == row.text_digest:
        return show(work, open_dossier(work, row))
    row.revision += 1
    row.updated_at = work.now
    write_text(work, row, request.text)
    dossier = open_dossier(work, row)
    note_name(row, dossier.standing.version)
    record(work, "policy.edited", row, {"revision": row.revision})
    return show(work, dossier)


def withdraw(work: Work, draft_id: str, request: DraftStep) -> Draft:
    """Give a draft up. Raises as `edit` does."""
    row = lock_open(work, draft_id, request.revision)
    row.state, row.revision, row.updated_at = "withdrawn", row.revision + 1, work.now
    record(work, "policy.withdrawn", row, {})
    return show(work, open_dossier(work, row))


def succeed(work: Work, policy: str, version: int, request: SuccessorRequest) -> Draft:
    """The draft of the version that takes this one's place: its text with the next number and new dates.

    Raises NotFound, Invalid where the end does not lie behind the start.
    """
    if request.ends_on is not None and request.ends_on <= request.starts_on:
        fault = FieldError(pointer="/ends_on", detail="the end lies behind the start")
        raise Invalid(errors=(fault,))
    numbers = [each.version for each in policies.list_versions(work, policy).versions]
    old = policies.text_of(work.session, policy, version)
    text = next_text(old, max(numbers) + 1, request.starts_on, request.ends_on)
    return _add(work, text, {"after": version})


# the checks


def start_checks(work: Work, draft_id: str, request: DraftStep) -> Callable[[], tuple[Checked, ...]]:
    """What runs form, examples, proofs and comparison on the draft as it was read. Raises as `edit` does."""
    row = showing.find(work, draft_id)
    refuse_changed(row, request.revision)
    standing = open_dossier(work, row).standing
    return lambda: run_checks(standing)


def check(work: Work, draft_id: str, request: DraftStep, results: tuple[Checked, ...]) -> Draft:
    """Keep what the checks came to, if the draft is still the one that they were run on."""
    row = lock_open(work, draft_id, request.revision)
    for result in results:
        put_check(work.session, draft_id, result.check, result.basis, work.now)
    states = {result.check.kind: result.check.state for result in results}
    record(work, "policy.checked", row, {"states": states})
    return show(work, open_dossier(work, row))


def confirm(work: Work, draft_id: str, sentence: str, request: SentenceConfirmation) -> Draft:
    """Note that the caller has read a sentence beside its reading.

    Raises NotFound for a sentence that is not there, Conflict where text or reading is another one now,
    NotAllowed for whoever wrote the text: they cannot approve it.
    """
    row = lock_open(work, draft_id, None)
    dossier = open_dossier(work, row)
    if work.caller.subject_id in dossier.writers:
        raise NotAllowed("approval.own_work")
    known = next((each for each in dossier.sentences if each.sentence == sentence), None)
    if row.text_digest != request.text_digest:
        raise Conflict("draft.changed")
    if known is None:
        raise NotFound
    if known.shown != request.shown:
        raise Conflict("draft.changed")
    store.put_confirmation(
        work.session,
        ConfirmationRow(
            draft_id=draft_id,
            sentence=sentence,
            staff_id=work.caller.subject_id,
            shown=known.shown,
            at=work.now,
        ),
    )
    record(work, "policy.confirmed", row, {"sentence": sentence, "shown": known.shown})
    return show(work, open_dossier(work, row))


def preview(work: Work, draft_id: str) -> SheetPreview:
    """The sheets that customers would read under the draft. Raises NotFound."""
    dossier = open_dossier(work, showing.find(work, draft_id))
    return preview_sheets(dossier.standing, dossier.checks)


# the impact


@dataclass(frozen=True)
class ImpactWork:
    """A preview that was asked for, with everything that it is made from."""

    run: ImpactRunRow
    standing: Standing
    version: PolicyVersion


def ask_impact(work: Work, draft_id: str, request: ImpactRequest) -> ImpactRun:
    """Note that a preview is wanted. Raises NotFound, Conflict where the text is another or has faults."""
    row = lock_open(work, draft_id, None)
    if row.text_digest != request.text_digest:
        raise Conflict("draft.changed")
    if open_dossier(work, row).standing.version is None:
        raise Conflict("draft.unreadable")
    run = ImpactRunRow(
        run_id=work.new_id("imp"),
        draft_id=draft_id,
        text_digest=row.text_digest,
        days=request.days,
        asked_by=work.caller.subject_id,
        asked_at=work.now,
    )
    work.session.add(run)
    work.session.flush()
    return ImpactRun(run_id=run.run_id, draft_id=draft_id, days=run.days)


def measure_file(
    database: Database,
    version: PolicyVersion,
    catalogue: Catalogue,
    settings: Settings,
    days: int,
    now: datetime,
) -> Iterator[ImpactProgress]:
    """The impact of a version that is no draft yet; nothing is kept."""
    with database.reading() as session:
        book = policies.open_book(session, settings.catalogue_files)
    return measure(database, version, catalogue, book, days, now)


def find_impact(work: Work, draft_id: str, run_id: str) -> ImpactWork:
    """A preview that the caller asked for. Raises NotFound, Conflict where the text is another now."""
    run = store.find_run(work.session, run_id)
    if run is None or run.draft_id != draft_id or run.asked_by != work.caller.subject_id:
        raise NotFound
    row = showing.find(work, draft_id)
    standing = open_dossier(work, row).standing
    if row.state != "draft":
        raise Conflict("draft.closed")
    if row.text_digest != run.text_digest or standing.version is None:
        raise Conflict("draft.changed")
    return ImpactWork(run, standing, standing.version)


def run_impact(database: Database, asked: ImpactWork, now: datetime) -> Iterator[ImpactProgress]:
    """Do the preview line by line; the result is kept with the draft before the last line is told."""
    standing = asked.standing
    lines = measure(database, asked.version, standing.catalogue, standing.book, asked.run.days, now)
    for line in lines:
        if line.impact is None:
            yield line
            continue
        is_kept = keep_impact(database, asked, line.impact, now)
        yield line if is_kept else line.model_copy(update={"impact": None, "code": "draft.changed"})


def keep_impact(database: Database, asked: ImpactWork, impact: Impact, now: datetime) -> bool:
    """Keep a preview with its draft, in a short transaction; False where the text is another by now."""
    made = DraftCheck(kind="impact", state="passed", impact=impact)
    with database.transaction() as session:
        row = store.lock_draft(session, asked.run.draft_id)
        if row is None or row.state != "draft" or row.text_digest != asked.run.text_digest:
            return False
        put_check(session, row.draft_id, made, asked.standing.basis("impact"), now)
        audit.record(
            session,
            action="policy.previewed",
            actor=asked.run.asked_by,
            subject=row.draft_id,
            now=now,
            details={"text_digest": row.text_digest, "days": impact.days, **impact.counts.model_dump()},
        )
    return True


# writing


def _add(work: Work, text: str, details: dict[str, int]) -> Draft:
    row = DraftRow(
        draft_id=work.new_id("dra"),
        state="draft",
        revision=1,
        author_id=work.caller.subject_id,
        created_at=work.now,
        updated_at=work.now,
        text="",
        text_digest="",
    )
    work.session.add(row)
    write_text(work, row, text)
    dossier = open_dossier(work, row)
    note_name(row, dossier.standing.version)
    record(work, "policy.drafted", row, details)
    return show(work, dossier)
