"""What the customer was told, at the kiosk and at the tablet: one list, one answer, one paper."""

from __future__ import annotations

import re

import pytest

from kiosk.devices import PrintState
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, Paper
from tests.kiosk.scripted_store import ScriptedStore

ANSWERED = factories.identified(order=factories.order(), decision=factories.decision("yes"))


def remember_answer(store: ScriptedStore, **changes: object) -> None:
    """Let the service answer a check, and list that answer from then on."""

    def check(request: object) -> wire.ClaimAnswer:
        _, body, _ = store.asked[-1]
        answer = factories.claim_answer(body["claim"], **changes)
        store.answers["GET /v1/claims"] = factories.claim_list(answer)
        return answer

    store.answers["POST /v1/claims"] = check


@pytest.fixture
def asking(in_visit: Browser, store: ScriptedStore) -> Browser:
    """A customer who reads a yes and opens the page of choices."""
    store.visit = ANSWERED
    remember_answer(store)
    in_visit.get("/claims")
    return in_visit


def test_the_sheet_leads_to_the_choices_and_back(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = ANSWERED
    assert "/counter/claims" in in_visit.get("/sheet").text
    page = in_visit.get("/claims").text
    assert "A change of plan." in page
    assert "The paper voucher." in page
    assert "for you" in page


def test_one_touch_checks_a_statement_and_shows_the_lines_of_the_service(
    asking: Browser, store: ScriptedStore
) -> None:
    page = asking.post("/claims", claim="plan-change").text
    assert "Not required for you." in page
    assert "You asked about this: A change of plan." in page
    assert [body for name, body, _ in store.asked if name == "POST /v1/claims"] == [
        {"visit_id": "vis_1", "claim": "plan-change", "months": None}
    ]
    assert "Not required for you." in asking.get("/claims").text


def test_the_same_button_pressed_twice_sends_one_key(asking: Browser, store: ScriptedStore) -> None:
    for _ in range(2):
        asking.post("/claims", follow=False, claim="plan-change")
    assert len(store.keys("POST /v1/claims")) == 1


def test_the_length_that_was_heard_is_asked_for_first(asking: Browser, store: ScriptedStore) -> None:
    assert "36 months" in asking.get("/claims/longer-agreement/months").text
    asking.post("/claims", claim="longer-agreement", months="36")
    asking.post("/claims", claim="longer-agreement", months="", attempt="second")
    sent = [body["months"] for name, body, _ in store.asked if name == "POST /v1/claims"]
    assert sent == [36, None]


@pytest.mark.parametrize("form", [{"claim": "a-smile"}, {"claim": "paper", "months": "7"}, {}])
def test_what_is_not_on_the_list_is_not_sent(
    asking: Browser, store: ScriptedStore, form: dict[str, str]
) -> None:
    assert "What did you hear" in asking.post("/claims", **form).text
    assert store.count("POST /v1/claims") == 0


def test_a_page_out_of_turn_leads_to_the_choices(asking: Browser) -> None:
    assert "What did you hear" in asking.get("/claims/paper").text
    assert "What did you hear" not in asking.get("/claims/paper/months").text


def test_with_nothing_to_check_against_the_visit_goes_on(counter: Browser, store: ScriptedStore) -> None:
    counter.get("/claims")
    assert store.count("GET /v1/claims") == 0


def test_the_answer_is_printed_once_and_another_paper_is_another_attempt(
    asking: Browser, store: ScriptedStore, paper: Paper
) -> None:
    asking.post("/claims", claim="plan-change")
    for _ in range(2):
        page = asking.post("/claims/plan-change/print").text
    assert "It was sent to the printer" in page
    ((subject, again),) = paper.printed
    assert subject.startswith("clm_1.")
    assert again == "first"


def test_a_printer_that_does_not_print_leaves_the_answer_and_a_code_to_scan(
    asking: Browser, paper: Paper
) -> None:
    asking.post("/claims", claim="plan-change")
    paper.answer = PrintState.FAILED
    page = asking.post("/claims/plan-change/print").text
    assert "Nothing is lost." in page
    assert "<svg" in page


def test_the_tablet_shows_the_same_list_and_the_same_lines(
    asking: Browser, tablet: Browser, store: ScriptedStore
) -> None:
    tablet.get("/visits/vis_1")
    page = tablet.post("/visits/vis_1/claims", claim="plan-change").text
    at_tablet = _lines(page, "claim-plan-change")
    assert at_tablet == _lines(asking.get("/claims/plan-change").text, "sheet")
    assert "Not required for you." in at_tablet


def _lines(page: str, name: str) -> list[str]:
    found = re.search(rf'<section class="sheet[^>]*id="{name}".*?</section>', page, re.DOTALL)
    assert found is not None
    whole = re.sub(r"<svg.*?</svg>", "", found.group(0), flags=re.DOTALL)
    return [text.strip() for text in re.findall(r">([^<]+)<", whole) if text.strip()]


def test_the_tablet_sends_nothing_that_is_not_on_the_list(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = ANSWERED
    tablet.get("/visits/vis_1")
    tablet.post("/visits/vis_1/claims", claim="a-smile")
    assert store.count("POST /v1/claims") == 0


def test_a_shown_voucher_can_be_asked_about_before_anybody_is_known(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.visit(scanned_policy=factories.POLICY, scanned_voucher_id="vou_1")
    store.answers["GET /v1/claims"] = factories.claim_list(personal=False)
    page = in_visit.get("/claims").text
    assert "A change of plan." in page
    assert "for you" not in page
