"""An owner's leave for the lines of their account, given or taken back in a visit.

What it is for: only the account's owner, in person and after their own identity check, says which lines may
use what belongs to the account.
What it must not know: how a leave is kept, how it counts in a decision, Flask.
"""

from __future__ import annotations

from store_api.accounts import service as accounts
from store_api.accounts.service import Leave, LineLeaves
from store_api.contract import ConsentPolicy, LineConsent
from store_api.errors import NotAllowed
from store_api.policies import service as policies
from store_api.visits import visiting
from store_api.visits.models import VisitRow
from store_api.vouchers import service as vouchers
from store_api.vouchers.service import VoucherKey
from store_api.work import Work

NOT_OWNER = "consent.not_owner"
OWN_CHECKS = frozenset({"person_pin", "photo_id_seen", "one_time_code"})
"""The checks that show that the person is there: their own PIN, a photo ID that a named rep saw, or a code
that was sent to their line."""


def can_allow_lines(work: Work, visit: VisitRow) -> bool:
    """Whether the identified person is an owner of whose account some lines need leave."""
    return _is_owner(work, visit) and bool(accounts.lines_needing_leave(work.session, str(visit.account_id)))


def list_consents(work: Work, visit: VisitRow) -> tuple[LineConsent, ...]:
    """The account's lines that need leave. Raises NotAllowed for anybody but an owner."""
    _refuse_strangers(work, visit)
    found = accounts.lines_needing_leave(work.session, str(visit.account_id))
    return tuple(_show(work, str(visit.account_id), each) for each in found)


def set_consent(work: Work, visit: VisitRow, line_id: str, allowed: bool) -> LineConsent:
    """Give a line leave for everything, or take back all that it has. What is so already stays untouched.

    Raises NotAllowed for anybody but an owner, NotFound for a line that needs no leave.
    """
    _refuse_strangers(work, visit)
    account_id, owner_id = str(visit.account_id), str(visit.person_id)
    change = accounts.allow_line if allowed else accounts.stop_line
    if change(work, account_id, line_id, owner_id, {"visit": visit.visit_id, "method": str(visit.identity)}):
        visiting.change(work, visit, "consent.given" if allowed else "consent.withdrawn")
    return _show(work, account_id, accounts.leaves_of(work.session, account_id, line_id))


def _refuse_strangers(work: Work, visit: VisitRow) -> None:
    if visit.identity not in OWN_CHECKS:
        raise NotAllowed("identity.not_checked")
    if not _is_owner(work, visit):
        raise NotAllowed(NOT_OWNER)


def _is_owner(work: Work, visit: VisitRow) -> bool:
    return accounts.is_owner(work.session, str(visit.account_id), str(visit.person_id))


def _show(work: Work, account_id: str, found: LineLeaves) -> LineConsent:
    limited = () if found.everything else found.leaves
    names = dict.fromkeys(name for leave in limited if (name := _policy_of(work, account_id, leave)))
    book = policies.open_book(work.session, work.settings.catalogue_files)
    return LineConsent(
        line=found.line,
        allowed=bool(found.leaves),
        everything=found.everything,
        policies=tuple(ConsentPolicy(policy=name, title=book.title(name)) for name in names),
    )


def _policy_of(work: Work, account_id: str, leave: Leave) -> str | None:
    """The policy to whose vouchers a leave is limited; by its voucher where it names only that."""
    if leave.policy is not None or leave.voucher_id is None:
        return leave.policy
    voucher = vouchers.find(work.session, VoucherKey(account_id, leave.voucher_id))
    return None if voucher is None else voucher.row.policy
