"""What is asked in a visit: a code that was read, the choices, the order, a decision.

What it is for: turning what a face sends into what the other features take.
What it must not know: how a decision is made, Flask, the database's statements.
"""

from __future__ import annotations

from dataclasses import dataclass

from store_api.accounts import service as accounts
from store_api.contract import Answers, Choices, DecisionRequest, FieldError, Money, PolicyText, VoucherCode
from store_api.decisions import service as decisions
from store_api.decisions.service import DecisionRow, Subject
from store_api.errors import Conflict, Invalid, NotFound
from store_api.money import to_minor
from store_api.orders import service as orders
from store_api.orders.service import OrderPlace, OrderRow
from store_api.policies import service as policies
from store_api.policies.service import PolicyBook
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import Redeemed
from store_api.stores import service as stores
from store_api.visits import consenting, tapping, timing, visiting
from store_api.visits.models import VisitRow
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import VoucherKey, VoucherView
from store_api.work import Work

NOT_FOUND = "voucher.not_found"


@dataclass(frozen=True)
class ReadVoucher:
    """What a code turned out to be: the policy's public words, or the code that says why not.

    `kind` names what else it is, where it is no voucher ("product", "imei", …).
    """

    code: str | None
    kind: str | None
    policy: PolicyText | None


def read_code(work: Work, visit: VisitRow, body: VoucherCode) -> ReadVoucher:
    """Read a code for a visit. Tells the public terms and nothing of whose it is or whether it was used."""
    read = vouchers.read_code(body.code, body.symbology or "", work.settings.coupon_number)
    if read.code is None:
        return ReadVoucher(read.trouble, read.kind, None)
    key = vouchers.look_up_code(work, read.code)
    voucher = vouchers.find(work.session, key) if key else None
    if voucher is None:
        return ReadVoucher(NOT_FOUND, None, None)
    return ReadVoucher(None, None, _note_scan(work, visit, voucher, body.paper))


def _note_scan(work: Work, visit: VisitRow, voucher: VoucherView, paper: bool) -> PolicyText | None:
    book = policies.open_book(work.session, work.settings.catalogue_files)
    today = stores.read_place(work.session, visit.store_id).today(work.now)
    version = book.for_voucher(voucher.row.policy, voucher.row.issued_on, today)
    visiting.change(
        work,
        visit,
        "voucher.scanned",
        scanned_account_id=voucher.row.account_id,
        scanned_voucher_id=voucher.row.voucher_id,
        scanned_policy=voucher.row.policy,
        scanned_version=version.version if version else None,
        paper=paper,
    )
    return None if version is None else policies.show_text(book, version)


def choices(work: Work, visit: VisitRow) -> Choices:
    """What the identified person can ask about: vouchers for their line, and upgrades of it."""
    account_id, line_id = str(visit.account_id), str(visit.line_id)
    place = stores.read_place(work.session, visit.store_id)
    book = policies.open_book(work.session, work.settings.catalogue_files)
    found = known_vouchers(work, visit)
    return Choices(
        line=accounts.line_choice(work.session, account_id, line_id),
        vouchers=tuple(
            vouchers.summarise(voucher, book.title(voucher.row.policy), work.now, place.zone)
            for voucher in found
        ),
        upgrades=tuple(policies.show_text(book, each) for each in book.upgrades(place.today(work.now))),
        can_allow_lines=consenting.can_allow_lines(work, visit),
    )


def known_vouchers(work: Work, visit: VisitRow) -> list[VoucherView]:
    """The vouchers of the identified person's line, and a bearer's that was read in this visit."""
    account_id, line_id = str(visit.account_id), str(visit.line_id)
    return [*vouchers.find_for_line(work.session, account_id, line_id), *_scanned_bearer(work, visit)]


def usable_vouchers(work: Work, visit: VisitRow) -> list[VoucherView]:
    """Those of them that nobody else holds and that are good today."""
    zone = stores.read_place(work.session, visit.store_id).zone
    states = [(view, view.state(work.now, zone)) for view in known_vouchers(work, visit)]
    return [
        view
        for view, state in states
        if state == "usable" or (state == "held" and not view.is_held_for_another(visit.order_id, work.now))
    ]


def answer(work: Work, visit: VisitRow, answers: Answers) -> None:
    """Write the customer's answers into the visit's order, which begins with the first of them."""
    book = policies.open_book(work.session, work.settings.catalogue_files)
    order = _order_of(work, visit)
    orders.answer(work.session, order, answers, book.answerable, work.now)
    visiting.change(work, visit, "order.changed", order_id=order.order_id)


def decide(work: Work, visit: VisitRow, request: DecisionRequest) -> DecisionRow:
    """Decide what was asked in a visit; the answer becomes the visit's decision."""
    row = decisions.decide(work, subject_of(work, visit, request))
    if request.amount is not None:
        _check_choice(row)
    answered = timing.answer_fields(visit, decisions.gist(row).outcome, work.now)
    made = {"decision_id": row.decision_id, "order_id": row.order_id, **answered}
    visiting.change(work, visit, "decision.made", **made)
    return row


