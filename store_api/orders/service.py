"""Orders and the price list: what the customer says, what a till captured, what a rep confirmed.

What it is for: taking answers, pricing what is chosen, and telling an order's facts.
What it must not know: policies, decisions, vouchers, the database's statements, Flask.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from store_api.contract import (
    Answers,
    Capture,
    CapturedItem,
    Device,
    FactValue,
    FieldError,
    Money,
    Order,
    OrderItem,
    PriceList,
    TillOrderRequest,
)
from store_api.db import make_id
from store_api.errors import Conflict, Invalid
from store_api.money import to_minor, to_money
from store_api.orders import captures, store, till_orders
from store_api.orders.facts import CHOSEN_BY_DEVICE, NOTHING_BOUGHT, order_facts
from store_api.orders.models import (
    AgreementLength,
    CaptureRow,
    OrderRow,
    PriceListDevice,
    TillOrderRow,
)
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue, read_facts
from store_api.policy.values import Money as Amount
from store_api.policy.values import Value

__all__ = [
    "CaptureRow", "OrderPlace", "OrderRow", "TillOrderRow", "answer", "capture", "capture_confirmed",
    "captures", "facts_of", "find", "find_by_id", "fingerprint", "lock", "note_waiver", "price_list",
    "ring_up", "set_price_list", "settle", "show", "start", "take_up", "till_orders",
]  # fmt: skip

AGREEMENT = "order.agreement_months"


@dataclass(frozen=True)
class OrderPlace:
    """Where an order belongs: its visit and store, and the account and line that it is for."""

    visit_id: str
    store_id: str
    account_id: str
    line_id: str


def price_list(session: Session) -> PriceList:
    """What the store sells today."""
    devices = tuple(_to_device(row) for row in store.find_devices(session))
    return PriceList(devices=devices, agreement_months=tuple(store.find_agreement_lengths(session)))


def set_price_list(session: Session, new: PriceList) -> None:
    """Put a price list in place: devices by number, added or changed; none is taken away."""
    for position, device in enumerate(new.devices):
        session.merge(_to_row(device, position, session.info["node_id"]))
    for months in new.agreement_months:
        session.merge(AgreementLength(months=months, node_id=session.info["node_id"]))
    session.flush()


def fingerprint(order: OrderRow) -> str:
    """The digest of what is bought: the things with their prices, and the length of the agreement."""
    content = [order.items, order.facts.get(AGREEMENT)]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def find(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """An order by its whole key."""
    return store.find_order(session, account_id, order_id)


def find_by_id(session: Session, order_id: str) -> OrderRow | None:
    """An order by its identifier alone."""
    return store.find_order_by_id(session, order_id)


def lock(session: Session, account_id: str, order_id: str) -> OrderRow | None:
    """The same, locked until this transaction ends. Lock it before its vouchers."""
    return store.lock_order(session, account_id, order_id)


def start(session: Session, place: OrderPlace, now: dt.datetime) -> OrderRow:
    """A new order with nothing said yet."""
    order = OrderRow(
        account_id=place.account_id,
        order_id=make_id(session, "ord", now),
        visit_id=place.visit_id,
        store_id=place.store_id,
        line_id=place.line_id,
        state="said",
        sku_said=None,
        items=[],
        facts={},
        changed_at=now,
    )
    session.add(order)
    session.flush()
    return order


def answer(
    session: Session, order: OrderRow, answers: Answers, catalogue: Catalogue, now: dt.datetime
) -> None:
    """Write the customer's answers into an order that is still only said.

    Raises Conflict for a confirmed or captured order, Invalid for an answer that cannot be one.
    """
    _refuse_settled(order)
    _check_answers(session, answers, catalogue)
    said = {"facts": _merged(order.facts, answers.facts), "changed_at": now}
    if "sku" in answers.model_fields_set:
        said |= _choice(session, answers.sku)
    store.change_order(session, order, said)


def capture(session: Session, order: OrderRow, capture: Capture, now: dt.datetime) -> None:
    """Write what a till sold into the order; it stays `said` until its credit is used.

    Raises Conflict for a settled order, Invalid for something that the price list does not have.
    """
    _refuse_settled(order)
    captures.check_credit(capture)
    sold = {
        "items": [_captured(session, item, place) for place, item in enumerate(capture.items)],
        "sku_said": capture.items[0].sku if capture.items else NOTHING_BOUGHT,
        "facts": _merged(order.facts, {AGREEMENT: capture.agreement_months}),
        "till_reference": capture.till_reference,
        "changed_at": now,
    }
    store.change_order(session, order, sold)


def capture_confirmed(session: Session, order: OrderRow, capture: Capture, now: dt.datetime) -> None:
    """Mark an order that a rep confirmed as captured too. Raises Conflict where other things were sold."""
    captures.check_credit(capture)
    items = [_captured(session, item, place) for place, item in enumerate(capture.items)]
    sold = [(item["sku"], item["price"]) for item in items], capture.agreement_months
    confirmed = [(item["sku"], item["price"]) for item in order.items], order.facts.get(AGREEMENT)
    if sold != confirmed:
        raise Conflict("order.confirmed_otherwise")
    captured = {"state": "captured", "till_reference": capture.till_reference, "changed_at": now}
    store.change_order(session, order, captured)


def ring_up(
    session: Session, place: tuple[str, str], body: TillOrderRequest, opened_by: str, now: dt.datetime
) -> TillOrderRow:
    """Keep what a till has rung up under its reference, for a visit; `place` is the store and the visit.

    Raises Invalid for something that the price list does not have.
    """
    items = [_captured(session, item, number) for number, item in enumerate(body.items)]
    return till_orders.keep(session, place, body, items, opened_by, now)


def take_up(session: Session, rung_up: TillOrderRow, order: OrderRow, now: dt.datetime) -> None:
    """Make what a till has rung up the contents of an order. Raises Conflict for a settled one."""
    _refuse_settled(order)
    rung_up.order_id = order.order_id
    contents = {
        "items": list(rung_up.items),
        "sku_said": rung_up.items[0]["sku"] if rung_up.items else None,
        "till_reference": rung_up.till_reference,
        "changed_at": now,
    }
    if rung_up.agreement_months is not None:
        contents["facts"] = _merged(order.facts, {AGREEMENT: rung_up.agreement_months})
    store.change_order(session, order, contents)


def note_waiver(session: Session, order: OrderRow) -> None:
    """From now on decisions on this order ask for waivers."""
    store.change_order(session, order, {"has_waiver": True})


def settle(session: Session, order: OrderRow, state: str, settled_by: str, now: dt.datetime) -> None:
    """Mark an order as confirmed by a named rep or captured by a till. Raises Conflict if it was."""
    _refuse_settled(order)
    store.change_order(session, order, {"state": state, "settled_by": settled_by, "changed_at": now})


def facts_of(order: OrderRow | None, plan_price: FactValue) -> dict[str, FactValue]:
    """The facts of an order, or of none yet; `plan_price` is the line's own plan ("35.00 USD")."""
    if order is None:
        return order_facts(None, [], {}, plan_price)
    return order_facts(order.sku_said, order.items, order.facts, plan_price)


