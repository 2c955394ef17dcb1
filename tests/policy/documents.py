"""Documents and facts for tests: hand-written helpers and hypothesis strategies that write whole policies."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from store_api.policy.document import read_policy
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.model import Policy, PolicyVersion

DEMO = Path(__file__).parents[2] / "store_api" / "demo" / "policies"
TODAY = date(2026, 11, 21)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue()


def version_of(document: dict[str, Any]) -> PolicyVersion:
    """JSON is YAML: the reader is the product's own."""
    return read_policy(json.dumps(document), "generated.yaml", catalogue())


def policy_of(*documents: dict[str, Any]) -> Policy:
    return Policy(tuple(version_of(document) for document in documents))


def term(name: str, fact: str, test: str, bound: Any, says: str = "It is so: {bound}.") -> dict[str, Any]:
    return {"term": name, "says": {"en": says, "es": says}, "fact": fact, test: bound}


def document(requires: dict[str, Any], **changes: Any) -> dict[str, Any]:
    whole = {
        "format": 1,
        "policy": "made-up",
        "version": 1,
        "title": {"en": "Made up", "es": "Inventada"},
        "source": "nowhere",
        "effective": {"from": "2020-01-01"},
        "binds": "today",
        "benefit": {"kind": "instant_credit", "amount": "50.00 USD"},
        "requires": requires,
    }
    return {**whole, **changes}


