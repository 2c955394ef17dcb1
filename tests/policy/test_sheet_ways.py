"""The sheet tells ways to yes in both languages."""

from datetime import date
from typing import Any

import pytest

from store_api.policy.decide import decide
from store_api.policy.document import read_policy_file
from store_api.policy.sheet import Sheet, make_sheet
from tests.policy.documents import DEMO, TODAY, catalogue, document, term, version_of


def sheet(known: dict[str, Any], language: str = "en", ends: date | None = None) -> Sheet:
    version = read_policy_file(DEMO / "device-upgrade-v1.yaml", catalogue())
    return make_sheet(decide(version, catalogue(), known, TODAY, ends=ends), catalogue(), language)


PAID = {"line.device_paid_percent": 100, "account.locked": False, "line.suspended": False}


@pytest.mark.parametrize(
    ("language", "verdict", "line"),
    [
        ("en", "Not as it stands. Pay $83.20 and it is yes today.", "Pay $83.20 and this is met."),
        ("es", "Así como está, no. Pague $83.20 y hoy mismo es sí.", "Pague $83.20 y esto se cumple."),
    ],
)
def test_what_is_to_be_paid_stands_in_the_verdict_and_at_its_term(
    language: str, verdict: str, line: str
) -> None:
    made = sheet({**PAID, "account.past_due": "83.20 USD"}, language)
    assert made.verdict == verdict
    assert line in [each.text for each in made.lines if each.kind == "way"]


def test_paying_now_and_waiting_on_are_told_with_the_day() -> None:
    version = version_of(
        document(
            {
                "all": [
                    term("due", "account.past_due", "at_most", "0.00 USD"),
                    term("ago", "line.last_upgrade_on", "at_least_ago", {"months": 24}),
                ]
            }
        )
    )
    known = {"account.past_due": "5.00 USD", "line.last_upgrade_on": "2025-03-14"}
    decision = decide(version, catalogue(), known, TODAY)
    told = make_sheet(decision, catalogue(), "en").verdict
    assert told == "Not as it stands. Pay $5.00 and it is yes from 14 March 2027."
    early = decide(version, catalogue(), known, TODAY, ends=date(2027, 3, 13))
    assert "Pay" not in make_sheet(early, catalogue(), "en").verdict


def test_a_length_to_choose_is_told_at_its_term() -> None:
    version = version_of(document({"all": [term("long", "order.agreement_months", "at_least", 24)]}))
    decision = decide(version, catalogue(), {"order.agreement_months": 12}, TODAY)
    ways = [each.text for each in make_sheet(decision, catalogue(), "en").lines if each.kind == "way"]
    assert ways == ["Choose 24 months and this is met."]


def test_a_lock_is_not_paid_away() -> None:
    made = sheet({**PAID, "account.past_due": "0.00 USD", "account.locked": True})
    assert "Pay" not in made.verdict
