"""A policy is published with the typed client alone, in one process and over HTTP alike."""

from __future__ import annotations

import datetime as dt
import uuid

import httpx
import pytest

from kiosk.errors import StoreRefused
from kiosk.store_client import StoreClient
from tests.contract.demo_store import DemoStore
from tests.store_api.drafts.office import CURRENT


def key() -> str:
    return uuid.uuid4().hex


def at_desk(http: httpx.Client, store: DemoStore, name: str) -> StoreClient:
    """The client of somebody of the central office."""
    member = store.staff(name)
    session = StoreClient(http, store.token("head-office")).sign_in(member["staff_number"], member["pin"])
    assert session.token is not None
    assert session.store is None
    return StoreClient(http, session.token)


def text_of(number: int, begins: dt.date, policy: str) -> str:
    """The credit under another name, without examples."""
    text = CURRENT[: CURRENT.index("examples:")].replace("version: 3", f"version: {number}")
    return text.replace("from: 2025-01-01", f"from: {begins}").replace("upgrade-credit-50", policy)


def test_a_policy_is_published_stopped_and_followed_by_the_client_alone(
    http: httpx.Client, demo_store: DemoStore
) -> None:
    author, region = at_desk(http, demo_store, "Robin"), at_desk(http, demo_store, "Morgan")
    policy = f"spring-credit-{key()[:6]}"
    begins = dt.date.today() + dt.timedelta(days=30)  # noqa: DTZ011 - the demo runs on the wall clock
    draft = author.add_draft(text_of(1, begins, policy), key())
    draft = author.edit_draft(draft.draft_id, draft.text + "# to be read\n", draft.revision, key())
    with pytest.raises(StoreRefused, match=r"draft\.changed"):
        author.edit_draft(draft.draft_id, "too late", 1, key())
    author.check_draft(draft.draft_id, draft.revision, key())
    run = author.ask_impact(draft.draft_id, draft.text_digest, 90, key())
    lines = list(author.follow_impact(draft.draft_id, run.run_id))
    assert lines[-1].impact is not None
    assert {case.kind for case in region.preview_draft(draft.draft_id).cases} >= {
        "yes",
        "not_yet",
        "question",
    }
    for sentence in draft.sentences:
        region.confirm_sentence(draft.draft_id, sentence.sentence, draft.text_digest, sentence.shown, key())
    seen = region.draft(draft.draft_id)
    assert (seen.state, seen.hindrances) == ("checked", ())
    comparison = next(check.comparison for check in seen.checks if check.kind == "comparison")
    assert comparison is not None
    wrong = region.approve_draft(draft.draft_id, seen.text_digest, comparison.digest, "0000", key())
    assert wrong.code == "identity.wrong"
    pin = demo_store.staff("Morgan")["pin"]
    answer = region.approve_draft(draft.draft_id, seen.text_digest, comparison.digest, pin, key())
    assert (answer.code, answer.version and answer.version.state) == (None, "approved")
    assert [each.draft_id for each in author.drafts().drafts if each.state == "approved"]
    assert region.comparison(policy, 1).digest == comparison.digest
    assert region.version_document(policy, 1).text == draft.text
    assert [each.version for each in region.versions(policy).versions] == [1]
    assert region.term_counts(policy, 1).decisions == 0
    follow_and_stop(author, at_desk(http, demo_store, "Taylor"), demo_store, policy, begins)


def follow_and_stop(
    author: StoreClient, region: StoreClient, store: DemoStore, policy: str, begins: dt.date
) -> None:
    """Draft the version after the first, give it up, and stop the first."""
    after = author.draft_successor(policy, 1, begins + dt.timedelta(days=9), None, key())
    assert (after.version, after.version_before) == (2, 1)
    assert author.withdraw_draft(after.draft_id, after.revision, key()).state == "withdrawn"
    author.ask_stop(policy, 1, "A trial.", key())
    author.withdraw_stop(policy, 1, key())
    asked = author.ask_stop(policy, 1, "The amount is wrong.", key()).version
    assert asked is not None
    assert asked.stop is not None
    assert asked.stop.stop_id is not None
    done = region.confirm_stop(policy, 1, asked.stop.stop_id, store.staff("Taylor")["pin"], key())
    assert (done.code, done.version and done.version.state) == (None, "stopped")
    assert policy in {each.policy for each in author.all_versions().policies}
