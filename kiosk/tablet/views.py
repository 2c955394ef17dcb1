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
    """Whether the rep can confirm the order: a yes that the customer has reserved."""
    is_reserved = can_be_reserved(visit) and step_of(visit) is Step.RESERVED
    return is_reserved and visit.order is not None and bool(visit.order.items)


def can_release(visit: Visit) -> bool:
    """Whether there is a reservation to give back."""
    return step_of(visit) is Step.RESERVED


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


def print_receipt(services: Services, visit: Visit, store: Store, again: str) -> PrintState:
    """Print the customer's sheet at the customer's station, in the customer's language."""
    order = order_receipt(visit, store, visit.language, services.settings.public_url)
    return services.devices.print(order, again) if order is not None else PrintState.NONE
