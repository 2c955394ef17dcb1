"""What is known of accounts, lines and persons, and who may use the account's vouchers."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from store_api.accounts import service
from store_api.accounts.models import LineRow, PersonRow
from store_api.db import Database
from store_api.errors import NotFound
from tests.store_api.factories import NOW, Customer, add_customer, at, make_work

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def family(database: Database) -> tuple[Customer, Customer]:
    """An owner and a member of one account."""
    with database.transaction() as session:
        work = make_work(session)
        owner = add_customer(work, "3125550100", "Olga", role="owner")
        return owner, add_customer(work, "3125550101", "Dana", account_id=owner.account_id)


def test_facts_carry_their_value_and_when_it_was_true(
    database: Database, family: tuple[Customer, Customer]
) -> None:
    owner, member = family
    with database.transaction() as session:
        work = make_work(session)
        service.keep_fact(work, member.account_id, member.line_id, "line.last_upgrade_on", "2024-09-03")
        later = at(work, NOW + dt.timedelta(days=1))
        service.keep_fact(later, member.account_id, member.account_id, "account.past_due", "12.30 USD")
        service.keep_fact(later, member.account_id, owner.line_id, "line.suspended", True)
        facts = service.facts_of(
            session, member.account_id, member.person_id, member.line_id, TODAY, later.now
        )
    assert facts["line.last_upgrade_on"] == service.HeldFact("2024-09-03", NOW)
    assert facts["account.past_due"] == service.HeldFact("12.30 USD", NOW + dt.timedelta(days=1))
    assert "line.suspended" not in facts
    assert {key: facts[key].value for key in ("account.locked", "account.lines", "person.role")} == {
        "account.locked": False,
        "account.lines": 2,
        "person.role": "member",
    }


def test_a_newer_value_takes_the_older_ones_place(
    database: Database, family: tuple[Customer, Customer]
) -> None:
    _, member = family
    with database.transaction() as session:
        for value in ("10.00 USD", "0.00 USD"):
            work = make_work(session)
            service.keep_fact(work, member.account_id, member.account_id, "account.past_due", value)
        facts = service.facts_of(session, member.account_id, None, None, TODAY, NOW)
    assert facts["account.past_due"].value == "0.00 USD"


@pytest.mark.parametrize(
    ("today", "age"), [(dt.date(2026, 4, 30), 19), (dt.date(2026, 5, 1), 20), (dt.date(2027, 4, 30), 20)]
)
def test_an_age_turns_on_the_birthday(
    database: Database, family: tuple[Customer, Customer], today: dt.date, age: int
) -> None:
    _, member = family
    with database.reading() as session:
        facts = service.facts_of(session, member.account_id, member.person_id, member.line_id, today, NOW)
    assert facts["person.age"].value == age


def test_a_lock_is_a_fact_and_can_be_lifted(database: Database, family: tuple[Customer, Customer]) -> None:
    _, member = family
    with database.transaction() as session:
        work = make_work(session)
        service.lock_account(work, member.account_id, True)
        assert service.is_locked(session, member.account_id)
        service.lock_account(work, member.account_id, False)
        assert not service.is_locked(session, member.account_id)
        with pytest.raises(NotFound):
            service.lock_account(work, "acc_unknown", True)


def may_use(database: Database, customer: Customer, voucher: str = "vou_1", policy: str = "credit") -> bool:
    """Whether a customer may use a voucher of the whole account."""
    with database.reading() as session:
        return service.may_use_account_voucher(
            session, customer.account_id, customer.person_id, customer.line_id, voucher, policy
        )


def test_the_owner_uses_the_accounts_vouchers_and_a_member_needs_leave(
    database: Database, family: tuple[Customer, Customer]
) -> None:
    owner, member = family
    assert may_use(database, owner)
    assert not may_use(database, member)


@pytest.mark.parametrize(
    ("voucher_id", "policy", "covered"),
    [
        (None, None, True),
        ("vou_1", None, True),
        (None, "credit", True),
        ("vou_2", None, False),
        (None, "other", False),
        ("vou_1", "other", False),
    ],
)
def test_a_leave_covers_what_it_names_and_ends_when_it_is_taken_back(
    database: Database,
    family: tuple[Customer, Customer],
    voucher_id: str | None,
    policy: str | None,
    covered: bool,
) -> None:
    owner, member = family
    with database.transaction() as session:
        consent = service.give_consent(
            make_work(session),
            member.account_id,
            member.line_id,
            owner.person_id,
            voucher_id=voucher_id,
            policy=policy,
        )
    assert may_use(database, member) is covered
    with database.transaction() as session:
        service.withdraw_consent(make_work(session), member.account_id, consent, owner.person_id)
    assert not may_use(database, member)


def test_a_leave_is_for_one_line(database: Database, family: tuple[Customer, Customer]) -> None:
    owner, member = family
    with database.transaction() as session:
        work = make_work(session)
        other = add_customer(work, "3125550102", "Iris", account_id=owner.account_id)
        service.give_consent(work, owner.account_id, other.line_id, owner.person_id)
    assert not may_use(database, member)
    assert may_use(database, other)


def test_neither_number_nor_pin_stands_in_the_tables(
    database: Database, family: tuple[Customer, Customer]
) -> None:
    with database.reading() as session:
        rows = [*session.scalars(sa.select(LineRow)), *session.scalars(sa.select(PersonRow))]
        text = " ".join(str(vars(row)) for row in rows)
    assert "3125550100" not in text
    assert "2468" not in text
    assert {row.last_four for row in rows if isinstance(row, LineRow)} == {"0100", "0101"}


def test_what_is_not_there_is_not_found(database: Database, family: tuple[Customer, Customer]) -> None:
    owner, _ = family
    with database.transaction() as session:
        with pytest.raises(NotFound):
            service.line_choice(session, owner.account_id, "lin_unknown")
        with pytest.raises(NotFound):
            service.person_name(session, "acc_unknown", owner.person_id)
        with pytest.raises(NotFound):
            service.zone_of(session, "acc_unknown")
        with pytest.raises(NotFound):
            service.withdraw_consent(make_work(session), owner.account_id, "con_unknown", owner.person_id)
