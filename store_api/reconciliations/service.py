"""The day's reconciliation: what was redeemed, what tills captured, what billing credited.

What it is for: one store's day in its own time zone, with the sums of the three and every thing in which they
do not agree. It reads; it changes nothing and decides nothing.
What it must not know: how anything is redeemed, captured or billed; Flask; the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from store_api.billing import service as billing
from store_api.billing.service import PostingRow
from store_api.contract import Difference, Money, ReconciledAmount, Reconciliation
from store_api.money import to_money
from store_api.orders import service as orders
from store_api.orders.service import CaptureRow
from store_api.redemptions import service as redemptions
from store_api.redemptions.service import RedemptionRow
from store_api.stores import service as stores
from store_api.stores.service import Place
from store_api.till_codes import service as till_codes
from store_api.till_codes.service import TillCodeRow


@dataclass(frozen=True)
class Day:
    """Everything of one store's day, and what belongs to it of other days."""

    used: Sequence[RedemptionRow]
    captures: Sequence[CaptureRow]
    codes: Sequence[TillCodeRow]
    captures_of_orders: dict[str, CaptureRow]
    used_on_orders: dict[str, list[RedemptionRow]]
    postings: dict[tuple[str, str], PostingRow]
    comes_off: dict[str, bool]

    def is_reversed(self, redemption_id: str) -> bool:
        """Whether billing confirmed that what an undone use had credited is taken back."""
        reversal = self.postings.get((redemption_id, "reversal"))
        return reversal is not None and reversal.state == "confirmed"


def reconcile(
    session: Session, day: dt.date, store_id: str | None, has_billing: bool
) -> list[Reconciliation]:
    """The day of a store, or of every store. Raises NotFound for a store that there is not."""
    places = stores.find_places(session) if store_id is None else [stores.read_place(session, store_id)]
    return [_reconcile(session, place, day, has_billing) for place in places]


def _reconcile(session: Session, place: Place, on: dt.date, has_billing: bool) -> Reconciliation:
    day = _read(session, place, on)
    differences = [*_of_redemptions(day, has_billing), *_of_captures(day), *_of_codes(day)]
    return Reconciliation(
        store_id=place.store_id,
        day=on,
        zone=place.zone,
        billing=has_billing,
        amounts=tuple(_amounts(day)),
        differences=tuple(sorted(differences, key=_place_in_list)),
    )


def _read(session: Session, place: Place, on: dt.date) -> Day:
    start, end = _bounds(place, on)
    used = redemptions.listing.of_store(session, place.store_id, start, end)
    captured = orders.captures.of_store(session, place.store_id, start, end)
    codes = till_codes.find_verified(session, place.store_id, start, end)
    order_ids = sorted({each.order_id for rows in (used, captured, codes) for each in rows})
    on_orders = redemptions.listing.of_orders(session, order_ids)
    every = [row for rows in on_orders.values() for row in rows]
    return Day(
        used=used,
        captures=captured,
        codes=codes,
        captures_of_orders=orders.captures.of_orders(session, order_ids),
        used_on_orders=on_orders,
        postings=billing.of_redemptions(session, [row.redemption_id for row in every]),
        comes_off={
            row.redemption_id: redemptions.listing.show_applied(session, row).comes_off for row in every
        },
    )


def _bounds(place: Place, on: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the store's midnight to its next; a day of 23 or 25 hours is what it is."""
    zone = ZoneInfo(place.zone)
    start = dt.datetime.combine(on, dt.time(), zone)
    end = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), zone)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


def _of_redemptions(day: Day, has_billing: bool) -> Iterator[Difference]:
    for row in day.used:
        if row.voided_at is None:
            if row.order_id not in day.captures_of_orders:
                yield _difference("redeemed_not_captured", day, row)
            if has_billing and row.amount_minor:
                yield from _of_billing(day, row)
        elif has_billing and row.amount_minor and not day.is_reversed(row.redemption_id):
            yield _difference("voided_not_reversed", day, row)


