"""Why something was not done, in words, beside the field that it concerns.

What it must not know: pages.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app, request

from kiosk.rendering import current_language
from kiosk.settings import Settings
from kiosk.words import say, write_time
from store_api.contract import ApprovalAnswer, ApprovalReason, StaffSession, StopAnswer

LONGEST_PIN = 12
UNCONFIRMED = "approval.sentence_unconfirmed"

Faults = list[tuple[str, str]]
"""(id of the field, what is wrong with it), as the summary at the top of a page lists them."""


def sign_in_fault(language: str, session: StaffSession) -> str:
    """Why nobody was signed in."""
    if session.code == "identity.locked":
        return _locked(language, session.locked_until)
    return say(language, "region.wrong")


def _locked(language: str, until: dt.datetime | None) -> str:
    if until is None:
        return say(language, "region.locked_for_now")
    settings: Settings = current_app.extensions["settings"]
    return say(language, "region.locked", time=write_time(language, until, ZoneInfo(settings.zone)))


def pin_from_form(field: str) -> tuple[str, Faults]:
    """The PIN that was typed into a field, and what is wrong where there is none."""
    pin = request.form.get(field, "").strip()
    if 1 <= len(pin) <= LONGEST_PIN:
        return pin, []
    return "", [(field, say(current_language(), "region.pin.missing"))]


def answer_faults(field: str, answer: StopAnswer | ApprovalAnswer) -> Faults:
    """Why a PIN's step was not done: the service's own reasons, else what is wrong with the PIN."""
    language = current_language()
    if answer.code == "identity.locked":
        return [(field, _locked(language, answer.locked_until))]
    if answer.code == "identity.wrong":
        return [(field, say(language, "region.pin.wrong"))]
    if isinstance(answer, ApprovalAnswer) and answer.reasons:
        return [(anchor_of(reason), reason.says[language]) for reason in answer.reasons]
    if isinstance(answer, StopAnswer) and answer.says is not None:
        return [("", answer.says[language])]
    return [("", say(language, "region.refused"))]


def anchor_of(reason: ApprovalReason) -> str:
    """Where on the page of confirming and approving a reason leads."""
    return f"sentence-{reason.subject}" if reason.code == UNCONFIRMED else ""