def show(order: OrderRow) -> Order:
    """The order as the wire has it."""
    items = tuple(OrderItem.model_validate(item) for item in order.items)
    return Order(
        order_id=order.order_id,
        state=order.state,  # type: ignore[arg-type]  # the model checks it
        items=items,
        agreement_months=order.facts.get(AGREEMENT),
        total=_total(items),
        facts=facts_of(order, None),
        till_reference=order.till_reference,
    )


def _refuse_settled(order: OrderRow) -> None:
    if order.state != "said":
        raise Conflict("order.settled")


def _check_answers(session: Session, answers: Answers, catalogue: Catalogue) -> None:
    faults = [*_fact_faults(answers.facts, catalogue), *_offer_faults(session, answers)]
    if faults:
        raise Invalid(errors=tuple(faults))


def _fact_faults(facts: Mapping[str, FactValue], catalogue: Catalogue) -> Iterable[FieldError]:
    for key, value in facts.items():
        declared = catalogue.facts.get(key)
        if declared is None or declared.source != "order" or key in CHOSEN_BY_DEVICE:
            yield FieldError(pointer=_fact_pointer(key), detail="not a fact of an order that can be answered")
            continue
        try:
            read = read_facts({key: value}, catalogue)
        except PolicyErrors:
            yield FieldError(pointer=_fact_pointer(key), detail="not a value of this fact")
            continue
        if any(_is_below_nothing(each) for each in read.values()):
            yield FieldError(pointer=_fact_pointer(key), detail="less than nothing")


