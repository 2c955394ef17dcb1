"""Rules as carriers have written them: their cases come out as stated, and their laws are proved."""

from datetime import date
from pathlib import Path

import pytest

from store_api.policy.check import check_version
from store_api.policy.compare import compare
from store_api.policy.decide import decide
from store_api.policy.document import read_policy_file
from store_api.policy.model import PolicyVersion
from store_api.policy.prove import prove
from store_api.policy.ways import ways_to_yes
from tests.policy.documents import catalogue

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.yaml"))
# Laws that the published rule breaks, and terms that are never the only reason.
BROKEN: dict[str, set[tuple[str, str]]] = {"credits-stop-on-payoff": {("claim", "certain-payment")}}


def golden(name: str) -> PolicyVersion:
    return read_policy_file(GOLDEN / f"{name}.yaml", catalogue())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_cases_come_out_as_stated(path: Path) -> None:
    version = read_policy_file(path, catalogue())
    assert len(version.examples) >= 2
    check_version(version, catalogue())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_laws_are_proved_apart_from_those_known_to_be_broken(path: Path) -> None:
    findings = prove(read_policy_file(path, catalogue()), catalogue())
    assert {finding.why for finding in findings} == {None}
    failed = {
        (finding.law, finding.subject) for finding in findings if finding.verdict in ("fails", "redundant")
    }
    assert failed == BROKEN.get(path.stem, set())


def test_every_file_says_where_the_rule_comes_from() -> None:
    assert [path.name for path in FILES if not path.read_text().startswith("# Source: ")] == []


def test_going_from_twenty_to_twenty_four_months_costs_somebody_and_helps_nobody() -> None:
    found = compare(golden("upgrade-after-20-months"), golden("upgrade-after-24-months"), catalogue())
    assert (found.loses.verdict, found.gains.verdict) == ("shown", "nobody")
    assert found.loses.customer is not None
    assert found.loses.customer.facts["line.agreement_ends_on"] >= date(2014, 1, 1)  # type: ignore[operator]


def test_paying_the_difference_is_the_way_out_of_a_debt() -> None:
    known = {
        "account.past_due_30_days": "108.19 USD",
        "account.opened_on": "2020-01-01",
        "account.locked": False,
    }
    decision = decide(golden("refusal-to-bill"), catalogue(), known, date(2026, 11, 21))
    assert [str(way.cost) for way in ways_to_yes(decision, catalogue()).ways] == ["83.20 USD"]


def test_credits_over_36_months_add_up_to_the_cent() -> None:
    version = golden("credits-stop-on-payoff")
    known = {"order.device_category": "phone", "order.payment": "instalments"}
    granted = decide(version, catalogue(), known, date(2026, 11, 21)).benefit
    assert granted is not None
    assert [(count, str(each)) for count, each in granted.instalments()] == [
        (20, "5.56 USD"),
        (16, "5.55 USD"),
    ]
