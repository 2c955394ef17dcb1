"""Forged, doubled, stale and lost requests: nothing is done twice, lost, or left behind."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from flask import Flask

from kiosk.app import CONTENT_SECURITY_POLICY
from kiosk.errors import StoreUndecided, StoreUnreachable
from kiosk.ledger import FORGOTTEN_SECONDS, Pending, SpoolLedger, settle_abandoned
from kiosk.spool import Spool
from kiosk.store_client import StoreClient
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, pair
from tests.kiosk.scripted_store import ScriptedStore


def posting_rules(app: Flask) -> list[str]:
    """The path of every route that takes a form."""
    values = {"fact": "order.agreement_months", "visit_id": "vis_1"}
    paths = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            paths.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found.group(1)], rule.rule))
    return paths


def test_no_form_is_taken_without_its_token(app: Flask, store: ScriptedStore) -> None:
    kiosk, tablet = pair(app, "kiosk-1"), pair(app, "tablet-1")
    paths = posting_rules(app)
    assert len(paths) > 15
    before = len(store.asked)
    for path in paths:
        client = tablet if path.startswith("/tablet") else kiosk
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.post(path, data={"value": "1"}, headers=headers)
            assert answer.status_code in (204, 303, 400), path
    assert store.asked[before:] == []


def test_a_forged_htmx_header_changes_the_form_of_an_answer_only(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.visit()
    page = in_visit.get("/sheet", HX_Request="true", HX_Target="sheet", HX_Current_URL="http://evil.example")
    assert factories.CODE not in page.text


def test_a_token_of_one_face_is_not_one_of_another(counter: Browser, tablet: Browser) -> None:
    tablet.get("/visits")
    answer = counter.client.post("/counter/leave", data={"csrf_token": tablet.token()})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path", ["/counter/", "/counter/scan", "/tablet/visits", "/t/7F3K9-2QDXA", "/stations/pair"]
)
def test_every_page_forbids_what_it_does_not_need(app: Flask, path: str) -> None:
    client = pair(app, "tablet-1" if "tablet" in path else "kiosk-1")
    answer = client.get(path, follow_redirects=True)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers["Vary"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text)


def test_cookies_are_for_this_site_and_not_for_scripts(counter: Browser) -> None:
    counter.get("/who")
    cookies = counter.client.get("/counter/who").headers.getlist("Set-Cookie")
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


def test_a_button_that_is_pressed_twice_sends_one_key(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    store.answers["POST /v1/holds"] = wire.HoldAnswer(
        hold=factories.HOLD, code=None, decision=factories.decision("yes")
    )
    in_visit.get("/confirm")
    in_visit.post("/reserve", follow=False)
    in_visit.post("/reserve", follow=False)
    assert store.count("POST /v1/holds") == 2
    assert len(store.keys("POST /v1/holds")) == 1


def test_another_answer_from_a_page_that_was_gone_back_to_is_another_request(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = factories.identified(decision=factories.decision("question", ("order.agreement_months",)))
    in_visit.get("/questions/order.agreement_months")
    in_visit.post("/questions/order.agreement_months", follow=False, value="12")
    in_visit.post("/questions/order.agreement_months", follow=False, value="24")
    assert len(store.keys("PUT /v1/visits/vis_1/order")) == 2


def test_a_visit_that_ended_elsewhere_is_forgotten(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.visit(state="closed")
    assert "What can I get today?" in in_visit.get("/sheet").text
    store.visit = factories.identified(decision=factories.decision("yes"))
    assert factories.CODE not in in_visit.get("/sheet").text


def test_leaving_tells_the_service_and_empties_the_browser(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("not_yet"))
    in_visit.get("/sheet")
    answer = in_visit.post("/leave", follow=False, why="idle")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert {"outcome": "not_eligible"} in [body for name, body, _ in store.asked if name.endswith("/close")]
    assert in_visit.client.get_cookie("counter", path="/counter") is None
    assert factories.CODE not in in_visit.get("/sheet").text


def test_leaving_works_while_the_service_is_away(in_visit: Browser, store: ScriptedStore) -> None:
    in_visit.get("/choices")
    store.answers["GET /v1/visits/vis_1"] = httpx.ConnectError("gone")
    assert in_visit.post("/leave", follow=False).status_code == 303
    assert in_visit.client.get_cookie("counter", path="/counter") is None


def test_a_cookie_that_was_changed_opens_no_visit(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision("yes"))
    in_visit.client.set_cookie("counter", "eyJ2aXNpdCI6InZpc18xIn0.forged.signature", path="/counter")
    assert factories.CODE not in in_visit.get("/sheet").text


def test_a_browser_without_a_station_gets_the_pairing_page_only(app: Flask) -> None:
    client = app.test_client()
    for path in ("/counter/", "/counter/who", "/counter/scan/preview", "/tablet/visits", "/"):
        assert "no station yet" in client.get(path, follow_redirects=True).text


def test_a_pairing_code_works_once_and_a_wrong_one_never(app: Flask) -> None:
    code = app.extensions["services"].stations.pairing_code("kiosk-1")
    stations = app.extensions["services"].stations
    assert stations.pair("0000-0000") is None
    assert stations.pair(f" {code.lower()} ").name == "kiosk-1"
    assert stations.pair(code) is None


def test_a_staff_page_needs_a_member_of_staff(app: Flask, store: ScriptedStore) -> None:
    browser = Browser(pair(app, "tablet-1"), "tablet")
    for path in ("/visits", "/visits/vis_1", "/events"):
        assert "Staff number" in browser.get(path).text
    assert store.count("GET /v1/visits.*") == 0


def test_a_tablet_that_signed_out_shows_nothing(tablet: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=factories.decision("yes"))
    assert factories.CODE in tablet.get("/visits/vis_1").text
    tablet.post("/sign-out")
    assert "Maya" not in tablet.get("/visits/vis_1").text
    assert store.count("DELETE /v1/staff/sessions/current") == 1


def test_the_staff_token_is_sealed_in_the_cookie(tablet: Browser) -> None:
    cookie = tablet.client.get_cookie("tablet", path="/tablet")
    assert cookie is not None
    assert "staff-token" not in cookie.value
    payload = cookie.value.split(".")[0]
    from base64 import urlsafe_b64decode

    assert b"staff-token" not in urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "/tablet/visits", "/counter/\r\nX: y"]
)
def test_a_change_of_language_leads_to_no_other_site(counter: Browser, back: str) -> None:
    answer = counter.post("/view", follow=False, language="es", back=back)
    assert answer.headers["Location"] in ("/counter/", "http://localhost/counter/")


def test_the_language_changes_in_place_and_for_the_visit(in_visit: Browser, store: ScriptedStore) -> None:
    page = in_visit.post("/view", language="es", back="/counter/choices")
    assert "¿Sobre qué quiere preguntar?" in page.text
    assert 'lang="es"' in page.text
    assert store.count("PUT /v1/visits/vis_1/language") == 1


# --- When the service is away ------------------------------------------------------------------------


def test_a_service_that_is_away_has_a_page_that_says_what_is_kept(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.answers["GET /v1/visits/vis_1"] = httpx.ConnectError("gone")
    answer = in_visit.get("/choices")
    assert answer.status_code == 503
    assert "nothing is lost" in answer.text
    assert in_visit.get("/reserved", HX_Request="true").status_code == 204


def test_a_lost_answer_is_found_out_by_its_key(in_visit: Browser, store: ScriptedStore, app: Flask) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    in_visit.get("/confirm")
    held = wire.HoldAnswer(hold=factories.HOLD, code=None, decision=factories.decision("yes"))
    store.answers["POST /v1/holds"] = httpx.ReadError("lost")

    def settle(request: httpx.Request) -> wire.KeyState:
        store.visit = store.visit.model_copy(update={"hold": factories.HOLD})
        key = request.url.path.rpartition("/")[2]
        return wire.KeyState(key=key, state="settled", status=201, answer=held.model_dump(mode="json"))

    store.any_key = settle
    assert "It is reserved for you" in in_visit.post("/reserve").text
    assert len(store.keys("POST /v1/holds")) == 1


@pytest.fixture
def ledger(app: Flask, tmp_path: Path) -> SpoolLedger:
    """A ledger on the disk, with which the app notes what is not settled."""
    made = SpoolLedger(Spool(tmp_path / "spool.sqlite"), lambda: 1000.0)
    object.__setattr__(app.extensions["services"], "ledger", made)
    return made


def lose_the_answer(store: ScriptedStore, name: str) -> None:
    """No answer comes back, and the service cannot be asked about the key either."""
    store.answers[name] = httpx.ReadError("lost")
    store.any_key = httpx.ConnectError("gone")


HELD = wire.HoldAnswer(hold=factories.HOLD, code=None, decision=factories.decision("yes"))


def test_while_nothing_is_known_the_page_says_so_and_sends_the_same_key_again(
    in_visit: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    in_visit.get("/confirm")
    lose_the_answer(store, "POST /v1/holds")
    page = in_visit.post("/reserve")
    assert "Nothing is lost; do not try again." in page.text
    assert len(ledger.unsettled()) == 1
    tries = [re.search(r"try=(\d+)\" hx-trigger=\"load delay:(\d+)s", page.text)]
    for _ in range(4):
        assert tries[-1] is not None
        page = in_visit.get(f"/finding-out?try={tries[-1].group(1)}")
        tries.append(re.search(r"try=(\d+)\" hx-trigger=\"load delay:(\d+)s", page.text))
    assert [found.group(2) for found in tries if found] == ["1", "2", "4", "8", "8"]
    store.answers["POST /v1/holds"] = HELD
    store.visit = store.visit.model_copy(update={"hold": factories.HOLD})
    assert "It is reserved for you" in in_visit.get("/finding-out").text
    assert (len(store.keys("POST /v1/holds")), ledger.unsettled()) == (1, [])


def test_what_was_refused_in_the_end_was_not_done_and_can_be_asked_again(
    in_visit: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    in_visit.get("/confirm")
    lose_the_answer(store, "POST /v1/holds")
    in_visit.post("/reserve")
    store.answers["POST /v1/holds"] = (409, factories.problem(409, "idempotency.key_closed"))
    store.any_key = wire.KeyState(key="k", state="closed", status=None, answer=None)
    page = in_visit.get("/finding-out")
    assert "It was not reserved. Nothing was used." in page.text
    assert "Reserve it" in page.text
    assert ledger.unsettled() == []


def test_a_second_press_while_nothing_is_known_leads_back_to_the_page_that_finds_out(
    in_visit: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    store.visit = factories.identified(order=factories.order(), decision=factories.decision("yes"))
    in_visit.get("/confirm")
    lose_the_answer(store, "POST /v1/holds")
    in_visit.post("/reserve")
    in_visit.post("/reserve", attempt="another one")
    assert (len(store.keys("POST /v1/holds")), len(ledger.unsettled())) == (1, 1)


def reserved_order(store: ScriptedStore) -> None:
    store.visit = factories.identified(
        order=factories.order(), decision=factories.decision("yes"), hold=factories.HOLD
    )


def test_the_tablet_finds_out_too_and_then_opens_the_visit(
    tablet: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    reserved_order(store)
    tablet.get("/visits/vis_1")
    confirm = f"POST /v1/orders/{factories.order().order_id}/confirm"
    lose_the_answer(store, confirm)
    assert "Nothing is lost; do not try again." in tablet.post("/visits/vis_1/confirm").text
    assert "do not try again" in tablet.get("/visits/vis_1").text
    store.answers[confirm] = wire.RedemptionAnswer(
        redemption=None, code="terms.changed", decision=factories.decision("not_yet")
    )
    assert "The answer changed." in tablet.get("/visits/vis_1/finding-out").text
    assert (len(store.keys(confirm)), ledger.unsettled()) == (1, [])


def test_the_kiosk_does_not_settle_what_a_member_of_staff_sent(
    tablet: Browser, in_visit: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    reserved_order(store)
    tablet.get("/visits/vis_1")
    lose_the_answer(store, f"POST /v1/orders/{factories.order().order_id}/confirm")
    tablet.post("/visits/vis_1/confirm")
    in_visit.get("/finding-out")
    assert len(ledger.unsettled()) == 1


def test_a_session_that_ended_meanwhile_leaves_the_request_unsettled_and_asks_to_sign_in(
    tablet: Browser, store: ScriptedStore, ledger: SpoolLedger
) -> None:
    reserved_order(store)
    tablet.get("/visits/vis_1")
    confirm = f"POST /v1/orders/{factories.order().order_id}/confirm"
    lose_the_answer(store, confirm)
    tablet.post("/visits/vis_1/confirm")
    store.answers[confirm] = (401, factories.problem(401, "auth.token_unknown"))
    assert "Staff number" in tablet.get("/visits/vis_1/finding-out").text
    assert len(ledger.unsettled()) == 1


def failing_client(store: ScriptedStore) -> StoreClient:
    http = httpx.Client(transport=store, base_url="http://store.invalid")
    return StoreClient(http, "token", sleep=lambda seconds: None)


def test_a_write_keeps_its_key_through_every_try(store: ScriptedStore) -> None:
    answers = iter([httpx.ConnectTimeout("slow"), (503, None), factories.visit()])
    store.answers["POST /v1/visits"] = lambda request: next(answers)
    visit = failing_client(store).open_visit("en", "one-key")
    assert visit.visit_id == "vis_1"
    assert store.count("POST /v1/visits") == 3
    assert store.keys("POST /v1/visits") == {"one-key"}


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (wire.KeyState(key="k", state="closed", status=None, answer=None), StoreUnreachable),
        (httpx.ConnectError("gone"), StoreUndecided),
    ],
)
def test_a_write_without_an_answer_is_closed_or_not_known(
    store: ScriptedStore, state: wire.KeyState | Exception, error: type[Exception]
) -> None:
    store.answers["POST /v1/visits"] = httpx.ReadTimeout("lost")
    store.any_key = state
    with pytest.raises(error):
        failing_client(store).open_visit("en", "k")
    assert store.count("DELETE /v1/idempotency-keys/k") > 0
    assert store.count("GET /v1/idempotency-keys/k") == 0


def test_a_refusal_of_a_later_try_does_not_hide_that_an_earlier_one_was_done(store: ScriptedStore) -> None:
    answers: list[object] = [httpx.ReadTimeout("slow"), (409, factories.problem(409, "resource.conflict"))]
    store.answers["POST /v1/visits"] = lambda request: answers.pop(0)
    done = factories.visit().model_dump(mode="json")
    store.any_key = wire.KeyState(key="k", state="settled", status=201, answer=done)
    assert failing_client(store).open_visit("en", "k").visit_id == "vis_1"


def test_a_rival_with_the_same_key_is_waited_for(store: ScriptedStore) -> None:
    waits: list[float] = []
    rival = httpx.Response(
        409,
        headers={"Retry-After": "1"},
        content=factories.problem(409, "idempotency.in_flight").model_dump_json(),
    )
    answers: list[object] = [rival, factories.visit()]
    store.answers["POST /v1/visits"] = lambda request: answers.pop(0)
    http = httpx.Client(transport=store, base_url="http://store.invalid")
    assert StoreClient(http, "token", sleep=waits.append).open_visit("en", "k").visit_id == "vis_1"
    assert waits == [1.0]


def test_what_a_crash_left_unsettled_is_closed_by_its_owner(tmp_path: Path) -> None:
    clock = [1000.0]
    spool = Spool(tmp_path / "spool.sqlite")
    before = SpoolLedger(spool, lambda: clock[0])
    for key, owner in (("done", "mine"), ("not done", "mine"), ("away", "mine"), ("theirs", "staff")):
        before.remember(key, Pending("vis_1", "/v1/holds", {}), owner)
    ledger = SpoolLedger(spool, lambda: clock[0])

    def close(key: str) -> wire.KeyState:
        if key == "away":
            raise StoreUnreachable("gone")
        return wire.KeyState(
            key=key, state="settled" if key == "done" else "closed", status=None, answer=None
        )

    assert settle_abandoned(before, {"mine": close}) == 0, "somebody waits for these"
    assert settle_abandoned(ledger, {"mine": close}) == 2
    assert [entry.key for entry in ledger.unsettled()] == ["away", "theirs"]
    clock[0] += FORGOTTEN_SECONDS + 1
    assert settle_abandoned(ledger, {"mine": close}) == 1
    assert [entry.key for entry in ledger.unsettled()] == ["away"]


def test_a_spool_of_an_earlier_version_is_read_and_settled(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "spool.sqlite") as old:
        columns = "key TEXT PRIMARY KEY, request TEXT NOT NULL, since REAL NOT NULL"
        old.execute(f"CREATE TABLE unsettled ({columns})")
        old.execute("INSERT INTO unsettled VALUES ('k', 'vis_1', 5.0)")
    old.close()
    ledger = SpoolLedger(Spool(tmp_path / "spool.sqlite"), lambda: 10_000.0)
    assert ledger.subject_of("k") == "vis_1"
    assert settle_abandoned(ledger, {}) == 1


def test_a_page_that_fails_says_so_without_a_trace(
    in_visit: Browser, store: ScriptedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(request: object) -> Callable[[], None]:
        raise RuntimeError("a secret of the inside")

    store.answers["GET /v1/visits/vis_1"] = explode
    answer = in_visit.get("/sheet")
    assert answer.status_code == 500
    assert "a secret of the inside" not in answer.text
    assert "Traceback" not in answer.text
    capsys.readouterr()
