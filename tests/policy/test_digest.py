"""Digests: of a decision and of a policy's text."""

from __future__ import annotations

from datetime import date
from typing import Any

from store_api.policy.decide import Decision, decide
from store_api.policy.document import digest, read_policy, read_policy_file
from store_api.policy.facts import load_catalogue
from tests.policy.documents import DEMO, TODAY, catalogue

DAUGHTER = {
    "voucher.issued_on": "2026-03-04",
    "order.device_category": "phone",
    "order.agreement_months": 24,
    "line.last_upgrade_on": "2024-09-03",
    "order.device_price": "49.99 USD",
}


def credit(**changes: Any) -> Decision:
    version = read_policy_file(DEMO / "upgrade-credit-50-v3.yaml", catalogue())
    return decide(version, catalogue(), {**DAUGHTER, **changes}, TODAY)


def test_the_digest_follows_what_was_read_and_nothing_else() -> None:
    base = credit()
    assert credit(**{"order.payment": "card"}).digest == base.digest
    assert credit(**{"order.agreement_months": 36}).digest != base.digest
    assert credit(**{"order.device_price": "49.98 USD"}).digest != base.digest
    version = read_policy_file(DEMO / "upgrade-credit-50-v3.yaml", catalogue())
    assert decide(version, catalogue(), DAUGHTER, date(2026, 11, 22)).digest != base.digest
    assert decide(version, catalogue(), DAUGHTER, TODAY, zone="America/New_York").digest != base.digest


def test_the_digest_of_a_text_does_not_see_layout_but_sees_words() -> None:
    path = DEMO / "upgrade-credit-50-v3.yaml"
    text = path.read_text(encoding="utf-8")
    version = read_policy(text, "one.yaml", catalogue())
    moved = read_policy("# a remark\n" + text.replace("all:", "all:   "), "two.yaml", catalogue())
    other = read_policy(text.replace("Buy a new phone", "Get a new phone"), "three.yaml", catalogue())
    assert digest(version) == digest(moved)
    assert digest(version) != digest(other)


def test_the_digest_sees_a_redeclared_fact_that_the_policy_uses() -> None:
    overlay = (
        "facts:\n  order.agreement_months: {type: integer, unit: months, source: order, change: choose,"
        " ask: {en: How long?, es: ¿Cuánto?}}\n"
    )
    version = read_policy_file(DEMO / "upgrade-credit-50-v3.yaml", catalogue())
    own = load_catalogue(overlay)
    assert (
        decide(version, own, DAUGHTER, TODAY).digest != decide(version, catalogue(), DAUGHTER, TODAY).digest
    )
