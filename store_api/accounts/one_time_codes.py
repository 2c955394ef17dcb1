"""One-time codes: six digits sent to the line, good once, for ten minutes, in the place that asked for them.

What it is for: sending and checking. The code is kept as a keyed hash. A number that nobody has is answered,
counted and worked for as any other; only nothing is sent.
What it must not know: which message centre sends it, visits (`purpose` is an opaque name), HTTP.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_api import lockout
from store_api.accounts import identity, store, telephones, tries
from store_api.accounts.identity import Found, IdentityCheck
from store_api.accounts.models import OneTimeCodeRow
from store_api.audit.service import record
from store_api.contract import Words
from store_api.messages import service as messages
from store_api.messages.service import NewMessage
from store_api.work import Work

METHOD: tries.Method = "one_time_code"
GOOD_FOR = timedelta(minutes=10)
DIGITS = 6
SENDS_OF_A_LINE, SENDS_OF_A_DEVICE = 5, 60
"""Codes that are sent in an hour to one line, and from one device: no line is flooded, and whoever
guesses gets no more codes to guess."""
NOT_OFFERED, TOO_MANY = "one_time_code.not_offered", "one_time_code.too_many"
TEXT: Words = {
    "en": "{code} is your code. Type it yourself where you asked for it. It is good once, for 10 minutes.",
    "es": "{code} es su código. Escríbalo usted donde lo pidió. Sirve una vez, durante 10 minutos.",
}


@dataclass(frozen=True)
class Sent:
    """What came of asking for a code: `code` is null, or why none was sent, then `until` says how long."""

    code: str | None
    until: datetime


def send(work: Work, purpose: str, telephone: str, language: str) -> Sent:
    """Send a code to the line of a number; an earlier one for the same purpose is good no more.

    The answer is the same whether or not somebody has the number.
    """
    if not work.settings.messages:
        return Sent(NOT_OFFERED, work.now)
    found = identity.find(work, telephone)
    closed = _count_sending(work, _subject(found))
    if closed is not None:
        return Sent(TOO_MANY, closed)
    digits = _draw(work)
    expires_at = work.now + GOOD_FOR
    _keep(work, purpose, found, digits, expires_at)
    number = telephones.normal_form(telephone, work.settings.telephone_region)
    text = TEXT.get(language, TEXT["en"]).format(code=digits)
    is_real = found.line is not None
    messages.queue(work, NewMessage(METHOD, number, language, text, expires_at, is_real))
    _record(work, "one_time_code.sent", purpose)
    return Sent(None, expires_at)


def check(work: Work, purpose: str, telephone: str, typed: str) -> IdentityCheck:
    """Check a code that was sent for a purpose. Counts the try; a right code is good this once."""
    found = identity.find(work, telephone)
    subject = _subject(found)
    closed = tries.begin(work, METHOD, subject)
    if closed is not None:
        return identity.refuse(work, purpose, closed.code, closed.until)
    row = store.find_open_code(work.session, purpose, subject, work.now)
    if row is not None and _matches(work, row, typed) and found.line is not None and found.person is not None:
        row.used_at = work.now
        work.session.flush()
        tries.settle_right(work, subject)
        return identity.accept(work, purpose, METHOD, found.line, found.person)
    closed = tries.settle_wrong(work, METHOD, subject)
    if closed is None:
        return identity.refuse(work, purpose, "identity.wrong", None)
    return identity.refuse(work, purpose, closed.code, closed.until)


def line_subject(line_id: str) -> str:
    """Under which name a line's wrong codes are counted."""
    return f"code:{line_id}"


def _subject(found: Found) -> str:
    return line_subject(found.line.line_id) if found.line is not None else f"code-number:{found.number_hash}"


def _count_sending(work: Work, subject: str) -> datetime | None:
    """Count one code that is sent; until when no more are, or None."""
    hour = lockout.WINDOW
    places = (
        (f"sent-from:{work.caller.subject_id}", SENDS_OF_A_DEVICE),
        (f"sent-{subject}", SENDS_OF_A_LINE),
    )
    for place, limit in places:
        until = lockout.hold_place(work.session, place, work.now)
        if until is not None:
            return until
        lockout.count_at_place(work.session, place, work.now, lockout.Rule(limit, hour))
    return None


def _draw(work: Work) -> str:
    drawn = int.from_bytes(work.session.info["random_bytes"](8), "big")
    return f"{drawn % 10**DIGITS:0{DIGITS}}"


def _keep(work: Work, purpose: str, found: Found, digits: str, expires_at: datetime) -> None:
    subject = _subject(found)
    store.end_open_codes(work.session, purpose, subject, work.now)
    keyed = work.settings.keys.hash(METHOD, _message(purpose, subject, digits))
    row = OneTimeCodeRow(
        code_id=work.new_id("otc"),
        purpose=purpose,
        subject=subject,
        key_id=keyed.key_id,
        code_hash=keyed.digest,
        sent_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(row)
    work.session.flush()


def _matches(work: Work, row: OneTimeCodeRow, typed: str) -> bool:
    digits = "".join(sign for sign in typed if sign in "0123456789")
    hashes = work.settings.keys.hashes(METHOD, _message(row.purpose, row.subject, digits))
    return any(hmac.compare_digest(each.digest, row.code_hash) for each in hashes)


def _message(purpose: str, subject: str, digits: str) -> str:
    return f"{purpose}|{subject}|{digits}"


def _record(work: Work, action: str, purpose: str) -> None:
    record(work.session, action=action, actor=work.caller.subject_id, subject=purpose, now=work.now)
