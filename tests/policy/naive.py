"""A second evaluator, written from the language's description alone and as plainly as can be.

It reads the document as plain data, tries days one by one, and shares no code with the product's evaluator.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

HORIZON = 900  # days tried; the generated documents change their mind within far fewer
KINDS = {
    "line.last_upgrade_on": "date", "line.activated_on": "date", "voucher.issued_on": "date",
    "order.plan_price": "money", "line.plan_price": "money", "line.plan_price_lowest_3_months": "money",
    "order.device_price": "money", "line.device_paid_percent": "number",
}  # fmt: skip
ROLLS = {"line.upgrades_last_12_months", "line.plan_price_lowest_3_months", "person.age"}
MOVING = ("at_least_ago", "within_last", "within_next")
ASKED = ("order.", "presentation.")


def plus(day: date, n: int, unit: str) -> date:
    """Add days, months or years; where the target month lacks the day, its last day."""
    if unit == "days":
        return day + timedelta(days=n)
    year, month = day.year, day.month
    for _ in range(n * 12 if unit == "years" else n):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def read(key: str, raw: Any) -> Any:
    """A raw value as something Python can compare."""
    if raw is None:
        return None
    kind = KINDS.get(key)
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "money":
        return Decimal(raw.split()[0])
    if kind == "number":
        return Decimal(raw)
    return raw


def bound_of(term: dict[str, Any], test: str, facts: dict[str, Any]) -> Any:
    """The bound, None where unknown."""

    def end(raw: Any) -> Any:
        if isinstance(raw, dict) and "fact" in raw:
            return read(raw["fact"], facts.get(raw["fact"]))
        return read(term["fact"], raw) if not isinstance(raw, (list, dict)) else raw

    raw = term[test]
    if test == "between":
        ends = [end(one) for one in raw]
        return None if None in ends else ends
    return raw if test in ("contains", "size_at_most") else end(raw)


def test_of(term: dict[str, Any]) -> str:
    return next(reversed(term))  # written last


def holds(term: dict[str, Any], facts: dict[str, Any], today: date) -> bool | None:
    """True, False, or None for unknown."""
    test = test_of(term)
    value, bound = read(term["fact"], facts.get(term["fact"])), bound_of(term, test, facts)
    if value is None or bound is None:
        return None
    if test in ("at_least_ago", "within_last", "within_next"):
        ((unit, n),) = bound.items()
        if test == "at_least_ago":
            return plus(value, n, unit) <= today
        if test == "within_last":
            return value <= today < plus(value, n, unit)
        return today <= value <= plus(today, n, unit)
    return {
        "is": lambda: value == bound,
        "is_not": lambda: value != bound,
        "one_of": lambda: value in bound,
        "none_of": lambda: value not in bound,
        "at_least": lambda: value >= bound,
        "at_most": lambda: value <= bound,
        "more_than": lambda: value > bound,
        "less_than": lambda: value < bound,
        "between": lambda: bound[0] <= value <= bound[1],
        "on_or_after": lambda: value >= bound,
        "on_or_before": lambda: value <= bound,
        "after": lambda: value > bound,
        "before": lambda: value < bound,
        "contains": lambda: bound in value,
        "contains_none_of": lambda: not set(bound) & set(value),
        "size_at_most": lambda: len(set(value)) <= bound,
    }[test]()


class Naive:
    """One version against one set of facts, with some terms forced to be met."""

    def __init__(self, doc: dict[str, Any], facts: dict[str, Any], waived: frozenset[str]) -> None:
        self.doc, self.facts, self.waived = doc, facts, waived
        self.settled: dict[str, bool | None] = {}  # tests that no day changes, only to save time

    def status(self, member: dict[str, Any], today: date, forced: frozenset[str] = frozenset()) -> str:
        negated = "not" in member
        term = member["not"] if negated else member
        if term["term"] in forced:
            return "met"
        found = self.holds(term, today)
        if found is not None and negated:
            found = not found
        if found is not True and term["term"] in self.waived:
            return "waived"
        return {True: "met", False: "unmet", None: "unknown"}[found]

    def holds(self, term: dict[str, Any], today: date) -> bool | None:
        if test_of(term) in MOVING:
            return holds(term, self.facts, today)
        if term["term"] not in self.settled:
            self.settled[term["term"]] = holds(term, self.facts, today)
        return self.settled[term["term"]]

    def truth(self, member: dict[str, Any], today: date, forced: frozenset[str] = frozenset()) -> bool | None:
        if "all" in member or "any" in member:
            kind = "all" if "all" in member else "any"
            truths = [self.truth(one, today, forced) for one in member[kind]]
            decisive = kind == "any"
            if any(truth is decisive for truth in truths):
                return decisive
            return None if any(truth is None for truth in truths) else not decisive
        return {"met": True, "waived": True, "unmet": False, "unknown": None}[
            self.status(member, today, forced)
        ]

    @property
    def tiers(self) -> list[dict[str, Any]]:
        tiers = self.doc["benefit"].get("tiers", [])
        return sorted(tiers, key=lambda tier: Decimal(tier["amount"].split()[0]))

    def whole(self, today: date, forced: frozenset[str] = frozenset()) -> bool | None:
        own = self.truth(self.doc["requires"], today, forced)
        if not self.tiers:
            return own
        tiers = [self.truth(tier["requires"], today, forced) for tier in self.tiers]
        any_tier = True if True in tiers else None if None in tiers else False
        return False if False in (own, any_tier) else None if None in (own, any_tier) else True

    def terms(self) -> list[dict[str, Any]]:
        def walk(member: dict[str, Any]) -> list[dict[str, Any]]:
            for kind in ("all", "any"):
                if kind in member:
                    return [term for one in member[kind] for term in walk(one)]
            return [member]

        return walk(self.doc["requires"]) + [t for tier in self.tiers for t in walk(tier["requires"])]

    def best_tier(self, today: date) -> dict[str, Any] | None:
        met = [tier for tier in self.tiers if self.truth(tier["requires"], today) is True]
        return met[-1] if met else None

    def benefit(self, today: date) -> Any:
        """Enough of the benefit to see whether two differ."""
        if self.whole(today) is not True:
            return None
        kind = self.doc["benefit"]["kind"]
        tier = self.best_tier(today)
        amount = tier["amount"] if tier else self.doc["benefit"].get("amount")
        of = self.facts.get(self.doc["benefit"].get("of", ""))
        price = self.facts.get("order.device_price") if kind == "instant_credit" else None
        return (kind, tier and tier["tier"], amount, of, price)


def members(doc: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Terms, with the `not` around them where there is one, by id."""
    return {plain(one)["term"]: one for one in Naive(doc, {}, frozenset()).terms()}


