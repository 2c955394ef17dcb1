"""A sale that begins at the till: rung up once, opened on the tablet, captured, and told elsewhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.journeys.running import Product
from tests.journeys.walking import PHONE, PORTRAIT, Tablet, find_person, find_staff
from tests.store_api.webhooks.receiver import Receiver, receiving

ITEM = {"sku": "orbit-5-128", "price": {"amount": "49.99", "currency": "USD"}}
BASKET = {"till_reference": "T-1001", "items": [ITEM], "agreement_months": 24}


def call(product: Product, token: str, method: str, path: str, body: Any = None, key: str = "") -> Any:
    """A request of another system; its answer."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": key or f"{method}-{path}".replace("/", "."),
    }
    answer = httpx.request(method, product.address + path, json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def wait_for(receiver: Receiver, kind: str) -> Any:
    """The first event of a kind that arrives within a few seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        told = [json.loads(got.body) for got in receiver.got]
        found = [each for each in told if each["type"] == kind]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"{kind} did not arrive; {[json.loads(got.body)['type'] for got in receiver.got]}")


def test_what_the_till_has_rung_up_is_on_the_tablet_and_what_was_applied_comes_back(
    browser: Browser, start_product: Callable[..., Product]
) -> None:
    product = start_product(SAMETERMS_WEBHOOK_PRIVATE_ADDRESSES="true")
    demo = product.demo()
    till = next(each["token"] for each in demo["devices"] if each["station"] == "till-1")
    with receiving() as receiver:
        manager = _sign_in(product, demo)
        _subscribe(product, manager, receiver)
        visit_id = call(product, till, "POST", "/v1/orders", BASKET)["visit_id"]
        tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
        _open_by_number(tablet)
        tablet.page.get_by_text("I have seen a photo ID").click()
        maya = find_person(demo, "Maya")
        tablet.page.get_by_label("Phone number of the person").fill(maya["telephone"])
        tablet.page.get_by_role("button", name="The photo is this person").click()
        expect(tablet.page.get_by_text("Orbit 5, 128 GB").first).to_be_visible()
        _look(tablet)
        tablet.page.get_by_role("button", name=re.compile("upgrade credit")).click()
        expect(tablet.page.locator("#sheet")).to_be_visible()
        order_id = call(product, manager, "GET", f"/v1/visits/{visit_id}")["order"]["order_id"]
        tablet.page.get_by_role("button", name="Reserve it for the customer").click()
        expect(tablet.page.get_by_role("button", name="Give the reservation back")).to_be_visible()
        captured = call(product, till, "POST", "/v1/orders/T-1001/capture", BASKET)
        assert captured["total_after"] == {"amount": "0.00", "currency": "USD"}
        told = wait_for(receiver, "order.captured")["data"]
        assert (told["order_id"], told["till_reference"]) == (order_id, "T-1001")
        assert told["redemption_ids"] == [each["redemption_id"] for each in captured["applied"]]
        assert wait_for(receiver, "voucher.redeemed")["data"]["order_id"] == order_id


def _sign_in(product: Product, demo: dict[str, Any]) -> str:
    tablet = next(each["token"] for each in demo["devices"] if each["station"] == "tablet-1")
    found = next(each for each in demo["staff"] if each["role"] == "manager")
    body = {"staff_number": found["staff_number"], "pin": found["pin"]}
    token: str = call(product, tablet, "POST", "/v1/staff/sessions", body)["token"]
    return token


def _subscribe(product: Product, manager: str, receiver: Receiver) -> None:
    body = {"url": receiver.url, "event_types": ["order.captured", "voucher.redeemed"]}
    webhook_id = call(product, manager, "POST", "/v1/webhooks", body)["webhook_id"]
    call(product, manager, "POST", f"/v1/webhooks/{webhook_id}/secrets")


def _open_by_number(tablet: Tablet) -> None:
    """A wrong number first, and look at what is said; then the right one."""
    field = tablet.page.get_by_label("Order number from the till")
    field.fill("T-404")
    tablet.page.get_by_role("button", name="Open", exact=True).click()
    expect(tablet.page.get_by_text("There is no order by that number in this store.")).to_be_visible()
    _look(tablet)
    tablet.page.get_by_label("Order number from the till").fill("T-1001")
    tablet.page.get_by_role("button", name="Open", exact=True).click()
    expect(tablet.page.locator("#visit")).to_be_visible()


def _look(tablet: Tablet) -> None:
    """Hold the page to axe and to its width, on the largest and on the smallest screen."""
    for viewport in (PORTRAIT, PHONE):
        tablet.page.set_viewport_size(viewport)
        assert Axe().run(tablet.page).response["violations"] == []
        assert tablet.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
