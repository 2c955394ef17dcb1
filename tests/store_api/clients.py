"""Clients of the service for its tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_numbers = itertools.count(1)


@dataclass
class Client:
    """Calls the service as one caller. Writes carry a fresh Idempotency-Key unless one is given."""

    app: Flask
    token: str | None

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """POST with a JSON body, if one is given."""
        return self.call("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """PUT with a JSON body, if one is given."""
        return self.call("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = "",
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Any request; `key=None` leaves the Idempotency-Key out."""
        sent = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        if method in ("POST", "PUT", "DELETE") and key is not None:
            sent["Idempotency-Key"] = key or f"key-{next(_numbers)}"
        if options.get("json", ...) is None:
            del options["json"]
        return self.app.test_client().open(
            path, method=method, headers={**sent, **(headers or {})}, **options
        )


def sign_in(tablet: Client, number: str, pin: str) -> Client:
    """A member of staff's client, after signing in on a tablet."""
    answer = tablet.post("/v1/staff/sessions", {"staff_number": number, "pin": pin})
    assert answer.status_code == 201, answer.text
    return Client(tablet.app, answer.get_json()["token"])
