"""Drafts over the API: kept with their faults, changed by one at a time, checked, confirmed, approved."""

from __future__ import annotations

from typing import Any

from store_api.drafts import checks
from tests.store_api.clients import Client
from tests.store_api.drafts.office import CREDIT, DRAFTS, EXAMPLES, Office, next_credit
from tests.store_api.story import body_of, verdict_of


def states(draft: Any) -> dict[str, str]:
    """The state of each check."""
    return {check["kind"]: check["state"] for check in draft["checks"]}


def codes(draft: Any) -> set[str]:
    """What keeps the caller from approving."""
    return {each["code"] for each in draft["hindrances"]}


def test_a_faulty_text_is_kept_and_carries_its_faults_with_line_and_column(office: Office) -> None:
    text = next_credit().replace("fact: order.device_category", "fact: order.colour")
    draft = office.draft(text)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "order.colour" in each)
    assert [(f["line"], f["column"], f["code"]) for f in draft["faults"]] == [(line, 13, "fact.undeclared")]
    assert (draft["policy"], draft["state"], draft["sentences"]) == (None, "draft", [])
    checked = office.check(draft)
    assert states(checked)["form"] == "failed"
    assert states(checked)["proofs"] == "missing"
    assert not body_of(office.staff("Robin").get(f"{DRAFTS}/{draft['draft_id']}/preview"))["cases"]


def test_two_authors_do_not_overwrite_each_other(office: Office) -> None:
    draft = office.draft(next_credit())
    path = f"{DRAFTS}/{draft['draft_id']}"
    mine = office.staff("Robin").put(path, {"text": next_credit(months=18), "revision": 1})
    assert body_of(mine)["revision"] == 2
    theirs = office.staff("Quinn").put(path, {"text": next_credit(months=6), "revision": 1})
    assert (theirs.status_code, theirs.get_json()["code"]) == (409, "draft.changed")
    assert "at_least: 18" in office.look(draft["draft_id"])["text"]


def test_a_policy_goes_from_draft_to_approved_and_is_in_force_by_its_date(office: Office) -> None:
    story = office.story
    ready = office.ready(next_credit())
    assert states(ready) == dict.fromkeys(("form", "examples", "proofs", "comparison", "impact"), "passed")
    assert (ready["state"], ready["hindrances"], ready["version_before"]) == ("checked", [], 3)
    version = body_of(office.approve(ready))["version"]
    assert (version["state"], version["author"], version["approver"]) == ("approved", "Robin", "Morgan")
    assert office.look(ready["draft_id"])["state"] == "approved"
    nobody = Client(story.app, None)
    listed = body_of(nobody.get(f"/v1/policies/{CREDIT}/versions"))["versions"]
    assert [(each["version"], each["state"], each["ends_on"]) for each in listed] == [
        (4, "approved", None), (3, "in_force", "2027-01-01"), (2, "superseded", "2025-01-01"),
        (1, "superseded", "2023-01-01"),
    ]  # fmt: skip
    assert (listed[1]["superseded_by"], listed[0]["author"], listed[0]["approver"]) == (4, None, None)
    story.clock.advance(days=60)
    listed = body_of(nobody.get(f"/v1/policies/{CREDIT}/versions"))["versions"]
    assert [each["state"] for each in listed[:2]] == ["in_force", "superseded"]
    in_force = body_of(nobody.get("/v1/policies"))["policies"]
    assert next(each["version"] for each in in_force if each["policy"] == CREDIT) == 4


def test_what_was_issued_before_keeps_the_version_of_its_day(office: Office) -> None:
    office.publish(next_credit(months=36))
    office.story.clock.advance(days=60)
    office.story.clients.clear()
    maya = office.story.walk_in("Maya")
    assert maya.get_yes()["version"] == 3


def test_a_changed_text_takes_checks_and_confirmations_with_it(office: Office) -> None:
    ready = office.ready(next_credit())
    path = f"{DRAFTS}/{ready['draft_id']}"
    changed = body_of(
        office.staff("Robin").put(path, {"text": ready["text"] + "# a note\n", "revision": ready["revision"]})
    )
    assert changed["state"] == "draft"
    assert set(states(changed).values()) == {"old"}
    seen = office.look(ready["draft_id"])
    assert not any(sentence["confirmed"] for sentence in seen["sentences"])
    answer = body_of(office.approve(seen))
    assert {each["code"] for each in answer["reasons"]} == {
        "approval.check_old", "approval.sentence_unconfirmed",
    }  # fmt: skip
    stale = office.confirm(ready, ready["sentences"][0])
    assert (stale.status_code, stale.get_json()["code"]) == (409, "draft.changed")


