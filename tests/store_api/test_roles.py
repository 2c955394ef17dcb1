"""Every route answers the roles that it names, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from store_api.auth import allow, refuse_open_routes
from tests.store_api.clients import Client

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


ENDINGS = ("/v1/staff/sessions/current", "/v1/phones/current")


def routes(app: Flask) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(method, path, roles) of every route."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD"}):
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            yield method, path, app.view_functions[rule.endpoint].allowed_roles


def refusal(client: Client, method: str, path: str) -> str | None:
    """The code with which the door refuses a caller, or None where the caller came through it."""
    answer = client.call(method, path, json={} if method in ("POST", "PUT") else None)
    answer.close()
    code = answer.get_json().get("code") if answer.content_type == "application/problem+json" else None
    return code if code is not None and code.startswith("auth.") else None


@pytest.fixture
def callers(
    as_kiosk: Client,
    as_tablet: Client,
    as_rep: Client,
    as_manager: Client,
    as_till: Client,
    as_desk: Client,
    as_author: Client,
    as_region: Client,
    as_partner: Client,
    as_care: Client,
    as_phone: Client,
) -> dict[str, Client]:
    """A client for each role that carries a token."""
    stores = {"kiosk": as_kiosk, "tablet": as_tablet, "rep": as_rep, "manager": as_manager, "till": as_till}
    office = {"desk": as_desk, "author": as_author, "region": as_region, "care": as_care}
    return {**stores, **office, "partner": as_partner, "phone": as_phone}


def test_each_role_gets_through_the_doors_that_are_for_it_and_no_other(
    app: Flask, callers: dict[str, Client]
) -> None:
    wrong = []
    doors = [(*route, role) for route in routes(app) for role in callers]
    # Who ends their own session by going through a door goes there last.
    for method, path, roles, role in sorted(
        doors, key=lambda door: door[1] in ENDINGS and door[3] in door[2]
    ):
        expected = None if roles & {role, "public"} else "auth.role_not_allowed"
        if refusal(callers[role], method, path) != expected:
            wrong.append((method, path, role))
    assert wrong == []


def test_without_a_token_only_public_doors_open(app: Flask, as_nobody: Client) -> None:
    for method, path, roles in routes(app):
        expected = None if "public" in roles else "auth.token_missing"
        assert (path, refusal(as_nobody, method, path)) == (path, expected)


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer device_" + "0" * 64, "Bearer ", "Basic abc", "Bearer " + "x" * 500, "device_1"],
)
def test_a_token_that_is_none_opens_nothing_not_even_a_public_door(as_nobody: Client, header: str) -> None:
    for path in ("/v1/store", "/v1/policies"):
        answer = as_nobody.get(path, headers={"Authorization": header})
        assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.token_unknown")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_document_names_every_route_with_its_roles(app: Flask) -> None:
    written = re.findall(r"^\| `([A-Z]+) ([^`]+)` \| ([^|]+) \|", DOCUMENT.read_text(encoding="utf-8"), re.M)
    told = {(method, path): set(roles.split()) for method, path, roles in written}
    real = {
        (method, re.sub(r"<([^>]+)>", r"{\1}", rule.rule)): set(
            app.view_functions[rule.endpoint].allowed_roles
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert told == real


def test_a_route_that_names_nobody_stops_the_start() -> None:
    app = Flask("example")
    app.add_url_rule("/told", "told", allow("rep")(lambda: ""))
    refuse_open_routes_without_static(app)
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match="route open"):
        refuse_open_routes_without_static(app)


def refuse_open_routes_without_static(app: Flask) -> None:
    """Flask's own example application has a route for static files; the service has none."""
    app.view_functions.pop("static", None)
    refuse_open_routes(app)
