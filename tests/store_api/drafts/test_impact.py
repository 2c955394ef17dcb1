"""The impact preview: recorded decisions decided again, counted, streamed, kept, cancelled."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from click.testing import CliRunner
from hypothesis import given, settings

from store_api.cli import cli
from store_api.drafts import previewing
from store_api.drafts.impact import _hashable_facts
from store_api.policy.bulk import Bulk
from store_api.policy.evaluate import evaluate
from store_api.policy.facts import read_facts
from store_api.policy.values import value_to_json
from tests.policy import documents
from tests.store_api.drafts.office import DRAFTS, Office, next_credit
from tests.store_api.story import body_of


def record(office: Office) -> None:
    """Maya gets a yes at Maple St; Sam is told not yet, in both stores; Ben's voucher was used before."""
    office.story.walk_in("Maya").get_yes()
    for station in ("kiosk-1", "harbor-kiosk-1"):
        sam = office.story.walk_in("Sam", station)
        sam.say()
        sam.ask()
    ben = office.story.walk_in("Ben")
    ben.say()
    ben.ask()


def test_who_would_get_another_answer_is_counted_by_store_and_term(office: Office) -> None:
    record(office)
    text = next_credit(months=36).replace("{months: 24}", "{months: 18}")
    lines = office.impact(office.draft(text))
    assert (lines[0]["done"], lines[0]["total"]) == (0, 4)
    impact = lines[-1]["impact"]
    assert impact["aside"] == 1
    # A longer agreement costs Maya her yes; Sam's wait would be over, but his agreement is too short too.
    assert {key: value for key, value in impact["counts"].items() if value} == {
        "decisions": 3, "same": 2, "loses": 1,
    }  # fmt: skip
    assert [(each["term"], each["loses"]) for each in impact["terms"]] == [("renew-agreement", 1)]
    stores = {each["name"]: each["counts"]["loses"] for each in impact["stores"]}
    assert stores == {"Maple St store": 1, "Harbor store": 0}
    flip = impact["flips"][0]
    assert (flip["before"], flip["after"], flip["terms"]) == ("eligible", "not_eligible", ["renew-agreement"])


def test_a_shorter_wait_is_a_yes_for_those_who_waited(office: Office) -> None:
    record(office)
    text = next_credit(months=24).replace("{months: 24}", "{months: 18}")
    impact = office.impact(office.draft(text))[-1]["impact"]
    assert (impact["counts"]["gains"], impact["counts"]["loses"]) == (2, 0)
    assert [(each["term"], each["gains"]) for each in impact["terms"]] == [("since-last-upgrade", 2)]


def test_a_smaller_amount_and_facts_that_were_not_recorded_are_told(office: Office) -> None:
    record(office)
    text = next_credit(months=24).replace("amount: 50.00 USD\n", "amount: 40.00 USD\n")
    assert office.impact(office.draft(text))[-1]["impact"]["counts"]["less"] == 1
    other = next_credit(months=24).replace("is: phone", "is: phone\n" + EXTRA)
    impact = office.impact(office.draft(other))[-1]["impact"]
    assert impact["unrecorded"] == ["account.lines"]
    assert impact["counts"]["opens"] == 1


EXTRA = """    - term: few-lines
      says: {en: "At most {bound} lines.", es: "Como máximo {bound} líneas."}
      fact: account.lines
      at_most: 9"""


def test_the_result_is_kept_with_the_draft_and_older_days_are_left_out(office: Office) -> None:
    record(office)
    office.story.clock.advance(days=40)
    office.story.clients.clear()
    draft = office.draft(next_credit())
    assert office.impact(draft, days=30)[-1]["impact"]["counts"]["decisions"] == 0
    assert office.impact(draft, days=41)[-1]["impact"]["counts"]["decisions"] == 3
    kept = next(check for check in office.look(draft["draft_id"])["checks"] if check["kind"] == "impact")
    assert (kept["state"], kept["impact"]["days"]) == ("passed", 41)


def test_it_goes_in_batches_and_stops_when_nobody_follows(office: Office, monkeypatch: Any) -> None:
    record(office)
    monkeypatch.setattr(previewing, "BATCH", 1)
    draft = office.draft(next_credit())
    path = f"{DRAFTS}/{draft['draft_id']}/impact"
    body = {"text_digest": draft["text_digest"]}
    run = body_of(office.staff("Robin").post(path, body))
    answer = office.staff("Robin").get(f"{path}/{run['run_id']}", buffered=False)
    lines: Iterator[bytes] = iter(answer.response)
    assert [json.loads(next(lines))["done"] for _ in range(3)] == [0, 1, 2]
    with office.story.database.transaction():
        pass  # nobody waits for a preview
    answer.close()
    kept = next(check for check in office.look(draft["draft_id"])["checks"] if check["kind"] == "impact")
    assert kept["state"] == "missing"


def test_a_preview_of_another_text_is_not_kept(office: Office) -> None:
    draft = office.draft(next_credit())
    path = f"{DRAFTS}/{draft['draft_id']}"
    run = body_of(office.staff("Robin").post(f"{path}/impact", {"text_digest": draft["text_digest"]}))
    answer = office.staff("Robin").get(f"{path}/impact/{run['run_id']}", buffered=False)
    lines = iter(answer.response)
    next(lines)
    body_of(office.staff("Quinn").put(path, {"text": next_credit(months=6), "revision": 1}))
    last = json.loads(list(lines)[-1])
    assert (last["impact"], last["code"]) == (None, "draft.changed")
    answer.close()
    again = office.staff("Robin").get(f"{path}/impact/{run['run_id']}")
    assert (again.status_code, again.get_json()["code"]) == (409, "draft.changed")
    theirs = office.staff("Quinn").get(f"{path}/impact/{run['run_id']}")
    assert theirs.status_code == 404


def test_the_command_prints_who_would_get_another_answer(office: Office, tmp_path: Any) -> None:
    record(office)
    file = tmp_path / "next.yaml"
    file.write_text(next_credit(months=36), encoding="utf-8")
    environment = {
        "SAMETERMS_DATABASE_URL": office.story.settings.database_url,
        "SAMETERMS_KEYS": "t1:" + "A" * 43 + "=",
    }
    found = CliRunner().invoke(cli, ["policy", "impact", str(file), "--days", "730"], env=environment)
    assert found.exit_code == 0, found.output
    assert "3 decisions since" in found.stdout
    assert "renew-agreement: 1 loses" in found.stdout
    file.write_text("format: 2", encoding="utf-8")
    assert CliRunner().invoke(cli, ["policy", "impact", str(file)], env=environment).exit_code == 2


@settings(max_examples=60, deadline=None)
@given(seed=documents.SEEDS)
def test_many_cases_at_once_come_out_as_one_by_one(seed: int) -> None:
    """The remembered answers are the evaluator's own, case for case, on whatever policy."""
    inventor, catalogue = documents.Inventor(seed), documents.catalogue()
    version = documents.version_of(inventor.document())
    bulk = Bulk(version, catalogue)
    for number in range(12):
        facts, on = read_facts(inventor.facts(), catalogue), documents.TODAY + dt.timedelta(days=number % 3)
        text = json.dumps({key: value_to_json(value) for key, value in facts.items()})
        found = bulk.find(_hashable_facts(text), on)
        single = evaluate(version, facts, on, frozenset())
        assert found.outcome == single.outcome
        assert found.statuses == tuple(single.states[term.id].status for term in version.terms)
        if single.outcome == "eligible":
            assert found.tier == (single.best_tier.id if single.best_tier else None)
