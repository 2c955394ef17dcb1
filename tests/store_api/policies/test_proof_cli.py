"""The author's commands: what they print and how they end."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from store_api.policies.proof_cli import policy

DEMO = Path(__file__).parents[3] / "store_api" / "demo" / "policies"
OLD, NEW = str(DEMO / "upgrade-credit-50-v2.yaml"), str(DEMO / "upgrade-credit-50-v3.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policy, arguments)


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    return str(path)


def starter() -> str:
    return run("new").output


def test_the_starter_passes_every_check(tmp_path: Path) -> None:
    file = written(tmp_path, starter())
    assert [run(command, file).exit_code for command in ("check", "test", "prove")] == [0, 0, 0]


def test_a_broken_law_ends_with_status_1_and_shows_two_customers(tmp_path: Path) -> None:
    text = Path(OLD).read_text().replace("{claim: paper}", "{claim: plan-change}")
    file = written(tmp_path, text)
    told = run("prove", file)
    assert told.exit_code == 1
    assert "FAILS  plan-change: somebody needs it." in told.output
    findings: list[dict[str, Any]] = json.loads(run("prove", file, "--json").output)[0]["findings"]
    (failed,) = [finding for finding in findings if finding["verdict"] == "fails"]
    assert len(failed["customers"]) == 2


def test_a_redundant_term_is_a_warning_and_ends_with_status_0(tmp_path: Path) -> None:
    extra = """
    - term: a-day
      says: {en: "At least {bound}.", es: "Al menos {bound}."}
      fact: account.opened_on
      at_least_ago: {months: 1}

# What the customer commits"""
    told = run("prove", written(tmp_path, starter().replace("\n# What the customer commits", extra)))
    assert told.exit_code == 0
    assert "warning  a-day" in told.output


def test_a_policy_that_refuses_everybody_ends_with_status_1(tmp_path: Path) -> None:
    text = starter().replace(
        "account.opened_on\n      at_least_ago", "account.opened_on\n      after: 9999-12-31 #"
    )
    text = text.split("examples:")[0]
    told = run("prove", written(tmp_path, text), "--lang", "es")
    assert told.exit_code == 1
    assert "Nadie puede recibirlo. Está demostrado." in told.output


def test_a_comparison_names_what_changed_and_who_gains() -> None:
    told = run("compare", OLD, NEW)
    assert told.exit_code == 0
    assert "No longer asked for: A plan of at least $60.00 a month." in told.output
    assert "Nobody loses." in told.output
    body = json.loads(run("compare", OLD, NEW, "--json").output)
    assert body["terms"][0]["change"] == "removed"
    assert body["gains"]["customer"]["facts"]["order.device_category"] == "phone"


def test_a_failing_example_is_told_in_the_table(tmp_path: Path) -> None:
    told = run(
        "test", written(tmp_path, starter().replace("first_yes_on: 2026-11-22", "first_yes_on: 2026-11-23"))
    )
    assert told.exit_code == 1
    assert "FAILS" in told.output
    assert "2 examples, 1 failed." in told.output


def test_a_bad_file_ends_with_status_2_and_its_place(tmp_path: Path) -> None:
    file = written(tmp_path, "format: 1\n")
    for command in ("prove", "test"):
        told = run(command, file)
        assert told.exit_code == 2
        assert f"{file}:1:" in told.output


def test_the_schema_is_json() -> None:
    assert json.loads(run("schema").output)["title"] == "Policy document"
