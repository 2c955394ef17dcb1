"""Decisions over the API: the stories of the demo, and what makes two decisions one."""

from __future__ import annotations

import datetime as dt

import pytest

from store_api.accounts import service as accounts
from store_api.decisions.recording import lapse
from tests.store_api.clients import Client
from tests.store_api.factories import make_work
from tests.store_api.story import PHONE, Story, body_of, lines_of, verdict_of

FAMILY = "acc_demo_family"


def test_the_daughter_gets_her_credit_without_paper_or_another_plan(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    assert verdict_of(decision) == "Yes. $49.99 off this phone."
    assert [term["status"] for term in decision["terms"]] == ["met", "met", "met"]
    assert {"A change of plan.", "The paper voucher."} <= set(lines_of(decision, "free"))
    benefit = decision["benefit"]
    assert (benefit["applied"]["amount"], benefit["kept"]["amount"]) == ("49.99", "0.01")
    totals = [line for line in decision["sheets"]["en"]["lines"] if line["kind"] in ("total", "after")]
    assert [line["mark"] for line in totals] == ["$0.00", "$0.01"]


def test_both_languages_carry_one_terms_code_and_the_same_kinds_of_lines(story: Story) -> None:
    sheets = story.walk_in("Maya").get_yes()["sheets"]
    kinds = {name: [line["kind"] for line in sheet["lines"]] for name, sheet in sheets.items()}
    assert kinds["en"] == kinds["es"]
    assert sheets["en"]["terms_code"] == sheets["es"]["terms_code"]
    assert verdict_of({"sheets": sheets}, "es").startswith("Sí.")


def test_before_she_has_answered_only_what_matters_is_asked(story: Story) -> None:
    decision = story.walk_in("Maya").ask()
    assert decision["outcome"] == "undecided"
    asked = [question["fact"] for question in decision["questions"]]
    assert asked == ["order.device_category", "order.agreement_months"]


def test_the_brother_is_told_the_day_from_which_he_can_use_it(story: Story) -> None:
    visitor = story.walk_in("Sam")
    visitor.say()
    decision = visitor.ask()
    assert (decision["outcome"], decision["codes"]) == ("not_eligible", [])
    assert verdict_of(decision) == "Not yet. From 21 March 2027."
    unmet = [term["term"] for term in decision["terms"] if term["status"] == "unmet"]
    assert unmet == ["since-last-upgrade"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("Tom", "consent.missing"), ("Priya", "account.locked"), ("Ben", "voucher.already_redeemed")],
)
def test_a_cause_outside_the_terms_has_its_own_code(story: Story, name: str, code: str) -> None:
    visitor = story.walk_in(name)
    visitor.say()
    decision = visitor.ask()
    assert (decision["outcome"], decision["codes"]) == ("not_eligible", [code])
    assert decision["benefit"] is None
    assert lines_of(decision, "credit") == []


def test_the_way_to_the_owners_leave_is_told(story: Story) -> None:
    visitor = story.walk_in("Tom")
    visitor.say()
    decision = visitor.ask()
    assert any("owner" in note and "kiosk" in note for note in lines_of(decision, "note"))
    assert any("titular" in note and "quiosco" in note for note in lines_of(decision, "note", "es"))


def test_where_and_when_it_was_used_is_told_to_that_account(story: Story) -> None:
    decision = story.walk_in("Ben").ask()
    assert "It was used on 9 November 2026 at Harbor store." in lines_of(decision, "note")


def test_of_anothers_voucher_nothing_is_told_but_that_it_is_anothers(story: Story) -> None:
    visitor = story.walk_in("Maya")
    scanned = visitor.post("voucher-code", {"code": story.code("used-credit")})
    decision = visitor.ask_about({"voucher_id": scanned["visit"]["scanned_voucher_id"]})
    assert decision["codes"] == ["voucher.belongs_to_another"]
    told = str(decision["sheets"])
    assert "Harbor" not in told
    assert "9 November" not in told


def test_a_bearers_voucher_serves_whoever_holds_it(story: Story) -> None:
    visitor = story.walk_in("Maya")
    visitor.post("voucher-code", {"code": story.code("bearer-thank-you")})
    visitor.say()
    decision = visitor.ask("wireline-thank-you-20")
    assert verdict_of(decision) == "Yes. $20.00 off this order."


def test_a_bill_that_is_past_due_stops_an_upgrade_and_not_the_thank_you(story: Story) -> None:
    visitor = story.walk_in("Omar")
    visitor.say()
    upgrade = visitor.ask_about({"policy": "device-upgrade"})
    assert verdict_of(upgrade) == "Not as it stands. Pay $83.20 and it is yes today."
    assert visitor.ask("wireline-thank-you-20")["outcome"] == "eligible"


def test_a_lock_that_the_policy_reads_is_a_term_and_not_a_code(story: Story) -> None:
    decision = story.walk_in("Priya").ask_about({"policy": "device-upgrade"})
    assert decision["codes"] == []
    assert "The account is not locked." in verdict_of(decision)


def test_a_fact_that_is_too_old_is_not_used(story: Story) -> None:
    story.clock.advance(days=2)
    decision = story.walk_in("Omar").ask_about({"policy": "device-upgrade"})
    assert decision["outcome"] == "undecided"
    assert "account.past_due" in [missing["fact"] for missing in decision["unavailable"]]


