"""What waiving terms would change and cost, weighed with everything else as it is now.

What it is for: the same weighing for the page that asks, for the request, and once more for the answer, so
that what is approved is what was shown.
What it must not know: who asks, who answers, Flask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from store_api.contract import Benefit, Money, Sheet, WaivableTerm, WaiverPreview, WaiverRole
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow, WeighedTerms
from store_api.money import to_minor
from store_api.orders import service as orders
from store_api.overrides.entitlement import roles_for
from store_api.policy.values import Money as Amount
from store_api.waivers.service import Waiver
from store_api.work import Work

Refused = Literal["override.not_enough", "override.changes_nothing", "override.nobody_may"]
WITHOUT_AMOUNT = "upgrade_right"
NOT_GIVEN = "not-given"


@dataclass(frozen=True)
class Weighed:
    """An answer without a waiver beside the answer with one, and who may approve it.

    `amount` is what the benefit would take off the order, `cost` what that is more than without. `code` says
    why nobody can be asked for it.
    """

    terms: tuple[str, ...]
    before: WeighedTerms
    after: WeighedTerms
    amount: Money | None
    cost: Money | None
    roles: tuple[WaiverRole, ...]
    code: Refused | None


def list_choices(before: WeighedTerms) -> tuple[WaivableTerm, ...]:
    """The terms that are not met and that the policy lets somebody waive."""
    waivable = before.document.waivable if before.document is not None else ()
    found = []
    for term in before.open_terms:
        roles = tuple(dict.fromkeys(each.by for each in waivable if each.term == term.term))
        if roles:
            choice = {"term": term.term, "says": term.says, "status": term.status, "roles": roles}
            found.append(WaivableTerm.model_validate(choice))
    return tuple(found)


def weigh(work: Work, named: DecisionRow, terms: Iterable[str], role: str, reason: str) -> Weighed:
    """Weigh a waiver of these terms; `role` and `reason` are for the words of the sheet."""
    before = decisions.weigh_waiver(work, named, None)
    known = {each.term for each in list_choices(before)}
    chosen = tuple(term.term for term in before.open_terms if term.term in known and term.term in set(terms))
    version = before.document.version if before.document is not None else 0
    roles = _roles_of(before, chosen, None)
    waiver = Waiver(NOT_GIVEN, version, chosen, _role_for(role, roles), reason, None)
    after = decisions.weigh_waiver(work, named, waiver) if chosen else before
    whole = after.benefit.amount if after.benefit is not None else None
    roles = _roles_of(before, chosen, after.benefit)
    amount, cost = _taken(after.benefit), _cost(before.benefit, after.benefit)
    code = _code(before, after, roles)
    return Weighed(chosen, before, after, amount if whole or amount else None, cost, roles, code)


def show(weighed: Weighed) -> WaiverPreview:
    """The preview as the wire has it."""
    return WaiverPreview(
        terms=weighed.terms,
        outcome=weighed.after.outcome,  # type: ignore[arg-type]  # the model checks it
        amount=weighed.amount,
        cost=weighed.cost,
        sheets=dict(weighed.after.sheets),
        roles=weighed.roles,
        code=weighed.code,
    )


def substance(
    work: Work, named: DecisionRow, weighed: Weighed, reason: str, note: str | None
) -> dict[str, Any]:
    """What an approver agrees to, as plain JSON: everything but the sentences that are made from it."""
    order = orders.find(work.session, named.account_id, str(named.order_id))
    as_wire = orders.show(order) if order is not None else None
    items = as_wire.items if as_wire is not None else ()
    return {
        "policy": named.policy,
        "version": weighed.before.document.version if weighed.before.document is not None else None,
        "terms_code": named.terms_code,
        "terms": list(weighed.terms),
        "roles": list(weighed.roles),
        "reason": reason,
        "note": note,
        "decision": weighed.after.digest,
        "amount": _plain(weighed.amount),
        "cost": _plain(weighed.cost),
        "store": named.store_id,
        "line": named.line_id,
        "items": [{"name": item.name, "price": _plain(item.price)} for item in items],
        "agreement_months": as_wire.agreement_months if as_wire is not None else None,
        "order": weighed.after.order_digest,
    }


def sheets_json(sheets: dict[str, Sheet]) -> dict[str, Any]:
    """Sheets as they are kept beside the request."""
    return {language: sheet.model_dump(mode="json") for language, sheet in sheets.items()}


def digest_of(account_id: str, override_of: str, shown: dict[str, Any]) -> str:
    """The digest of everything that is shown."""
    content = [account_id, override_of, shown]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _role_for(role: str, roles: tuple[WaiverRole, ...]) -> str:
    """The role whose name stands on the sheet: the first that may, until somebody has answered."""
    return role or (roles[0] if roles else "store_manager")


def _roles_of(
    before: WeighedTerms, chosen: tuple[str, ...], benefit: Benefit | None
) -> tuple[WaiverRole, ...]:
    if before.document is None or not chosen:
        return ()
    has_amount = benefit is not None and benefit.kind != WITHOUT_AMOUNT
    whole = benefit.amount if benefit is not None else None
    amount = None if whole is None else Amount(whole.amount, whole.currency)
    return roles_for(chosen, before.document.waivable, amount, has_amount=has_amount)


def _taken(benefit: Benefit | None) -> Money | None:
    return None if benefit is None else benefit.applied or benefit.amount


def _cost(before: Benefit | None, after: Benefit | None) -> Money | None:
    """What the benefit would be more than without; all of it where there is none without."""
    taken, known = _taken(after), _taken(before)
    if taken is None or known is None or taken.currency != known.currency:
        return taken
    return Money(amount=taken.amount - known.amount, currency=taken.currency)


def _code(before: WeighedTerms, after: WeighedTerms, roles: tuple[WaiverRole, ...]) -> Refused | None:
    if after.outcome != "eligible" or after.questions:
        return "override.not_enough"
    if before.outcome == "eligible" and not _is_more(before.benefit, after.benefit):
        return "override.changes_nothing"
    return None if roles else "override.nobody_may"


def _is_more(before: Benefit | None, after: Benefit | None) -> bool:
    had, has = _taken(before), _taken(after)
    if has is None or had is None:
        return False
    return has.currency == had.currency and to_minor(has) > to_minor(had)


def _plain(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else money.model_dump(mode="json")
