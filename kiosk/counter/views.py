"""What the kiosk's pages show, made from values of the service: cards, notes, pills.

What it must not know: requests, sessions, the store's client.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kiosk.words import say, say_months, write_day, write_money
from store_api.contract import Money, PriceList, Question, Visit, VoucherSummary

NO_DEVICE = "none"
PILLS = {"usable": "yes", "held": "wait", "used": "", "expired": "", "void": "no", "not_yet_valid": "wait"}


@dataclass(frozen=True)
class Card:
    """One answer to choose: what it is called, what more there is to say, and its price."""

    value: str
    name: str
    more: str = ""
    price: str = ""
    chosen: bool = False


def device_cards(language: str, prices: PriceList, chosen: str | None) -> list[Card]:
    """The price list as cards, and a way to say that none of it is bought."""
    cards = [
        Card(
            value=device.sku,
            name=device.name,
            price=write_money(language, device.price),
            chosen=device.sku == chosen,
        )
        for device in prices.devices
    ]
    none = say(language, "question.device.none"), say(language, "question.device.none.more")
    return [*cards, Card(NO_DEVICE, none[0], none[1], chosen=chosen == NO_DEVICE)]


def month_cards(language: str, prices: PriceList, chosen: object) -> list[Card]:
    """The lengths of agreement that the store offers, longest first."""
    lengths = sorted(prices.agreement_months, reverse=True)
    return [Card(str(count), say_months(language, count), chosen=count == chosen) for count in lengths]


def option_cards(language: str, question: Question) -> list[Card]:
    """The answers that a question offers; yes and no for a question of that kind."""
    if question.type == "boolean":
        return [Card("true", say(language, "question.yes")), Card("false", say(language, "question.no"))]
    return [Card(option.value, option.label[language]) for option in question.options]


def unit_label(language: str, question: Question) -> str:
    """The words over a field to type into."""
    known = {"money", "percent", "date"}
    name = question.type if question.type in known else (question.unit or "text")
    key = f"question.unit.{name}"
    return say(
        language, key if name in known | {"months", "days", "years", "items"} else "question.unit.text"
    )


def input_mode(question: Question) -> str:
    """Which keys a field needs: numeric, decimal or text."""
    return {"integer": "numeric", "money": "decimal", "percent": "decimal"}.get(question.type, "text")


def voucher_note(language: str, voucher: VoucherSummary) -> str:
    """What a choice says of its voucher: when and where it was used, else what is left and until when."""
    if voucher.used_at is not None:
        day = write_day(language, voucher.used_at.date())
        if voucher.used_at_store:
            return say(language, "voucher.used_at", date=day, place=voucher.used_at_store)
        return say(language, "voucher.used_on", date=day)
    parts = []
    if voucher.balance is not None:
        parts.append(say(language, "voucher.balance", amount=write_money(language, voucher.balance)))
    ends = voucher.ends_on
    parts.append(
        say(language, "voucher.ends", date=write_day(language, ends))
        if ends
        else say(language, "voucher.no_end")
    )
    return " · ".join(parts)


def voucher_pill(state: str) -> str:
    """The tint of a voucher's state; the word says the same."""
    return PILLS.get(state, "")


def done_lead(language: str, visit: Visit) -> str:
    """What was used, in one sentence: one voucher, a part of one, or several together."""
    standing = visit.order.vouchers if visit.order is not None else ()
    amounts = [voucher.amount for voucher in standing if voucher.amount is not None]
    if len(amounts) > 1 and len({money.currency for money in amounts}) == 1:
        total = Money(amount=sum((each.amount for each in amounts), Decimal()), currency=amounts[0].currency)
        return say(language, "done.lead_many", amount=write_money(language, total), count=len(standing))
    used = visit.redemption
    if used is None or used.amount is None:
        return say(language, "done.lead_no_amount")
    amount = write_money(language, used.amount)
    benefit = visit.decision.benefit if visit.decision is not None else None
    most = benefit.most if benefit is not None else None
    if most is not None and used.amount.amount < most.amount and used.balance is not None:
        return say(language, "done.lead_part", amount=amount, left=write_money(language, used.balance))
    return say(language, "done.lead", amount=amount)