def test_asked_twice_it_is_one_decision(story: Story) -> None:
    visitor = story.walk_in("Maya")
    first = visitor.get_yes()
    assert visitor.ask() == first


def test_another_visit_makes_another_decision_with_the_same_terms_code(story: Story) -> None:
    first = story.walk_in("Maya").get_yes()
    second = story.walk_in("Maya", "harbor-kiosk-1")
    second.say()
    again = second.ask()
    assert again["decision_id"] != first["decision_id"]
    assert (again["terms_code"] == first["terms_code"]) == (again["zone"] == first["zone"])
    third = story.walk_in("Maya").get_yes()
    assert third["terms_code"] == first["terms_code"]
    assert third["decision_id"] != first["decision_id"]


def test_another_phone_is_another_decision(story: Story) -> None:
    visitor = story.walk_in("Maya")
    first = visitor.get_yes()
    visitor.say("lumen-8-128")
    assert visitor.ask()["terms_code"] != first["terms_code"]


def test_an_answer_that_lapsed_is_given_anew_under_its_code(story: Story) -> None:
    visitor = story.walk_in("Maya")
    first = visitor.get_yes()
    story.clock.advance(minutes=31)
    again = visitor.ask()
    assert again["terms_code"] == first["terms_code"]
    assert again["decision_id"] != first["decision_id"]
    assert again["lapses_at"] > first["lapses_at"]


def test_a_recorded_decision_does_not_change_when_the_world_does(story: Story) -> None:
    visitor = story.walk_in("Maya")
    decision = visitor.get_yes()
    with story.database.transaction() as session:
        accounts.lock_account(make_work(session), FAMILY, True)
    shown = body_of(visitor.client.get(f"/v1/decisions/{decision['decision_id']}"))
    assert shown == decision


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-11-21T16:00:00+00:00", "America/New_York", "2026-11-21T16:30:00+00:00"),
        ("2026-11-22T04:45:00+00:00", "America/New_York", "2026-11-22T05:00:00+00:00"),
        ("2026-11-22T04:45:00+00:00", "America/Chicago", "2026-11-22T05:15:00+00:00"),
        # The night in which clocks go forward still ends at its own midnight.
        ("2027-03-14T04:50:00+00:00", "America/New_York", "2027-03-14T05:00:00+00:00"),
    ],
)
def test_a_decision_lapses_after_half_an_hour_or_at_the_stores_midnight(
    now: str, zone: str, expected: str
) -> None:
    assert lapse(dt.datetime.fromisoformat(now), zone) == dt.datetime.fromisoformat(expected)


def test_nothing_is_decided_before_the_identity_check(story: Story) -> None:
    visitor = story.stranger()
    answer = visitor.client.post("/v1/decisions", {"visit_id": visitor.visit_id, "policy": "device-upgrade"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "identity.not_checked")


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({}, 422),
        ({"policy": "device-upgrade", "voucher_id": "vou_n1_X"}, 422),
        ({"policy": "no-such-policy"}, 404),
        ({"voucher_id": "vou_n1_X"}, 404),
        ({"policy": "upgrade-credit-50"}, 409),
    ],
)
def test_a_question_about_nothing_or_too_much_is_refused(
    story: Story, what: dict[str, str], status: int
) -> None:
    visitor = story.walk_in("Maya")
    answer = visitor.client.post("/v1/decisions", {"visit_id": visitor.visit_id, **what})
    assert answer.status_code == status


def test_a_terms_code_tells_everybody_the_policy_and_nobody_the_person(story: Story) -> None:
    decision = story.walk_in("Maya").get_yes()
    path = f"/v1/terms/{decision['terms_code']}"
    public = body_of(Client(story.app, None).get(path))
    assert public["policy"]["title"]["en"] == "$50 upgrade credit"
    assert public["sheets"] is None
    assert body_of(Client(story.app, None).get(path.lower())) == public


def test_the_whole_sheet_is_for_the_store_and_for_the_kiosk_of_the_visit(story: Story) -> None:
    visitor = story.walk_in("Maya")
    path = f"/v1/terms/{visitor.get_yes()['terms_code']}"
    assert body_of(story.rep.get(path))["sheets"] is not None
    assert body_of(visitor.client.get(path))["sheets"] is not None
    assert body_of(story.device("harbor-kiosk-1").get(path))["sheets"] is None
    assert body_of(story.staff("Casey", "harbor-tablet-1").get(path))["sheets"] is None
    visitor.post("close", {"outcome": "left"})
    assert body_of(visitor.client.get(path))["sheets"] is None


def test_a_terms_code_that_nobody_was_given_is_not_found(story: Story) -> None:
    answer = Client(story.app, None).get("/v1/terms/00000-00000")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "terms.not_found")


def test_a_price_that_is_not_on_the_list_cannot_be_said(story: Story) -> None:
    visitor = story.walk_in("Maya")
    path = f"/v1/visits/{visitor.visit_id}/order"
    refused = visitor.client.put(path, {"sku": PHONE, "facts": {"order.device_price": "1.00 USD"}})
    assert refused.status_code == 422
