"""What keeps somebody from approving a draft, each cause with its code and words.

What it is for: the same list for the page before and for the approval itself.
What it must not know: the database, Flask, PINs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from store_api.contract import ApprovalReason, CheckKind, CheckState, DraftCheck, Words
from store_api.drafts.sentences import Sentence
from store_api.drafts.standing import Standing

SAYS: dict[str, Words] = {
    "approval.role": {
        "en": "Regional managers approve policies.",
        "es": "Las políticas las aprueban los gerentes regionales.",
    },
    "approval.closed": {
        "en": "This draft was approved or withdrawn before.",
        "es": "Este borrador ya se aprobó o se retiró.",
    },
    "approval.own_work": {
        "en": "You wrote or changed this text. Somebody else has to approve it.",
        "es": "Usted escribió o cambió este texto. Lo tiene que aprobar otra persona.",
    },
    "approval.check_missing": {
        "en": "A check was not run yet: {subject}.",
        "es": "Falta una comprobación: {subject}.",
    },
    "approval.check_old": {
        "en": "A check was run before something changed. Run it again: {subject}.",
        "es": "Una comprobación se hizo antes de un cambio. Repítala: {subject}.",
    },
    "approval.check_failed": {
        "en": "A check failed: {subject}.",
        "es": "Una comprobación falló: {subject}.",
    },
    "approval.sentence_unconfirmed": {
        "en": "You have not confirmed a sentence: {subject}.",
        "es": "Usted no ha confirmado una frase: {subject}.",
    },
    "approval.start_passed": {
        "en": "It would begin on {subject}, which is not ahead. Give it a later start.",
        "es": "Empezaría el {subject}, que ya no está por venir. Dele un inicio posterior.",
    },
    "approval.version_taken": {
        "en": "Version {subject} is there already. Give this text the next number.",
        "es": "La versión {subject} ya existe. Dé a este texto el número siguiente.",
    },
    "approval.begins_too_early": {
        "en": "Version {subject} begins on that day or later.",
        "es": "La versión {subject} empieza ese día o después.",
    },
    "approval.other_binding": {
        "en": "The versions of this policy bind to another date: {subject}.",
        "es": "Las versiones de esta política se rigen por otra fecha: {subject}.",
    },
    "approval.text_changed": {
        "en": "The text is not the one that you were shown. Read it again.",
        "es": "El texto no es el que se le mostró. Léalo de nuevo.",
    },
    "approval.comparison_changed": {
        "en": "The comparison is not the one that you were shown. Read it again.",
        "es": "La comparación no es la que se le mostró. Léala de nuevo.",
    },
}
"""Why somebody cannot approve, by code."""

CHECK_NAMES: dict[CheckKind, Words] = {
    "form": {"en": "form and sentences", "es": "forma y frases"},
    "examples": {"en": "the document's examples", "es": "los ejemplos del documento"},
    "proofs": {"en": "proofs", "es": "demostraciones"},
    "comparison": {"en": "comparison", "es": "comparación"},
    "impact": {"en": "impact preview", "es": "vista previa del efecto"},
}
"""The five checks by their names."""


@dataclass(frozen=True)
class Candidate:
    """Who wants to approve what."""

    role: str
    staff_id: str
    writers: frozenset[str]
    is_open: bool
    standing: Standing
    checks: Sequence[DraftCheck]
    sentences: Sequence[Sentence]
    confirmed: Mapping[str, str]
    today: dt.date


def hindrances(candidate: Candidate) -> tuple[ApprovalReason, ...]:
    """Everything that stands between somebody and the approval; empty where nothing does."""
    return tuple(_hindrances(candidate))


def reason(code: str, subject: str | None = None, told: Words | None = None) -> ApprovalReason:
    """A cause in words; `told` are the subject's words, where it has some."""
    says = {
        language: text.format(subject=(told or {}).get(language, subject))
        for language, text in SAYS[code].items()
    }
    return ApprovalReason(code=code, subject=subject, says=says)


def _hindrances(one: Candidate) -> Iterator[ApprovalReason]:
    if one.role != "region":
        yield reason("approval.role")
    if not one.is_open:
        yield reason("approval.closed")
        return
    if one.staff_id in one.writers:
        yield reason("approval.own_work")
    for check in one.checks:
        code = _code_of(check.state)
        if code is not None:
            yield reason(code, check.kind, CHECK_NAMES[check.kind])
    for sentence in one.sentences:
        if one.confirmed.get(sentence.sentence) != sentence.shown:
            yield reason("approval.sentence_unconfirmed", sentence.sentence)
    yield from _dates(one)


def _dates(one: Candidate) -> Iterator[ApprovalReason]:
    """Its number is free and its first day is ahead: what was issued until today keeps its version."""
    version = one.standing.version
    if version is None:
        return
    known = one.standing.book.policies.get(version.policy)
    others = known.versions if known is not None else ()
    earliest = one.today + dt.timedelta(days=1) if others else one.today
    if version.effective_from < earliest:
        yield reason("approval.start_passed", version.effective_from.isoformat())
    if any(other.version == version.version for other in others):
        yield reason("approval.version_taken", str(version.version))
    if others and others[0].binds != version.binds:
        yield reason("approval.other_binding", others[0].binds)
    later = [other for other in others if other.effective_from >= version.effective_from]
    if later:
        yield reason("approval.begins_too_early", str(later[0].version))


def _code_of(state: CheckState) -> str | None:
    codes = {
        "missing": "approval.check_missing",
        "old": "approval.check_old",
        "failed": "approval.check_failed",
    }
    return codes.get(state)
