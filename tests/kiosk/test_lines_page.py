"""At the kiosk an owner says which lines may use the account's vouchers; nobody else comes to that page."""

from __future__ import annotations

import re

import httpx
import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

CONSENTS = "GET /v1/visits/vis_1/consents"
LEO = wire.LineChoice(line_id="lin_2", label="Leo", last_four="0155")


def consent(everything: bool = False, limited: bool = False) -> wire.LineConsent:
    """What Leo's line has: nothing, everything, or one policy's vouchers."""
    policy = wire.ConsentPolicy(policy=factories.POLICY.policy, title=factories.POLICY.title)
    return wire.LineConsent(
        line=LEO,
        allowed=everything or limited,
        everything=everything,
        policies=(policy,) if limited else (),
    )


@pytest.fixture
def owner(in_visit: Browser, store: ScriptedStore) -> Browser:
    """A browser in whose visit the account's owner was identified; Leo's line has no leave."""
    store.answers["GET /v1/visits/vis_1/choices"] = wire.Choices(
        line=factories.LINE, vouchers=(factories.VOUCHER,), upgrades=(), can_allow_lines=True
    )
    standing = {"leave": consent()}

    def put(request: httpx.Request) -> wire.LineConsent:
        standing["leave"] = consent(everything=b"true" in request.content)
        return standing["leave"]

    store.answers[CONSENTS] = lambda request: wire.LineConsents(consents=(standing["leave"],))
    store.answers["PUT /v1/visits/vis_1/consents/lin_2"] = put
    return in_visit


def buttons(page: str) -> list[str]:
    """The words of the buttons that allow or take back."""
    return re.findall(r'name="allowed"[^>]*>([^<]+)</button>', page)


def test_the_choices_lead_an_owner_to_the_lines(owner: Browser) -> None:
    page = owner.get("/after-identity").text
    assert "What would you like to ask about?" in page
    assert 'href="/counter/lines"' in page
    assert "Let a line use this" in page


def test_the_choices_of_anybody_else_do_not_name_them(in_visit: Browser) -> None:
    assert "/counter/lines" not in in_visit.get("/choices").text


def test_an_owner_allows_a_line_and_takes_it_back_with_plain_forms(
    owner: Browser, store: ScriptedStore
) -> None:
    page = owner.get("/lines").text
    assert "Leo, ends in 0155" in page
    assert "Not allowed" in page
    assert buttons(page) == ["Allow"]
    page = owner.post("/lines", line="lin_2", allowed="yes").text
    assert buttons(page) == ["Take back"]
    page = owner.post("/lines", line="lin_2", allowed="no").text
    assert buttons(page) == ["Allow"]
    sent = [body for name, body, _ in store.asked if name == "PUT /v1/visits/vis_1/consents/lin_2"]
    assert sent == [{"allowed": True}, {"allowed": False}]


def test_a_limited_leave_names_its_policy_and_can_be_widened_or_taken_back(
    owner: Browser, store: ScriptedStore
) -> None:
    store.answers[CONSENTS] = wire.LineConsents(consents=(consent(limited=True),))
    page = owner.get("/lines").text
    assert "Allowed only for:" in page
    assert factories.POLICY.title["en"] in page
    assert buttons(page) == ["Allow for all vouchers", "Take back"]


def test_the_page_speaks_spanish(owner: Browser) -> None:
    owner.get("/lines")
    page = owner.post("/view", language="es", back="/counter/lines").text
    assert "Líneas que pueden usar los vales de la cuenta" in page
    assert buttons(page) == ["Permitir"]


def test_a_button_pressed_twice_sends_one_key(owner: Browser, store: ScriptedStore) -> None:
    owner.get("/lines")
    for _ in range(2):
        owner.post("/lines", line="lin_2", allowed="yes")
    assert store.count("PUT /v1/visits/vis_1/consents/lin_2") == 2
    assert len(store.keys("PUT /v1/visits/vis_1/consents/lin_2")) == 1


@pytest.mark.parametrize("code", ["consent.not_owner", "resource.not_found"])
def test_whoever_is_no_owner_is_led_to_their_choices(
    in_visit: Browser, store: ScriptedStore, code: str
) -> None:
    refused = factories.problem(403, code)
    store.answers[CONSENTS] = refused
    store.answers["PUT /v1/visits/vis_1/consents/lin_2"] = refused
    assert "What would you like to ask about?" in in_visit.get("/lines").text
    page = in_visit.post("/lines", line="lin_2", allowed="yes").text
    assert "What would you like to ask about?" in page


def test_without_a_person_the_page_leads_back_and_asks_nothing(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.visit()
    assert "Leo" not in in_visit.get("/lines").text
    in_visit.post("/lines", line="lin_2", allowed="yes")
    assert store.count(r"(GET|PUT) /v1/visits/vis_1/consents.*") == 0


@pytest.mark.parametrize(
    "fields", [{}, {"line": "lin_2"}, {"line": "lin_2", "allowed": "maybe"}, {"allowed": "yes"}]
)
def test_a_form_that_no_page_has_changes_nothing(
    owner: Browser, store: ScriptedStore, fields: dict[str, str]
) -> None:
    owner.get("/lines")
    assert owner.post("/lines", True, **fields).status_code == 200
    assert store.count("PUT .*") == 0