def _check_choice(row: DecisionRow) -> None:
    """A customer chooses an amount only where what they do not use stays theirs."""
    benefit = decisions.show(row).benefit
    if benefit is not None and benefit.applied is not None and benefit.most is None:
        detail = "what is not used of this voucher is not kept: it is used as a whole"
        raise Invalid(errors=(FieldError(pointer="/amount", detail=detail),))


def subject_of(work: Work, visit: VisitRow, request: DecisionRequest) -> Subject:
    """What a request asks about: a voucher that the person may name, or the upgrade of their line.

    Raises Invalid where it names both or neither, NotFound for a voucher that is none of theirs and was
    not read in this visit, or a policy that there is not.
    """
    if (request.voucher_id is None) == (request.policy is None):
        raise Invalid(errors=(FieldError(pointer="/voucher_id", detail="name a voucher or a policy"),))
    order = _order_of(work, visit)
    voucher = _find_voucher(work, visit, request.voucher_id) if request.voucher_id else None
    book = policies.open_book(work.session, work.settings.catalogue_files)
    policy = voucher.row.policy if voucher else str(request.policy)
    if voucher is None:
        _check_upgrade(book, policy)
    return Subject(
        visit_id=visit.visit_id,
        account_id=str(visit.account_id),
        person_id=str(visit.person_id),
        line_id=str(visit.line_id),
        policy=policy,
        voucher=voucher.key if voucher else None,
        order_id=order.order_id,
        channel=visit.channel,
        paper=visit.paper,
        store_id=visit.store_id,
        amount_minor=_chosen(voucher, request.amount),
    )


def _chosen(voucher: VoucherView | None, amount: Money | None) -> int | None:
    """The amount that the customer wants to use, in the voucher's minor units. Raises Invalid."""
    if amount is None:
        return None
    try:
        minor = to_minor(amount)
    except ValueError:
        minor = 0
    if minor <= 0 or voucher is None or amount.currency != voucher.row.currency:
        detail = "not an amount above zero in the voucher's currency"
        raise Invalid(errors=(FieldError(pointer="/amount", detail=detail),))
    return minor


def _check_upgrade(book: PolicyBook, policy: str) -> None:
    """An upgrade is asked by its policy; a credit is asked by a voucher, never by its policy alone."""
    known = book.policies.get(policy)
    if known is None:
        raise NotFound
    if known.versions[-1].benefit.kind != policies.UPGRADE:
        raise Conflict("policy.needs_voucher")


def _order_of(work: Work, visit: VisitRow) -> OrderRow:
    """The visit's order, begun with nothing said where there is none."""
    account_id = str(visit.account_id)
    order = orders.find(work.session, account_id, visit.order_id) if visit.order_id else None
    if order is not None:
        return order
    place = OrderPlace(visit.visit_id, visit.store_id, account_id, str(visit.line_id))
    return orders.start(work.session, place, work.now)


def _find_voucher(work: Work, visit: VisitRow, voucher_id: str) -> VoucherView:
    key = VoucherKey(str(visit.account_id), voucher_id)
    if voucher_id == visit.scanned_voucher_id:
        key = VoucherKey(str(visit.scanned_account_id), voucher_id)
    voucher = vouchers.find(work.session, key)
    if voucher is None:
        raise NotFound
    return voucher


def _scanned_bearer(work: Work, visit: VisitRow) -> tuple[VoucherView, ...]:
    """The voucher that was read in this visit, where it belongs to whoever holds it."""
    if visit.scanned_voucher_id is None or visit.scanned_account_id != visit.scanned_voucher_id:
        return ()
    voucher = vouchers.find(work.session, VoucherKey(visit.scanned_account_id, visit.scanned_voucher_id))
    return () if voucher is None else (voucher,)


def note_redemption(work: Work, visit: VisitRow, redeemed: Redeemed) -> None:
    """Write into the visit that its credit was used, or the new decision that says why it was not.

    A visit whose credit was used keeps what it shows: confirming it once more changes nothing.
    """
    if redeemed.redemption is None and visit.redemption_id is not None:
        return
    fields = {"decision_id": redeemed.decision.decision_id}
    if redeemed.redemption is None:
        what = "order.settled" if redeemed.code is None else "decision.changed"
        visiting.change(work, visit, what, **fields, **_left_reserved(work, visit))
        return
    tapping.tell_owner(work, visit, redeemed)
    used = {"redemption_id": redeemed.redemption.redemption_id, "outcome": "used"}
    visiting.change(work, visit, "voucher.redeemed", **fields, **used)


def _left_reserved(work: Work, visit: VisitRow) -> dict[str, str | None]:
    """The hold on which the visit stands, where the one before was released with a refusal."""
    if visit.hold_id is None or visiting.has_live_hold(work.session, visit, work.now):
        return {}
    left = redemptions.holds_of_order(work, str(visit.account_id), str(visit.order_id))
    return {"hold_id": left[-1].hold_id} if left else {}
