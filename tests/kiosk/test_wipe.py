"""In a real browser: after leaving, after idling and by a hand scanner, nothing of a visit stays behind.

Twenty markers are planted in everything that a visit can show; afterwards the page, storage, cookies, caches
and the history are searched for them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from kiosk.settings import Settings
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import SETTINGS
from tests.kiosk.factories import line
from tests.kiosk.scripted_store import ScriptedStore

MARKERS = tuple(f"Marker{number:02d}Qx" for number in range(20))


def marked_visit() -> wire.Visit:
    """A visit with a marker in each text that a page of it can show."""
    marks = iter(MARKERS)
    lines = [
        line(kind, next(marks), next(marks)) for kind in ("verdict", "note", "term", "free", "item", "reason")
    ]
    sheet = wire.Sheet(language="en", tone="yes", terms_code=factories.CODE, lines=tuple(lines))
    title = {"en": next(marks), "es": next(marks)}
    decision = factories.decision("yes", sheets={"en": sheet, "es": sheet}, title=title)
    item = wire.OrderItem(sku="orbit-5", name=next(marks), category="phone", price=factories.money("49.99"))
    return factories.identified(
        person=next(marks),
        line=wire.LineChoice(line_id="lin_1", label=next(marks), last_four="0142"),
        scanned_policy=factories.POLICY.model_copy(
            update={"title": {"en": next(marks), "es": "x"}, "summary": {"en": next(marks), "es": "x"}}
        ),
        order=factories.order(items=(item,), order_id=next(marks)),
        decision=decision,
    )


class Quiet(WSGIRequestHandler):
    """Answers without writing each request to the terminal."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the faces are served, with short times for idling."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    app.extensions["services"].close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kiosk(browser: Browser, app: Flask, address: str) -> Iterator[Page]:
    """A paired browser at the kiosk's start."""
    context = browser.new_context(viewport={"width": 1080, "height": 1920})
    page = context.new_page()
    page.goto(f"{address}/stations/pair")
    page.get_by_label("Pairing code").fill(app.extensions["services"].stations.pairing_code("kiosk-1"))
    page.get_by_role("button", name="Pair this screen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What can I get today?")
    yield page
    context.close()


def show_everything(page: Page, store: ScriptedStore) -> None:
    """Open every page that the marked visit has."""
    visit = marked_visit()
    store.visit = visit
    store.answers["POST /v1/visits/vis_1/voucher-code"] = wire.VoucherAnswer(
        code=None, policy=visit.scanned_policy, sheets=None, visit=visit
    )
    page.get_by_role("link", name="Scan a voucher").click()
    page.get_by_label("Type the code").fill("RQG8E9STRREMB")
    page.get_by_role("button", name="Find it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to ask about?")
    base = page.url.rpartition("/")[0]
    for path in ("voucher", "sheet", "confirm", "questions/order.agreement_months", "sheet"):
        page.goto(f"{base}/{path}")
    expect(page.locator("#sheet")).to_contain_text(MARKERS[0])


def left_behind(page: Page) -> list[str]:
    """Every place in the browser in which a marker or the visit is still found."""
    found = []
    kept = page.evaluate(
        """async () => JSON.stringify([document.documentElement.outerHTML, {...localStorage},
        {...sessionStorage}, document.cookie, await caches.keys(),
        (await indexedDB.databases()).map((each) => each.name),
        history.state, document.title, window.name])"""
    )
    cookies = str([cookie for cookie in page.context.cookies() if not cookie["name"].startswith("station_")])
    for place, text in (("page or storage", kept), ("cookies", cookies)):
        found += [f"{place}: {marker}" for marker in (*MARKERS, "vis_1", "RQG8E9STRREMB") if marker in text]
    return found


def go_back_through(page: Page) -> list[str]:
    """What the history still shows, entry by entry."""
    found = []
    for _ in range(page.evaluate("history.length")):
        page.go_back(wait_until="load")
        if not page.url.startswith("http"):
            break  # the empty page with which a browser begins
        found += left_behind(page)
    return found


def test_leaving_leaves_nothing_behind(kiosk: Page, store: ScriptedStore) -> None:
    show_everything(kiosk, store)
    assert len(left_behind(kiosk)) > 5  # the search does find what is there
    kiosk.get_by_role("button", name="Leave").click()
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("What can I get today?")
    assert left_behind(kiosk) == []
    assert go_back_through(kiosk) == []
    assert store.count("POST /v1/visits/vis_1/close") == 1


