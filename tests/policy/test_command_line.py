"""The command line: what it prints, how it leaves, and that it starts without the packages' Python."""
# ruff: noqa: E501 - one case a line reads best

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from store_api.policies.cli import policy
from tests.policy.documents import DEMO

ROOT = Path(__file__).parents[2]
CREDIT = sorted(str(path) for path in DEMO.glob("upgrade-credit-50-*.yaml"))


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.yaml"
    file.write_text(
        "voucher.issued_on: 2026-03-04\norder.device_category: phone\norder.agreement_months: 24\n"
        "line.last_upgrade_on: 2025-03-14\norder.plan_price: null\n",
        encoding="utf-8",
    )
    return file


def decide(facts: Path, *extra: str) -> tuple[int, str]:
    arguments = ["decide", *CREDIT, "--facts", str(facts), "--on", "2026-11-21", *extra]
    result = CliRunner().invoke(policy, arguments)
    assert result.stderr == ""
    return result.exit_code, result.stdout


def test_every_demo_policy_passes_its_own_examples() -> None:
    files = sorted(str(path) for path in DEMO.glob("*.yaml"))
    result = CliRunner().invoke(policy, ["check", *files])
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == len(files) >= 8


def test_decide_leaves_with_zero_whatever_the_outcome(facts: Path) -> None:
    status, sheet = decide(facts)
    assert status == 0
    assert sheet.startswith("Not yet. From 14 March 2027.\n")
    status, sheet = decide(facts, "--waive", "since-last-upgrade", "--lang", "es")
    assert status == 0
    assert sheet.startswith("Sí. ")


def test_decide_prints_the_decision_as_json(facts: Path) -> None:
    body = json.loads(decide(facts, "--json", "--ends", "2027-12-31")[1])
    assert list(body)[:6] == ["policy", "version", "outcome", "on", "zone", "codes"]
    assert (body["policy"], body["version"], body["outcome"]) == ("upgrade-credit-50", 3, "not_eligible")
    assert (body["first_yes_on"], body["questions"], body["unavailable"]) == ("2027-03-14", [], [])
    assert body["not_required"][0] == {"claim": "plan-change", "says": "A change of plan."}


def test_facts_may_be_json_and_claims_a_carriers_own(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(
        json.dumps(
            {"voucher.issued_on": "2026-03-04", "order.device_category": "phone", "order.agreement_months": 24,
             "line.last_upgrade_on": "2024-09-03", "line.programmes": ["b", "a", "b"], "order.insurance": False,
             "order.device_price": {"amount": "49.99", "currency": "USD"}}
        ),
        encoding="utf-8",
    )  # fmt: skip
    own = tmp_path / "own.yaml"
    own.write_text(
        "claims:\n  bag: {says: {en: A bag., es: Una bolsa.}, without: {order.accessories: false}}\n",
        encoding="utf-8",
    )
    body = json.loads(decide(file, "--json", "--catalogue", str(own))[1])
    assert body["benefit"]["applied"] == {"amount": "49.99", "currency": "USD"}
    assert body["not_required"][-1] == {"claim": "bag", "says": "A bag."}


def test_the_wire_form_is_the_same_in_every_language_but_for_its_sentences(facts: Path) -> None:
    english, spanish = (json.loads(decide(facts, "--json", "--lang", lang)[1]) for lang in ("en", "es"))
    assert english["digest"] == spanish["digest"]
    assert english["terms"][0]["says"] != spanish["terms"][0]["says"]


def test_the_module_runs_from_a_bare_python(facts: Path) -> None:
    bare = "import sys, runpy; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]; " + (
        "sys.argv = ['store_api', 'policy', 'decide', *sys.argv[1:]]; runpy.run_module('store_api', run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", bare, *CREDIT, "--facts", str(facts), "--on", "2026-11-21"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Not yet. From 14 March 2027.")


def test_checking_a_policy_needs_neither_database_nor_web_server() -> None:
    code = (
        "import sys; from store_api.cli import cli; cli.get_command(None, 'policy'); "
        "print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[]"
