"""Every route says who may call it: a role in the service, a kind of visitor in the kiosk."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask

from store_api.app import close_app, create_app
from store_api.auth import allow
from store_api.contract import Role
from tests.store_api.factories import make_settings


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(f"sqlite:///{tmp_path}/routes.db"))
    yield app
    close_app(app)


def undeclared(app: Flask, attribute: str) -> list[str]:
    """The endpoints whose view does not carry the declaration; files under static are open."""
    return [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint.split(".")[-1] != "static" and not getattr(view, attribute, None)
    ]


def test_every_route_of_the_service_names_its_roles(service: Flask) -> None:
    assert len(service.view_functions) > 10
    assert undeclared(service, "allowed_roles") == []


def test_the_roles_are_roles_that_exist(service: Flask) -> None:
    known = set(get_args(Role))
    named = {role for view in service.view_functions.values() for role in getattr(view, "allowed_roles", ())}
    assert named <= known


def test_a_route_without_a_declaration_is_found() -> None:
    app = Flask("example")
    app.add_url_rule("/open", "open", lambda: "")
    app.add_url_rule("/closed", "closed", allow("rep")(lambda: ""))
    assert undeclared(app, "allowed_roles") == ["open"]
