"""The service's own log tells operators what happened and nothing of a person."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api.auth import allow
from store_api.db import Database
from store_api.logs import configure_logs
from tests.store_api.clients import Client
from tests.store_api.factories import REP_NUMBER, REP_PIN, add_customer, make_work

BACKENDS = ("sqlite",)
MARKERS = {
    "telephone": "3125550142",
    "PIN": "73914682",
    "first name": "Zephyrine",
    "voucher code": "K7RQ-M2XB-94TZ",
    "free text": "marker-in-a-body",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service writes while the test runs."""
    stream = io.StringIO()
    configure_logs("debug", stream)
    yield stream
    configure_logs("error", io.StringIO())


@pytest.fixture
def breaking(app: Flask, database: Database) -> None:
    """Two routes that fail with messages that quote what somebody typed."""

    @app.get("/broken")
    @allow("public")
    def broken() -> str:
        raise RuntimeError(" ".join(MARKERS.values()))

    @app.get("/refused")
    @allow("public")
    def refused() -> str:
        with database.transaction() as session:
            session.execute(sa.text("SELECT :given FROM nowhere"), {"given": MARKERS["first name"]})
        return ""


def test_no_marker_of_a_person_reaches_the_log(
    lines: io.StringIO, breaking: None, as_kiosk: Client, as_tablet: Client, database: Database
) -> None:
    with database.transaction() as session:
        add_customer(make_work(session), MARKERS["telephone"], MARKERS["first name"], pin=MARKERS["PIN"])
    visit = as_kiosk.post("/v1/visits", {"language": "en"}).get_json()["visit_id"]
    tokens = [as_kiosk.token or "", as_tablet.token or ""]
    as_kiosk.post(f"/v1/visits/{visit}/voucher-code", {"code": MARKERS["voucher code"]})
    for pin in ("0000", MARKERS["PIN"]):
        as_kiosk.post(f"/v1/visits/{visit}/identity", {"telephone": MARKERS["telephone"], "pin": pin})
    as_kiosk.get(f"/v1/visits/{visit}")
    as_kiosk.get(f"/v1/visits/{visit}/choices?x={MARKERS['free text']}")
    as_kiosk.get(f"/v1/{MARKERS['free text']}")
    as_kiosk.post("/v1/visits", {"language": MARKERS["free text"]})
    as_tablet.post("/v1/staff/sessions", {"staff_number": REP_NUMBER, "pin": REP_PIN}, key=None)
    assert (as_kiosk.get("/broken").status_code, as_kiosk.get("/refused").status_code) == (500, 503)
    written = lines.getvalue()
    assert len(written.splitlines()) >= 12
    found = [name for name, marker in MARKERS.items() if marker in written]
    assert found == []
    assert [token for token in tokens if token.partition("_")[2] in written] == []


def test_a_line_names_route_status_code_and_role(lines: io.StringIO, as_kiosk: Client) -> None:
    as_kiosk.get("/v1/visits/vis_unknown")
    line = json.loads(lines.getvalue())
    assert {key: line[key] for key in ("event", "method", "route", "status", "code", "role")} == {
        "event": "request.answered",
        "method": "GET",
        "route": "/v1/visits/<visit_id>",
        "status": 404,
        "code": "resource.not_found",
        "role": "kiosk",
    }


def test_a_failure_is_logged_by_its_type_and_place(
    lines: io.StringIO, breaking: None, as_kiosk: Client
) -> None:
    as_kiosk.get("/broken")
    as_kiosk.get("/refused")
    failures = [json.loads(line) for line in lines.getvalue().splitlines() if "request.failed" in line]
    assert [failure["error"] for failure in failures] == ["RuntimeError", "OperationalError"]
    assert failures[0]["at"][-1].endswith(" broken")
    assert failures[1]["cause"] == "OperationalError"
