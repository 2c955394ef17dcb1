"""Tables of the accounts: lines, persons, PINs, facts and consents. The account leads every key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store_api.db import Base, Id, NodeMixin


class AccountRow(NodeMixin, Base):
    """A billing relationship. `zone` is the account's own time zone, for asking outside of a store."""

    __tablename__ = "accounts"

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(sa.String(60))
    locked: Mapped[bool] = mapped_column(default=False)


class PersonRow(NodeMixin, Base):
    """A human with a role on the account. The PIN is the person's own, never the account's."""

    __tablename__ = "persons"

    account_id: Mapped[Id] = mapped_column(sa.ForeignKey("accounts.account_id"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    first_name: Mapped[str] = mapped_column(sa.String(80))
    born_on: Mapped[date | None]
    pin_key_id: Mapped[str | None] = mapped_column(sa.String(16))
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))


class LineRow(NodeMixin, Base):
    """One telephone number on an account: a keyed hash to find it by and its last four digits."""

    __tablename__ = "lines"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "person_id"], ["persons.account_id", "persons.person_id"]),
    )

    account_id: Mapped[Id] = mapped_column(sa.ForeignKey("accounts.account_id"), primary_key=True)
    line_id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id | None]
    label: Mapped[str] = mapped_column(sa.String(80))
    last_four: Mapped[str] = mapped_column(sa.String(4))
    telephone_key_id: Mapped[str] = mapped_column(sa.String(16))
    telephone_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class FactRow(NodeMixin, Base):
    """A value that billing or the customer records told of an account, a person or a line, and when."""

    __tablename__ = "account_facts"

    account_id: Mapped[Id] = mapped_column(sa.ForeignKey("accounts.account_id"), primary_key=True)
    subject_id: Mapped[Id] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[dict[str, Any]]
    as_of: Mapped[datetime]


class ConsentRow(NodeMixin, Base):
    """The owner's leave for a line to use an account voucher: this one, any of a policy, or any.

    One that was asked for at a use is for that order alone: `order_digest` is the digest of what is bought,
    `amount_minor` the most that may be used, and it ends at `expires_at`.
    """

    __tablename__ = "consents"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "line_id"], ["lines.account_id", "lines.line_id"]),
        sa.Index("ix_consents_line", "account_id", "line_id"),
    )

    account_id: Mapped[Id] = mapped_column(sa.ForeignKey("accounts.account_id"), primary_key=True)
    consent_id: Mapped[Id] = mapped_column(primary_key=True)
    line_id: Mapped[Id]
    voucher_id: Mapped[Id | None]
    policy: Mapped[str | None] = mapped_column(sa.String(80))
    given_by: Mapped[Id]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    order_id: Mapped[Id | None]
    order_digest: Mapped[str | None] = mapped_column(sa.String(64))
    amount_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    expires_at: Mapped[datetime | None]


class OneTimeCodeRow(NodeMixin, Base):
    """A code that was sent to a line for one purpose (a visit), as a keyed hash; `used_at` ends it.

    `subject` names the line, or the hash of a number that nobody has.
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (sa.Index("ix_one_time_codes_purpose", "purpose", "subject"),)

    code_id: Mapped[Id] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(120))
    subject: Mapped[str] = mapped_column(sa.String(120))
    key_id: Mapped[str] = mapped_column(sa.String(16))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