def plain(member: dict[str, Any]) -> dict[str, Any]:
    return member.get("not", member)


def reads(term: dict[str, Any]) -> list[str]:
    """A term's fact, then its bound's."""
    raw = term[test_of(term)]
    ends = raw if isinstance(raw, list) else [raw]
    keys = [term["fact"], *(e["fact"] for e in ends if isinstance(e, dict) and "fact" in e)]
    return list(dict.fromkeys(keys))


def pick(docs: list[dict[str, Any]], facts: dict[str, Any], on: date) -> dict[str, Any] | str:
    """The version that binds, or the outcome without one."""
    binds = docs[0]["binds"]
    day = on if binds == "today" else read(binds, facts.get(binds))
    if day is None:
        return "undecided"
    for doc in docs:
        span = doc["effective"]
        if date.fromisoformat(span["from"]) <= day < date.fromisoformat(span.get("until", "9999-12-31")):
            return doc
    return "not_eligible"


def naive_decide(
    docs: list[dict[str, Any]],
    facts: dict[str, Any],
    on: date,
    waived: frozenset[str],
    ends: date | None,
    claims: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Everything that a decision says about outcome, dates, questions and claims."""
    doc = pick(docs, facts, on)
    today_bound = docs[0]["binds"] == "today"
    empty = {"first": None, "earliest": None, "unknowable": False, "last": None, "free": [], "asked": [],
             "missing": [], "terms": []}  # fmt: skip
    if isinstance(doc, str):
        found = {**empty, "outcome": doc, "codes": ["policy.none_in_force"] if doc == "not_eligible" else []}
        if doc == "undecided":
            asked = docs[0]["binds"].startswith(ASKED)
            found["asked" if asked else "missing"] = [docs[0]["binds"]]
        later = sorted((d for d in docs if date.fromisoformat(d["effective"]["from"]) > on),
                       key=lambda d: d["effective"]["from"])  # fmt: skip
        if doc == "not_eligible" and today_bound and later:
            found |= _dates_of_no(Naive(later[0], facts, waived), on, ends)
        return found
    naive = Naive(doc, facts, waived)
    truth = naive.whole(on)
    found = {
        **empty,
        "outcome": {True: "eligible", False: "not_eligible", None: "undecided"}[truth],
        "codes": [],
    }
    found["terms"] = [(plain(t)["term"], naive.status(t, on)) for t in naive.terms()]
    if truth is True:
        found["last"] = _last(naive, on, ends)
    else:
        found |= _dates_of_no(naive, on, ends)
    keys = _questions(naive, on, truth)
    found["asked"] = [key for key in keys if key.startswith(ASKED)]
    found["missing"] = [key for key in keys if not key.startswith(ASKED)]
    found["free"] = [name for name, without in claims.items() if _is_free(docs, facts, on, waived, without)]
    return found


def _in_force(naive: Naive, day: date) -> bool:
    if naive.doc["binds"] != "today":
        return True
    span = naive.doc["effective"]
    return date.fromisoformat(span["from"]) <= day < date.fromisoformat(span.get("until", "9999-12-31"))


def _first(naive: Naive, start: date, ends: date | None, forced: frozenset[str] = frozenset()) -> date | None:
    for n in range(HORIZON):
        day = start + timedelta(days=n)
        if naive.whole(day, forced) is True:
            began = date.fromisoformat(naive.doc["effective"]["from"])
            if naive.doc["binds"] == "today" and day < began:
                continue
            return day if _in_force(naive, day) and (ends is None or day <= ends) else None
    return None


def _dates_of_no(naive: Naive, on: date, ends: date | None) -> dict[str, Any]:
    terms = [plain(term) for term in naive.terms()]
    unknown = frozenset(t["term"] for t in terms if naive.status(t, on) == "unknown")
    rolling = frozenset(t["term"] for t in terms if ROLLS & set(reads(t)))
    first = _first(naive, on + timedelta(days=1), ends)
    return {
        "first": first,
        "earliest": _first(naive, on, ends, unknown),
        "unknowable": first is None and _first(naive, on + timedelta(days=1), ends, rolling) is not None,
    }


def _last(naive: Naive, on: date, ends: date | None) -> date | None:
    limits = [ends] if ends else []
    if naive.doc["binds"] == "today" and "until" in naive.doc["effective"]:
        limits.append(date.fromisoformat(naive.doc["effective"]["until"]) - timedelta(days=1))
    for n in range(1, HORIZON):
        if naive.whole(on + timedelta(days=n)) is not True:
            limits.append(on + timedelta(days=n - 1))
            break
    return min(limits, default=None)


def _questions(naive: Naive, on: date, truth: bool | None) -> list[str]:
    if truth is False:
        return []
    keys: list[str] = []

    def walk(member: dict[str, Any]) -> None:
        if naive.truth(member, on) is not None:
            return
        for kind in ("all", "any"):
            for inner in member.get(kind, []):
                walk(inner)
        if "all" not in member and "any" not in member:
            keys.extend(key for key in reads(plain(member)) if naive.facts.get(key) is None)

    walk(naive.doc["requires"])
    best = naive.best_tier(on)
    for tier in naive.tiers:
        if best is None or naive.tiers.index(tier) > naive.tiers.index(best):
            walk(tier["requires"])
    of = naive.doc["benefit"].get("of")
    if truth is True and of and naive.facts.get(of) is None:
        keys.append(of)
    return list(dict.fromkeys(keys))


def _is_free(
    docs: list[dict[str, Any]],
    facts: dict[str, Any],
    on: date,
    waived: frozenset[str],
    without: dict[str, Any],
) -> bool:
    doc = pick(docs, facts, on)
    assert isinstance(doc, dict)
    put_in = {k: facts.get(v["fact"]) if isinstance(v, dict) else v for k, v in without.items()}
    before, after = Naive(doc, facts, waived), Naive(doc, {**facts, **put_in}, waived)
    if before.whole(on) is not after.whole(on) or before.benefit(on) != after.benefit(on):
        return False

    def fine(member: dict[str, Any], excused: bool) -> bool:
        if "all" in member:
            return all(fine(one, excused) for one in member["all"])
        if "any" in member:
            excused = excused or after.truth(member, on) is True
            return all(fine(one, excused) for one in member["any"])
        concerned = bool(set(reads(plain(member))) & set(without))
        return excused or not concerned or after.truth(member, on) is True

    any_tier = any(after.truth(tier["requires"], on) is True for tier in after.tiers)
    return fine(doc["requires"], False) and all(fine(tier["requires"], any_tier) for tier in after.tiers)
