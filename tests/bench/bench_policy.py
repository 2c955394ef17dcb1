"""How fast a policy decides and is proved: ratios within one run, so that the machine matters little."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from store_api.policy.decide import decide
from store_api.policy.evaluate import evaluate
from store_api.policy.facts import load_catalogue, read_facts
from store_api.policy.prove import prove
from store_api.policy.values import Money
from tests.policy.documents import document, term, version_of

TODAY = date(2026, 11, 21)
_SAYS = "It is so: {bound}."
_CLAIMS = ("plan-change", "paper", "insurance")


def twenty_terms() -> dict[str, Any]:
    """A policy of 20 terms in groups, on 20 facts."""
    plain = [
        term("t1", "order.device_category", "is", "phone"),
        term("t2", "order.agreement_months", "at_least", 24, _SAYS),
        term("t3", "line.last_upgrade_on", "at_least_ago", {"months": 24}, _SAYS),
        term("t4", "account.opened_on", "at_least_ago", {"years": 5}, _SAYS),
        term("t5", "account.past_due", "at_most", "0.00 USD"),
        term("t6", "account.past_due_30_days", "at_most", "24.99 USD", _SAYS),
        term("t7", "account.locked", "is", False),
        term("t8", "line.suspended", "is", False),
        term("t9", "account.lines", "between", [1, 10], _SAYS),
        term("t10", "line.plan_price", "at_least", "34.99 USD", _SAYS),
        term("t11", "account.segment", "is", "consumer"),
        term("t12", "line.activated_on", "on_or_before", "2026-01-01", _SAYS),
        term("t13", "person.age", "at_least", 18, _SAYS),
        term("t14", "order.device_price", "at_least", "1.00 USD", _SAYS),
        term("t15", "person.role", "one_of", ["owner", "manager"]),
    ]
    either = [
        term("t16", "line.device_paid_percent", "at_least", 50, _SAYS),
        term("t17", "line.device_purchased_on", "at_least_ago", {"months": 24}, _SAYS),
        term("t18", "line.agreement_ends_on", "within_next", {"months": 1}, _SAYS),
    ]
    last = [
        term("t19", "line.upgrades_last_12_months", "at_most", 1, _SAYS),
        {"not": term("t20", "line.programmes", "contains", "closed")},
    ]
    claims = [{"claim": claim} for claim in _CLAIMS]
    return document({"all": [*plain, {"any": either}, *last]}, not_required=claims)


FACTS: dict[str, Any] = {
    "order.device_category": "phone", "order.agreement_months": 24, "line.last_upgrade_on": "2023-05-31",
    "account.opened_on": "2015-02-01", "account.past_due": "0.00 USD", "account.past_due_30_days": "0.00 USD",
    "account.locked": False, "line.suspended": False, "account.lines": 4, "line.plan_price": "60.00 USD",
    "account.segment": "consumer", "line.activated_on": "2016-03-04", "person.age": 41,
    "order.device_price": "499.00 USD", "person.role": "owner", "line.device_paid_percent": 55,
    "line.device_purchased_on": "2023-05-31", "line.agreement_ends_on": "2026-12-01",
    "line.upgrades_last_12_months": 0, "line.programmes": ["loyal"], "voucher.issued_on": "2026-03-04",
    "line.device_balance": "120.00 USD", "line.plan_price_lowest_3_months": "60.00 USD",
    "line.plan_price_highest_3_months": "60.00 USD", "order.plan_price": "60.00 USD",
    "order.insurance": False, "order.accessories": False, "presentation.paper": False,
    "presentation.channel": "kiosk", "store.kind": "own",
}  # fmt: skip


def by_hand(facts: Mapping[str, Any], today: date) -> dict[str, bool | None]:
    """The same 20 statuses as somebody would write them in Python, missing facts included."""
    get = facts.get

    def known(key: str, test: Callable[[Any], bool]) -> bool | None:
        value = get(key)
        return None if value is None else test(value)

    def months_ago(count: int) -> Callable[[date], bool]:
        # Good for days of the month up to the 28th and for this bench's facts.
        return lambda day: (
            (day.year * 12 + day.month + count, day.day) <= (today.year * 12 + today.month, today.day)
        )

    def cents(limit: int, least: bool) -> Callable[[Money], bool]:
        return lambda money: (money.amount * 100 >= limit) if least else (money.amount * 100 <= limit)

    statuses = {
        "t1": known("order.device_category", lambda value: value == "phone"),
        "t2": known("order.agreement_months", lambda value: value >= 24),
        "t3": known("line.last_upgrade_on", months_ago(24)),
        "t4": known("account.opened_on", months_ago(60)),
        "t5": known("account.past_due", cents(0, False)),
        "t6": known("account.past_due_30_days", cents(2499, False)),
        "t7": known("account.locked", lambda value: value is False),
        "t8": known("line.suspended", lambda value: value is False),
        "t9": known("account.lines", lambda value: 1 <= value <= 10),
        "t10": known("line.plan_price", cents(3499, True)),
        "t11": known("account.segment", lambda value: value == "consumer"),
        "t12": known("line.activated_on", lambda value: value <= date(2026, 1, 1)),
        "t13": known("person.age", lambda value: value >= 18),
        "t14": known("order.device_price", cents(100, True)),
        "t15": known("person.role", lambda value: value in ("owner", "manager")),
        "t16": known("line.device_paid_percent", lambda value: value >= 50),
        "t17": known("line.device_purchased_on", months_ago(24)),
        "t18": known("line.agreement_ends_on", lambda value: 0 <= (value - today).days <= 30),
        "t19": known("line.upgrades_last_12_months", lambda value: value <= 1),
        "t20": known("line.programmes", lambda value: "closed" not in value),
    }
    return statuses


def best_of(work: Callable[[], object], times: int, rounds: int = 7) -> float:
    """Seconds for one call: the best round, so that other work on the machine is left out."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - begin) / times)
    return best