def test_each_sentence_stands_beside_a_reading_made_from_its_test(office: Office) -> None:
    draft = office.draft(next_credit())
    sentences = {each["sentence"]: each for each in draft["sentences"]}
    renewal = sentences["term.renew-agreement.en"]
    assert renewal["says"] == "Renew the service agreement for at least 12 months."
    assert renewal["reading"] == "agreement length is 12 months or more"
    assert sentences["term.renew-agreement.es"]["reading"].endswith("12 meses o más")
    assert sentences["title.title.en"]["reading"] == "$50.00 off your order in the store."
    assert sentences["agrees.1.en"]["reading"] is None
    assert sentences["agrees.1.en"]["says"] == "Your agreement runs for [agreement length] from today."
    assert draft["text"].splitlines()[renewal["line"] - 1].strip().startswith("- term: renew-agreement")


def test_the_comparison_says_what_changed_and_what_the_dates_come_to(office: Office) -> None:
    draft = office.check(office.draft(next_credit()))
    told = next(check["comparison"] for check in draft["checks"] if check["kind"] == "comparison")
    assert [(each["term"], each["change"]) for each in told["terms"]] == [("renew-agreement", "loosened")]
    assert (told["loses"]["verdict"], told["gains"]["verdict"]) == ("nobody", "shown")
    assert "12 months" in told["terms"][0]["says"]["en"]
    assert told["gains"]["customer"]["es"]
    assert [span["kind"] for span in told["spans"]] == ["takes_over"]
    assert "version 4 decides in place of version 3" in told["spans"][0]["says"]["en"]


def test_a_start_before_one_that_is_there_is_a_conflict(office: Office) -> None:
    draft = office.check(office.draft(next_credit(begins="2024-06-01")))
    assert states(draft)["comparison"] == "failed"
    assert {"approval.start_passed", "approval.begins_too_early", "approval.check_failed"} <= codes(
        office.look(draft["draft_id"])
    )


def test_days_without_a_version_are_seen_and_said(office: Office) -> None:
    path = f"/v1/policies/{CREDIT}/versions/3/successor"
    body = {"starts_on": "2026-12-01", "ends_on": "2027-03-01"}
    ending = body_of(office.staff("Robin").post(path, body))
    assert (ending["version"], ending["effective_from"], ending["effective_until"]) == (
        4, "2026-12-01", "2027-03-01",
    )  # fmt: skip
    assert states(office.check(ending))["examples"] == "failed"  # they are of days before its own
    text = ending["text"][: ending["text"].index("examples:")] + EXAMPLES.replace("BEGINS", "2027-01-05")
    office.publish(text)
    late = office.check(office.draft(next_credit(begins="2027-06-01", number=5)))
    told = next(check for check in late["checks"] if check["kind"] == "comparison")
    assert told["state"] == "warned"
    assert [(span["kind"], span["starts_on"], span["ends_on"]) for span in told["comparison"]["spans"]] == [
        ("gap", "2027-03-01", "2027-06-01")
    ]


def test_a_failed_proof_holds_a_policy_up_and_names_its_line(office: Office) -> None:
    text = (
        next_credit()
        .replace("fact: order.device_category", "fact: order.insurance")
        .replace("is: phone", "is: true")
    )
    text = text[: text.index("examples:")]
    draft = office.check(office.draft(text))
    proofs = next(check for check in draft["checks"] if check["kind"] == "proofs")
    broken = next(finding for finding in proofs["findings"] if finding["mark"] == "failed")
    assert (proofs["state"], broken["law"], broken["subject"]) == ("failed", "claim", "insurance")
    assert text.splitlines()[broken["line"] - 1].strip() == "- {claim: insurance}"
    assert len(broken["customers"]) == 2
    assert states(draft)["examples"] == "warned"


def test_the_checks_hold_no_lock_while_they_run(office: Office, monkeypatch: Any) -> None:
    """While the solver is at work, somebody else writes; on SQLite there is one writer at a time."""
    real, written = checks.run_checks, []

    def slow(standing: Any) -> Any:
        with office.story.database.transaction():
            written.append(True)
        return real(standing)

    monkeypatch.setattr("store_api.drafts.service.run_checks", slow)
    checked = office.check(office.draft(next_credit()))
    assert written == [True]
    assert states(checked)["proofs"] == "passed"


