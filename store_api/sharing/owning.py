"""What a customer and an owner do on a phone of their own: agree to a sheet, read what they were told.

What it must not know: how a use is made, Flask.
"""

from __future__ import annotations

from store_api.accounts import service as accounts
from store_api.contract import Notice
from store_api.decisions import service as decisions
from store_api.errors import Conflict, NotAllowed
from store_api.notices import service as notices
from store_api.phones import service as phones
from store_api.phones.service import PhonePerson
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work


def tap(work: Work, visit: VisitRow, terms_code: str | None) -> None:
    """The customer agrees to a sheet. Raises NotAllowed on another's phone, Conflict for an older sheet."""
    if work.caller.role == "phone":
        holder = phones.who_holds(work.session, work.caller.session_id)
        if holder is None or holder.person_id != visit.person_id:
            raise NotAllowed("identity.not_checked")
    row = decisions.find(work.session, visit.decision_id) if visit.decision_id else None
    if row is None or terms_code is None or row.terms_code != terms_code:
        raise Conflict("tap.other_sheet")
    if not visits.is_tapped(work, visit, terms_code):
        visits.tap(work, visit, terms_code)
        visits.change(work, visit, "customer.agreed")


def read_notices(work: Work) -> tuple[Notice, ...]:
    """What the owner who holds the calling phone was told. Raises NotAllowed for anybody else."""
    return notices.read(work, _owner(work).account_id)


def see_notices(work: Work) -> None:
    """The owner has read them. Raises NotAllowed."""
    notices.mark_seen(work, _owner(work).account_id)


def _owner(work: Work) -> PhonePerson:
    holder = phones.who_holds(work.session, work.caller.session_id)
    if holder is None:
        raise NotAllowed("identity.not_checked")
    if not accounts.is_owner(work.session, holder.account_id, holder.person_id):
        raise NotAllowed("consent.not_owner")
    return holder