def tiered(requires: dict[str, Any], *pairs: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A credit whose tiers each ask for one term: (dollars, term)."""
    says = {"en": "More.", "es": "Más."}
    made = [
        {"tier": f"t{amount}", "amount": f"{amount}.00 USD", "says": says, "requires": {"all": [one]}}
        for amount, one in pairs
    ]
    return document(requires, benefit={"kind": "instant_credit", "tiers": made})


# Whole policies made up at random. A seed is all that a failing test needs to tell; drawing each part through
# hypothesis costs a hundred times as much. Dates lie near TODAY and durations are short, so that a naive
# evaluator can try every day.

CORNERS = ("2026-01-31", "2026-08-31", "2027-02-28", "2028-02-29", "2026-11-30", "2025-12-31", "2026-11-21")
MONEY = ("0.00 USD", "10.00 USD", "40.00 USD", "40.01 USD", "60.00 USD")
DEVICES = ("phone", "tablet", "watch")
PERCENTS = ("0", "49.9", "50", "100")
PROGRAMMES = ("student", "army", "nurse")
_ORDERED = ("at_least", "at_most", "more_than", "less_than")
_SPANS = ("at_least_ago", "within_last", "within_next")

SEEDS = st.integers(0, 2**40)


class Inventor:
    """Makes up policies and facts from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - made-up cases, no secrets
        self.count = 0

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def day(self) -> str:
        if self.random.random() < 0.3:
            return str(self.pick(*CORNERS))
        return (TODAY + timedelta(days=self.random.randint(-420, 420))).isoformat()

    def duration(self) -> dict[str, int]:
        unit = self.pick("days", "months", "months", "years")
        return {unit: self.random.randint(1, {"days": 400, "months": 13, "years": 1}[unit])}

    def facts(self) -> dict[str, Any]:
        """A value, or sometimes nothing, for every fact that the policies can name."""
        small = self.random.randint
        values: dict[str, Any] = {
            "voucher.issued_on": self.day(),
            "line.last_upgrade_on": self.day(),
            "line.activated_on": self.day(),
            "order.device_category": self.pick(*DEVICES),
            "line.device_category": self.pick(*DEVICES),
            "order.plan_price": self.pick(*MONEY),
            "line.plan_price": self.pick(*MONEY),
            "line.plan_price_lowest_3_months": self.pick(*MONEY),
            "order.device_price": self.pick(*MONEY),
            "line.device_paid_percent": self.pick(*PERCENTS),
            "line.upgrades_last_12_months": small(0, 3),
            "account.lines": small(0, 3),
            "presentation.paper": self.pick(True, False),
            "order.insurance": self.pick(True, False),
            "order.payment": self.pick("card", "cash"),
            "line.programmes": self.random.sample(PROGRAMMES, small(0, 3)),
        }
        gaps = self.pick(0.05, 0.2, 0.4)
        return {key: value for key, value in values.items() if self.random.random() > gaps}

    def tested(self) -> tuple[str, str, Any]:
        """A fact, a test and a bound."""
        r, pick = self.random, self.pick
        money = pick(*MONEY, {"fact": "line.plan_price"}, {"fact": "line.plan_price_lowest_3_months"})
        counted = pick(0, 1, 2, 3, {"fact": "account.lines"})
        return pick(
            *[(pick("line.last_upgrade_on", "line.activated_on"), pick(*_SPANS), self.duration())] * 4,
            (
                "line.last_upgrade_on",
                pick("on_or_after", "on_or_before", "before", "after"),
                pick(self.day(), {"fact": "line.activated_on"}),
            ),
            ("order.device_category", pick("is", "is_not"), pick(*DEVICES, {"fact": "line.device_category"})),
            ("order.device_category", pick("one_of", "none_of"), r.sample(DEVICES, 2)),
            (pick("order.plan_price", "line.plan_price"), pick(*_ORDERED), money),
            ("order.plan_price", "between", [{"fact": "line.plan_price"}, money]),
            (pick("line.upgrades_last_12_months", "account.lines"), pick(*_ORDERED), counted),
            ("line.device_paid_percent", pick(*_ORDERED), pick(*PERCENTS)),
            (pick("presentation.paper", "order.insurance"), "is", pick(True, False)),
            ("order.payment", pick("is", "is_not"), pick("card", "cash")),
            ("line.programmes", "contains", pick("student", "army")),
            ("line.programmes", "contains_none_of", ["nurse", "army"]),
            ("line.programmes", "size_at_most", r.randint(0, 3)),
        )

    def member(self, depth: int) -> dict[str, Any]:
        if depth > 0 and self.random.random() < 0.35:
            return self.group(depth - 1)
        self.count += 1
        made = term(f"t{self.count}", *self.tested())
        return {"not": made} if self.random.random() < 0.2 else made

    def group(self, depth: int) -> dict[str, Any]:
        return {self.pick("all", "any"): [self.member(depth) for _ in range(self.random.randint(1, 3))]}

    def benefit(self) -> dict[str, Any]:
        kind = self.pick("amount", "tiers", "tiers", "percent", "right")
        if kind == "tiers":
            amounts = self.random.sample(["10.00 USD", "25.00 USD", "75.00 USD"], self.random.randint(1, 3))
            return {"kind": "instant_credit", "tiers": [self.tier(amount) for amount in amounts]}
        if kind == "percent":
            return {"kind": "percent_off", "percent": 25, "of": "order.device_price"}
        if kind == "right":
            return {"kind": "upgrade_right"}
        return {"kind": "instant_credit", "amount": "50.00 USD"}

    def tier(self, amount: str) -> dict[str, Any]:
        says = {"en": "For more.", "es": "Por más."}
        return {"tier": f"tier-{amount[:2]}", "amount": amount, "says": says, "requires": self.group(1)}

    def document(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """One version with nested groups, and perhaps tiers."""
        return document(self.group(2), benefit=self.benefit(), version=number, **changes)

    def history(self) -> list[dict[str, Any]]:
        """One or two versions that do not overlap, perhaps with a gap and an end."""
        binds = self.pick("today", "voucher.issued_on")
        cuts = sorted(self.random.sample(range(-500, 500), 3))
        days = [(TODAY + timedelta(days=n)).isoformat() for n in cuts]
        spans = self.pick(
            [{"from": "2020-01-01"}],
            [{"from": "2020-01-01"}],
            [{"from": days[0], "until": days[1]}],
            [{"from": "2020-01-01", "until": days[0]}, {"from": days[0]}],
            [{"from": days[0], "until": days[1]}, {"from": days[2]}],
        )
        return [self.document(n, effective=span, binds=binds) for n, span in enumerate(spans, 1)]
