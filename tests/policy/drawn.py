"""Small policies and customers drawn at random, close enough to each other that answers turn often."""

import json
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from store_api.policy.document import read_policy
from store_api.policy.facts import load_catalogue
from store_api.policy.model import PolicyVersion

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 21)

DAYS = [TODAY + timedelta(days=step) for step in (-900, -731, -400, -31, -1, 0, 1, 29, 365)]
MONEY = ["0.00 USD", "10.00 USD", "24.99 USD", "25.00 USD", "60.00 USD"]
POOLS: dict[str, list[Any]] = {
    "order.agreement_months": [0, 12, 23, 24, 36],
    "account.lines": [1, 2, 5],
    "line.upgrades_last_12_months": [0, 1, 2],
    "account.past_due": MONEY,
    "line.device_balance": MONEY,
    "order.plan_price": MONEY,
    "line.plan_price": MONEY,
    "line.device_paid_percent": ["0", "33.5", "50", "100"],
    "account.locked": [True, False],
    "order.insurance": [True, False],
    "order.device_category": ["phone", "tablet", "watch"],
    "line.device_category": ["phone", "tablet", "none"],
    "account.segment": ["consumer", "business"],
    "line.programmes": [[], ["loyal"], ["loyal", "early"]],
    "line.last_upgrade_on": DAYS,
    "line.agreement_ends_on": DAYS,
    "voucher.issued_on": DAYS,
}
LIKE = {
    "account.past_due": "line.device_balance",
    "order.plan_price": "line.plan_price",
    "line.plan_price": "order.plan_price",
    "line.agreement_ends_on": "line.last_upgrade_on",
    "order.device_category": "line.device_category",
}
NUMBERS = ["at_least", "at_most", "more_than", "less_than", "between"]
COMPARED = ["on_or_after", "on_or_before", "before", "after"]
DURATIONS = [{"days": 1}, {"days": 30}, {"months": 1}, {"months": 12}, {"years": 2}]


def tests_of(key: str) -> list[str]:
    kind = CATALOGUE.facts[key].type
    if kind == "boolean":
        return ["is"]
    if kind in ("choice", "text"):
        return ["is", "is_not", "one_of", "none_of"]
    if kind == "set":
        return ["contains", "contains_none_of", "size_at_most"]
    return [*COMPARED, "at_least_ago", "within_last", "within_next"] if kind == "date" else NUMBERS


@st.composite
def bounds(draw: st.DrawFn, key: str, test: str) -> Any:
    if test in ("at_least_ago", "within_last", "within_next"):
        return draw(st.sampled_from(DURATIONS))
    if CATALOGUE.facts[key].type == "set":
        named = draw(st.sampled_from(["loyal", "early"]))
        return {"contains": named, "contains_none_of": [named], "size_at_most": 1}[test]
    pool = POOLS[key]
    if test in ("one_of", "none_of"):
        return draw(st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique=True))
    if test == "between":
        low, high = sorted(draw(st.tuples(*[st.integers(0, len(pool) - 1)] * 2)))
        return [pool[low], pool[high]]
    if key in LIKE and draw(st.integers(0, 3)) == 0:
        return {"fact": LIKE[key]}
    value = draw(st.sampled_from(pool))
    return value.isoformat() if isinstance(value, date) else value


@st.composite
def terms(draw: st.DrawFn, ids: list[int], keys: list[str]) -> dict[str, Any]:
    key = draw(st.sampled_from(keys))
    test = draw(st.sampled_from(tests_of(key)))
    ids.append(len(ids))
    says = {"en": "This is {bound}.", "es": "Esto es {bound}."}
    body = {"term": f"t{len(ids)}", "says": says, "fact": key, test: draw(bounds(key, test))}
    return {"not": body} if draw(st.integers(0, 4)) == 0 else body


@st.composite
def groups(draw: st.DrawFn, ids: list[int], keys: list[str], depth: int = 2) -> dict[str, Any]:
    members = [
        draw(groups(ids, keys, depth - 1))
        if depth and draw(st.integers(0, 2)) == 0
        else draw(terms(ids, keys))
        for _ in range(draw(st.integers(1, 3)))
    ]
    return {draw(st.sampled_from(["all", "all", "any"])): members}


@st.composite
def documents(draw: st.DrawFn, not_required: tuple[str, ...] = (), tiers: bool = True) -> dict[str, Any]:
    ids: list[int] = []
    keys = draw(st.lists(st.sampled_from(sorted(POOLS)), min_size=2, max_size=4, unique=True))
    benefit: dict[str, Any] = {"kind": "instant_credit", "amount": "50.00 USD"}
    requires = draw(groups(ids, keys))
    if tiers and draw(st.booleans()):
        benefit = {
            "kind": "instant_credit",
            "tiers": [
                {
                    "tier": name,
                    "amount": amount,
                    "says": {"en": "So.", "es": "Así."},
                    "requires": draw(groups(ids, keys, 1)),
                }
                for name, amount in (("small", "25.00 USD"), ("large", "75.00 USD"))
            ],
        }
    effective = {"from": "2025-01-01"}
    if draw(st.booleans()):
        effective["until"] = "2027-06-01"
    return {
        "format": 1,
        "policy": "drawn",
        "version": 1,
        "title": {"en": "Drawn", "es": "Sorteada"},
        "source": "Nowhere",
        "effective": effective,
        "binds": draw(st.sampled_from(["today", "voucher.issued_on"])),
        "benefit": benefit,
        "requires": requires,
        "not_required": [{"claim": claim} for claim in not_required],
    }


def read(document: dict[str, Any]) -> PolicyVersion:
    return read_policy(json.dumps(document), "drawn.yaml", CATALOGUE)


def facts(missing: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    known = {key: st.sampled_from(pool) for key, pool in POOLS.items()}
    return st.fixed_dictionaries(known) if not missing else st.fixed_dictionaries({}, optional=known)
