"""Decisions: asking the policy core on real facts, and keeping every answer as it was given.

What it is for: deciding, deciding again at the moment of use, and finding a decision by its names.
What it must not know: who asks over which face, how a voucher is consumed, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from store_api.contract import Decision, Money, PublicTerms, Sheet, Words
from store_api.decisions import store
from store_api.decisions.asking import ButFor, answer, ask, granted_without, holds
from store_api.decisions.gather import Details, Subject, candidate_of
from store_api.decisions.gist import Gist, gist
from store_api.decisions.making import (
    Made,
    Stamp,
    make_code_sheets,
    make_plain_sheets,
    to_wire,
    to_wire_sheet,
)
from store_api.decisions.models import DecisionRow
from store_api.decisions.recorded import Recorded
from store_api.decisions.recorded import read_again as read_recorded
from store_api.decisions.recording import record, still_stands
from store_api.decisions.store import RecordedCase
from store_api.decisions.waiving import Weighed as WeighedTerms
from store_api.decisions.waiving import weigh_terms
from store_api.money import to_minor
from store_api.policies import service as policies
from store_api.policy.combine import Candidate
from store_api.policy.decision import Decision as PolicyDecision
from store_api.policy.facts import Catalogue
from store_api.ready_json import ReadyJson
from store_api.vouchers.service import VoucherKey
from store_api.waivers.service import Waiver
from store_api.work import Work

__all__ = [
    "CHANGED", "ButFor", "DecidedAgain", "DecisionRow", "Gist", "Recorded", "RecordedCase", "Subject",
    "Weighed", "WeighedTerms", "check", "count_cases", "decide", "decide_again", "find",
    "find_by_terms_code", "find_last", "find_many", "gist",
    "granted_but_for", "read_again", "read_cases", "sheets_of_code", "sheets_of_decision", "show",
    "show_public", "show_stored", "to_wire_sheet", "weigh", "weigh_waiver", "why_not",
]  # fmt: skip

CHANGED = "terms.changed"
NOT_ELIGIBLE = "decision.not_eligible"
OWN_CAUSES = ("voucher.", "campaign.", "combination.")
"""What befell the voucher itself says more than that the terms changed."""


@dataclass(frozen=True)
class DecidedAgain:
    """A named decision made again: the answer now, and whether it is the same as the one named.

    `row` is the decision that holds now; `shown` the one that the customer saw, if that still holds.
    """

    row: DecisionRow
    shown: DecisionRow
    is_same: bool


@dataclass(frozen=True)
class Weighed:
    """A voucher that could be used on an order: as the policy core weighs it, its currency and title."""

    candidate: Candidate
    currency: str
    title: Words


def decide(work: Work, subject: Subject) -> DecisionRow:
    """Decide on a subject and record it. The same answer in the same visit is the same decision."""
    asked = ask(work, subject)
    newest = store.find_newest(work.session, subject.account_id, subject.key)
    if newest is not None and still_stands(newest, subject, work.now) and holds(work, asked, newest):
        return newest
    return record(work, asked, answer(work, asked))


def decide_again(work: Work, named: DecisionRow) -> DecidedAgain:
    """Make a decision again from the facts as they are in this transaction.

    The answer is the same where outcome, codes, benefit and term statuses are; facts that change none of
    these (the amount of a bill that does not matter) do not stop anybody.
    """
    asked = ask(work, _subject_of(named))
    if holds(work, asked, named):
        return DecidedAgain(named, named, True)
    made = answer(work, asked)
    if made.digest == named.digest:
        return DecidedAgain(named, named, True)
    row = record(work, asked, made)
    is_same = _substance(show(row)) == _substance(show(named))
    return DecidedAgain(row, named if is_same else row, is_same)


def weigh(work: Work, subject: Subject) -> Weighed | None:
    """A voucher as it could be used on its order were it alone; null where it could not. Nothing is kept.

    Raises NotFound for a policy that there is not.
    """
    made = answer(work, ask(work, subject, alone=True))
    decision, view = made.decision, made.gathered.voucher
    benefit, version = decision.benefit, decision.document
    if decision.outcome != "eligible" or view is None or benefit is None or version is None:
        return None
    if benefit.amount is None or decision.questions:
        return None
    worth = to_minor(Money(amount=benefit.amount.amount, currency=benefit.amount.currency))
    candidate = candidate_of(view.row.voucher_id, version, worth, view.row.ends_on)
    return Weighed(candidate, benefit.amount.currency, dict(version.title))


def weigh_waiver(work: Work, named: DecisionRow, waiver: Waiver | None) -> WeighedTerms:
    """What a decision would be now with a waiver, or without any; nothing is kept."""
    return weigh_terms(work, _subject_of(named), waiver)


def granted_but_for(work: Work, named: DecisionRow, code: str) -> ButFor | None:
    """What a decision's terms would grant now, or still ask, if that one code were not there.

    None where more than that stands against a yes.
    """
    return granted_without(work, ask(work, _subject_of(named)), code)


def check(work: Work, named: DecisionRow) -> str | None:
    """Why what a decision granted could not be used now, or None. It decides again and writes nothing."""
    asked = ask(work, _subject_of(named))
    if holds(work, asked, named):
        return None
    made = answer(work, asked)
    return why_not(_shown_as(made, named), made.digest == named.digest or _is_same(made, named))


def why_not(now: Gist, is_same: bool) -> str | None:
    """The code for why nothing may be used: what befell the voucher, or other terms, or a "no"; or None."""
    own = next((code for code in now.codes if code.startswith(OWN_CAUSES)), None)
    if own is not None:
        return own
    if not is_same:
        return CHANGED
    return None if now.outcome == "eligible" else next(iter(now.codes), NOT_ELIGIBLE)


def find(session: Session, decision_id: str) -> DecisionRow | None:
    """A decision by its identifier."""
    return store.find_decision(session, decision_id)


def find_last(session: Session, account_id: str, line_id: str, before: dt.datetime) -> DecisionRow | None:
    """The last decision on a line before a moment."""
    return store.find_last(session, account_id, line_id, before)


def find_many(session: Session, decision_ids: Sequence[str]) -> Sequence[DecisionRow]:
    """Decisions by their identifiers, in any order; one that is not there is left out."""
    return store.find_decisions(session, decision_ids)


def find_by_terms_code(session: Session, written: str) -> DecisionRow | None:
    """A decision by its terms code, as people write it."""
    plain = written.upper().replace("O", "0").replace("I", "1").replace("L", "1").replace("-", "")
    return store.find_by_terms_code(session, f"{plain[:5]}-{plain[5:]}")


def read_again(work: Work, row: DecisionRow) -> Recorded:
    """The policy core's value of a recorded decision, from the facts that it read."""
    whole = store.find_whole(work.session, row)
    return read_recorded(policies.open_book(work.session, work.settings.catalogue_files), whole)