def bare_solver_call() -> None:
    """The least that a solver can be asked: one unknown, one bound, an example."""
    import z3

    context = z3.Context()
    solver = z3.Solver(ctx=context)
    number = z3.Int("n", context)
    solver.add(number >= 24)
    assert solver.check() == z3.sat
    solver.model()


def main() -> None:
    """Print the table."""
    catalogue = load_catalogue()
    version = version_of(twenty_terms())
    typed = read_facts(FACTS, catalogue)
    assert decide(version, catalogue, typed, TODAY).outcome == "eligible"
    hand = best_of(lambda: by_hand(typed, TODAY), 300)
    statuses = best_of(lambda: evaluate(version, typed, TODAY, frozenset()).outcome, 200)
    whole = best_of(lambda: decide(version, catalogue, typed, TODAY), 60)
    print("policy: 20 terms, 30 facts")
    row("written by hand, statuses alone", hand * 1e6, "µs")
    row("evaluate, statuses alone", statuses * 1e6, "µs", f"{statuses / hand:.1f} times by hand (goal: 25)")
    row("decide, whole, with digest", whole * 1e6, "µs", "(goal: 500 µs)")
    begin = time.perf_counter()
    findings = prove(version, catalogue)
    proved = time.perf_counter() - begin
    bare = best_of(bare_solver_call, 20, 3)
    verdicts = Counter(finding.verdict for finding in findings)
    row("one bare solver call", bare * 1e6, "µs")
    row(f"prove, {len(findings)} laws", proved * 1e3, "ms", f"{proved / bare:.0f} bare calls")
    print("  " + ", ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items())))


def row(name: str, value: float, unit: str, remark: str = "") -> None:
    """One line of the table."""
    print(f"  {name:<34}{value:>10.1f} {unit}   {remark}".rstrip())


if __name__ == "__main__":
    main()