def _is_below_nothing(value: Value) -> bool:
    """Whether an answer counts below zero: no plan costs less than nothing, no agreement is shorter."""
    if isinstance(value, Amount):
        return value.amount < 0
    return type(value) is int and value < 0


def _fact_pointer(key: str) -> str:
    """The place of a fact in the body, as a JSON pointer (RFC 6901)."""
    return "/facts/" + key.replace("~", "~0").replace("/", "~1")


def _offer_faults(session: Session, answers: Answers) -> Iterable[FieldError]:
    months = answers.facts.get(AGREEMENT)
    if isinstance(months, int) and months not in store.find_agreement_lengths(session):
        yield FieldError(pointer=f"/facts/{AGREEMENT}", detail="not a length of agreement on offer")
    sku = answers.sku
    if sku not in (None, NOTHING_BOUGHT) and store.find_device(session, str(sku)) is None:
        yield FieldError(pointer="/sku", detail="not in the price list")


def _merged(before: Mapping[str, Any], after: Mapping[str, FactValue]) -> dict[str, Any]:
    """Answers laid over earlier ones; null takes an answer back."""
    merged = {**before, **after}
    return {key: value for key, value in merged.items() if value is not None}


def _choice(session: Session, sku: str | None) -> dict[str, Any]:
    device = None if sku in (None, NOTHING_BOUGHT) else store.find_device(session, str(sku))
    return {"sku_said": sku, "items": [] if device is None else [_item(_to_device(device))]}


def _captured(session: Session, item: CapturedItem, place: int) -> dict[str, Any]:
    row = store.find_device(session, item.sku)
    if row is None:
        fault = FieldError(pointer=f"/items/{place}/sku", detail="not in the price list")
        raise Invalid(errors=(fault,))
    try:
        valid = to_minor(item.price) >= 0
    except ValueError:
        valid = False
    if not valid:
        raise Invalid(errors=(FieldError(pointer=f"/items/{place}/price", detail="not a price"),))
    return _item(_to_device(row).model_copy(update={"price": _normal(item.price)}))


def _normal(price: Money) -> Money:
    """The same amount with as many decimals as its currency has."""
    normal = to_money(to_minor(price), price.currency)
    return price if normal is None else normal


def _item(device: Device) -> dict[str, Any]:
    return OrderItem(**device.model_dump()).model_dump(mode="json")


def _total(items: tuple[OrderItem, ...]) -> Money | None:
    """The sum of an order in one currency; null for an empty order or one in several currencies."""
    if len({item.price.currency for item in items}) != 1:
        return None
    return to_money(sum(to_minor(item.price) for item in items), items[0].price.currency)


def _to_device(row: PriceListDevice) -> Device:
    price = to_money(row.price_minor, row.currency)
    return Device.model_validate(
        {"sku": row.sku, "name": row.name, "category": row.category, "price": price}, from_attributes=True
    )


def _to_row(device: Device, position: int, node_id: str) -> PriceListDevice:
    return PriceListDevice(
        sku=device.sku,
        position=position,
        name=device.name,
        category=device.category,
        price_minor=to_minor(device.price),
        currency=device.price.currency,
        node_id=node_id,
    )