def test_a_repeated_check_gets_the_first_answer_without_the_work(office: Office, monkeypatch: Any) -> None:
    draft = office.draft(next_credit())
    path, body = f"{DRAFTS}/{draft['draft_id']}/checks", {"revision": 1}
    first = office.staff("Robin").post(path, body, key="once")
    monkeypatch.setattr("store_api.drafts.service.run_checks", lambda _: 1 / 0)
    assert office.staff("Robin").post(path, body, key="once").data == first.data
    other = office.staff("Robin").post(path, {"revision": 2}, key="once")
    assert other.get_json()["code"] == "idempotency.key_reused"


def test_results_for_another_text_are_not_kept(office: Office, monkeypatch: Any) -> None:
    draft = office.draft(next_credit())
    real = checks.run_checks

    def overtaken(standing: Any) -> Any:
        path = f"{DRAFTS}/{draft['draft_id']}"
        body_of(office.staff("Quinn").put(path, {"text": next_credit(months=18), "revision": 1}))
        return real(standing)

    monkeypatch.setattr("store_api.drafts.service.run_checks", overtaken)
    answer = office.staff("Robin").post(f"{DRAFTS}/{draft['draft_id']}/checks", {"revision": 1})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "draft.changed")
    assert set(states(office.look(draft["draft_id"])).values()) == {"missing"}


def test_the_preview_shows_a_yes_a_not_yet_a_question_and_a_waived_term(office: Office) -> None:
    draft = office.check(office.draft(next_credit()))
    path = f"{DRAFTS}/{draft['draft_id']}/preview"
    shown = body_of(office.staff("Morgan").get(path))
    assert [case["kind"] for case in shown["cases"]] == ["yes", "not_yet", "question", "waived"]
    assert shown["missing"] == []
    yes, later, question, waived = shown["cases"]
    assert verdict_of(yes).startswith("Yes.")
    assert (later["names_a_day"], verdict_of(later, "es").startswith("Todavía no")) == (True, True)
    assert question["sheets"]["en"]["tone"] == "question"
    assert any(line["status"] == "waived" for line in waived["sheets"]["en"]["lines"])


def test_without_examples_the_preview_takes_customers_of_the_proofs(office: Office) -> None:
    text = next_credit()
    draft = office.check(office.draft(text[: text.index("examples:")]))
    shown = body_of(office.staff("Morgan").get(f"{DRAFTS}/{draft['draft_id']}/preview"))
    assert {case["source"] for case in shown["cases"]} == {"solver"}
    assert [case["kind"] for case in shown["cases"]] == ["yes", "not_yet", "question", "waived"]


def test_a_withdrawn_draft_is_closed(office: Office) -> None:
    draft = office.draft(next_credit())
    path = f"{DRAFTS}/{draft['draft_id']}"
    assert body_of(office.staff("Robin").post(f"{path}/withdraw", {"revision": 1}))["state"] == "withdrawn"
    again = office.staff("Robin").put(path, {"text": next_credit(months=6), "revision": 2})
    assert (again.status_code, again.get_json()["code"]) == (409, "draft.closed")
    listed = body_of(office.staff("Quinn").get(DRAFTS))["drafts"]
    assert {each["draft_id"]: each["state"] for each in listed}[draft["draft_id"]] == "withdrawn"


def test_a_policy_cannot_take_a_name_that_addresses_need(office: Office) -> None:
    draft = office.draft(next_credit().replace(f"policy: {CREDIT}", "policy: drafts"))
    assert [each["code"] for each in draft["faults"]] == ["policy.reserved_name"]


def test_names_and_numbers_that_no_table_holds_are_faults_and_not_failures(office: Office) -> None:
    text = next_credit().replace("version: 4", "version: 99999999999")
    text = text.replace(f"policy: {CREDIT}", f"policy: {'x' * 70}").replace(
        "term: new-phone", f"term: {'y' * 70}"
    )
    draft = office.draft(text)
    assert {each["code"] for each in draft["faults"]} == {"policy.version_too_large", "id.too_long"}


def test_a_version_that_binds_to_another_date_than_the_others_is_not_approved(office: Office) -> None:
    text = next_credit().replace("binds: voucher.issued_on", "binds: today")
    seen = office.look(office.check(office.draft(text))["draft_id"])
    assert "approval.other_binding" in codes(seen)