@pytest.fixture
def short_times(app: Flask) -> None:
    """One second of idling before the warning, twenty of warning."""
    quick = Settings(
        **{**SETTINGS.__dict__, "idle_seconds": 1, "warning_seconds": 20}  # type: ignore[arg-type]
    )
    object.__setattr__(app.extensions["services"], "settings", quick)


def test_an_idle_page_warns_is_extended_by_one_touch_and_then_ends_by_itself(
    kiosk: Page, store: ScriptedStore, short_times: None
) -> None:
    kiosk.clock.install()
    show_everything(kiosk, store)
    kiosk.clock.run_for(1_500)
    warning = kiosk.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()
    kiosk.get_by_role("button", name="I am still here").click()
    expect(warning).to_be_hidden()
    kiosk.clock.run_for(1_500)
    expect(warning).to_be_visible()
    kiosk.clock.run_for(21_000)
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("What can I get today?")
    assert left_behind(kiosk) == []
    assert go_back_through(kiosk) == []
    assert store.count("POST /v1/visits/vis_1/close") == 1


def test_a_hand_scanner_is_heard_whatever_has_the_focus(kiosk: Page, store: ScriptedStore) -> None:
    visit = factories.visit(scanned_policy=factories.POLICY, scanned_voucher_id="vou_1")
    store.answers["POST /v1/visits/vis_1/voucher-code"] = wire.VoucherAnswer(
        code=None, policy=factories.POLICY, sheets=None, visit=visit
    )
    kiosk.get_by_role("link", name="Read the terms").click()
    kiosk.get_by_label("Search for a word").fill("agree")
    store.visit = visit
    kiosk.evaluate(SCANNED, "RQG8E9STRREMB")
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("The voucher that you showed")
    sent = [body for name, body, _ in store.asked if name.endswith("voucher-code")]
    assert [body["code"] for body in sent] == ["RQG8E9STRREMB"]
    assert store.count("GET /v1/policies") <= 2  # the search never ran for the scanned text


# What a scanner's keys do to the focused field, in one go: how fast the machine is does not matter.
SCANNED = """(code) => {
  const field = document.activeElement;
  for (const key of [...code, 'Enter']) {
    const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
    if (field.dispatchEvent(event) && key.length === 1) field.value += key;
  }
}"""


def test_a_person_who_types_slowly_is_not_taken_for_a_scanner(kiosk: Page, store: ScriptedStore) -> None:
    kiosk.get_by_role("link", name="Read the terms").click()
    kiosk.get_by_label("Search for a word").press_sequentially("agreement", delay=150)
    expect(kiosk.get_by_label("Search for a word")).to_have_value("agreement")
    assert store.count("POST .*voucher-code") == 0


def test_no_text_is_under_26_pixels_and_no_target_under_64_at_the_kiosks_sizes(
    kiosk: Page, store: ScriptedStore
) -> None:
    show_everything(kiosk, store)
    base = kiosk.url.rpartition("/")[0]
    small: list[str] = []
    for width, height in ((1080, 1920), (1280, 800)):
        kiosk.set_viewport_size({"width": width, "height": height})
        for path in (
            "",
            "scan",
            "who",
            "choices",
            "sheet",
            "confirm",
            "policies",
            "questions/order.agreement_months",
        ):
            kiosk.goto(f"{base}/{path}")
            small += [f"{width} {path}: {each}" for each in kiosk.evaluate(MEASURE)]
    assert small == []


MEASURE = """() => {
  const seen = (node) => node.checkVisibility({visibilityProperty: true})
    && !node.closest('.for-ears, .skip, svg');
  const name = (node) => node.outerHTML.slice(0, 80);
  const wrong = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const size = parseFloat(getComputedStyle(node).fontSize);
    if (own && seen(node) && size < 26) wrong.push('text ' + name(node));
  }
  for (const node of document.querySelectorAll('a[href], button, input:not([type=hidden], [type=file])')) {
    const box = node.getBoundingClientRect();
    if (seen(node) && Math.min(box.height, box.width) < 63.5) wrong.push('target ' + name(node));
  }
  return wrong;
}"""


@pytest.mark.parametrize("size", ["Larger text", None])
def test_nothing_scrolls_sideways_at_320_pixels(kiosk: Page, store: ScriptedStore, size: str | None) -> None:
    show_everything(kiosk, store)
    if size is not None:
        kiosk.get_by_role("button", name=size).click()
    base = kiosk.url.rpartition("/")[0]
    kiosk.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for path in (
        "",
        "scan",
        "who",
        "choices",
        "sheet",
        "confirm",
        "policies",
        "questions/order.device_category",
    ):
        kiosk.goto(f"{base}/{path}")
        if kiosk.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []
