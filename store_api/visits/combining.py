"""The best combination of a visit's vouchers for its order, and reserving it as one.

What it is for: asking about every voucher that the person may use, letting the policy core weigh them, and
holding what it proposes: all of it or nothing.
What it must not know: how vouchers go together, how a voucher is locked, Flask.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from store_api.contract import Combination, CombinedVoucher, DecisionRequest, LeftOutVoucher, Words
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow, Weighed
from store_api.money import to_minor, to_money
from store_api.orders import service as orders
from store_api.policy.combine import Proposal, best_combination
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import HoldRow
from store_api.visits import asking, tapping, visiting
from store_api.visits.models import VisitRow
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import VoucherKey
from store_api.work import Work

REASONS: dict[str, Words] = {
    "none": {
        "en": "None of your vouchers can be used on this order as it stands.",
        "es": "Ninguno de sus vales se puede usar en este pedido tal como está.",
    },
    "only": {
        "en": "This is the one voucher that can be used on this order.",
        "es": "Este es el único vale que se puede usar en este pedido.",
    },
    "together": {
        "en": "All of these can be used together.",
        "es": "Todos estos se pueden usar juntos.",
    },
    "enough": {
        "en": "These pay for it. What is left out stays for another day.",
        "es": "Con estos alcanza. Lo que queda fuera sirve para otro día.",
    },
    "most": {
        "en": "Not all of your vouchers go together. No other way takes more off this order.",
        "es": "No todos sus vales se pueden combinar. De ninguna otra manera se descuenta más.",
    },
}
"""Why a combination is proposed."""


@dataclass(frozen=True)
class Proposed:
    """A proposal with the vouchers that were weighed, by identifier, their keys, and their currency."""

    proposal: Proposal
    weighed: dict[str, Weighed]
    currency: str | None
    keys: dict[str, VoucherKey] = field(default_factory=dict)


@dataclass(frozen=True)
class HeldTogether:
    """What was reserved; or nothing, with the code and the decision that say why."""

    holds: tuple[HoldRow, ...]
    code: str | None
    decision: DecisionRow | None


def propose(work: Work, visit: VisitRow) -> Combination:
    """The best combination for the visit's order, with its reason."""
    found = _propose(work, visit)
    title = {name: each.title for name, each in found.weighed.items()}
    vouchers = tuple(
        CombinedVoucher(voucher_id=name, title=title[name], takes=money)
        for name, minor in found.proposal.taken.items()
        if (money := to_money(minor, found.currency)) is not None
    )
    left_out = tuple(
        LeftOutVoucher(voucher_id=name, title=title[name], why=why, by=tuple(title[each] for each in by))
        for name, (why, by) in found.proposal.left_out.items()
    )
    return Combination(
        vouchers=vouchers,
        saved=to_money(found.proposal.saved, found.currency) if vouchers else None,
        left_out=left_out,
        reason=REASONS[_reason(found.proposal)],
    )


def hold(work: Work, visit: VisitRow) -> HeldTogether:
    """Reserve the best combination, each voucher by a decision of its own: all of them, or nothing."""
    found, actor = _propose(work, visit), redemptions.actor_of(work)
    _lock(work, visit, found)
    step = work.session.begin_nested()
    held: list[HoldRow] = []
    row: DecisionRow | None = None
    for name in found.proposal.taken:
        request = DecisionRequest(visit_id=visit.visit_id, voucher_id=name)
        subject = asking.subject_of(work, visit, request)
        outcome = redemptions.hold(work, decisions.decide(work, subject), actor)
        row = outcome.decision
        if outcome.hold is None:
            step.rollback()
            refused = decisions.decide(work, subject)
            visiting.change(work, visit, "decision.changed", decision_id=refused.decision_id)
            return HeldTogether((), outcome.code, refused)
        held.append(outcome.hold)
        if work.caller.role == "kiosk":
            tapping.tap(work, visit, outcome.decision.terms_code)
    step.commit()
    if row is not None:
        fields = {"decision_id": row.decision_id, "hold_id": held[-1].hold_id}
        visiting.change(work, visit, "voucher.held", **fields)
    return HeldTogether(tuple(held), None, row)


def _lock(work: Work, visit: VisitRow, found: Proposed) -> None:
    """Lock the order, then its vouchers by their names.

    They are held in the sequence of taking, which hangs on the price: two orders that want the same vouchers
    would otherwise wait for each other.
    """
    if not found.proposal.taken:
        return
    orders.lock(work.session, str(visit.account_id), str(visit.order_id))
    for name in sorted(found.proposal.taken):
        vouchers.lock(work.session, found.keys[name])


def _propose(work: Work, visit: VisitRow) -> Proposed:
    """Weigh every voucher that could be used on the order alone, in the currency of its price."""
    account_id = str(visit.account_id)
    order = orders.find(work.session, account_id, visit.order_id) if visit.order_id else None
    if order is None or not order.items:
        return Proposed(best_combination((), None), {}, None)
    price = orders.show(order).items[0].price
    found: dict[str, Weighed] = {}
    keys: dict[str, VoucherKey] = {}
    for view in asking.usable_vouchers(work, visit):
        request = DecisionRequest(visit_id=visit.visit_id, voucher_id=view.row.voucher_id)
        weighed = decisions.weigh(work, asking.subject_of(work, visit, request))
        if weighed is not None and weighed.currency == price.currency:
            found[view.row.voucher_id], keys[view.row.voucher_id] = weighed, view.key
    proposal = best_combination([each.candidate for each in found.values()], to_minor(price))
    return Proposed(proposal, found, price.currency, keys)


def _reason(proposal: Proposal) -> str:
    if not proposal.taken:
        return "none"
    why = {each for each, _ in proposal.left_out.values()}
    if not why:
        return "only" if len(proposal.taken) == 1 else "together"
    return "most" if "excluded" in why else "enough"
