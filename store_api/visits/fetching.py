"""Asking the carrier's directory before a visit's write begins, and keeping its answer in the write.

What it is for: nobody waits for another system inside of a transaction. Each `prepare_…` reads what is
needed and gives back what asks; see `writes_prepared` in work.py.
What it must not know: how a directory is asked, Flask.
"""

from __future__ import annotations

from typing import Protocol

from store_api.contract import DecisionRequest
from store_api.decisions import service as decisions
from store_api.directory import service as directory
from store_api.directory.service import Heard, Job
from store_api.errors import NotFound
from store_api.stores import service as stores
from store_api.visits import visiting
from store_api.visits.models import VisitRow
from store_api.work import Work

UNREACHABLE = "identity.unreachable"


class OfVisit(Protocol):
    """Anything that names a visit."""

    visit_id: str


class OfNumber(Protocol):
    """Anything that names a telephone number."""

    telephone: str


class OfDecision(Protocol):
    """Anything that names a decision."""

    decision_id: str


def prepare_number(work: Work, path: OfVisit, body: OfNumber) -> Job:
    """Ask whose a number is. Raises NotFound, Conflict."""
    visiting.find_to_change(work, path.visit_id)
    return directory.prepare_number(work, body.telephone)


def prepare_decision(work: Work, body: DecisionRequest) -> Job:
    """Ask for what is not fresh of the visit's person. Raises NotFound, Conflict, NotAllowed."""
    return prepare_visit(work, visiting.find_identified(work, body.visit_id))


def prepare_visit(work: Work, visit: VisitRow) -> Job:
    """The same, for a visit that was found."""
    return _of_person(work, str(visit.account_id), str(visit.person_id), str(visit.line_id))


def prepare_use(work: Work, body: OfDecision) -> Job:
    """Ask again for what a decision was made from, where it is not fresh. Raises NotFound."""
    named = decisions.find(work.session, body.decision_id)
    if named is None:
        raise NotFound
    return _of_person(work, named.account_id, named.person_id, named.line_id)


def keep_heard(work: Work, visit: VisitRow, heard: Heard | None) -> None:
    """Keep what the directory said in this write."""
    if heard is not None:
        directory.keep(work, heard, stores.read_place(work.session, visit.store_id).zone)


def code_of(code: str | None, heard: Heard | None) -> str | None:
    """A failed check's code; while the directory cannot be asked, no "wrong" is certain."""
    is_unsure = heard is not None and heard.cannot_identify
    return UNREACHABLE if code == "identity.wrong" and is_unsure else code


def _of_person(work: Work, account_id: str, person_id: str, line_id: str) -> Job:
    return directory.prepare_person(work, account_id, person_id, line_id)
