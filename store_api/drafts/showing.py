"""Drafts on the wire: with the state of each check, the sentences, and what keeps the caller from approving.

What it must not know: Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from store_api.contract import ApprovalReason, Draft, DraftCheck, DraftSentence, DraftState, DraftSummary
from store_api.drafts import store
from store_api.drafts.approving import Candidate, hindrances
from store_api.drafts.models import ConfirmationRow, DraftCheckRow, DraftRow
from store_api.drafts.sentences import Sentence, sentences_of
from store_api.drafts.standing import CHECKS, Standing, stand
from store_api.errors import NotFound
from store_api.policies import service as policies
from store_api.policies.service import PolicyBook
from store_api.staff import service as staff
from store_api.work import Work

IMPACT_HOLDS = dt.timedelta(days=7)
"""After so long other decisions were recorded, and the preview of their impact is old."""


@dataclass(frozen=True)
class Dossier:
    """A draft with everything that belongs to it, read in one transaction."""

    row: DraftRow
    standing: Standing
    checks: tuple[DraftCheck, ...]
    writers: tuple[str, ...]
    confirmations: Sequence[ConfirmationRow]
    names: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.row.state == "draft"

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences with their readings."""
        return sentences_of(self.standing)

    def hindrances(self, work: Work) -> tuple[ApprovalReason, ...]:
        """What keeps the caller from approving it."""
        me = work.caller.subject_id
        return hindrances(
            Candidate(
                role=work.caller.role,
                staff_id=me,
                writers=frozenset(self.writers),
                is_open=self.is_open,
                standing=self.standing,
                checks=self.checks,
                sentences=self.sentences,
                confirmed={row.sentence: row.shown for row in self.confirmations if row.staff_id == me},
                today=work.now.date(),
            )
        )


def open_dossier(work: Work, row: DraftRow) -> Dossier:
    """Everything that belongs to a draft."""
    confirmations = store.find_confirmations(work.session, row.draft_id)
    return _dossiers(work, [row], confirmations)[0]


def show(work: Work, dossier: Dossier) -> Draft:
    """A draft as the caller sees it."""
    standing = dossier.standing
    before = standing.before
    return Draft(
        **_summary(work, dossier),
        text=dossier.row.text,
        version_before=before.version if before is not None else None,
        checks=dossier.checks,
        sentences=tuple(_sentence(each, dossier, work.caller.subject_id) for each in dossier.sentences),
        hindrances=dossier.hindrances(work),
    )


def show_all(work: Work, rows: Sequence[DraftRow]) -> tuple[DraftSummary, ...]:
    """Drafts as a list shows them."""
    return tuple(DraftSummary(**_summary(work, each)) for each in _dossiers(work, rows, ()))


def find(work: Work, draft_id: str) -> DraftRow:
    """A draft. Raises NotFound."""
    row = store.find_draft(work.session, draft_id)
    if row is None:
        raise NotFound
    return row


def _dossiers(
    work: Work, rows: Sequence[DraftRow], confirmations: Sequence[ConfirmationRow]
) -> list[Dossier]:
    book = policies.open_book(work.session, work.settings.catalogue_files)
    ids = [row.draft_id for row in rows]
    writers, checks = store.find_writers(work.session, ids), store.find_checks(work.session, ids)
    people = {each for found in writers.values() for each in found}
    names = staff.names_of(work.session, people | {row.staff_id for row in confirmations})
    return [
        _dossier(
            row, book, checks.get(row.draft_id, ()), writers[row.draft_id], confirmations, names, work.now
        )
        for row in rows
    ]


def _dossier(
    row: DraftRow,
    book: PolicyBook,
    checks: Iterable[DraftCheckRow],
    writers: list[str],
    confirmations: Sequence[ConfirmationRow],
    names: Mapping[str, str],
    now: dt.datetime,
) -> Dossier:
    standing = stand(row.text, book)
    by_kind = {check.kind: check for check in checks}
    shown = tuple(_check(kind, by_kind.get(kind), standing, now, row.state) for kind in CHECKS)
    return Dossier(row, standing, shown, tuple(writers), confirmations, names)


def _check(
    kind: Any, row: DraftCheckRow | None, standing: Standing, now: dt.datetime, state: str
) -> DraftCheck:
    """The check's newest result, marked old where it no longer holds; a closed draft's results stay."""
    if row is None:
        return DraftCheck(kind=kind, state="missing")
    made = DraftCheck.model_validate_json(row.result)
    is_old = row.basis != standing.basis(kind) or (kind == "impact" and now - row.made_at > IMPACT_HOLDS)
    update: dict[str, Any] = {"made_at": row.made_at}
    if is_old and state == "draft":
        update["state"] = "old"
    return made.model_copy(update=update)


def _summary(work: Work, dossier: Dossier) -> dict[str, Any]:
    row, version = dossier.row, dossier.standing.version
    writers = [dossier.names.get(each, "") for each in dossier.writers]
    return {
        "draft_id": row.draft_id,
        "policy": version.policy if version else row.policy,
        "version": version.version if version else row.version,
        "title": dict(version.title) if version else None,
        "state": _state(work, dossier),
        "revision": row.revision,
        "text_digest": row.text_digest,
        "author": dossier.names.get(row.author_id, ""),
        "editors": tuple(writers),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "effective_from": version.effective_from if version else None,
        "effective_until": version.effective_until if version else None,
        "faults": dossier.standing.faults,
    }


def _state(work: Work, dossier: Dossier) -> DraftState:
    row = dossier.row
    if row.state == "approved" and row.policy is not None and row.version is not None:
        return policies.show_entry(work, row.policy, row.version).state
    if row.state == "draft" and all(check.state in ("passed", "warned") for check in dossier.checks):
        return "checked"
    return cast(DraftState, row.state)


def _sentence(sentence: Sentence, dossier: Dossier, me: str) -> DraftSentence:
    holding = [
        row
        for row in dossier.confirmations
        if row.sentence == sentence.sentence and row.shown == sentence.shown
    ]
    return DraftSentence(
        sentence=sentence.sentence,
        kind=sentence.kind,
        subject=sentence.subject,
        language=sentence.language,
        says=sentence.says,
        reading=sentence.reading,
        shown=sentence.shown,
        line=sentence.place.line,
        column=sentence.place.column,
        confirmed=any(row.staff_id == me for row in holding),
        confirmed_by=tuple(dossier.names.get(row.staff_id, "") for row in holding),
    )
