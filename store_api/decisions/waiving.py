"""What a decision would be if terms were waived: weighed with everything else as it is now, and not kept.

What it must not know: who may waive what, who asks, Flask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from store_api.contract import Benefit, Sheet, Words
from store_api.decisions.asking import answer, ask
from store_api.decisions.gather import Subject
from store_api.decisions.making import Made, Stamp, make_sheets, to_wire
from store_api.policy.decision import Decision
from store_api.policy.model import PolicyVersion
from store_api.policy.words import Words as Phrases
from store_api.waivers.service import Waiver
from store_api.work import Work

NOT_KEPT = "not-kept"
OPEN = ("unmet", "unknown")


@dataclass(frozen=True)
class OpenTerm:
    """A term of the present answer that is not met, in words."""

    term: str
    status: str
    says: Words


@dataclass(frozen=True)
class Weighed:
    """An answer that is not kept: what the terms say, with every other reason laid over it."""

    document: PolicyVersion | None
    outcome: str
    codes: tuple[str, ...]
    benefit: Benefit | None
    questions: tuple[str, ...]
    digest: str
    order_digest: str | None
    open_terms: tuple[OpenTerm, ...]
    sheets: Mapping[str, Sheet]


def weigh_terms(work: Work, subject: Subject, waiver: Waiver | None) -> Weighed:
    """The answer on a subject now, with exactly this waiver or without any."""
    asked = ask(work, subject)
    asked = replace(asked, gathered=replace(asked.gathered, waiver=waiver))
    made = answer(work, asked)
    return _weighed(work, subject, made)


def _weighed(work: Work, subject: Subject, made: Made) -> Weighed:
    decision = made.decision
    stamp = Stamp(NOT_KEPT, NOT_KEPT, "", work.now, work.now, subject.visit_id, subject.line_id, None)
    return Weighed(
        document=decision.document,
        outcome=decision.outcome,
        codes=decision.codes,
        benefit=to_wire(made, stamp, {}).benefit,
        questions=decision.questions,
        digest=decision.digest,
        order_digest=made.gathered.order_digest,
        open_terms=tuple(_open_terms(made, decision)),
        sheets=make_sheets(made, None),
    )


def _open_terms(made: Made, decision: Decision) -> list[OpenTerm]:
    phrases = {language: Phrases(language, made.catalogue) for language in ("en", "es")}
    return [
        OpenTerm(
            result.term.id,
            result.status,
            {each: phrases[each].says(result.term, decision.facts) for each in phrases},
        )
        for result in decision.terms
        if result.status in OPEN
    ]
