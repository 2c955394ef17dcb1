"""Offers: something optional for sale, shown once on a card of its own after the customer's own matter.

What it is for: making and ending offers, showing one in a visit, taking "no" for an answer. A "no" needs no
reason, and there is no place for one.
What it must not know: what a policy asks for; nothing of an offer is ever read by a decision (an import rule
holds that).
"""

from __future__ import annotations

from collections.abc import Sequence

from store_api.audit import service as audit
from store_api.contract import FieldError, Offer, OfferCard, OfferRequest
from store_api.decisions import service as decisions
from store_api.errors import Invalid, NotFound
from store_api.money import to_minor, to_money
from store_api.offers import store
from store_api.offers.models import NoOffers, OfferRow, OfferShowing
from store_api.redemptions import service as redemptions
from store_api.stores import service as stores
from store_api.visits import service as visits
from store_api.visits.service import VisitRow
from store_api.work import Work

NOTHING = OfferCard(offer=None, may_be_shown=False)


def make(work: Work, body: OfferRequest) -> OfferRow:
    """Make an offer. Raises Invalid where its last day is before its first, or its price is no amount."""
    if body.ends_on is not None and body.ends_on < body.starts_on:
        detail = "the last day is before the first"
        raise Invalid(errors=(FieldError(pointer="/ends_on", detail=detail),))
    row = OfferRow(
        offer_id=work.new_id("off"),
        title=dict(body.title),
        text=dict(body.text),
        price_minor=_price(body),
        currency=body.price.currency if body.price is not None else None,
        stores=list(body.stores),
        regions=list(body.regions),
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        made_by=work.caller.subject_id,
        made_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "offer.made", row.offer_id)
    return row


def end(work: Work, offer_id: str) -> OfferRow:
    """Show an offer no more, on any face. Raises NotFound."""
    row = store.find(work.session, offer_id)
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = work.now
        work.session.flush()
        _record(work, "offer.ended", offer_id)
    return row


def list_all(work: Work) -> Sequence[OfferRow]:
    """Every offer, the newest first."""
    return store.find_all(work.session)


def show(row: OfferRow) -> Offer:
    """An offer as the wire has it."""
    return Offer(
        offer_id=row.offer_id,
        title=row.title,
        text=row.text,
        price=to_money(row.price_minor, row.currency) if row.price_minor is not None else None,
        stores=tuple(row.stores),
        regions=tuple(row.regions),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_ended=row.ended_at is not None,
    )


def look(work: Work, visit: VisitRow) -> OfferCard:
    """The card that stands in a visit, or whether one may be shown. Nothing is written."""
    if not _is_decided(work, visit):
        return NOTHING
    account_id, person_id = str(visit.account_id), str(visit.person_id)
    if store.wants_none(work.session, account_id, person_id):
        return NOTHING
    showing = store.find_showing(work.session, visit.visit_id, person_id)
    if showing is None:
        return OfferCard(offer=None, may_be_shown=_next(work, visit) is not None)
    row = store.find(work.session, showing.offer_id)
    if showing.declined_at is not None or row is None or row.ended_at is not None:
        return NOTHING
    return OfferCard(offer=show(row), may_be_shown=False)


def show_next(work: Work, visit: VisitRow) -> OfferCard:
    """Show the next offer in a visit where one may be shown; the card that stands there now."""
    found = look(work, visit)
    row = _next(work, visit) if found.may_be_shown else None
    if row is None:
        return found
    # The visit's row is locked first: two faces that ask at once show one card.
    visits.change(work, visit, "offer.shown")
    if store.find_showing(work.session, visit.visit_id, str(visit.person_id)) is not None:
        return look(work, visit)
    showing = OfferShowing(
        account_id=str(visit.account_id),
        person_id=str(visit.person_id),
        offer_id=row.offer_id,
        visit_id=visit.visit_id,
        shown_at=work.now,
    )
    work.session.add(showing)
    work.session.flush()
    return OfferCard(offer=show(row), may_be_shown=False)


def decline(work: Work, visit: VisitRow, for_good: bool) -> OfferCard:
    """Take "no" for an answer: the card is gone from every face of the visit, and it is not shown again.

    `for_good`: this person is shown no offer any more.
    """
    account_id, person_id = str(visit.account_id), str(visit.person_id)
    visits.change(work, visit, "offer.declined")
    showing = store.find_showing(work.session, visit.visit_id, person_id)
    if showing is not None and showing.declined_at is None:
        showing.declined_at = work.now
    if for_good and not store.wants_none(work.session, account_id, person_id):
        work.session.add(NoOffers(account_id=account_id, person_id=person_id, since=work.now))
    work.session.flush()
    return NOTHING


def _is_decided(work: Work, visit: VisitRow) -> bool:
    """Whether the customer's own matter is over: used, reserved, or answered with nothing left to take up."""
    if visit.identity is None or visit.decision_id is None:
        return False
    if visit.redemption_id is not None:
        return True
    hold = redemptions.find_hold(work.session, visit.hold_id) if visit.hold_id else None
    if hold is not None and redemptions.is_live(hold, work.now):
        return True
    row = decisions.find(work.session, visit.decision_id)
    if row is None:
        return False
    outcome = decisions.gist(row).outcome
    return outcome == "not_eligible" or (outcome == "eligible" and row.voucher_id is None)


def _next(work: Work, visit: VisitRow) -> OfferRow | None:
    """The offer that this person was never shown, of those of the visit's store today."""
    place = stores.read_place(work.session, visit.store_id)
    shown = store.find_shown(work.session, str(visit.account_id), str(visit.person_id))
    for row in store.find_in_force(work.session, place.today(work.now)):
        is_here = place.store_id in row.stores or place.region in row.regions
        if row.offer_id not in shown and (is_here or not (row.stores or row.regions)):
            return row
    return None


def _price(body: OfferRequest) -> int | None:
    if body.price is None:
        return None
    try:
        minor = to_minor(body.price)
    except ValueError:
        minor = -1
    if minor < 0:
        raise Invalid(errors=(FieldError(pointer="/price", detail="not an amount of this currency"),))
    return minor


def _record(work: Work, action: str, offer_id: str) -> None:
    audit.record(work.session, action=action, actor=work.caller.subject_id, subject=offer_id, now=work.now)
