"""Vouchers: the guard, holds that run out, the ledger, states and codes under a new key."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from store_api.db import Database
from store_api.keys import KeyRing
from store_api.vouchers import service
from store_api.vouchers.models import Voucher
from store_api.vouchers.service import HoldClaim, NewVoucher, UseClaim, VoucherKey, VoucherView
from tests.store_api.factories import KEYS, NOW

TODAY = NOW.date()
MINUTE = dt.timedelta(minutes=1)
ZONE = "America/New_York"


def issue(session: Session, **changes: object) -> tuple[VoucherKey, str]:
    """A $50 voucher of an account."""
    given = {"account_id": "acc_1", "amount_minor": 5000, "currency": "USD", **changes}
    new = NewVoucher("upgrade-credit-50", TODAY, **given)  # type: ignore[arg-type]
    return service.issue(session, new, KEYS, session.info["random_bytes"], NOW)


def use_claim(order: str, amount: int = 4999, kept: int = 1) -> UseClaim:
    """A use on an order."""
    return UseClaim(f"red_{order}", order, "store-1", "Riverside", amount, kept)


def hold_claim(order: str) -> HoldClaim:
    """A hold of fifteen minutes on an order."""
    return HoldClaim(f"hol_{order}", order, "store-1", "Riverside (counter-1)", NOW + 15 * MINUTE)


def look(session: Session, key: VoucherKey) -> VoucherView:
    """The voucher as it stands."""
    found = service.find(session, key)
    assert found is not None
    return found


def test_a_voucher_is_used_once(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        first = service.use(session, key, use_claim("ord_1"), NOW)
        assert first == service.TakenUse(1, 1)
        assert service.use(session, key, use_claim("ord_2"), NOW) is None
        assert (len(look(session, key).uses), look(session, key).balance_minor) == (1, 1)


def test_a_voided_use_does_not_count_and_its_number_does_not_come_back(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session, amount_minor=None, currency=None)
        service.use(session, key, use_claim("ord_1"), NOW)
        look(session, key).uses[0].voided_at = NOW
        session.flush()
        again = service.use(session, key, use_claim("ord_2"), NOW)
        assert again is not None
        assert again.use_number == 2


def test_a_hold_keeps_others_out_until_its_minutes_are_over(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        assert service.hold(session, key, hold_claim("ord_1"), NOW)
        just_before = NOW + 15 * MINUTE - dt.timedelta(microseconds=1)
        assert not service.hold(session, key, hold_claim("ord_2"), just_before)
        assert service.use(session, key, use_claim("ord_2"), just_before) is None
        assert look(session, key).state(just_before, ZONE) == "held"
        assert look(session, key).state(NOW + 15 * MINUTE, ZONE) == "usable"
        assert service.use(session, key, use_claim("ord_2"), NOW + 15 * MINUTE) is not None


def test_the_order_that_holds_it_may_use_it_and_the_hold_is_gone(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        service.hold(session, key, hold_claim("ord_1"), NOW)
        assert service.use(session, key, use_claim("ord_1"), NOW) is not None
        assert look(session, key).row.hold_id is None
        assert not service.hold(session, key, hold_claim("ord_2"), NOW + 60 * MINUTE)


def test_of_two_requests_of_one_order_the_first_makes_the_hold(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        assert service.hold(session, key, hold_claim("ord_1"), NOW)
        assert not service.hold(session, key, hold_claim("ord_1"), NOW)


def test_a_hold_is_given_back_by_its_own_name_only(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        service.hold(session, key, hold_claim("ord_1"), NOW)
        service.release(session, key, "hol_of_somebody_else")
        assert look(session, key).is_held(NOW)
        service.release(session, key, "hol_ord_1")
        assert not look(session, key).is_held(NOW)


def test_a_void_voucher_is_neither_held_nor_used(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        session.get_one(Voucher, tuple(key)).voided_at = NOW
        session.flush()
        assert not service.hold(session, key, hold_claim("ord_1"), NOW)
        assert service.use(session, key, use_claim("ord_1"), NOW) is None
        assert look(session, key).state(NOW, ZONE) == "void"


@pytest.mark.parametrize(
    ("starts", "ends", "moment", "state"),
    [
        (None, "2026-11-21", "2026-11-22T04:59:00+00:00", "usable"),
        (None, "2026-11-21", "2026-11-22T05:00:00+00:00", "expired"),
        ("2026-11-22", None, "2026-11-22T04:59:00+00:00", "not_yet_valid"),
        ("2026-11-22", None, "2026-11-22T05:00:00+00:00", "usable"),
    ],
)
def test_a_vouchers_days_are_days_in_the_stores_zone(
    database: Database, starts: str | None, ends: str | None, moment: str, state: str
) -> None:
    days = {
        "starts_on": dt.date.fromisoformat(starts) if starts else None,
        "ends_on": dt.date.fromisoformat(ends) if ends else None,
    }
    with database.transaction() as session:
        key, _ = issue(session, **days)
        assert look(session, key).state(dt.datetime.fromisoformat(moment), ZONE) == state


def test_more_than_a_voucher_has_is_never_taken(database: Database) -> None:
    with database.transaction() as session:
        key, _ = issue(session)
        assert service.use(session, key, use_claim("ord_1", amount=5001, kept=0), NOW) is None
        view = look(session, key)
        assert (view.balance_minor, view.uses) == (5000, ())


def test_a_code_is_found_and_written_anew_under_a_new_key(database: Database) -> None:
    newer = KeyRing.parse("t2:" + base64.b64encode(bytes(range(32))).decode())
    both = KeyRing((*newer.secrets, *KEYS.secrets))
    with database.transaction() as session:
        key, code = issue(session)
        assert service.find_by_code(session, newer, code) is None
        assert service.find_by_code(session, both, code) == key
        session.flush()
        assert service.find_by_code(session, newer, code) == key


@given(face=st.integers(1, 10_000_000), data=st.data())
def test_what_was_issued_is_used_kept_or_lost_to_the_cent(
    ledger_database: Database, face: int, data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, face))
    kept = data.draw(st.integers(0, face - amount))
    with ledger_database.transaction() as session:
        key, _ = issue(session, amount_minor=face)
        taken = service.use(session, key, use_claim("ord_1", amount, kept), NOW)
        assert taken == service.TakenUse(1, kept)
        assert look(session, key).balance_minor == kept


@pytest.fixture(scope="module")
def ledger_database(sqlite_demo: str) -> Database:
    """One database for all of the generated cases."""
    return Database(sqlite_demo, pool_size=1)
