"""Visits: one customer's time in the store.

What it is for: the door to the feature. Finding and changing a visit is in visiting.py, what is asked in
it in asking.py, an owner's leave for other lines in consenting.py, what a till has rung up for it in
tilling.py, the customer's own taps in tapping.py, what it shows in view.py.
What it must not know: how a decision is made, how a voucher is consumed, Flask.
"""

from __future__ import annotations

from store_api.accounts.service import IdentityCheck
from store_api.visits.asking import ReadVoucher, answer, choices, decide, note_redemption, read_code
from store_api.visits.combining import HeldTogether, propose
from store_api.visits.combining import hold as hold_together
from store_api.visits.consenting import list_consents, set_consent
from store_api.visits.fetching import (
    code_of,
    keep_heard,
    prepare_decision,
    prepare_number,
    prepare_use,
    prepare_visit,
)
from store_api.visits.models import VisitRow
from store_api.visits.past import PastVisit, add_past, read_times
from store_api.visits.tapping import is_tapped, tap
from store_api.visits.tilling import open_for_till, take_up_till_order
from store_api.visits.timing import SPENT, VisitTime
from store_api.visits.view import show, show_to_nobody
from store_api.visits.visiting import (
    change,
    check_code,
    check_identity,
    close,
    code_of_visit,
    find,
    find_identified,
    find_joinable,
    find_of_order,
    find_open,
    find_to_change,
    is_open_to,
    open_for_caller,
    open_visit,
    rate,
    see_photo_id,
    send_code,
    set_phase,
    shows_person,
    tell,
    unlock_person,
)

__all__ = [
    "SPENT",
    "HeldTogether",
    "IdentityCheck",
    "PastVisit",
    "ReadVoucher",
    "VisitRow",
    "VisitTime",
    "add_past",
    "answer",
    "change",
    "check_code",
    "check_identity",
    "choices",
    "close",
    "code_of",
    "code_of_visit",
    "decide",
    "find",
    "find_identified",
    "find_joinable",
    "find_of_order",
    "find_open",
    "find_to_change",
    "hold_together",
    "is_open_to",
    "is_tapped",
    "keep_heard",
    "list_consents",
    "note_redemption",
    "open_for_caller",
    "open_for_till",
    "open_visit",
    "prepare_decision",
    "prepare_number",
    "prepare_use",
    "prepare_visit",
    "propose",
    "rate",
    "read_code",
    "read_times",
    "see_photo_id",
    "send_code",
    "set_consent",
    "set_phase",
    "show",
    "show_to_nobody",
    "shows_person",
    "take_up_till_order",
    "tap",
    "tell",
    "unlock_person",
]  # fmt: skip
