"""Confirming each sentence and approving a draft, at the desk of a regional manager.

What it is for: a sentence in one language is confirmed beside what its test says, one by one; then the whole
is approved with one's own PIN, bound to the text and the comparison that were shown.
What it must not know: which reasons hold an approval up; they come from the service in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to, show
from kiosk.region import findings
from kiosk.region.blueprint import attempt_key, client, region
from kiosk.region.faults import UNCONFIRMED, Faults, answer_faults, pin_from_form
from kiosk.rendering import current_language
from kiosk.words import say
from store_api.contract import Draft, DraftSentence

CONFLICT = 409
OWN_WORK = "approval.own_work"
# The rows themselves say which sentences wait; the page's head says whose step it is.
SAID_ELSEWHERE = (UNCONFIRMED, "approval.role", OWN_WORK)


@dataclass(frozen=True)
class SentenceGroup:
    """What one term, tier, title or commitment says, in every language."""

    kind: str
    subject: str
    line: int
    sentences: tuple[DraftSentence, ...]


def groups(sentences: Iterable[DraftSentence]) -> tuple[SentenceGroup, ...]:
    """The sentences of one subject together, in the order of the document."""
    found: dict[tuple[str, str, int], list[DraftSentence]] = {}
    for sentence in sentences:
        found.setdefault((sentence.kind, sentence.subject, sentence.line), []).append(sentence)
    return tuple(SentenceGroup(*place, tuple(told)) for place, told in found.items())


@region.get("/drafts/<draft_id>/approve")
def approve(draft_id: str) -> AnyResponse:
    """Each sentence beside its reading, what is still missing, and the approval."""
    return _approve_page(client().draft(draft_id))


def _approve_page(draft: Draft, faults: Faults | None = None, status: int = 200) -> Response:
    compared = findings.comparison_of(draft)
    waiting = [sentence.sentence for sentence in draft.sentences if not sentence.confirmed]
    return show(
        "region/approve.html",
        "region/_approve.html",
        status,
        draft=draft,
        groups=groups(draft.sentences),
        done=len(draft.sentences) - len(waiting),
        next_one=waiting[0] if waiting else None,
        reasons=[each for each in draft.hindrances if each.code not in SAID_ELSEWHERE],
        waiting=len(waiting),
        own_work=next((each for each in draft.hindrances if each.code == OWN_WORK), None),
        checks=findings.checks(draft),
        comparison_digest=compared.digest if compared is not None else "",
        faults=faults or [],
    )


@region.post("/drafts/<draft_id>/sentences/<sentence>")
def confirm_sentence(draft_id: str, sentence: str) -> AnyResponse:
    """Confirm one sentence as it was shown; a text that changed meanwhile is shown anew."""
    text_digest, shown = request.form.get("text_digest", ""), request.form.get("shown", "")
    key = attempt_key("confirm", draft_id, sentence, text_digest, shown)
    try:
        draft = client().confirm_sentence(draft_id, sentence, text_digest, shown, key)
    except StoreRefused as refused:
        if refused.problem.status != CONFLICT:
            raise
        faults = [("", say(current_language(), "region.approve.changed"))]
        return _approve_page(client().draft(draft_id), faults, 422)
    return _approve_page(draft)


@region.post("/drafts/<draft_id>/approve")
def approve_now(draft_id: str) -> AnyResponse:
    """Approve exactly what was shown, with one's own PIN."""
    pin, faults = pin_from_form("pin")
    if faults:
        return _approve_page(client().draft(draft_id), faults, 422)
    text_digest = request.form.get("text_digest", "")
    comparison = request.form.get("comparison_digest", "")
    key = attempt_key("approve", draft_id, text_digest, comparison, pin)
    answer = client().approve_draft(draft_id, text_digest, comparison, pin, key)
    if answer.version is None:
        return _approve_page(client().draft(draft_id), answer_faults("pin", answer), 422)
    session["told"] = "region.approve.done"
    return go_to(url_for("region.version", policy=answer.version.policy, version=answer.version.version))
