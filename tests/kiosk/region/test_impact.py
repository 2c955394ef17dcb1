"""The impact preview: one reader of the service's stream, pages that follow it, a result that stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from flask import Flask

from kiosk.errors import StoreUnreachable
from kiosk.impact_runs import ImpactRuns, ImpactView
from store_api import contract as wire
from tests.kiosk.conftest import Browser
from tests.kiosk.region import papers
from tests.kiosk.scripted_store import ScriptedStore

DRAFT = "/v1/policies/drafts/drf_1"


def step(done: int, impact: wire.Impact | None = None) -> wire.ImpactProgress:
    """One line of the stream."""
    flips = (papers.FLIP,) if done else ()
    return wire.ImpactProgress(
        done=done, total=4000, counts=papers.counts(done, 0, done // 40), flips=flips, impact=impact
    )


LINES = (step(0), step(2000), step(4000, papers.IMPACT))


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for another thread, five seconds at the most."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.005)


def start(manager: Browser, store: ScriptedStore, lines: tuple[wire.ImpactProgress, ...] = LINES) -> str:
    """Start a preview whose stream is `lines`; the page that comes."""
    store.answers[f"POST {DRAFT}/impact"] = wire.ImpactRun(run_id="run_1", draft_id="drf_1", days=90)
    content = "\n".join(line.model_dump_json() for line in lines)
    store.answers[f"GET {DRAFT}/impact/run_1"] = lambda request: httpx.Response(200, content=content)
    manager.get("/drafts/drf_1/impact")
    return manager.post("/drafts/drf_1/impact", text_digest=papers.DIGEST, days="90").text


def is_over(app: Flask) -> bool:
    view = app.extensions["services"].impact_runs.find("drf_1")
    return view is not None and view.state != "running"


def test_a_preview_ends_with_who_flips_by_term_and_store(
    app: Flask, manager: Browser, store: ScriptedStore
) -> None:
    start(manager, store)
    wait_until(lambda: is_over(app))
    page = manager.get("/drafts/drf_1/impact").text
    assert "4,000 decisions decided again" in page
    assert "At least 20 months since the last upgrade." in page
    assert "Harbor store" in page
    assert "118" in page


def test_events_carry_the_moving_part_until_it_is_over(
    app: Flask, manager: Browser, store: ScriptedStore
) -> None:
    start(manager, store)
    wait_until(lambda: is_over(app))
    stream = manager.client.get("/region/drafts/drf_1/impact/events")
    assert stream.mimetype == "text/event-stream"
    assert stream.headers["Cache-Control"] == "no-store"
    assert "event: impact\ndata: " in stream.text
    assert stream.text.endswith("event: over\ndata: done\n\n")
    assert all(
        line.startswith(("event: ", "data: ", "retry: ", ":")) or not line for line in stream.text.split("\n")
    )


def test_a_browser_without_events_asks_until_it_is_told_to_stop(
    app: Flask, manager: Browser, store: ScriptedStore
) -> None:
    start(manager, store)
    wait_until(lambda: is_over(app))
    fragment = manager.client.get("/region/drafts/drf_1/impact/now", headers={"HX-Request": "true"})
    assert fragment.status_code == 286
    assert fragment.text.lstrip().startswith('<div class="work" id="impact-now">')
    assert manager.client.get("/region/drafts/drf_1/impact/now").status_code == 303


def test_a_stream_that_breaks_off_is_said_to_have_ended(
    app: Flask, manager: Browser, store: ScriptedStore
) -> None:
    start(manager, store, LINES[:2])
    wait_until(lambda: is_over(app))
    assert "It ended by itself after 2,000 of 4,000." in manager.get("/drafts/drf_1/impact").text


def test_pressing_start_twice_begins_one_preview(manager: Browser, store: ScriptedStore, app: Flask) -> None:
    start(manager, store)
    wait_until(lambda: is_over(app))
    manager.post("/drafts/drf_1/impact", text_digest=papers.DIGEST, days="90")
    assert len(store.keys(f"POST {DRAFT}/impact")) == 1
    assert store.count(f"GET {DRAFT}/impact/run_1") == 1


@pytest.mark.parametrize("days", ["0", "731", "x", "-3", ""])
def test_a_number_of_days_that_cannot_be_looked_back_is_refused(
    manager: Browser, store: ScriptedStore, days: str
) -> None:
    manager.get("/drafts/drf_1/impact")
    page = manager.post("/drafts/drf_1/impact", text_digest=papers.DIGEST, days=days)
    assert page.status_code == 422
    assert "from 1 to 730" in page.text
    assert store.count(f"POST {DRAFT}/impact") == 0


def test_a_result_of_an_older_text_is_not_shown_as_this_ones(manager: Browser, store: ScriptedStore) -> None:
    store.answers[f"GET {DRAFT}"] = papers.draft(checks=papers.checks(impact="old"))
    page = manager.get("/drafts/drf_1/impact").text
    assert "It was not run for this text yet." in page
    assert "4,000" not in page


# --- The relay itself ----------------------------------------------------------------------------------


class Slow:
    """A service whose stream waits to be let go on, and notes that it was left."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.left = threading.Event()

    def follow_impact(self, draft_id: str, run_id: str) -> Iterator[wire.ImpactProgress]:
        try:
            for number in range(100):
                self.go.acquire()
                yield step(number * 40)
        finally:
            self.left.set()


