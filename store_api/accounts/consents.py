"""The owner's leave: which lines need it for what belongs to the account, who gives it and takes it back.

What it is for: an owner and a manager use the account's vouchers as they like; a member's line needs a
leave, given in advance and standing until it is taken back.
What it must not know: policies and vouchers (beyond their names), visits, HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from store_api.accounts import store
from store_api.accounts.models import ConsentRow, LineRow
from store_api.audit.service import record
from store_api.contract import LineChoice
from store_api.errors import NotFound
from store_api.work import Work

OWNER = "owner"
FREE_ROLES = frozenset({OWNER, "manager"})
"""Roles that use the account's vouchers without asking; a member needs the owner's leave."""


@dataclass(frozen=True)
class OrderLimit:
    """What a leave that was asked for at a use is limited to: one order as it was shown, at most so much.

    `digest` is that of what is bought; `amount_minor` in the voucher's minor units.
    """

    order_id: str
    digest: str
    amount_minor: int
    expires_at: datetime


@dataclass(frozen=True)
class Buying:
    """What a leave is wanted for now: the order with its digest, the amount, the moment."""

    order_id: str | None
    digest: str | None
    amount_minor: int
    now: datetime


@dataclass(frozen=True)
class Leave:
    """One leave that stands: for one voucher, for any of a policy, or (both null) for everything."""

    consent_id: str
    voucher_id: str | None
    policy: str | None

    @property
    def is_for_everything(self) -> bool:
        """Whether it covers whatever the account has now or later."""
        return self.voucher_id is None and self.policy is None


@dataclass(frozen=True)
class LineLeaves:
    """A line that needs leave, and the leaves that it has."""

    line: LineChoice
    leaves: tuple[Leave, ...]

    @property
    def everything(self) -> bool:
        """Whether the line may use whatever belongs to the account."""
        return any(leave.is_for_everything for leave in self.leaves)


def is_owner(session: Session, account_id: str, person_id: str) -> bool:
    """Whether a person owns the account; only an owner gives leave."""
    person = store.find_person(session, account_id, person_id)
    return person is not None and person.role == OWNER


def may_use_account_voucher(
    session: Session,
    account_id: str,
    person_id: str,
    line_id: str,
    voucher_id: str,
    policy: str,
    buying: Buying | None = None,
) -> bool:
    """Whether a person may use a voucher of the whole account on their line.

    Owner and manager may; a member needs the owner's leave for the line and this voucher, its policy, or
    every voucher; or one for exactly what is being bought.
    """
    person = store.find_person(session, account_id, person_id)
    if person is None:
        return False
    if person.role in FREE_ROLES:
        return True
    consents = store.read_consents(session, account_id, line_id)
    return any(_covers(consent, voucher_id, policy) and _is_within(consent, buying) for consent in consents)


def lines_needing_leave(session: Session, account_id: str) -> tuple[LineLeaves, ...]:
    """The account's lines whose person is neither owner nor manager, by label."""
    rows = store.read_lines_but_of(session, account_id, FREE_ROLES)
    return tuple(_with_leaves(session, row) for row in rows)


def leaves_of(session: Session, account_id: str, line_id: str) -> LineLeaves:
    """One of those lines. Raises NotFound for a line that is not there or needs no leave."""
    found = (each for each in lines_needing_leave(session, account_id) if each.line.line_id == line_id)
    line = next(found, None)
    if line is None:
        raise NotFound
    return line


def allow_line(
    work: Work, account_id: str, line_id: str, owner_id: str, details: Mapping[str, str] | None = None
) -> bool:
    """Give a line leave for everything; False where it has that leave already. Raises NotFound.

    `details` go into the log; they tell no personal data.
    """
    if leaves_of(work.session, account_id, line_id).everything:
        return False
    give_consent(work, account_id, line_id, owner_id, details=details)
    return True


def stop_line(
    work: Work, account_id: str, line_id: str, owner_id: str, details: Mapping[str, str] | None = None
) -> bool:
    """Take back every leave of a line, whatever each was for; False where it has none. Raises NotFound."""
    leaves = leaves_of(work.session, account_id, line_id).leaves
    for leave in leaves:
        withdraw_consent(work, account_id, leave.consent_id, owner_id, details=details)
    return bool(leaves)


def give_consent(
    work: Work,
    account_id: str,
    line_id: str,
    given_by: str,
    *,
    voucher_id: str | None = None,
    policy: str | None = None,
    limit: OrderLimit | None = None,
    details: Mapping[str, str] | None = None,
) -> str:
    """Note the owner's leave for a line, in advance or limited to one order; its identifier."""
    consent_id = work.new_id("con")
    consent = ConsentRow(
        account_id=account_id,
        consent_id=consent_id,
        line_id=line_id,
        voucher_id=voucher_id,
        policy=policy,
        given_by=given_by,
        given_at=work.now,
        order_id=limit.order_id if limit else None,
        order_digest=limit.digest if limit else None,
        amount_minor=limit.amount_minor if limit else None,
        expires_at=limit.expires_at if limit else None,
    )
    work.session.add(consent)
    work.session.flush()
    _record(work, "consent.given", consent, given_by, details)
    return consent_id


def withdraw_consent(
    work: Work,
    account_id: str,
    consent_id: str,
    withdrawn_by: str,
    *,
    details: Mapping[str, str] | None = None,
) -> None:
    """Take a leave back; it covers nothing from now on. Raises NotFound."""
    consent = store.find_consent(work.session, account_id, consent_id)
    if consent is None:
        raise NotFound
    consent.withdrawn_at = work.now
    work.session.flush()
    _record(work, "consent.withdrawn", consent, withdrawn_by, details)


def _with_leaves(session: Session, row: LineRow) -> LineLeaves:
    found = store.read_consents(session, row.account_id, row.line_id)
    consents = [each for each in found if each.order_id is None]
    return LineLeaves(
        line=LineChoice(line_id=row.line_id, label=row.label, last_four=row.last_four),
        leaves=tuple(Leave(each.consent_id, each.voucher_id, each.policy) for each in consents),
    )


def _covers(consent: ConsentRow, voucher_id: str, policy: str) -> bool:
    return consent.voucher_id in (None, voucher_id) and consent.policy in (None, policy)


def _is_within(consent: ConsentRow, buying: Buying | None) -> bool:
    """Whether a leave covers what is being bought; one that was given in advance covers everything."""
    if consent.order_id is None:
        return True
    if buying is None or consent.expires_at is None or consent.amount_minor is None:
        return False
    same_order = (consent.order_id, consent.order_digest) == (buying.order_id, buying.digest)
    return same_order and buying.now < consent.expires_at and buying.amount_minor <= consent.amount_minor


def _record(
    work: Work, action: str, consent: ConsentRow, owner_id: str, details: Mapping[str, str] | None
) -> None:
    record(
        work.session,
        action=action,
        actor=work.caller.subject_id,
        subject=consent.consent_id,
        now=work.now,
        details=details,
        personal={"person_id": owner_id, "line_id": consent.line_id},
    )
