"""What to print for a visit: the customer's sheet and, once it was used, when, where and by whom.

What it is for: the kiosk and the tablet order the same paper under the same name, so that it prints once.
What it must not know: printers, how a sheet is made.
"""

from __future__ import annotations

import hashlib
from zoneinfo import ZoneInfo

from kiosk.devices import ReceiptOrder
from kiosk.receipts.compose import OtherUse, compose_other
from kiosk.steps import Step, step_of
from kiosk.words import say, write_day, write_money, write_time
from store_api.contract import ClaimAnswer, Hold, Redemption, Store, UsedVoucher, Visit


def order_receipt(
    visit: Visit, store: Store, language: str, public_url: str, till_code: str | None = None
) -> ReceiptOrder | None:
    """The paper of a visit at its own station, in a language; None before there is an answer.

    The slip of what is reserved is a paper of its own: it carries the code for the till.
    """
    decision, used, hold = visit.decision, visit.redemption, reserved_hold(visit)
    if decision is None:
        return None
    subject = hold.hold_id if hold is not None else decision.decision_id
    return ReceiptOrder(
        station=visit.station,
        subject=used.redemption_id if used is not None else subject,
        sheet=decision.sheets[language],
        heading=store.name,
        zone=store.zone,
        terms_url=f"{public_url}/t/{decision.terms_code}",
        proof=(used.proof or None) if used is not None else None,
        foot=_how_it_was_used(language, used, ZoneInfo(store.zone)) if used is not None else (),
        till_code=till_code if hold is not None else None,
        others=tuple(_other(language, each) for each in visit.also_used) if used is not None else (),
    )


def _other(language: str, used: UsedVoucher) -> OtherUse:
    """Another voucher of the order, with what it took below zero, as it stands on the sheet."""
    took, proof = used.redemption.amount, used.redemption.proof or None
    amount = None if took is None else f"\u2212{write_money(language, took)}"
    return compose_other(used.sheets[language], used.title[language], amount, proof)


def reserved_hold(visit: Visit) -> Hold | None:
    """The hold that a visit stands on, while what it reserves was not used."""
    return visit.hold if step_of(visit) is Step.RESERVED else None


def order_claim(station: str, answer: ClaimAnswer, store: Store, language: str) -> ReceiptOrder:
    """The paper of a claim's answer, in a language; another answer to the same claim is another paper."""
    sheet = answer.sheets[language]
    words = hashlib.sha256(sheet.model_dump_json().encode()).hexdigest()
    return ReceiptOrder(
        station=station,
        subject=f"{answer.check_id}.{words[:12]}",
        sheet=sheet,
        heading=store.name,
        zone=store.zone,
        terms_url=answer.terms_url,
    )


def _how_it_was_used(language: str, used: Redemption, zone: ZoneInfo) -> tuple[str, ...]:
    day = write_day(language, used.redeemed_at.astimezone(zone).date())
    time = write_time(language, used.redeemed_at, zone)
    return (
        say(language, "receipt.used", day=day, time=time, store=used.store_name),
        say(language, "receipt.confirmed_by", name=used.confirmed_by),
    )
