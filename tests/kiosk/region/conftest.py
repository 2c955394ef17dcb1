"""A desk on a scripted service: an author and a regional manager, one policy, a draft of its next version."""

from __future__ import annotations

import pytest
from flask import Flask

from store_api import contract as wire
from tests.kiosk.conftest import Browser, pair
from tests.kiosk.region import papers
from tests.kiosk.scripted_store import ScriptedStore

PEOPLE = {"2001": ("Ines", "author"), "2101": ("Ruth", "region"), "2102": ("Paul", "region")}


@pytest.fixture
def store() -> ScriptedStore:
    """A service that knows publication."""
    scripted = ScriptedStore()
    scripted.answers.update(answers())
    scripted.answers["POST /v1/staff/sessions"] = sign_in
    return scripted


def answers() -> dict[str, object]:
    """What the service answers about one policy and one draft."""
    version = f"/v1/policies/{papers.POLICY}/versions/3"
    draft = papers.draft()
    return {
        "GET /v1/policies/versions": wire.VersionShelf(policies=(papers.version_list(),)),
        "GET /v1/policies/drafts": wire.DraftList(drafts=(papers.summary(draft),)),
        f"GET /v1/policies/{papers.POLICY}/versions": papers.version_list(),
        f"GET {version}/document": papers.document(),
        f"GET {version}/counts": papers.COUNTS,
        f"GET {version}/comparison": papers.COMPARISON,
        "GET /v1/policies/drafts/drf_1": draft,
        "GET /v1/policies/drafts/drf_1/preview": papers.PREVIEW,
    }


def sign_in(request: object) -> wire.StaffSession:
    """A session for whoever's number is known."""
    import json

    number = json.loads(request.content)["staff_number"]  # type: ignore[attr-defined]
    name, role = PEOPLE[number]
    return wire.StaffSession(
        code=None, token=f"staff-{number}", staff_id=f"stf_{number}", name=name, role=role,  # type: ignore[arg-type]
        store=None, expires_at=None,
    )  # fmt: skip


def signed_in(app: Flask, number: str) -> Browser:
    """A browser at the desk in which somebody has signed in."""
    browser = Browser(pair(app, "desk-1"), "region")
    browser.get("/sign-in")
    browser.post("/sign-in", staff_number=number, pin="2468")
    return browser


@pytest.fixture
def author(app: Flask) -> Browser:
    """Ines, who writes policies."""
    return signed_in(app, "2001")


@pytest.fixture
def manager(app: Flask) -> Browser:
    """Ruth, who approves them."""
    return signed_in(app, "2101")
