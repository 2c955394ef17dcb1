"""Billing over HTTP: PUT a posting under its identifier, GET what became of it.

What it is for: a billing system, or the small service in front of one, that speaks JSON. `PUT
{address}/postings/{posting_id}` takes the posting (any status of the 200s); `GET` of the same answers
{"state": "accepted" | "rejected" | "pending", "reference": …, "amount": …, "reason": …}, or 404.
What it must not know: the database, Flask.
"""

from __future__ import annotations

import http.client
import json
import ssl
from urllib.parse import quote, urlsplit

from store_api.billing.file_port import read_confirmation
from store_api.billing.ports import BillingFailed, Confirmation, Posting

LONGEST_ANSWER = 64 * 1024


class HttpBilling:
    """The port over HTTP. No redirect is followed; `token` goes as a bearer token."""

    def __init__(self, address: str, token: str, seconds: float) -> None:
        parts = urlsplit(address)
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._token = token
        self._seconds = seconds

    def post(self, posting: Posting) -> None:
        """PUT the posting under its identifier, which is its idempotency key as well."""
        status, _ = self._ask("PUT", posting, json.dumps(posting.as_json()).encode())
        if not 200 <= status < 300:
            raise BillingFailed(f"billing answered {status}")

    def look_up(self, posting: Posting) -> Confirmation | None:
        """GET what became of it."""
        status, body = self._ask("GET", posting, None)
        if status == 404:
            return None
        if status != 200:
            raise BillingFailed(f"billing answered {status}")
        try:
            told = json.loads(body)
        except ValueError:
            raise BillingFailed("billing's answer is not JSON") from None
        if not isinstance(told, dict):
            raise BillingFailed("billing's answer is no JSON object")
        return read_confirmation(told)

    def _ask(self, method: str, posting: Posting, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", "Idempotency-Key": posting.posting_id}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        path = f"{self._base}/postings/{quote(posting.posting_id, safe='')}"
        connection = self._connection()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise BillingFailed(f"billing cannot be reached: {type(error).__name__}") from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
