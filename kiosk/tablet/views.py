"""What the tablet shows of a visit, and what may be done with it.

What it must not know: requests, sessions, the store's client.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from kiosk.devices import PrintState
from kiosk.receipts.order import order_receipt
from kiosk.services import Services
from kiosk.steps import Step, can_be_reserved, step_of
from kiosk.words import say, write_time
from store_api.contract import Sheet, StaffSession, Store, Visit

NOTICES = {
    PrintState.NONE: "tablet.no_printer",
    PrintState.FAILED: "tablet.printer_trouble",
}


NOTICES_OF_A_CONFIRMATION = frozenset({"tablet.changed", "tablet.not_used", "tablet.not_done"})


def step_name(visit: Visit) -> str:
    """The name of the stage at which a visit stands."""
    return step_of(visit).value


def sheet_of(visit: Visit) -> Sheet | None:
    """The sheet that the customer sees, in the customer's language."""
    return visit.decision.sheets[visit.language] if visit.decision is not None else None


def can_confirm(visit: Visit) -> bool:
    """Whether the rep can confirm the order: something is reserved for it, whatever was asked besides."""
    is_reserved = step_of(visit) is Step.RESERVED
    return is_reserved and visit.order is not None and bool(visit.order.items)


def confirm_words(visit: Visit) -> str:
    """What the button that confirms says: what is reserved need not be what the sheet is about."""
    return "tablet.confirm" if can_be_reserved(visit) else "tablet.confirm_reserved"


def can_choose(visit: Visit) -> bool:
    """Whether the rep can ask about something for the customer: somebody is known, nothing was asked yet."""
    return visit.state == "open" and visit.identity is not None and visit.decision is None


def can_reserve(visit: Visit) -> bool:
    """Whether the rep can reserve for the customer what the answer granted."""
    return can_be_reserved(visit) and step_of(visit) is Step.ANSWERED


def can_release(visit: Visit) -> bool:
    """Whether there is a reservation to give back."""
    return step_of(visit) is Step.RESERVED


def can_extend(visit: Visit) -> bool:
    """Whether what is reserved can stand longer."""
    hold = visit.hold
    return can_release(visit) and hold is not None and hold.expires_at < hold.longest_until


def held_ids(visit: Visit) -> list[str]:
    """Every reservation of the visit's order."""
    standing = visit.order.vouchers if visit.order is not None else ()
    held = [voucher.hold_id for voucher in standing if voucher.hold_id is not None]
    return held or ([visit.hold.hold_id] if visit.hold is not None else [])


def waits_for(visit: Visit) -> str | None:
    """What has to happen before the order can be confirmed: a key of the catalogue of words."""
    if not can_be_reserved(visit):
        return None
    if step_of(visit) is Step.RESERVED and not can_confirm(visit):
        return "tablet.waits_for_till"
    return "tablet.waits_for_customer" if step_of(visit) is Step.ANSWERED else None


def sign_in_fault(language: str, session: StaffSession) -> str:
    """Why nobody was signed in."""
    if session.code == "identity.locked" and session.locked_until is not None and session.store is not None:
        time = write_time(language, session.locked_until, ZoneInfo(session.store.zone))
        return say(language, "tablet.locked", time=time)
    if session.code == "identity.locked":
        return say(language, "tablet.locked_for_now")
    return say(language, "tablet.wrong")


def print_notice(state: PrintState) -> str:
    """What to tell the rep about a print: a key of the catalogue of words."""
    return NOTICES.get(state, "tablet.printing")


def print_receipt(
    services: Services, visit: Visit, store: Store, again: str, till_code: str | None = None
) -> PrintState:
    """Print the customer's sheet at the customer's station, in the customer's language.

    `till_code` goes on the slip of what is reserved.
    """
    order = order_receipt(visit, store, visit.language, services.settings.public_url, till_code)
    return services.devices.print(order, again) if order is not None else PrintState.NONE
