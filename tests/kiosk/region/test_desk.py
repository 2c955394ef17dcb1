"""Every page of the desk opens, in both languages, and shows what it is for."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from flask import Flask
from itsdangerous.timed import TimestampSigner

from kiosk.errors import SettingError
from kiosk.settings import read_settings
from kiosk.stations.registry import read_stations
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser, pair
from tests.kiosk.scripted_store import ScriptedStore

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


def test_a_session_that_ran_out_leads_to_signing_in(manager: Browser, store: ScriptedStore) -> None:
    store.answers["GET /v1/policies/versions"] = (401, factories.problem(401, "auth.required"))
    assert "Sign in at this desk" in manager.get("/policies").text


def test_a_step_that_is_somebody_elses_to_do_is_said_to_be(author: Browser, store: ScriptedStore) -> None:
    author.get("/drafts/drf_1")
    store.answers["POST /v1/policies/drafts/drf_1/checks"] = (403, factories.problem(403, "auth.forbidden"))
    page = author.post("/drafts/drf_1/checks", revision=2)
    assert page.status_code == 409
    assert "That is not yours to do" in page.text


def test_a_service_that_cannot_be_reached_loses_nothing_and_says_so(
    author: Browser, store: ScriptedStore
) -> None:
    store.answers["GET /v1/policies/drafts/drf_1"] = httpx.ConnectError("down")
    page = author.get("/drafts/drf_1")
    assert page.status_code == 503
    assert "Our records cannot be reached" in page.text


def test_a_wrong_pin_signs_nobody_in(app: Flask, store: ScriptedStore) -> None:
    nobody = wire.StaffSession(
        code="identity.locked", token=None, staff_id=None, name=None, role=None, store=None,
        expires_at=None, locked_until=factories.NOW,
    )  # fmt: skip
    store.answers["POST /v1/staff/sessions"] = nobody
    browser = Browser(pair(app, "desk-1"), "region")
    browser.get("/sign-in")
    page = browser.post("/sign-in", staff_number="2001", pin="0000")
    assert page.status_code == 422
    assert "closed until 10:52" in page.text.replace("\u202f", " ")
    assert "Sign in at this desk" in browser.get("/policies").text


def test_signing_out_wipes_what_the_browser_kept(manager: Browser, store: ScriptedStore) -> None:
    manager.get("/policies")
    gone = manager.post("/sign-out", follow=False)
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert store.count("DELETE /v1/staff/sessions/current") == 1
    assert "Sign in at this desk" in manager.get("/drafts/drf_1").text


def test_a_form_without_its_token_does_nothing(author: Browser, store: ScriptedStore) -> None:
    answer = author.client.post("/region/drafts/new", data={"text": "format: 1"})
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text
    assert store.count("POST /v1/policies/drafts") == 0


def test_an_author_who_writes_for_an_hour_is_still_signed_in(
    author: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = TimestampSigner.get_timestamp

    def pass_time(seconds: int) -> None:
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) + seconds)

    pass_time(3600)
    assert "Save the draft" in author.get("/drafts/drf_1/edit").text
    pass_time(25 * 3600)
    assert "Sign in at this desk" in author.get("/drafts/drf_1/edit").text


def test_the_desks_cookie_is_its_own(author: Browser) -> None:
    cookie = author.client.get_cookie("region", path="/region")
    assert cookie is not None
    assert cookie.http_only
    assert author.client.get_cookie("counter", path="/counter") is None


def test_a_desk_needs_no_store_and_everything_else_does(tmp_path: Path) -> None:
    desk = {"name": "desk-1", "label": "desk", "face": "region", "token": "device_x"}
    path = tmp_path / "stations.json"
    path.write_text(json.dumps([desk]))
    assert [station.store_id for station in read_stations(path)] == [None]
    path.write_text(json.dumps([desk, {**desk, "name": "kiosk-1", "face": "counter"}]))
    with pytest.raises(SettingError, match="kiosk-1 needs a store_id"):
        read_stations(path)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_stops_the_start_with_its_name(zone: str) -> None:
    with pytest.raises(SettingError, match="KIOSK_ZONE"):
        read_settings({"KIOSK_SECRET_KEY": "a secret", "KIOSK_ZONE": zone})


def test_times_are_those_of_the_desks_zone(manager: Browser) -> None:
    assert "21 November 2026 at 10:52 AM" in manager.get("/drafts/drf_1").text.replace("\u202f", " ")
