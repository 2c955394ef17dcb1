"""Claims: checking what a customer heard against the policy, and counting it once for the visit.

What it is for: the closed list of a visit, one answer at a time, the region's counts. An answer is about what
the policy says; nothing is kept of who said otherwise.
What it must not know: how a rule is evaluated, how a sentence is made, Flask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from store_api.audit import service as audit
from store_api.claims import answering, store
from store_api.claims.answering import Answered, Question
from store_api.claims.models import NOBODY, ClaimCheckRow
from store_api.claims.store import Count, Window
from store_api.contract import ClaimAnswer, ClaimCount, ClaimCounts, ClaimList, ClaimRequest, FieldError
from store_api.decisions import service as decisions
from store_api.errors import Conflict, Invalid, NotFound
from store_api.policies import service as policies
from store_api.policies.service import PolicyBook
from store_api.policy.claim_check import Statement, find_statement
from store_api.policy.claim_sheet import Asked
from store_api.policy.facts import Catalogue
from store_api.stores import service as stores
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

LONGEST_SPAN = dt.timedelta(days=731)
USUAL_SPAN = dt.timedelta(days=28)


def list_claims(work: Work, visit: VisitRow, policy: str | None) -> ClaimList:
    """The closed list for a visit, with what was answered in it for the person of now."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    found = _find_about(work, visit, policy, book) if visits.is_open_to(visit, work) else None
    about = found.asked if found else None
    return ClaimList(
        policy=about.policy.id if about else None,
        title=answering.title_of(book, about) if about else None,
        personal=about is not None and about.decision is not None,
        claims=answering.list_choices(found.catalogue if found else book.catalogue),
        answers=_answers(work.session, visit, about.policy.id) if about else (),
    )


def check(work: Work, visit: VisitRow, body: ClaimRequest) -> ClaimAnswer:
    """Check a statement and tell every face of the visit. Raises Invalid, NotFound, Conflict."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    found = _find_about(work, visit, body.policy, book)
    statement = _read_statement(found.catalogue if found else book.catalogue, body)
    if found is None:
        raise Conflict("claim.nothing_to_check")
    words = book.joined(*found.asked.policy.versions, *([found.asked.version] if found.asked.version else []))
    answered = answering.answer(Question(statement, body.months, found.asked, found.catalogue, words))
    # The visit's row is locked first: two faces that ask the same at once count once.
    visits.change(work, visit, "claim.checked")
    answer = _keep(work, visit, book, answered)
    _log(work, visit, answer, answered.term)
    return answer


def find_last(
    session: Session, account_id: str, person_id: str, before: dt.datetime
) -> tuple[ClaimAnswer, dt.datetime] | None:
    """The last claim of a person before a moment, and when it was checked."""
    row = store.find_last(session, account_id, person_id, before)
    return None if row is None else (ClaimAnswer.model_validate(row.answer), row.first_at)


def of_visit(
    session: Session, account_id: str, visit_id: str, person_id: str, policy: str
) -> list[ClaimAnswer]:
    """What a person had heard about a policy in a visit, as it was answered."""
    found = store.find_checks(session, account_id, visit_id, person_id, policy)
    return [ClaimAnswer.model_validate(row.answer) for row in found]


def misquoted_visits(session: Session, since: dt.datetime, before: dt.datetime) -> frozenset[str]:
    """The identified visits in which somebody had heard terms that there are not."""
    return frozenset(store.find_misquoted(session, since, before))


def count(work: Work, since: dt.date | None, until: dt.date | None, store_id: str | None,
          policy: str | None) -> ClaimCounts:  # fmt: skip
    """The counts of some days (UTC), by default the last four weeks; a store's manager sees that store's.

    Raises Invalid where the days are in the wrong order or lie too far apart.
    """
    last = until or work.now.date()
    first = since or last - USUAL_SPAN
    if not dt.timedelta() <= last - first <= LONGEST_SPAN:
        raise Invalid(errors=(FieldError(pointer="/since", detail="at most two years, first day first"),))
    window = Window(_begin(first), _begin(last) + dt.timedelta(days=1), store_id, policy)
    if work.caller.store_id is not None:
        window = Window(window.since, window.before, work.caller.store_id, policy)
    return _show_counts(work, first, last, window)


# what a statement is checked against


@dataclass(frozen=True)
class _About:
    """What a statement is checked against, and the entries under which that is read."""

    asked: Asked
    catalogue: Catalogue


def _read_statement(catalogue: Catalogue, body: ClaimRequest) -> Statement:
    statement = find_statement(catalogue, body.claim)
    if statement is None:
        raise Invalid(errors=(FieldError(pointer="/claim", detail="not a claim of the list"),))
    if body.months is not None and not statement.takes_months:
        raise Invalid(errors=(FieldError(pointer="/months", detail="this claim takes no months"),))
    return statement


def _find_about(work: Work, visit: VisitRow, policy: str | None, book: PolicyBook) -> _About | None:
    """The visit's decision; without one a named policy as of today, or the voucher that was shown."""
    today = stores.read_place(work.session, visit.store_id).today(work.now)
    row = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    if row is not None and visit.identity is not None:
        recorded = decisions.read_again(work, row)
        made = recorded.decision
        weigh = partial(policies.weigh_between, work.session)
        asked = Asked(made.policy, made.document, today, made, recorded.occasion, weigh)
        return _About(asked, recorded.catalogue)
    return _find_text(work, visit, policy, book, today)


