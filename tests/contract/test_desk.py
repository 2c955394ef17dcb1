"""A desk's client against the service: what its pages rely on, in this process and over HTTP."""

from __future__ import annotations

import datetime as dt
import uuid

import httpx
import pytest

from kiosk.errors import StoreRefused
from kiosk.store_client import StoreClient
from tests.contract.demo_store import DemoStore

POLICY = "upgrade-credit-50"


def sign_in(http: httpx.Client, demo_store: DemoStore, role: str) -> StoreClient:
    """Somebody of the head office, signed in at its desk."""
    someone = next(each for each in demo_store.people["staff"] if each["role"] == role)
    desk = next(each["token"] for each in demo_store.people["devices"] if each["kind"] == "desk")
    session = StoreClient(http, desk).sign_in(someone["staff_number"], someone["pin"])
    assert session.token is not None
    assert session.store is None
    return StoreClient(http, session.token)


@pytest.fixture
def author(http: httpx.Client, demo_store: DemoStore) -> StoreClient:
    """A policy author."""
    return sign_in(http, demo_store, "author")


def a_key() -> str:
    return uuid.uuid4().hex


def test_a_version_tells_what_a_customer_agrees_to(author: StoreClient) -> None:
    agrees = author.version_document(POLICY, 3).agrees
    assert [set(each) for each in agrees] == [{"en", "es"}]
    assert agrees[0]["en"].startswith("Your agreement runs for")


def test_who_gains_is_told_fact_by_fact_in_both_languages(author: StoreClient) -> None:
    starts_on = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)
    draft = author.draft_successor(POLICY, 3, starts_on, None, a_key())
    easier = draft.text.replace("{months: 24}", "{months: 20}").partition("examples:")[0]
    assert easier != draft.text
    draft = author.edit_draft(draft.draft_id, easier, draft.revision, a_key())
    draft = author.check_draft(draft.draft_id, draft.revision, a_key())
    compared = next(check.comparison for check in draft.checks if check.kind == "comparison")
    assert compared is not None
    assert compared.gains is not None
    assert compared.loses is not None
    assert compared.loses.verdict == "nobody"
    assert compared.loses.facts == ()
    assert compared.gains.before == {"en": "no", "es": "no"}
    assert compared.gains.after == {"en": "yes, $50.00", "es": "sí, $50.00"}
    labels = {fact.label["en"] for fact in compared.gains.facts}
    assert "Last upgrade of this line" in labels
    assert all(set(fact.value) == {"en", "es"} for fact in compared.gains.facts)
    author.withdraw_draft(draft.draft_id, draft.revision, a_key())


def test_whoever_writes_is_told_that_somebody_else_approves(author: StoreClient) -> None:
    draft = author.add_draft("format: 1\npolicy: [\n", a_key())
    assert draft.faults
    assert draft.faults[0].line >= 1
    codes = {reason.code for reason in draft.hindrances}
    assert {"approval.role", "approval.own_work"} <= codes


def test_a_text_that_somebody_saved_meanwhile_is_refused_as_a_conflict(author: StoreClient) -> None:
    draft = author.add_draft("format: 1\n", a_key())
    author.edit_draft(draft.draft_id, "format: 1\npolicy: theirs\n", draft.revision, a_key())
    with pytest.raises(StoreRefused) as refused:
        author.edit_draft(draft.draft_id, "format: 1\npolicy: mine\n", draft.revision, a_key())
    assert (refused.value.problem.status, refused.value.code) == (409, "draft.changed")
    assert "theirs" in author.draft(draft.draft_id).text
    with pytest.raises(StoreRefused) as unchecked:
        author.check_draft(draft.draft_id, draft.revision, a_key())
    assert unchecked.value.problem.status == 409
