"""Each sentence is confirmed as it was shown; a whole is approved with one's own PIN; a stop takes two."""

from __future__ import annotations

from typing import Any

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.region import papers
from tests.kiosk.scripted_store import ScriptedStore

DRAFT = "/v1/policies/drafts/drf_1"
VERSION = "/v1/policies/upgrade-credit-50/versions/3"
READY = papers.draft(
    state="checked", checks=papers.checks(), sentences=papers.sentences(papers.ALL_SENTENCES), hindrances=()
)


def sent(store: ScriptedStore, name: str) -> list[dict[str, Any]]:
    return [body for asked, body, _ in store.asked if asked == name]


def test_an_author_sees_everything_and_is_offered_no_confirmation(author: Browser) -> None:
    page = author.get("/drafts/drf_1/approve").text
    assert "A regional manager confirms and approves." in page
    assert "They say the same" not in page
    assert "Approve with my PIN" not in page


def test_a_manager_who_touched_the_text_is_told_so_and_is_offered_nothing(
    manager: Browser, store: ScriptedStore
) -> None:
    own = wire.ApprovalReason(
        code="approval.own_work", subject=None, says=factories.words("You wrote or changed this text.")
    )
    store.answers[f"GET {DRAFT}"] = READY.model_copy(
        update={"hindrances": (own,), "sentences": papers.sentences()}
    )
    page = manager.get("/drafts/drf_1/approve").text
    assert page.count("You wrote or changed this text.") == 1
    assert "They say the same" not in page
    assert 'id="pin"' not in page


def test_a_draft_that_became_a_version_leads_there_and_can_be_read_only(
    author: Browser, store: ScriptedStore
) -> None:
    store.answers[f"GET {DRAFT}"] = READY.model_copy(update={"state": "approved"})
    page = author.get("/drafts/drf_1").text
    assert 'href="/region/policies/upgrade-credit-50/versions/4"' in page
    for words in ("Edit the text", "Run the checks", "Discard this draft"):
        assert words not in page


def test_each_sentence_of_each_language_has_a_row_and_a_button(manager: Browser) -> None:
    page = manager.get("/drafts/drf_1/approve").text
    for sentence in papers.ALL_SENTENCES:
        assert f'id="sentence-{sentence}"' in page
    assert page.count("They say the same</button>") == 4
    assert page.count("I have read it</button>") == 2, "a title has no test"
    assert page.count("data-next-to-confirm") == 1


def test_confirming_sends_what_was_shown_and_the_next_one_waits(
    manager: Browser, store: ScriptedStore
) -> None:
    first = papers.ALL_SENTENCES[0]
    manager.get("/drafts/drf_1/approve")
    store.answers[f"PUT {DRAFT}/sentences/{first}"] = papers.draft(sentences=papers.sentences((first,)))
    page = manager.post(f"/drafts/drf_1/sentences/{first}", text_digest=papers.DIGEST, shown=papers.SHOWN)
    assert sent(store, f"PUT {DRAFT}/sentences/{first}") == [
        {"text_digest": papers.DIGEST, "shown": papers.SHOWN}
    ]
    assert "1 of 6 sentences confirmed" in page.text


def test_a_text_that_changed_while_it_was_read_confirms_nothing(
    manager: Browser, store: ScriptedStore
) -> None:
    first = papers.ALL_SENTENCES[0]
    manager.get("/drafts/drf_1/approve")
    store.answers[f"PUT {DRAFT}/sentences/{first}"] = (409, factories.problem(409, "draft.changed"))
    page = manager.post(f"/drafts/drf_1/sentences/{first}", text_digest=papers.DIGEST, shown=papers.SHOWN)
    assert page.status_code == 422
    assert "nothing was confirmed" in page.text


def test_what_is_missing_is_said_in_place_of_the_pin(manager: Browser) -> None:
    page = manager.get("/drafts/drf_1/approve").text
    assert "The impact preview was not run." in page
    assert 'id="pin"' not in page


def approve(manager: Browser, pin: str) -> Any:
    manager.get("/drafts/drf_1/approve")
    return manager.post(
        "/drafts/drf_1/approve", text_digest=papers.DIGEST, comparison_digest=papers.COMPARED, pin=pin
    )


