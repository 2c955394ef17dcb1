"""Every page of the desk opens, in both languages, and shows what it is for."""

from __future__ import annotations

import pytest

from tests.kiosk.conftest import Browser

PAGES = {
    "/policies": "$50 upgrade credit",
    "/policies/upgrade-credit-50/versions/3": "What it asks for",
    "/policies/upgrade-credit-50/versions/3/comparison": "Easier to meet",
    "/policies/upgrade-credit-50/versions/3/next": "Its first day",
    "/drafts/new": "Upload the file",
    "/drafts/drf_1": "On the way to approval",
    "/drafts/drf_1/edit": "Save the draft",
    "/drafts/drf_1/comparison": "Nobody loses",
    "/drafts/drf_1/approve": "What the test says",
    "/drafts/drf_1/impact": "Days to look back",
    "/drafts/drf_1/preview": "On paper, 58 mm",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_and_says_where_one_is(manager: Browser, path: str) -> None:
    page = manager.get(path)
    assert page.status_code == 200
    assert PAGES[path] in page.text
    assert page.headers["Cache-Control"] == "no-store"
    manager.post("/language", language="es", back="/region/policies")
    spanish = manager.get(path)
    assert spanish.status_code == 200
    assert '<html lang="es"' in spanish.text
