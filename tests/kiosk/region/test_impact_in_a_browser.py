"""A preview under way, in a real browser: its bar moves, a reload only looks on, it can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from store_api import contract as wire
from tests.contract.conftest import served
from tests.kiosk.region import papers
from tests.kiosk.region.test_impact import step
from tests.kiosk.scripted_store import ScriptedStore

DRAFT = "/v1/policies/drafts/drf_1"


class Stream(httpx.SyncByteStream):
    """The service's stream of a preview, a line each time that it is let go on."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.left = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        for number in range(5):
            if not self.go.acquire(timeout=20):
                return
            progress = step(number * 1000, papers.IMPACT if number == 4 else None)
            yield progress.model_dump_json().encode() + b"\n"

    def close(self) -> None:
        self.left.set()


@pytest.fixture
def stream(store: ScriptedStore) -> Stream:
    """A preview that waits to be let go on."""
    made = Stream()
    store.answers[f"POST {DRAFT}/impact"] = wire.ImpactRun(run_id="run_1", draft_id="drf_1", days=90)
    store.answers[f"GET {DRAFT}/impact/run_1"] = lambda request: httpx.Response(200, stream=made)
    return made


@pytest.fixture
def page(app: Flask, browser: Browser, stream: Stream) -> Iterator[Page]:
    """Ruth at her desk, on the page of the preview, which has begun."""
    code = app.extensions["services"].stations.pairing_code("desk-1")
    with served(app) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        opened = context.new_page()
        opened.goto(f"{address}/stations/pair")
        opened.locator("#code").fill(code)
        opened.locator("main button").click()
        opened.locator("#staff_number").fill("2101")
        opened.locator("#pin").fill("2468")
        opened.locator("main button").click()
        expect(opened.get_by_role("heading", level=1)).to_have_text("Policies")
        opened.goto(f"{address}/region/drafts/drf_1/impact")
        opened.get_by_role("button", name="Start the preview").click()
        yield opened
        context.close()
        app.extensions["services"].impact_runs.close()
        for _ in range(5):
            stream.go.release()


def test_the_bar_moves_and_the_result_takes_its_place(
    page: Page, stream: Stream, store: ScriptedStore
) -> None:
    expect(page.get_by_text("Starting.")).to_be_visible()
    for done in (0, 1000, 2000):
        stream.go.release()
        expect(page.get_by_text(f"{done:,} of 4,000 decided again")).to_be_visible()
    expect(page.locator("#impact-now progress")).to_have_attribute("value", "2000")
    expect(page.get_by_role("row").filter(has_text="3 November 2026").first).to_contain_text("gains")
    assert Axe().run(page).response["violations"] == []
    page.reload()
    expect(page.get_by_text("2,000 of 4,000 decided again")).to_be_visible()
    stream.go.release()
    stream.go.release()
    expect(page.get_by_text("Finished: 4,000 decisions decided again.")).to_be_visible()
    expect(page.locator("#impact-now progress")).to_have_count(0)
    assert store.count(f"GET {DRAFT}/impact/run_1") == 1, "a reload looked on and began nothing"


def test_a_preview_that_is_stopped_leaves_the_services_stream(page: Page, stream: Stream) -> None:
    stream.go.release()
    stream.go.release()
    expect(page.get_by_text("1,000 of 4,000 decided again")).to_be_visible()
    page.get_by_role("button", name="Stop the preview").click()
    stream.go.release()
    expect(page.get_by_text("It does not count as a check.")).to_be_visible()
    assert stream.left.wait(5)


def test_a_browser_without_events_follows_by_asking(page: Page, stream: Stream) -> None:
    page.route("**/impact/events", lambda route: route.abort())
    page.reload()
    stream.go.release()
    stream.go.release()
    expect(page.get_by_text("1,000 of 4,000 decided again")).to_be_visible(timeout=8000)