def test_approving_sends_the_pin_and_the_digests_that_were_shown(
    manager: Browser, store: ScriptedStore
) -> None:
    store.answers[f"GET {DRAFT}"] = READY
    assert papers.COMPARED in manager.get("/drafts/drf_1/approve").text
    planned = papers.entry(4, "approved")
    store.answers[f"POST {DRAFT}/approve"] = wire.ApprovalAnswer(code=None, version=planned)
    store.answers["GET /v1/policies/upgrade-credit-50/versions/4/document"] = papers.document(planned)
    store.answers["GET /v1/policies/upgrade-credit-50/versions/4"] = factories.POLICY
    page = approve(manager, "2468")
    assert "Approved and frozen." in page.text
    assert "Planned" in page.text
    assert sent(store, f"POST {DRAFT}/approve") == [
        {"text_digest": papers.DIGEST, "comparison_digest": papers.COMPARED, "pin": "2468"}
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (wire.ApprovalAnswer(code="identity.wrong"), "That is not your PIN."),
        (wire.ApprovalAnswer(code="identity.locked", locked_until=factories.NOW), "closed until 10:52"),
        (
            wire.ApprovalAnswer(
                code="approval.own_draft",
                reasons=(
                    wire.ApprovalReason(
                        code="approval.own_draft",
                        subject=None,
                        says=factories.words("You edited this draft yourself."),
                    ),
                ),
            ),
            "You edited this draft yourself.",
        ),
    ],
)
def test_a_refused_approval_says_why_and_approves_nothing(
    manager: Browser, store: ScriptedStore, answer: wire.ApprovalAnswer, words: str
) -> None:
    store.answers[f"GET {DRAFT}"] = READY
    store.answers[f"POST {DRAFT}/approve"] = answer
    page = approve(manager, "9731")
    assert page.status_code == 422
    assert words in page.text.replace("\u202f", " ")
    assert "9731" not in page.text


def test_without_a_pin_nothing_is_sent(manager: Browser, store: ScriptedStore) -> None:
    store.answers[f"GET {DRAFT}"] = READY
    page = approve(manager, " ")
    assert page.status_code == 422
    assert "Enter your own PIN." in page.text
    assert store.count(f"POST {DRAFT}/approve") == 0


# --- One version and its stop ------------------------------------------------------------------------


def test_a_version_shows_counts_beside_each_term_with_their_base(manager: Browser) -> None:
    page = manager.get("/policies/upgrade-credit-50/versions/3").text
    assert "3,412 decisions under this version" in page
    for number in ("418", "37", "21"):
        assert f"<dd>{number}<small>of 3,412</small></dd>" in page
    assert papers.DIGEST in page


def test_a_stop_needs_a_reason(manager: Browser, store: ScriptedStore) -> None:
    manager.get("/policies/upgrade-credit-50/versions/3")
    page = manager.post("/policies/upgrade-credit-50/versions/3/stop", reason=" ")
    assert page.status_code == 422
    assert "Say in a sentence why it has to stop." in page.text
    assert store.count(f"POST {VERSION}/stop") == 0


def test_who_asked_for_a_stop_is_not_offered_to_confirm_it(manager: Browser, store: ScriptedStore) -> None:
    store.answers[f"GET {VERSION}/document"] = papers.document(papers.entry(stop=papers.stop()))
    page = manager.get("/policies/upgrade-credit-50/versions/3").text
    assert "Nothing is stopped yet." in page
    assert 'id="stop_pin"' not in page
    assert "Take my asking back" in page


def test_somebody_else_confirms_it_with_a_pin(manager: Browser, store: ScriptedStore) -> None:
    asked = papers.entry(stop=papers.stop(asked_by="Paul"))
    store.answers[f"GET {VERSION}/document"] = papers.document(asked)
    assert 'id="stop_pin"' in manager.get("/policies/upgrade-credit-50/versions/3").text
    store.answers[f"POST {VERSION}/stop/confirm"] = wire.StopAnswer(code="identity.wrong")
    wrong = manager.post("/policies/upgrade-credit-50/versions/3/stop/confirm", stop_id="stp_1", stop_pin="1")
    assert wrong.status_code == 422
    assert "That is not your PIN." in wrong.text
    stopped = papers.stop(asked_by="Paul", confirmed_at=factories.NOW, confirmed_by="Ruth")
    now = papers.entry(3, "stopped", stop=stopped, stopped_at=factories.NOW)
    store.answers[f"POST {VERSION}/stop/confirm"] = wire.StopAnswer(code=None, version=now)
    store.answers[f"GET {VERSION}/document"] = papers.document(now)
    page = manager.post(
        "/policies/upgrade-credit-50/versions/3/stop/confirm", stop_id="stp_1", stop_pin="2468"
    )
    assert "Paul asked, Ruth confirmed." in page.text
    assert "What was issued is honoured." in page.text


def test_the_next_version_begins_on_a_day_and_may_have_a_last_one(
    author: Browser, store: ScriptedStore
) -> None:
    path = "/policies/upgrade-credit-50/versions/3/next"
    author.get(path)
    assert "Give a day" in author.post(path, starts_on="tomorrow").text
    assert "before the first" in author.post(path, starts_on="2027-03-02", last_day="2027-03-01").text
    assert store.count(f"POST {VERSION}/successor") == 0
    store.answers[f"POST {VERSION}/successor"] = papers.draft()
    author.post(path, starts_on="2027-03-01", last_day="2027-06-30")
    assert sent(store, f"POST {VERSION}/successor") == [{"starts_on": "2027-03-01", "ends_on": "2027-07-01"}]