def _of_billing(day: Day, row: RedemptionRow) -> Iterator[Difference]:
    posting = day.postings.get((row.redemption_id, "credit"))
    if posting is not None and posting.state == "rejected":
        yield _difference("billing_rejected", day, row)
    elif posting is None or posting.state != "confirmed":
        yield _difference("redeemed_not_billed", day, row)
    elif posting.billed_minor != row.amount_minor:
        yield _difference("billed_other_amount", day, row)


def _of_captures(day: Day) -> Iterator[Difference]:
    for capture in day.captures:
        if capture.credit_minor is None:
            continue
        used = [row for row in day.used_on_orders.get(capture.order_id, []) if _counts(day, row)]
        if sum(row.amount_minor or 0 for row in used) == capture.credit_minor:
            continue
        kind = "captured_other_amount" if used else "captured_not_redeemed"
        yield _of_order(kind, day, capture.order_id, capture)


def _counts(day: Day, row: RedemptionRow) -> bool:
    return day.comes_off[row.redemption_id] and row.voided_at is None


def _of_codes(day: Day) -> Iterator[Difference]:
    for code in day.codes:
        if code.order_id not in day.captures_of_orders:
            yield _of_order("verified_not_captured", day, code.order_id, None)


def _difference(kind: str, day: Day, row: RedemptionRow) -> Difference:
    capture = day.captures_of_orders.get(row.order_id)
    posting = day.postings.get((row.redemption_id, "credit"))
    return Difference(
        kind=kind,  # type: ignore[arg-type]  # the model checks it
        order_id=row.order_id,
        redemption_id=row.redemption_id,
        voucher_id=row.voucher_id,
        till_reference=capture.till_reference if capture else None,
        redeemed=to_money(row.amount_minor, row.currency),
        captured=to_money(capture.credit_minor, capture.currency) if capture else None,
        billed=to_money(posting.billed_minor, posting.currency) if posting else None,
    )


def _of_order(kind: str, day: Day, order_id: str, capture: CaptureRow | None) -> Difference:
    used = [row for row in day.used_on_orders.get(order_id, []) if _counts(day, row)]
    currencies = {row.currency for row in used}
    total = sum(row.amount_minor or 0 for row in used)
    return Difference(
        kind=kind,  # type: ignore[arg-type]  # the model checks it
        order_id=order_id,
        redemption_id=used[0].redemption_id if len(used) == 1 else None,
        voucher_id=used[0].voucher_id if len(used) == 1 else None,
        till_reference=capture.till_reference if capture else None,
        redeemed=to_money(total, currencies.pop()) if len(currencies) == 1 else None,
        captured=to_money(capture.credit_minor, capture.currency) if capture else None,
        billed=None,
    )


def _amounts(day: Day) -> Iterable[ReconciledAmount]:
    """One sum a currency; what was undone counts on neither side."""
    used = [row for row in day.used if row.amount_minor and row.voided_at is None]
    ids = {row.redemption_id for row in day.used}
    billed = [row for row in day.postings.values() if row.redemption_id in ids and row.state == "confirmed"]
    claimed = [row for row in day.captures if row.credit_minor is not None]
    found = (
        {row.currency for row in used} | {row.currency for row in claimed} | {row.currency for row in billed}
    )
    for currency in sorted(each for each in found if each is not None):
        own = [row for row in billed if row.currency == currency]
        yield ReconciledAmount(
            currency=currency,
            redemptions=sum(row.currency == currency for row in used),
            redeemed=_sum(currency, (row.amount_minor for row in used if row.currency == currency)),
            captures=sum(row.currency == currency for row in claimed),
            captured=_sum(currency, (row.credit_minor for row in claimed if row.currency == currency)),
            postings=len(own),
            billed=_sum(currency, (_signed(row) for row in own)),
        )


def _signed(row: PostingRow) -> int:
    amount = row.billed_minor or 0
    return amount if row.kind == "credit" else -amount


def _sum(currency: str, amounts: Iterable[int | None]) -> Money:
    total = to_money(sum(each or 0 for each in amounts), currency)
    assert total is not None
    return total


def _place_in_list(difference: Difference) -> tuple[str, str, str]:
    return difference.kind, difference.order_id, difference.redemption_id or ""
