"""An override as the wire has it: where it stands, in words, and what keeps the caller from answering it.

What it must not know: how it is asked or answered, Flask.
"""

from __future__ import annotations

from typing import Any

from store_api.accounts import service as accounts
from store_api.contract import LineChoice, Override, OverrideNews, OverrideRefusal, OverrideTerm
from store_api.money import to_money
from store_api.overrides.models import OverrideRow
from store_api.policies import service as policies
from store_api.stores import service as stores
from store_api.visits import service as visits
from store_api.waivers import service as waivers
from store_api.work import Work

OF_THE_STORE = frozenset({"rep", "manager"})


def state_of(work: Work, row: OverrideRow) -> str:
    """Where a request stands at the moment of the request."""
    if row.state == "asked":
        return "asked" if work.now < row.expires_at else "expired"
    if row.state != "approved" or row.waiver_id is None:
        return row.state
    given = waivers.find(work.session, row.account_id, row.waiver_id)
    if given is not None and given.used_at is not None:
        return "used"
    return "approved" if given is not None and work.now < given.expires_at else "lapsed"


def show(work: Work, row: OverrideRow, hindrance: OverrideRefusal | None = None) -> Override:
    """The whole of a request, for staff who may see it."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    place = stores.read_place(work.session, row.store_id)
    return Override.model_validate(
        {
            "override_id": row.override_id,
            "visit_id": row.visit_id,
            "visit_code": visits.code_of_visit(work.session, row.visit_id),
            "store_id": row.store_id,
            "store_name": place.name,
            "terms_code": row.terms_code,
            "policy": row.policy,
            "version": row.version,
            "title": book.title(row.policy),
            "line": _line(work, row),
            "terms": _terms(row),
            "roles": tuple(row.roles),
            **_asked(row),
            "asked_by": row.asked_name,
            "asked_at": row.asked_at,
            "expires_at": row.expires_at,
            "state": state_of(work, row),
            **_answered(row),
            "hindrance": hindrance,
            "digest": row.digest,
        }
    )


def _asked(row: OverrideRow) -> dict[str, Any]:
    """What is asked for, as it was shown."""
    shown = row.shown
    return {
        "reason": row.reason,
        "reason_words": waivers.REASONS[row.reason],
        "note": row.note,
        "amount": _money(row.amount_minor, row.currency),
        "cost": _money(row.cost_minor, row.currency),
        "items": tuple({"name": each["name"], "price": each["price"]} for each in shown["items"]),
        "agreement_months": shown["agreement_months"],
        "sheets": {language: _sheet(sheet) for language, sheet in shown["sheets"].items()},
    }


def _answered(row: OverrideRow) -> dict[str, Any]:
    """Who answered, how, and what came of it."""
    return {
        "answered_by": row.answered_name,
        "answered_role": row.answered_role,
        "answered_at": row.answered_at,
        "through": row.through,
        "station": row.station,
        "until": row.waiver_until,
        "waived_terms_code": row.waived_terms_code,
        "disowned_at": row.disowned_at,
        "seen_at": row.seen_at,
    }


def show_news(work: Work, row: OverrideRow) -> OverrideNews:
    """What everybody in the visit is told: no name, no note."""
    return OverrideNews.model_validate(
        {
            "override_id": row.override_id,
            "state": state_of(work, row),
            "roles": tuple(row.roles),
            "terms": _terms(row),
            "expires_at": row.expires_at,
            "until": row.waiver_until,
        }
    )


def _sheet(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "lines": tuple(stored["lines"])}


def _terms(row: OverrideRow) -> tuple[OverrideTerm, ...]:
    said = row.shown["says"]
    return tuple(OverrideTerm(term=term, says=said[term]) for term in row.terms)


def _line(work: Work, row: OverrideRow) -> LineChoice | None:
    """Whose line it is, for the store that serves them and for nobody else."""
    if work.caller.role not in OF_THE_STORE or work.caller.store_id != row.store_id:
        return None
    return accounts.line_choice(work.session, row.account_id, row.line_id)


def _money(minor: int | None, currency: str | None) -> Any:
    return None if minor is None or currency is None else to_money(minor, currency)
