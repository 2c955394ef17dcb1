"""Fixtures of the contract tests: the same service, in this process and over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from kiosk.store_client import StoreClient, connect, connect_to
from tests.contract.demo_store import DemoStore, DemoTemplate, cheap_pins, demo_template, opened_copy

__all__ = ["cheap_pins", "demo_template"]


class Quiet(WSGIRequestHandler):
    """Answers without writing each request to the terminal."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of `app`, served on a free port of the loopback address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def demo_store(demo_template: DemoTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoStore]:
    """The service on a fresh copy of the demo, for all tests of a module: each asks for its own person."""
    with opened_copy(demo_template, tmp_path_factory.mktemp("contract")) as store:
        yield store


@pytest.fixture(scope="module", params=["in this process", "over HTTP"])
def http(request: pytest.FixtureRequest, demo_store: DemoStore) -> Iterator[httpx.Client]:
    """A connection to the service, by either transport."""
    if request.param == "in this process":
        with connect(demo_store.app) as connection:
            yield connection
        return
    with served(demo_store.app) as address, connect_to(address, 10.0) as connection:
        yield connection


@pytest.fixture
def kiosk(http: httpx.Client, demo_store: DemoStore) -> StoreClient:
    """The client of kiosk-1 of the Maple St store."""
    return StoreClient(http, demo_store.token("kiosk-1"))


@pytest.fixture
def rep(http: httpx.Client, demo_store: DemoStore) -> StoreClient:
    """The client of Jordan, signed in on tablet-1."""
    jordan = demo_store.staff("Jordan")
    session = StoreClient(http, demo_store.token("tablet-1")).sign_in(jordan["staff_number"], jordan["pin"])
    assert session.token is not None
    return StoreClient(http, session.token)
