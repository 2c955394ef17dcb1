"""A running demo for the journeys, and an ear for what pages complain about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.running import Product


@pytest.fixture(autouse=True)
def no_page_complains(browser: Browser) -> Iterator[list[str]]:
    """Fail where a page's script threw or the policy of what may load was broken; close what was opened."""
    complaints: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )

    new_context = browser.new_context

    def watched(*arguments: object, **options: object) -> object:
        context = new_context(*arguments, **options)  # type: ignore[arg-type]
        context.on("page", watch)
        return context

    browser.new_context = watched  # type: ignore[assignment, method-assign]
    yield complaints
    browser.new_context = new_context  # type: ignore[method-assign]
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def start_product(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """`start_product("--camera", …)` starts a demo in a folder of its own; it ends with the test."""
    running: list[Product] = []

    def start(*options: str, folder: str = "product", **settings: str) -> Product:
        product = Product(tmp_path / folder, options, settings)
        running.append(product)
        product.start()
        return product

    yield start
    for product in running:
        product.stop()
