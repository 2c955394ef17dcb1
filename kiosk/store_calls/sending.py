"""How a request travels to store_api and its answer back as a value.

What it is for: reads and writes are sent again after a failure of the connection; a write keeps its
idempotency key through every try, and is settled by that key where no answer came back.
What it must not know: which operations there are; that the service may live in this very process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from kiosk.errors import SignInNeeded, StoreRefused, StoreUndecided, StoreUnreachable
from kiosk.ledger import Ledger, NoLedger
from store_api import contract as wire

T = TypeVar("T")
Answer = type[T] | TypeAdapter[T]

# Three tries within about a second: longer than a restart of a proxy, shorter than a person's patience.
PAUSES = (0.2, 0.6)
LONGEST_WAIT_FOR_A_RIVAL = 2.0


@dataclass(frozen=True)
class Sender:
    """One caller's way to the service: a connection, a bearer token, and the language of its reader.

    What consumes something is written into `ledger` before it is sent, until its answer is known.
    """

    http: httpx.Client
    token: str = field(repr=False)
    language: str = "en"
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    ledger: Ledger = field(default_factory=NoLedger, repr=False)

    def key_state(self, key: str) -> wire.KeyState:
        """What became of one of this caller's keys."""
        return self.read(f"/v1/idempotency-keys/{part(key)}", wire.KeyState)

    def headers(self) -> dict[str, str]:
        """What every request of this caller carries."""
        headers = {"Accept-Language": self.language, "Accept": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers

    def read(self, path: str, answer: Answer[T]) -> T:
        """The answer of a GET. Raises StoreUnreachable or StoreRefused."""
        response = self._send("GET", path, None, None)
        if response is None:
            raise StoreUnreachable(f"GET {path} was not answered")
        return read_answer(response, answer)

    def write(self, method: str, path: str, body: Any, key: str, answer: Answer[T]) -> T:
        """The answer of a write, whichever try brought it; `key` is its idempotency key."""
        response = self._send(method, path, body, key)
        try:
            return self._settle(key, answer) if response is None else read_answer(response, answer)
        except (StoreRefused, StoreUnreachable):
            self.ledger.settle(key)  # it is known that nothing was done
            raise

    def _send(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response | None:
        """The first usable answer of a few tries; None where there was none."""
        for pause in (*PAUSES, None):
            try:
                response = self.send_once(method, path, body, key)
            except StoreUnreachable:
                response = None
            if response is not None and not _is_worth_another_try(response):
                return response
            if pause is not None:
                self.sleep(_pause_after(response, pause))
        return response if response is not None and response.status_code < 500 else None

    def send_once(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response:
        """Send a request once. Raises StoreUnreachable where the connection failed."""
        headers = self.headers() if key is None else {**self.headers(), "Idempotency-Key": key}
        content = None
        if body is not None:
            # What was not set is not sent: for an answer, null means taking it back.
            content = (
                body.model_dump_json(exclude_unset=True) if isinstance(body, wire.Wire) else _to_json(body)
            )
            headers["Content-Type"] = "application/json"
        try:
            return self.http.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise StoreUnreachable(f"{method} {path}: {error}") from error

    def _settle(self, key: str, answer: Answer[T]) -> T:
        """The stored answer of a write of which nothing came back.

        Raises StoreUnreachable where the service knows that nothing was done, StoreUndecided where it
        cannot be asked either.
        """
        try:
            state = self.key_state(key)
        except StoreUnreachable:
            raise StoreUndecided(key) from None
        if state.state == "unknown" or state.status is None:
            raise StoreUnreachable(f"nothing was done for key {key}")
        return read_stored(state, answer)


def read_stored(state: wire.KeyState, answer: Answer[T]) -> T:
    """The value that a settled key holds. Raises StoreRefused where the stored answer is a problem."""
    if state.status is not None and state.status >= 400:
        raise _refusal_of(wire.Problem.model_validate(state.answer))
    return _validate(answer, state.answer)


def _validate(answer: Answer[T], value: Any) -> T:
    adapter: TypeAdapter[T] = answer if isinstance(answer, TypeAdapter) else TypeAdapter(answer)
    return adapter.validate_python(value)


def read_answer(response: httpx.Response, answer: Answer[T]) -> T:
    """The value in a response. Raises StoreRefused for a problem, else StoreUnreachable."""
    if response.status_code >= 500:
        raise StoreUnreachable(f"the service answered {response.status_code}")
    if response.status_code >= 400:
        raise refusal(response)
    try:
        return _validate(answer, response.json())
    except (ValidationError, ValueError) as error:
        raise StoreUnreachable(f"the service's answer cannot be read: {error}") from error


def refusal(response: httpx.Response) -> StoreRefused | StoreUnreachable:
    """The problem in a response as an exception."""
    try:
        return _refusal_of(wire.Problem.model_validate(response.json()))
    except (ValidationError, ValueError):
        return StoreUnreachable(f"the service answered {response.status_code} without a reason")


def _refusal_of(problem: wire.Problem) -> StoreRefused:
    return SignInNeeded(problem) if problem.status == 401 else StoreRefused(problem)


def _is_worth_another_try(response: httpx.Response) -> bool:
    """5xx, or 409 from a rival with the same key that has not finished."""
    return response.status_code >= 500 or (response.status_code == 409 and "Retry-After" in response.headers)


def _pause_after(response: httpx.Response | None, pause: float) -> float:
    told = response.headers.get("Retry-After", "") if response is not None else ""
    return min(float(told), LONGEST_WAIT_FOR_A_RIVAL) if told.isdecimal() else pause


def _to_json(body: Any) -> str:
    return TypeAdapter(Any).dump_json(body).decode()


def part(value: str) -> str:
    """A value as one part of an address's path."""
    return quote(value, safe="")
