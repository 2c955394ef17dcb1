"""Whatever is sent, the API answers as its own description says, and never with a fault of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from store_api.app import close_app, create_app
from tests.store_api.clients import Client
from tests.store_api.conftest import Template
from tests.store_api.factories import (
    AUTHOR_NUMBER,
    AUTHOR_PIN,
    CARE_NUMBER,
    CARE_PIN,
    MANAGER_NUMBER,
    MANAGER_PIN,
    REGION_NUMBER,
    REGION_PIN,
    REP_NUMBER,
    REP_PIN,
    FakeClock,
    make_settings,
)

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
SIGN_IN = {
    "rep": ("tablet", REP_NUMBER, REP_PIN),
    "manager": ("tablet", MANAGER_NUMBER, MANAGER_PIN),
    "author": ("desk", AUTHOR_NUMBER, AUTHOR_PIN),
    "region": ("desk", REGION_NUMBER, REGION_PIN),
    "care": ("desk", CARE_NUMBER, CARE_PIN),
}
_keys = itertools.count(1)


class Target:
    """The service on a database of its own, with a token for each role and a visit to be asked about."""

    def __init__(self, app: Flask, template: Template) -> None:
        self.app = app
        world = template.world
        devices = {"kiosk": world.kiosk, "tablet": world.tablet, "till": world.till, "desk": world.desk}
        self.tokens = {**devices, "partner": world.partner}
        for role in SIGN_IN:
            self.tokens[role] = self._sign_in(role)
        kiosk = Client(app, world.kiosk)
        self.visit = kiosk.post("/v1/visits", {}).get_json()["visit_id"]
        code = kiosk.post(f"/v1/visits/{self.visit}/join-codes", {}).get_json()["code"]
        self.tokens["phone"] = Client(app, None).post("/v1/joins", {"code": code}).get_json()["token"]

    def headers(self, operation: Any) -> dict[str, str]:
        """A token that the operation is for, and a fresh key."""
        roles = operation.definition.raw["x-roles"]
        role = next((role for role in roles if role != "public"), None)
        headers = {"Idempotency-Key": f"any-{next(_keys)}"}
        return headers if role is None else {**headers, "Authorization": f"Bearer {self.tokens[role]}"}

    def _sign_in(self, role: str) -> str:
        device, number, pin = SIGN_IN[role]
        answer = Client(self.app, self.tokens[device]).post(
            "/v1/staff/sessions", {"staff_number": number, "pin": pin}
        )
        token: str = answer.get_json()["token"]
        return token


@pytest.fixture(scope="module")
def target(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The service to be tried."""
    path = tmp_path_factory.mktemp("any") / "store.db"
    path.write_bytes(Path(sqlite_template.url.removeprefix("sqlite:///")).read_bytes())
    app = create_app(make_settings(f"sqlite:///{path}"), clock=FakeClock())
    yield Target(app, sqlite_template)
    close_app(app)


@pytest.fixture(scope="module")
def description(target: Target) -> Any:
    """The API's own description, as schemathesis reads it; streams are not requests with one answer."""
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", target.app)
    return schema.exclude(path="/v1/events").exclude(path="/v1/staff/sessions/current")


def try_out(description: Any, target: Target, mode: GenerationMode, examples: int) -> int:
    """Send so many cases to every operation and check each answer; how many were sent."""
    sent = 0

    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        if "visit_id" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
            case.path_parameters["visit_id"] = target.visit
        case.call_and_validate(checks=CHECKS, headers=target.headers(case.operation))

    for found in description.get_all_operations():
        strategy = found.ok().as_strategy(generation_mode=mode)
        check = settings(
            max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )(given(strategy)(send))
        with suppress(Unsatisfiable):  # an operation without parameters has no invalid form
            check()
    return sent


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_described(description: Any, target: Target, mode: GenerationMode) -> None:
    assert try_out(description, target, mode, examples=6) > 100


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_described_at_length(
    description: Any, target: Target, mode: GenerationMode
) -> None:
    assert try_out(description, target, mode, examples=400) > 8_000
