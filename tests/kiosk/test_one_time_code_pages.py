"""A one-time code in place of the PIN: offered where codes are sent, asked for and checked."""

from __future__ import annotations

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

NUMBER = "212 555 0142"
SEND, CHECK = "POST /v1/visits/vis_1/one-time-code", "POST /v1/visits/vis_1/one-time-code/check"


@pytest.fixture
def with_codes(store: ScriptedStore) -> ScriptedStore:
    """A service that sends codes."""
    store.answers["GET /v1/store"] = factories.STORE.model_copy(update={"one_time_codes": True})
    store.answers[SEND] = wire.OneTimeCodeSent(sent=True, code=None, until=factories.NOW)
    return store


def refusal(code: str) -> wire.IdentityAnswer:
    return wire.IdentityAnswer(checked=False, code=code, locked_until=factories.NOW, visit=factories.visit())


def test_a_code_is_offered_beside_the_pin_only_where_codes_are_sent(
    counter: Browser, store: ScriptedStore
) -> None:
    counter.get("/who")
    assert "/counter/who/code" not in counter.post("/who", telephone=NUMBER).text
    store.answers["GET /v1/store"] = factories.STORE.model_copy(update={"one_time_codes": True})
    assert "/counter/who/code" in counter.post("/who", telephone=NUMBER).text


def test_the_page_of_the_code_does_not_say_that_the_number_is_known(
    counter: Browser, with_codes: ScriptedStore
) -> None:
    counter.get("/who")
    page = counter.post("/who/code", telephone=NUMBER).text
    assert "If the number that ends in 0142 is one of ours" in page
    assert with_codes.count(SEND) == 1


def test_a_wrong_code_is_asked_for_again_and_a_right_one_goes_on(
    counter: Browser, with_codes: ScriptedStore
) -> None:
    counter.get("/who")
    counter.post("/who/code", telephone=NUMBER)
    with_codes.answers[CHECK] = refusal("identity.wrong")
    page = counter.post("/who/code/check", telephone=NUMBER, code="123456")
    assert page.status_code == 422
    assert "That code is not right" in page.text
    assert "123456" not in page.text
    assert counter.post("/who/code/check", telephone=NUMBER, code="").status_code == 422
    with_codes.answers[CHECK] = wire.IdentityAnswer(
        checked=True, code=None, locked_until=None, visit=factories.visit()
    )
    page = counter.post("/who/code/check", follow=False, telephone=NUMBER, code="654321")
    assert page.headers["Location"] == "/counter/after-identity"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("identity.locked", "This way in is closed for an hour"),
        ("identity.locked_here", "This way in is closed here for an hour"),
        ("identity.locked_everywhere", "This way in is closed for now"),
    ],
)
def test_a_closed_method_says_where_it_is_closed_and_what_to_do(
    counter: Browser, with_codes: ScriptedStore, code: str, words: str
) -> None:
    counter.get("/who")
    with_codes.answers[CHECK] = refusal(code)
    page = counter.post("/who/code/check", telephone=NUMBER, code="123456").text
    assert words in page
    assert "photo ID" in page
    assert "/counter/who" in page


def test_no_more_codes_says_until_when(counter: Browser, with_codes: ScriptedStore) -> None:
    counter.get("/who")
    with_codes.answers[SEND] = wire.OneTimeCodeSent(
        sent=False, code="one_time_code.too_many", until=factories.NOW
    )
    page = counter.post("/who/code", telephone=NUMBER)
    assert page.status_code == 422
    assert "No more codes are sent to this line before" in page.text
