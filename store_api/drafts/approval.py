"""Approving a draft: by another person, with their own PIN, of exactly what was shown.

What it is for: the one step after which a version stands in the book and its text never changes.
What it must not know: HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import IntegrityError

from store_api.contract import ApprovalAnswer, ApprovalReason, ApprovalRequest, ComparisonText, VersionEntry
from store_api.drafts import store
from store_api.drafts.approving import reason
from store_api.drafts.models import DraftRow
from store_api.drafts.recording import note_name, record
from store_api.drafts.showing import Dossier, open_dossier
from store_api.drafts.standing import Standing
from store_api.errors import Conflict, NotFound
from store_api.policies import service as policies
from store_api.policy.model import PolicyVersion
from store_api.staff import service as staff
from store_api.work import Work


def approve(work: Work, draft_id: str, request: ApprovalRequest) -> ApprovalAnswer:
    """Approve a draft, or say every reason why not. Wrong PINs are counted, so a refusal is a value."""
    row = store.lock_draft(work.session, draft_id)
    if row is None:
        raise NotFound
    checked = staff.check_own_pin(work, request.pin)
    if checked.code is not None:
        return ApprovalAnswer(code=checked.code, locked_until=checked.locked_until)
    dossier = open_dossier(work, row)
    comparison = _comparison_of(dossier)
    reasons = (*_swapped(row, comparison, request), *dossier.hindrances(work))
    version = dossier.standing.version
    if reasons or version is None or comparison is None:
        record(work, "policy.approval_refused", row, {"codes": sorted({each.code for each in reasons})})
        return ApprovalAnswer(code=reasons[0].code, reasons=reasons)
    approved = _publish(work, row, dossier.standing, version, comparison)
    return ApprovalAnswer(code=None, version=approved)


def _publish(
    work: Work, row: DraftRow, standing: Standing, version: PolicyVersion, comparison: ComparisonText
) -> VersionEntry:
    try:
        with work.session.begin_nested():
            made = policies.add_approved(work.session, version, row.text, standing.catalogue, work.now)
    except IntegrityError:
        raise Conflict("policy.version_exists") from None
    made.comparison = comparison.model_dump_json()
    made.draft_id, made.author_id, made.approver_id = row.draft_id, row.author_id, work.caller.subject_id
    made.approved_at = work.now
    row.state, row.revision, row.updated_at = "approved", row.revision + 1, work.now
    note_name(row, version)
    work.session.flush()
    record(
        work,
        "policy.approved",
        row,
        {
            "policy": version.policy,
            "version": version.version,
            "digest": version.digest,
            "catalogue_digest": made.catalogue_digest,
            "comparison_digest": comparison.digest,
            "author": row.author_id,
        },
    )
    return policies.show_entry(work, version.policy, version.version)


def _swapped(
    row: DraftRow, comparison: ComparisonText | None, request: ApprovalRequest
) -> Iterator[ApprovalReason]:
    """Whether what is approved is what was shown."""
    if row.text_digest != request.text_digest:
        yield reason("approval.text_changed")
    if comparison is None or comparison.digest != request.comparison_digest:
        yield reason("approval.comparison_changed")


def _comparison_of(dossier: Dossier) -> ComparisonText | None:
    found = next(check for check in dossier.checks if check.kind == "comparison")
    return found.comparison
