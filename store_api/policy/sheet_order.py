"""The order on a sheet: items, what is taken off, what is left to pay, what stays on the account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from store_api.policy.decision import Decision
from store_api.policy.errors import Refused
from store_api.policy.granted import DEVICE_PRICE, Granted, applied_to
from store_api.policy.sheet_parts import Occasion, OrderLine, SheetLine
from store_api.policy.values import Money
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words


def used_today(decision: Decision, occasion: Occasion) -> Granted | None:
    """What is applied of an instant credit, to the device price or else to the order's total.

    None for other benefits, and where neither is known.
    """
    granted = decision.benefit
    if granted is None or granted.kind != "instant_credit" or granted.applied is not None:
        return granted if granted is not None and granted.applied is not None else None
    total = _total(occasion.order_lines)
    if total is None or decision.document is None:
        return None
    try:
        return applied_to(granted, decision.document.benefit.remainder, total)
    except Refused:
        return None


def _total(lines: tuple[OrderLine, ...]) -> Money | None:
    total: Money | None = None
    for line in lines:
        try:
            total = line.price if total is None else total.plus(line.price)
        except Refused:
            return None
    return total


@dataclass(frozen=True)
class OrderLines:
    """Makes the lines about money."""

    decision: Decision
    words: Words
    occasion: Occasion

    def lines(self) -> Iterator[SheetLine]:
        """The block of the order, then of the bills; empty unless the answer is a yes."""
        granted = self.decision.benefit
        if granted is None:
            return
        yield from self._order(granted)
        if granted.kind == "bill_credit":
            yield from self._bills(granted)

    def _items(self) -> tuple[OrderLine, ...]:
        if self.occasion.order_lines:
            return self.occasion.order_lines
        price = self.decision.facts.get(DEVICE_PRICE)
        if not isinstance(price, Money):
            return ()
        label = self.occasion.device_label or self.words.label(DEVICE_PRICE)
        return (OrderLine(label, price),)

    def _order(self, granted: Granted) -> Iterator[SheetLine]:
        items = self._items()
        total = _total(items)
        if total is None:
            return
        yield SheetLine(
            "heading", self.words.phrase("order.before_tax" if self.occasion.before_tax else "order.with_tax")
        )
        for item in items:
            yield SheetLine("item", item.label, self.words.money(item.price))
        off = self._off(granted)
        if off is not None and off.currency == total.currency:
            yield SheetLine("credit", self._title(), self.words.money(Money(-off.amount, off.currency)))
            total = total.minus(off)
        yield SheetLine("total", self.words.phrase("total"), self.words.money(total))
        yield from self._after()

    def _off(self, granted: Granted) -> Money | None:
        used = used_today(self.decision, self.occasion)
        if used is not None:
            return used.applied
        return granted.amount if granted.kind in ("percent_off", "fee_waiver") else None

    def _after(self) -> Iterator[SheetLine]:
        used = used_today(self.decision, self.occasion)
        if used is None:
            return
        for rest, key in ((used.kept, "after.kept"), (used.forfeited, "after.forfeited")):
            if rest is not None and rest.amount > 0:
                yield SheetLine("after", self.words.phrase(key), self.words.money(rest))

    def _title(self) -> str:
        document = self.decision.document
        return says_in(document.title, self.words.language, document.policy) if document is not None else ""

    def _bills(self, granted: Granted) -> Iterator[SheetLine]:
        yield SheetLine("heading", self.words.phrase("bills"))
        for count, each in granted.instalments():
            text = self.words.phrase("bills.one" if count == 1 else "bills.each", count=count)
            yield SheetLine("credit", text, self.words.money(Money(-each.amount, each.currency)))
        if granted.amount is not None:
            yield SheetLine("total", self.words.phrase("bills.total"), self.words.money(granted.amount))
        starts = granted.starts_within_bills or 1
        key = "bills.start_next" if starts == 1 else "bills.start"
        yield SheetLine("detail", self.words.phrase(key, count=starts))
        yield from self._stops()

    def _stops(self) -> Iterator[SheetLine]:
        document = self.decision.document
        stops = document.benefit.stops_if if document is not None else ()
        if stops:
            yield SheetLine("heading", self.words.phrase("stops"))
        for term in stops:
            # Not part of the decision, so told without this customer's values.
            yield SheetLine("agrees", self.words.says(term, {}))