def show(row: DecisionRow) -> Decision:
    """The decision as it was given."""
    return Decision.model_validate_json(row.wire)


def show_stored(row: DecisionRow) -> ReadyJson:
    """The same as JSON that goes out as it was stored."""
    return ReadyJson(row.wire)


def show_public(work: Work, row: DecisionRow, whole: bool) -> PublicTerms:
    """What a terms code tells: the policy's words, and the whole sheet for who may see it."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    version = book.version(row.policy, row.version) if row.version is not None else None
    return PublicTerms(
        terms_code=row.terms_code,
        policy=policies.show_text(book, version) if version else None,
        on=row.on,
        sheets=show(row).sheets if whole else None,
    )


def sheets_of_code(work: Work, code: str, details: Details) -> dict[str, Sheet]:
    """The sheet of a "no" that comes before any decision, such as a code that is none."""
    return make_code_sheets(code, details, policies.read_catalogue(work.settings.catalogue_files))


def sheets_of_decision(decision: PolicyDecision, catalogue: Catalogue) -> dict[str, Sheet]:
    """The sheet in every language of a decision that is not recorded, such as a preview's."""
    return make_plain_sheets(decision, catalogue)


def count_cases(session: Session, policy: str, since: dt.datetime) -> int:
    """How many decisions of a policy were recorded since a moment."""
    return store.count_cases(session, policy, since)


def read_cases(
    session: Session, policy: str, since: dt.datetime, after: RecordedCase | None, limit: int
) -> list[RecordedCase]:
    """The next decisions of a policy since a moment, oldest first, after the last one that was read."""
    return store.read_cases(session, policy, since, after, limit)


def _subject_of(row: DecisionRow) -> Subject:
    key = None
    if row.voucher_id is not None and row.voucher_account_id is not None:
        key = VoucherKey(row.voucher_account_id, row.voucher_id)
    return Subject(
        visit_id=row.visit_id,
        store_id=row.store_id,
        account_id=row.account_id,
        person_id=row.person_id,
        line_id=row.line_id,
        policy=row.policy,
        voucher=key,
        order_id=row.order_id,
        channel=row.presented["channel"],
        paper=row.presented["paper"],
        amount_minor=row.presented.get("amount"),
    )


def _shown_as(made: Made, named: DecisionRow) -> Gist:
    """A fresh answer in place of a recorded one, without being recorded."""
    decided = _unrecorded(made, named)
    return Gist(outcome=decided.outcome, codes=decided.codes, benefit=decided.benefit)


def _is_same(made: Made, named: DecisionRow) -> bool:
    return _substance(_unrecorded(made, named)) == _substance(show(named))


def _unrecorded(made: Made, named: DecisionRow) -> Decision:
    stamp = Stamp(
        decision_id=named.decision_id,
        terms_code=named.terms_code,
        terms_url="",
        decided_at=named.decided_at,
        lapses_at=named.lapses_at,
        visit_id=named.visit_id,
        line_id=named.line_id,
        order_id=named.order_id,
    )
    return to_wire(made, stamp, {})


def _substance(decision: Decision) -> tuple[Any, ...]:
    """What must not have changed between what was shown and what is used."""
    statuses = tuple((term.term, term.tier, term.status) for term in decision.terms)
    return decision.outcome, decision.codes, decision.benefit, decision.version, statuses
