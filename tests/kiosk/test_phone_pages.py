"""A visit on somebody's own phone: nothing before the code and the check, one tap, no way around."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

DIGEST = "ab" * 32
DECIDED = factories.identified(order=factories.order(), decision=factories.decision("yes"))


def ask(state: str = "asked") -> wire.Ask:
    return wire.Ask.model_validate(
        {
            "ask_id": "ask_1", "visit_id": "vis_1", "terms_code": factories.CODE,
            "title": factories.words("Upgrade credit"), "amount": factories.money("49.99"),
            "line": factories.LINE, "store_name": "Maple St store", "items": (), "agreement_months": 24,
            "asked_at": factories.NOW, "expires_at": factories.NOW, "state": state, "through": None,
            "digest": DIGEST,
        }
    )  # fmt: skip


@pytest.fixture
def phone(app: Flask, store: ScriptedStore) -> Browser:
    """A phone that has joined, whose holder is the account's owner."""
    store.visit = DECIDED
    owner = factories.participant("owner", is_you=True, sees=True)
    shown = factories.circle(DECIDED, ask=ask()).model_copy(update={"participants": (owner,)})
    store.answers["GET /v1/visits/vis_1/participants"] = lambda request: shown
    store.answers["GET /v1/phones/current"] = lambda request: store.visit
    store.answers["POST /v1/joins"] = wire.JoinAnswer(code=None, visit=factories.visit(), token="phone_1")
    store.answers["POST /v1/phones/current/identity"] = wire.PhoneAnswer(
        code=None, locked_until=None, role="owner"
    )
    browser = Browser(app.test_client(), "phone")
    browser.get("/")
    browser.post("/join", code="7K3M-9QXT")
    browser.post("/who", telephone="212 555 0110", pin="1234")
    return browser


def test_a_code_that_leads_nowhere_says_what_to_do_and_nothing_else(app: Flask, store: ScriptedStore) -> None:
    store.answers["POST /v1/joins"] = wire.JoinAnswer(code="join.unknown", visit=None, token=None)
    browser = Browser(app.test_client(), "phone")
    browser.get("/")
    answer = browser.post("/join", code="AAAA-AAAA")
    assert answer.status_code == 422
    assert "That code leads to no visit." in answer.text
    assert "vis_1" not in answer.text


def test_the_owner_is_shown_exactly_what_is_asked_beside_the_sheet(phone: Browser) -> None:
    page = phone.get("/visit").text
    for words in ("May Maya use this?", "$49.99", "Maple St store", "24 months", factories.CODE):
        assert words in page
    assert f'data-terms-code="{factories.CODE}"' in page


@pytest.mark.parametrize(("said", "approved"), [("yes", True), ("no", False)])
def test_one_tap_answers_with_the_digest_of_what_was_shown(
    phone: Browser, store: ScriptedStore, said: str, approved: bool
) -> None:
    store.answers["POST /v1/visits/vis_1/asks/ask_1/answer"] = ask("approved" if approved else "declined")
    page = phone.get("/visit").text
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page)
    assert digest is not None
    phone.post("/answer", ask="ask_1", digest=digest.group(1), answer=said)
    sent = [body for name, body, _ in store.asked if name.endswith("/answer")]
    assert sent == [{"approved": approved, "digest": DIGEST}]


def test_the_same_tap_twice_sends_one_key(phone: Browser, store: ScriptedStore) -> None:
    store.answers["POST /v1/visits/vis_1/asks/ask_1/answer"] = ask("approved")
    phone.get("/visit")
    for _ in range(2):
        phone.post("/answer", follow=False, ask="ask_1", digest=DIGEST, answer="yes")
    assert len(store.keys("POST /v1/visits/vis_1/asks/ask_1/answer")) == 1


@pytest.mark.parametrize("fields", [{"answer": "perhaps"}, {"digest": "x"}, {"ask": ""}])
def test_a_bent_answer_is_not_sent(phone: Browser, store: ScriptedStore, fields: dict[str, Any]) -> None:
    phone.get("/visit")
    phone.post("/answer", **{"ask": "ask_1", "digest": DIGEST, "answer": "yes", **fields})
    assert store.count("POST /v1/visits/vis_1/asks/.*") == 0


def test_what_has_changed_meanwhile_is_said_and_nothing_is_allowed(
    phone: Browser, store: ScriptedStore
) -> None:
    store.answers["POST /v1/visits/vis_1/asks/ask_1/answer"] = (409, factories.problem(409, "ask.changed"))
    phone.get("/visit")
    answer = phone.post("/answer", ask="ask_1", digest=DIGEST, answer="yes")
    assert "The sheet has changed meanwhile." in answer.text


def test_leaving_forgets_everything_on_the_phone(phone: Browser, store: ScriptedStore) -> None:
    store.answers["DELETE /v1/phones/current"] = (204, None)
    phone.get("/visit")
    answer = phone.post("/leave", follow=False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert phone.get("/visit").request.path == "/phone/"


def test_a_token_that_has_ended_leads_to_the_end(phone: Browser, store: ScriptedStore) -> None:
    store.answers["GET /v1/phones/current"] = (401, factories.problem(401, "auth.token_unknown"))
    assert "The visit is over on this phone" in phone.get("/visit").text


def test_the_page_reports_what_it_has_drawn_and_nothing_of_it_is_in_an_address(
    phone: Browser, store: ScriptedStore
) -> None:
    phone.get("/visit")
    answer = phone.post("/light", terms_code=factories.CODE)
    assert answer.status_code == 200
    assert ("PUT /v1/visits/vis_1/participants/current", {"terms_code": factories.CODE}) in [
        (name, body) for name, body, _ in store.asked
    ]
    assert 'data-report="/phone/light"' in answer.text
