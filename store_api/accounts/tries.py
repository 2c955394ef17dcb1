"""One try of an identity method: counted for the line, the device and the whole fleet.

What it is for: too many wrong ones close that method, and that method only, for an hour; a photo ID that a
rep has seen is never closed. A place is looked at before a line is counted, so that a closed device does not
use up the tries of the lines that are typed there.
What it must not know: what was tried, visits, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from store_api import lockout
from store_api.work import Work

Method = Literal["person_pin", "one_time_code"]
METHODS: tuple[Method, ...] = ("person_pin", "one_time_code")
LOCKED, LOCKED_HERE, LOCKED_EVERYWHERE = (
    "identity.locked",
    "identity.locked_here",
    "identity.locked_everywhere",
)


@dataclass(frozen=True)
class Closed:
    """A method that may not be tried: of the line, on this device, or anywhere; and until when."""

    code: str
    until: datetime


def begin(work: Work, method: Method, subject: str) -> Closed | None:
    """Count a try of a subject's; None where it may be looked at."""
    until = lockout.closed_place(work.session, fleet_of(method), work.now)
    if until is not None:
        return Closed(LOCKED_EVERYWHERE, until)
    until = lockout.hold_place(work.session, device_of(method, work.caller.subject_id), work.now)
    if until is not None:
        return Closed(LOCKED_HERE, until)
    until = lockout.count_try(work.session, subject, work.now)
    return None if until is None else Closed(LOCKED, until)


def settle_right(work: Work, subject: str) -> None:
    """The try was right: the line's count begins anew; the device's and the fleet's stand."""
    lockout.settle_right(work.session, subject)


def settle_wrong(work: Work, method: Method, subject: str) -> Closed | None:
    """The try was wrong; what it closed, the line before the device before the fleet, or None."""
    session, now, settings = work.session, work.now, work.settings
    hour = timedelta(minutes=settings.lockout_minutes)
    line = lockout.settle_wrong(session, subject, now, lockout.Rule(settings.wrong_pins, hour))
    of_device = lockout.Rule(settings.wrong_pins_of_device, hour)
    device = lockout.count_at_place(session, device_of(method, work.caller.subject_id), now, of_device)
    of_fleet = lockout.Rule(settings.wrong_pins_of_fleet, hour)
    fleet = lockout.count_at_place(session, fleet_of(method), now, of_fleet)
    found = ((LOCKED, line), (LOCKED_HERE, device), (LOCKED_EVERYWHERE, fleet))
    return next((Closed(code, until) for code, until in found if until is not None), None)


def device_of(method: str, device_id: str) -> str:
    """Under which name a device's wrong tries are counted."""
    return f"{method}-at:{device_id}"


def fleet_of(method: str) -> str:
    """Under which name those of all devices are counted."""
    return f"{method}-anywhere"


def open_device(work: Work, device_id: str) -> None:
    """Open every method at a device again."""
    for method in METHODS:
        lockout.open_place(work.session, device_of(method, device_id))


def open_fleet(work: Work) -> None:
    """Open every method everywhere again."""
    for method in METHODS:
        lockout.open_place(work.session, fleet_of(method))
