"""The rep's tablet shows the customer's own sheet and confirms the order, once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from itsdangerous.timed import TimestampSigner

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, Paper, pair
from tests.kiosk.scripted_store import ScriptedStore

RESERVED = factories.identified(
    order=factories.order(), decision=factories.decision("yes"), hold=factories.HOLD
)


def sheet_in(page: str) -> str:
    """The sheet's element in a page."""
    found = re.search(r'<section class="sheet.*?</section>', page, re.DOTALL)
    assert found is not None
    return found.group(0)


def test_the_sheet_is_the_customers_own_line_for_line(
    in_visit: Browser, tablet: Browser, store: ScriptedStore
) -> None:
    store.visit = RESERVED
    at_kiosk = sheet_in(in_visit.get("/sheet").text).replace(" sheet--sticky", "")
    assert sheet_in(tablet.get("/visits/vis_1").text) == at_kiosk


def test_the_sheet_stays_in_the_customers_language(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED.model_copy(update={"language": "es"})
    assert 'id="sheet" lang="es"' in tablet.get("/visits/vis_1").text


def test_what_is_reserved_is_confirmed_beside_a_no_and_the_button_says_so(
    tablet: Browser, store: ScriptedStore
) -> None:
    store.visit = RESERVED
    assert "Confirm the order and use the credit" in tablet.get("/visits/vis_1").text
    store.visit = RESERVED.model_copy(update={"decision": factories.decision("no")})
    assert "Confirm the order and use what is reserved" in tablet.get("/visits/vis_1").text


def test_the_kiosk_says_when_less_is_reserved_than_before(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    assert "cannot be used on this order now" not in in_visit.get("/reserved").text
    store.visit = RESERVED.model_copy(update={"decision": factories.decision("no")})
    assert "cannot be used on this order now" in in_visit.get("/reserved").text


def test_open_visits_say_where_they_stand(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    page = tablet.get("/visits").text
    assert "4-817" in page
    assert "Waits for you to confirm" in page
    fragment = tablet.get("/visits", HX_Request="true").text
    assert fragment.lstrip().startswith('<div class="visits" id="visits"')


def test_confirming_uses_the_credit_and_prints_at_the_customers_station(
    tablet: Browser, store: ScriptedStore, paper: Paper
) -> None:
    store.visit = RESERVED
    tablet.get("/visits/vis_1")

    def confirm(request: object) -> wire.RedemptionAnswer:
        store.visit = RESERVED.model_copy(update={"redemption": factories.REDEMPTION})
        return wire.RedemptionAnswer(
            redemption=factories.REDEMPTION, code=None, decision=factories.decision("yes")
        )

    store.answers["POST /v1/orders/ord_1/confirm"] = confirm
    assert "Used. Confirmed by Jordan" in tablet.post("/visits/vis_1/confirm").text
    assert paper.printed == [("red_1", "")]


def test_a_confirm_button_that_is_pressed_twice_sends_one_key(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    tablet.get("/visits/vis_1")
    store.answers["POST /v1/orders/ord_1/confirm"] = wire.RedemptionAnswer(
        redemption=factories.REDEMPTION, code=None, decision=factories.decision("yes")
    )
    for _ in range(2):
        tablet.post("/visits/vis_1/confirm", follow=False)
    assert len(store.keys("POST /v1/orders/ord_1/confirm")) == 1


def test_a_changed_answer_is_shown_and_nothing_is_used(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    tablet.get("/visits/vis_1")
    new = factories.decision("not_yet")

    def confirm(request: object) -> wire.RedemptionAnswer:
        store.visit = RESERVED.model_copy(update={"decision": new, "hold": None})
        return wire.RedemptionAnswer(redemption=None, code="terms.changed", decision=new)

    store.answers["POST /v1/orders/ord_1/confirm"] = confirm
    page = tablet.post("/visits/vis_1/confirm").text
    assert "Nothing was used." in page
    assert "Not yet. From 14 March 2027." in page


@pytest.mark.parametrize(
    ("visit", "words"),
    [
        (factories.visit(), "There is no answer yet."),
        (
            factories.identified(order=factories.order(), decision=factories.decision("yes")),
            "has not reserved it",
        ),
        (
            RESERVED.model_copy(update={"order": factories.order(items=(), total=None)}),
            "Ring it up at the till",
        ),
    ],
)
def test_an_order_that_cannot_be_confirmed_says_what_is_missing(
    tablet: Browser, store: ScriptedStore, visit: wire.Visit, words: str
) -> None:
    store.visit = visit
    page = tablet.get("/visits/vis_1").text
    assert words in page
    assert "Confirm the order and use the credit" not in page
    tablet.post("/visits/vis_1/confirm")
    assert store.count("POST /v1/orders/.*") == 0


def test_until_when_a_voucher_is_reserved_is_told_in_the_stores_own_time(
    tablet: Browser, store: ScriptedStore
) -> None:
    held = wire.OrderVoucher(
        voucher_id="vou_1",
        title=factories.words("Voucher"),
        amount=factories.money("50.00"),
        hold_id="hol_1",
        expires_at=factories.HOLD.expires_at,
    )
    store.visit = RESERVED.model_copy(update={"order": factories.order(vouchers=(held,))})
    assert "until 11:07" in tablet.get("/visits/vis_1").text


def test_a_reservation_can_be_given_back(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    tablet.get("/visits/vis_1")

    def release(request: object) -> wire.Hold:
        store.visit = RESERVED.model_copy(update={"hold": None})
        return factories.HOLD.model_copy(update={"state": "released"})

    store.answers["POST /v1/holds/hol_1/release"] = release
    assert "was given back" in tablet.post("/visits/vis_1/release").text


def test_a_photo_id_identifies_the_person_of_a_number(tablet: Browser, store: ScriptedStore) -> None:
    tablet.get("/visits/vis_1")

    def seen(request: object) -> wire.IdentityAnswer:
        store.visit = factories.identified(identity="photo_id_seen")
        return wire.IdentityAnswer(checked=True, code=None, locked_until=None, visit=store.visit)

    store.answers["POST /v1/visits/vis_1/photo-id"] = seen
    assert "Photo ID seen" in tablet.post("/visits/vis_1/photo-id", telephone="212 555 0142").text
    assert {"telephone": "+12125550142"} in [
        body for name, body, _ in store.asked if name.endswith("photo-id")
    ]


def test_a_wrong_staff_pin_signs_nobody_in(tablet: Browser, store: ScriptedStore) -> None:
    tablet.post("/sign-out")
    nobody = wire.StaffSession(
        code="identity.wrong", token=None, staff_id=None, name=None, role=None, store=None, expires_at=None
    )
    store.answers["POST /v1/staff/sessions"] = nobody
    tablet.get("/sign-in")
    answer = tablet.post("/sign-in", staff_number="1001", pin="0000")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text


def test_a_session_that_ran_out_leads_to_signing_in(tablet: Browser, store: ScriptedStore) -> None:
    store.answers["GET /v1/visits"] = (401, factories.problem(401, "auth.required"))
    assert "Staff number" in tablet.get("/visits").text


def test_a_rep_stays_signed_in_and_a_kiosks_visit_does_not(
    tablet: Browser, in_visit: Browser, store: ScriptedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) + 660)
    assert "Open visits" in tablet.get("/visits").text
    asked = store.count("GET /v1/visits/vis_1")
    in_visit.get("/now")
    assert store.count("GET /v1/visits/vis_1") == asked, "the kiosk's cookie is not accepted any more"


def test_the_tablet_shows_no_clock_and_no_figures(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = RESERVED
    page = re.sub(
        r'<section class="sheet.*?</section>', "", tablet.get("/visits/vis_1").text, flags=re.DOTALL
    )
    assert not re.search(r"\d{1,2}:\d{2}|minutes|today's|target|sales", re.sub(r"<[^>]+>", " ", page))


def test_the_till_opens_an_order_on_the_tablet_and_nothing_is_typed_again(
    tablet: Browser, store: ScriptedStore
) -> None:
    found = wire.OrderVisit(visit_id="vis_1", order_id="ord_1", till_reference="T-1001")
    store.answers["GET /v1/orders/T-1001/visit"] = found
    for address in ("/orders/T-1001", "/orders?reference=+T-1001+"):
        assert tablet.get(address).request.path == "/tablet/visits/vis_1"


def test_who_has_to_sign_in_first_comes_to_the_order_afterwards(app: Flask, store: ScriptedStore) -> None:
    found = wire.OrderVisit(visit_id="vis_1", order_id=None, till_reference="T-1001")
    store.answers["GET /v1/orders/T-1001/visit"] = found
    browser = Browser(pair(app, "tablet-1"), "tablet")
    assert browser.get("/orders/T-1001").request.path == "/tablet/sign-in"
    answer = browser.post("/sign-in", staff_number="1001", pin="2468")
    assert answer.request.path == "/tablet/visits/vis_1"


def test_an_order_that_is_not_there_is_said_beside_the_field(tablet: Browser, store: ScriptedStore) -> None:
    for address in ("/orders/T-404", "/orders?reference=%22%3E%3Cscript%3E", "/orders"):
        answer = tablet.get(address)
        assert answer.status_code == 404
        assert "There is no order by that number in this store." in answer.text
        assert "<script>" not in answer.text.replace("<script src", "")


def test_the_slip_of_what_is_reserved_carries_the_code_for_the_till(
    tablet: Browser, store: ScriptedStore, paper: Paper
) -> None:
    store.visit = RESERVED
    tablet.get("/visits/vis_1")
    code = wire.TillCode(code="T7F3K92QDXA4MC", expires_at=factories.HOLD.expires_at)
    store.answers["POST /v1/till-codes"] = code
    tablet.post("/visits/vis_1/print")
    (order,) = paper.orders
    assert (order.till_code, order.subject) == (code.code, factories.HOLD.hold_id)


def test_the_rep_asks_and_reserves_for_a_customer_at_the_counter(
    tablet: Browser, store: ScriptedStore
) -> None:
    here = {"order": factories.order(), "station": "tablet-1"}
    store.visit = factories.identified(**here)
    page = tablet.get("/visits/vis_1").text
    assert "What would the customer like to use?" in page

    def decide(request: object) -> wire.Decision:
        store.visit = factories.identified(**here, decision=factories.decision("yes"))
        return factories.decision("yes")

    store.answers["POST /v1/decisions"] = decide
    page = tablet.post("/visits/vis_1/ask", voucher_id="vou_1").text
    assert "Reserve it for the customer" in page
    held = wire.HoldAnswer(hold=factories.HOLD, code=None, decision=factories.decision("yes"))
    store.answers["POST /v1/holds"] = held
    tablet.post("/visits/vis_1/reserve")
    assert store.count("POST /v1/holds") == 1
    store.visit = RESERVED
    tablet.post("/visits/vis_1/reserve")
    tablet.post("/visits/vis_1/ask", voucher_id="vou_1")
    assert (store.count("POST /v1/holds"), store.count("POST /v1/decisions")) == (1, 1)


def test_who_stands_at_a_kiosk_asks_and_reserves_there_and_nobody_does_it_for_them(
    tablet: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.identified(order=factories.order())
    assert "What would the customer like to use?" not in tablet.get("/visits/vis_1").text
    tablet.post("/visits/vis_1/ask", voucher_id="vou_1")
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    assert "Reserve it for the customer" not in tablet.get("/visits/vis_1").text
    tablet.post("/visits/vis_1/reserve")
    assert (store.count("POST /v1/holds"), store.count("POST /v1/decisions")) == (0, 0)


def test_an_order_says_that_the_till_rang_it_up_and_under_which_number(
    tablet: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.identified(order=factories.order(till_reference="T-1001"))
    page = tablet.get("/visits/vis_1").text
    assert "as the till rang it up" in page
    assert "T-1001" in page
