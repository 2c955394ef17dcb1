"""What a yes is worth to this customer: amount, what of it is applied, and how bills carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from store_api.policy.errors import PolicyError, PolicyErrors, Refused
from store_api.policy.model import DEVICE_PRICE, Benefit, BenefitKind, PolicyVersion, Remainder, Tier
from store_api.policy.values import Money, Value, minor_unit, value_to_json

__all__ = ["DEVICE_PRICE", "NO_CEILING", "Ceiling", "Granted", "applied_to", "grant", "kept_under"]


@dataclass(frozen=True)
class Granted:
    """The benefit of a yes.

    `amount` is None for an upgrade right, and while the fact of a percentage is unknown. `applied` is set for
    an instant credit whose device price is known, with `kept` or `forfeited` for the rest of it.
    """

    kind: BenefitKind
    tier: str | None = None
    amount: Money | None = None
    applied: Money | None = None
    kept: Money | None = None
    forfeited: Money | None = None
    percent: Decimal | None = None
    of: str | None = None
    months: int | None = None
    starts_within_bills: int | None = None

    def instalments(self) -> tuple[tuple[int, Money], ...]:
        """(number of bills, amount of each), larger first; together exactly the amount."""
        if self.months is None or self.amount is None:
            return ()
        unit = minor_unit(self.amount.currency)
        cents, extra = divmod(int(self.amount.amount / unit), self.months)
        counts = ((extra, cents + 1), (self.months - extra, cents))
        return tuple(
            (count, Money(unit * each, self.amount.currency)) for count, each in counts if count and each
        )

    def to_json(self) -> dict[str, Any]:
        """The wire form: kind, tier and amount always, the other fields where they apply."""
        body: dict[str, Any] = {"kind": self.kind, "tier": self.tier, "amount": value_to_json(self.amount)}
        optional = {
            "applied": value_to_json(self.applied),
            "kept": value_to_json(self.kept),
            "forfeited": value_to_json(self.forfeited),
            "percent": value_to_json(self.percent),
            "of": self.of,
            "months": self.months,
            "starts_within_bills": self.starts_within_bills,
        }
        body |= {key: value for key, value in optional.items() if value is not None}
        if self.months is not None:
            body["instalments"] = [
                {"bills": count, "amount": each.to_json()} for count, each in self.instalments()
            ]
        return body


@dataclass(frozen=True)
class Ceiling:
    """What a benefit is kept under, each null where it does not count.

    `left` is what is left of the voucher, `open_price` what other vouchers leave of the device's price,
    `chosen` what the customer wants to use today.
    """

    left: Money | None = None
    open_price: Money | None = None
    chosen: Money | None = None


NO_CEILING = Ceiling()


def kept_under(granted: Granted, remainder: Remainder, ceiling: Ceiling) -> Granted:
    """The same benefit under a ceiling. Two currencies raise Refused.

    A chosen amount counts only where what is not used is kept, and the price is known.
    """
    if granted.amount is None:
        return granted
    if granted.kind in ("percent_off", "fee_waiver"):
        is_of_price = granted.of == DEVICE_PRICE and ceiling.open_price is not None
        return (
            replace(granted, amount=_smallest(granted.amount, ceiling.open_price)) if is_of_price else granted
        )
    if granted.kind != "instant_credit":
        return granted
    kept = replace(granted, amount=_smallest(granted.amount, ceiling.left))
    if granted.applied is None or kept.amount is None:
        return kept
    chosen = ceiling.chosen if remainder == "keep" else None
    price = _smallest(granted.applied, ceiling.open_price, chosen)
    return applied_to(kept, remainder, price)


def _smallest(money: Money, *others: Money | None) -> Money:
    for other in others:
        if other is not None:
            money = _smaller(money, _not_below_zero(other))
    return money


def grant(version: PolicyVersion, tier: Tier | None, facts: Mapping[str, Value]) -> Granted:
    """The benefit of a yes under a version. Raises PolicyErrors where two currencies meet."""
    try:
        return _grant(version.benefit, tier, facts)
    except Refused as refused:
        place, message = version.place, f"benefit: {refused.message}"
        raise PolicyErrors(
            [PolicyError(place.file, place.line, place.column, refused.code, message)]
        ) from None


def _grant(benefit: Benefit, tier: Tier | None, facts: Mapping[str, Value]) -> Granted:
    if benefit.kind == "upgrade_right":
        return Granted(benefit.kind)
    if benefit.percent is not None:
        amount = _part_of(benefit, facts)
        return Granted(benefit.kind, amount=amount, percent=benefit.percent, of=benefit.of)
    amount = tier.amount if tier is not None else benefit.amount
    name = tier.id if tier is not None else None
    if benefit.kind == "bill_credit":
        months, starts = benefit.months, benefit.starts_within_bills
        return Granted(benefit.kind, name, amount, months=months, starts_within_bills=starts)
    price = facts.get(DEVICE_PRICE)
    if amount is None or not isinstance(price, Money):
        return Granted(benefit.kind, name, amount)
    return applied_to(Granted(benefit.kind, name, amount), benefit.remainder, price)


def _part_of(benefit: Benefit, facts: Mapping[str, Value]) -> Money | None:
    whole = facts.get(benefit.of or "")
    if not isinstance(whole, Money) or benefit.percent is None:
        return None
    part = _not_below_zero(whole).percent(benefit.percent)
    return _smaller(part, benefit.at_most) if benefit.at_most is not None else part


def _smaller(one: Money, other: Money) -> Money:
    return one if one.compared_with(other) <= 0 else other


def _not_below_zero(money: Money) -> Money:
    return money if money.amount > 0 else Money(minor_unit(money.currency) * 0, money.currency)


def applied_to(granted: Granted, remainder: Remainder, price: Money) -> Granted:
    """The same credit used on a price: what is applied, kept or lost. Two currencies raise Refused."""
    if granted.amount is None:
        return granted
    applied = _smaller(granted.amount, _not_below_zero(price))
    rest = granted.amount.minus(applied)
    if remainder == "keep":
        return replace(granted, applied=applied, kept=rest)
    return replace(granted, applied=applied, forfeited=rest)
