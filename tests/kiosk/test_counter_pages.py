"""The kiosk leads a customer from page to page, in turn, and never shows more than it should."""

from __future__ import annotations

import re

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, Paper
from tests.kiosk.scripted_store import ScriptedStore

ASKING = factories.decision(
    "question", ("order.device_category", "order.device_price", "order.agreement_months")
)


def heading(page: str) -> str:
    """The first heading of a page, without its markup."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found is not None
    return found.group(1).strip()


def test_a_visit_begins_with_the_first_code_and_not_with_a_look(
    counter: Browser, store: ScriptedStore
) -> None:
    for path in ("/", "/scan", "/who", "/policies"):
        assert counter.get(path).status_code == 200
    assert store.count("POST /v1/visits") == 0


def test_a_code_shows_its_public_terms_and_nothing_else(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.visit(scanned_policy=factories.POLICY, scanned_voucher_id="vou_1")
    page = in_visit.get("/voucher").text
    assert factories.POLICY.terms[0]["en"] in page
    assert "Maya" not in page
    assert store.count("GET /v1/visits/vis_1/choices") == 0


def test_the_number_and_the_pin_are_two_pages_and_the_pin_is_never_shown(
    counter: Browser, store: ScriptedStore
) -> None:
    counter.get("/who")
    page = counter.post("/who", telephone="212 555 0142")
    assert heading(page.text) == "Your own PIN"
    store.answers["POST /v1/visits/vis_1/identity"] = wire.IdentityAnswer(
        checked=False, code="identity.wrong", locked_until=None, visit=factories.visit()
    )
    answer = counter.post("/who", telephone="+12125550142", pin="8642")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert "8642" not in answer.text
    sent = next(body for name, body, _ in store.asked if name.endswith("/identity"))
    assert sent == {"telephone": "+12125550142", "pin": "8642"}


@pytest.mark.parametrize("typed", ["", "12", "not a number", "\x1b\x00", "9" * 200])
def test_what_is_no_telephone_number_is_told_beside_its_field(
    counter: Browser, store: ScriptedStore, typed: str
) -> None:
    counter.get("/who")
    page = counter.post("/who", telephone=typed)
    assert page.status_code == 422
    assert 'href="#telephone"' in page.text
    assert store.count("POST .*identity") == 0


def test_a_closed_method_says_until_when_and_that_staff_can_help(
    counter: Browser, store: ScriptedStore
) -> None:
    store.answers["POST /v1/visits/vis_1/identity"] = wire.IdentityAnswer(
        checked=False, code="identity.locked", locked_until=factories.NOW, visit=factories.visit()
    )
    counter.get("/who")
    page = counter.post("/who", telephone="+12125550142", pin="8642").text
    assert "photo ID" in page
    assert "10:52" in page


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00", "soon", ""])
def test_a_moment_in_an_address_that_no_clock_shows_is_left_out(counter: Browser, until: str) -> None:
    page = counter.client.get(f"/counter/locked?until={until}")
    assert page.status_code == 200
    assert "photo ID" in page.text


def test_a_photo_id_that_was_seen_lets_the_kiosk_go_on(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.visit()
    assert in_visit.get("/identified", HX_Request="true").status_code == 204
    assert 'hx-get="/counter/identified"' in in_visit.get("/locked").text
    store.visit = factories.identified(identity="photo_id_seen")
    answer = in_visit.client.get("/counter/identified", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/counter/after-identity"


def test_the_start_page_is_not_shown_over_somebodys_visit(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    assert "Reserve it" in in_visit.get("/").text


def test_one_thing_to_ask_about_is_asked_at_once(in_visit: Browser, store: ScriptedStore) -> None:
    store.answers["GET /v1/visits/vis_1/choices"] = wire.Choices(
        line=factories.LINE, vouchers=(factories.VOUCHER,), upgrades=()
    )

    def decide(request: object) -> wire.Decision:
        store.visit = factories.identified(decision=ASKING)
        return ASKING

    store.answers["POST /v1/decisions"] = decide
    assert heading(in_visit.get("/after-identity").text) == "Which phone would you like?"


def test_several_things_are_offered_and_the_chosen_one_is_asked(
    in_visit: Browser, store: ScriptedStore
) -> None:
    page = in_visit.get("/after-identity").text
    assert "$50 upgrade credit" in page
    assert "Device upgrade" in page

    def decide(request: object) -> wire.Decision:
        store.visit = factories.identified(decision=ASKING)
        return ASKING

    store.answers["POST /v1/decisions"] = decide
    in_visit.post("/ask", policy="device-upgrade")
    sent = next(body for name, body, _ in store.asked if name == "POST /v1/decisions")
    assert sent == {"visit_id": "vis_1", "voucher_id": None, "policy": "device-upgrade"}


def test_questions_come_one_a_page_with_their_number(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=ASKING)
    page = in_visit.get("/now").text
    assert "Question 1 of 2" in page
    assert all(device.name in page for device in factories.PRICES.devices)
    store.visit = factories.identified(
        order=factories.order(agreement_months=None, facts={"order.device_category": "phone"}),
        decision=factories.decision("question", ("order.agreement_months",)),
    )
    page = in_visit.get("/now").text
    assert "Question 2 of 2" in page
    assert heading(page) == "For how many months?"


def test_an_answer_is_sent_and_decided_again(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=ASKING)
    in_visit.get("/questions/order.device_category")
    in_visit.post("/questions/order.device_category", value="orbit-5")
    assert ("PUT /v1/visits/vis_1/order", {"sku": "orbit-5"}) in [
        (name, body) for name, body, _ in store.asked
    ]
    assert store.count("POST /v1/decisions") == 1


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("order.device_category", "a phone that there is not"),
        ("order.device_category", ""),
        ("order.agreement_months", "13"),
        ("order.agreement_months", "-24"),
        ("order.agreement_months", "2" * 5000),
    ],
)
def test_an_answer_that_was_not_offered_is_not_sent(
    in_visit: Browser, store: ScriptedStore, fact: str, value: str
) -> None:
    store.visit = factories.identified(decision=ASKING)
    in_visit.get(f"/questions/{fact}")
    assert in_visit.post(f"/questions/{fact}", value=value).status_code == 422
    assert store.count("PUT /v1/visits/vis_1/order") == 0


def test_a_credit_for_any_order_asks_what_is_bought_before_it_is_reserved(
    in_visit: Browser, store: ScriptedStore
) -> None:
    benefit = wire.Benefit(kind="instant_credit", amount=factories.money("20.00"))
    store.visit = factories.identified(decision=factories.decision("yes", benefit=benefit))
    assert heading(in_visit.get("/now").text) == "Which phone would you like?"


def test_a_yes_can_be_reserved_and_waits_for_the_rep(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    assert "Reserve it" in in_visit.get("/sheet").text
    assert "It cannot be used again." in in_visit.get("/confirm").text

    def hold(request: object) -> wire.HoldAnswer:
        store.visit = store.visit.model_copy(update={"hold": factories.HOLD})
        return wire.HoldAnswer(hold=factories.HOLD, code=None, decision=factories.decision("yes"))

    store.answers["POST /v1/holds"] = hold
    page = in_visit.post("/reserve").text
    assert "4-817" in page
    assert "11:07" in page


def test_a_changed_answer_is_shown_and_nothing_is_reserved(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    in_visit.get("/confirm")
    new = factories.decision("not_yet")

    def hold(request: object) -> wire.HoldAnswer:
        store.visit = store.visit.model_copy(update={"decision": new})
        return wire.HoldAnswer(hold=None, code="terms.changed", decision=new)

    store.answers["POST /v1/holds"] = hold
    page = in_visit.post("/reserve").text
    assert "Nothing was used." in page
    assert "Not yet. From 14 March 2027." in page


def test_a_no_can_be_printed_and_not_reserved(in_visit: Browser, store: ScriptedStore, paper: Paper) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("not_yet"))
    page = in_visit.get("/sheet").text
    assert "Reserve it" not in page
    in_visit.post("/print")
    assert paper.printed == [("dec_1", "first")]


def test_the_receipt_of_a_use_prints_once_however_often_the_page_is_opened(
    in_visit: Browser, store: ScriptedStore, paper: Paper
) -> None:
    store.visit = factories.identified(
        order=factories.order(), decision=factories.decision("yes"), redemption=factories.REDEMPTION
    )
    for _ in range(3):
        assert heading(in_visit.get("/done").text) == "Done. It is used."
    assert paper.printed == [("red_1", "")]


def test_a_printer_in_trouble_has_a_screen_that_says_what_is_kept(
    in_visit: Browser, store: ScriptedStore, paper: Paper
) -> None:
    from kiosk.devices import PrintState

    paper.answer = PrintState.FAILED
    store.visit = factories.identified(
        order=factories.order(), decision=factories.decision("yes"), redemption=factories.REDEMPTION
    )
    page = in_visit.get("/done").text
    assert "Nothing is lost" in page
    assert factories.CODE in page
    assert "<svg" in page
    assert heading(in_visit.get("/done?paper=no").text) == "Done. It is used."


@pytest.mark.parametrize(
    "path", ["/voucher", "/choices", "/questions", "/questions/order.agreement_months", "/sheet", "/confirm",
             "/reserved", "/done", "/printed", "/trouble", "/after-identity", "/now"],
)  # fmt: skip
def test_a_step_that_was_skipped_leads_back_to_where_the_visit_stands(counter: Browser, path: str) -> None:
    assert heading(counter.get(path).text) == "What can I get today?"


@pytest.mark.parametrize(
    "path", ["/ask", "/reserve", "/print", "/take-back", "/questions/order.agreement_months"]
)
def test_a_step_that_is_forced_does_nothing(counter: Browser, store: ScriptedStore, path: str) -> None:
    assert (
        heading(counter.post(path, value="24", fact="order.agreement_months").text) == "What can I get today?"
    )
    assert store.count("POST /v1/.*|PUT /v1/.*") == 0


def test_policies_are_found_by_a_word_in_the_language_of_the_page(counter: Browser) -> None:
    assert "$50 upgrade credit" in counter.get("/policies?q=agreement").text
    assert "Found: 0" in counter.get("/policies?q=zebra").text
    fragment = counter.get("/policies?q=agreement", HX_Request="true").text
    assert fragment.lstrip().startswith('<div id="policies"')


def test_a_terms_code_on_paper_leads_to_its_public_page(counter: Browser) -> None:
    page = counter.client.get(f"/t/{factories.CODE}")
    assert factories.POLICY.terms[0]["en"] in page.text
    spanish = counter.client.get(f"/t/{factories.CODE}?language=es")
    assert factories.POLICY.terms[0]["es"] in spanish.text


@pytest.mark.parametrize("typed", ["7f3k9-2qdxa", "7F3K92QDXA", "7f3k9 2qdxa"])
def test_a_terms_code_may_be_typed_as_a_person_copies_it(counter: Browser, typed: str) -> None:
    page = counter.client.get(f"/t/{typed}")
    assert page.status_code == 200
    assert factories.CODE in page.text


@pytest.mark.parametrize("code", ["7F3K9-2QDXB", "nonsense", "<script>", "../../etc", "7F3K9-2QDX"])
def test_an_unknown_terms_code_says_so(counter: Browser, code: str) -> None:
    page = counter.client.get(f"/t/{code}")
    assert page.status_code == 404
    assert "<script>" not in page.text.replace("<script src", "")