def _find_text(
    work: Work, visit: VisitRow, policy: str | None, book: PolicyBook, today: dt.date
) -> _About | None:
    """The words of a named policy as of today, or of the voucher that was shown."""
    name = policy or visit.scanned_policy
    if name is None:
        return None
    known = book.policies.get(name)
    if known is None:
        raise NotFound
    version = known.in_force_on(today)
    if policy is None and visit.scanned_version is not None:
        version = book.version(name, visit.scanned_version)
    catalogue = book.catalogue_of(version) if version is not None else book.catalogue
    weigh = partial(policies.weigh_between, work.session)
    return _About(Asked(known, version, today, weigh_between=weigh), catalogue)


# keeping the answer


@dataclass(frozen=True)
class _Who:
    """Whose check it is: of a person of an account, or of nobody who is known."""

    account_id: str
    person_id: str

    @property
    def is_known(self) -> bool:
        return self.person_id != NOBODY


def _who(visit: VisitRow) -> _Who:
    if visit.identity is None or visit.account_id is None or visit.person_id is None:
        return _Who(NOBODY, NOBODY)
    return _Who(visit.account_id, visit.person_id)


def _answers(session: Session, visit: VisitRow, policy: str) -> tuple[ClaimAnswer, ...]:
    who = _who(visit)
    rows = store.find_checks(session, who.account_id, visit.visit_id, who.person_id, policy)
    current = (row for row in rows if not who.is_known or row.decision_id == visit.decision_id)
    return tuple(ClaimAnswer.model_validate(row.answer) for row in current)


def _keep(work: Work, visit: VisitRow, book: PolicyBook, answered: Answered) -> ClaimAnswer:
    who, claim = _who(visit), answered.question.statement.id
    policy = answered.question.about.policy.id
    row = store.find_check(work.session, who.account_id, visit.visit_id, who.person_id, policy, claim)
    answer = _show(work, book, answered, row.check_id if row else work.new_id("clm"), who.is_known)
    now = {
        "version": answered.version,
        "term": answered.term,
        "result": answered.checked.result,
        "decision_id": visit.decision_id if who.is_known else None,
        "checked_at": work.now,
        "answer": answer.model_dump(mode="json"),
    }
    if row is not None:
        for name, value in now.items():
            setattr(row, name, value)
        work.session.flush()
        return answer
    made = ClaimCheckRow(
        account_id=who.account_id,
        visit_id=visit.visit_id,
        person_id=who.person_id,
        policy=policy,
        claim=claim,
        check_id=answer.check_id,
        store_id=visit.store_id,
        identified=who.is_known,
        first_at=work.now,
        **now,
    )
    store.add_check(work.session, made)
    _count_misquoted(work, visit, made)
    return answer


def _count_misquoted(work: Work, visit: VisitRow, row: ClaimCheckRow) -> None:
    """Beside the term: somebody heard more of it than it asks. Once, when it is first asked in a visit."""
    if row.identified and row.result == "not_required" and row.term is not None and row.version is not None:
        today = stores.read_place(work.session, visit.store_id).today(work.now)
        policies.count_misquoted(work.session, row.policy, row.version, row.term, today, row.store_id)


def _show(work: Work, book: PolicyBook, answered: Answered, check_id: str, counted: bool) -> ClaimAnswer:
    about, checked = answered.question.about, answered.checked
    code = about.occasion.terms_code
    return ClaimAnswer(
        check_id=check_id,
        claim=checked.statement.id,
        says=dict(checked.statement.says),
        result=checked.result,
        why=checked.why,
        policy=about.policy.id,
        version=answered.version,
        title=answering.title_of(book, about),
        terms=answering.list_terms(answered),
        heard_months=checked.heard_months,
        least_months=checked.least_months,
        terms_code=code,
        terms_url=_address(work, about, code),
        checked_at=work.now,
        counted=counted,
        sheets=answering.make_sheets(answered),
    )


def _address(work: Work, about: Asked, code: str | None) -> str:
    """Where the words can be read again: by the terms code, else the policy's public page."""
    home = work.settings.public_url.rstrip("/")
    if code is not None:
        return f"{home}/t/{code}"
    page = f"{home}/policies/{about.policy.id}"
    return page if about.version is None else f"{page}/{about.version.version}"


def _log(work: Work, visit: VisitRow, answer: ClaimAnswer, term: str | None) -> None:
    audit.record(
        work.session,
        action="claim.checked",
        actor=work.caller.subject_id,
        subject=visit.visit_id,
        now=work.now,
        details={
            "claim": answer.claim,
            "result": answer.result,
            "policy": answer.policy,
            "version": answer.version,
            "term": term,
        },
    )


# counting


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _show_counts(work: Work, since: dt.date, until: dt.date, window: Window) -> ClaimCounts:
    catalogue = policies.read_catalogue(work.settings.catalogue_files)
    said = {choice.claim: choice.says for choice in answering.list_choices(catalogue)}
    found = store.count_checks(work.session, window)
    names = {
        store_id: stores.read_place(work.session, store_id).name
        for store_id in {each.store_id for each in found}
    }

    def show(each: Count) -> ClaimCount:
        unknown = {"en": each.claim, "es": each.claim}
        return ClaimCount.model_validate(
            {
                "claim": each.claim,
                "says": said.get(each.claim, unknown),
                "store_id": each.store_id,
                "store_name": names[each.store_id],
                "policy": each.policy,
                "version": each.version,
                "term": each.term,
                "result": each.result,
                "count": each.count,
            }
        )

    visits_that_asked = store.count_visits(work.session, window)
    counts = tuple(show(each) for each in found)
    return ClaimCounts(since=since, until=until, visits=visits_that_asked, counts=counts)