def begin(runs: ImpactRuns, service: object, run: str = "run_1") -> ImpactView:
    runs.begin("drf_1", papers.DIGEST, 90, run, service)  # type: ignore[arg-type]
    view = runs.find("drf_1")
    assert view is not None
    return view


def test_stopping_leaves_the_services_stream() -> None:
    runs, service = ImpactRuns(), Slow()
    view = begin(runs, service)
    service.go.release()
    wait_until(lambda: view.progress is not None)
    runs.cancel("drf_1")
    service.go.release()
    assert service.left.wait(5)
    wait_until(lambda: view.state == "cancelled")


def test_a_new_preview_of_a_draft_stops_the_older_one() -> None:
    runs, first, second = ImpactRuns(), Slow(), Slow()
    begin(runs, first)
    view = begin(runs, second, "run_2")
    first.go.release()
    assert first.left.wait(5)
    assert runs.find("drf_1") is view
    runs.close()
    second.go.release()
    assert second.left.wait(5)


def test_every_page_that_looks_hears_of_each_change_and_of_the_end() -> None:
    runs, service = ImpactRuns(), Slow()
    begin(runs, service)
    heard: list[list[str]] = [[], []]

    def listen(mine: list[str]) -> None:
        mine.extend(view.state for view in runs.changes("drf_1", wait=0.2) if view is not None)

    pages = [threading.Thread(target=listen, args=(mine,)) for mine in heard]
    for page in pages:
        page.start()
    service.go.release()
    time.sleep(0.02)
    runs.cancel("drf_1")
    service.go.release()
    for page in pages:
        page.join(5)
    assert all(states[0] == "running" and states[-1] == "cancelled" for states in heard)


def test_a_service_that_fails_ends_the_preview_and_no_page_waits_for_ever() -> None:
    class Broken:
        def follow_impact(self, draft_id: str, run_id: str) -> Iterator[wire.ImpactProgress]:
            yield step(40)
            raise StoreUnreachable("gone")

    runs = ImpactRuns()
    begin(runs, Broken())
    states = [view.state for view in runs.changes("drf_1", wait=0.2) if view is not None]
    assert states[-1] == "failed"


def test_only_so_many_previews_are_remembered() -> None:
    runs = ImpactRuns()
    for number in range(40):
        runs.begin(f"drf_{number}", papers.DIGEST, 90, "run_1", Slow())  # type: ignore[arg-type]
    assert runs.find("drf_0") is None
    assert runs.find("drf_39") is not None
    runs.close()
