"""How a request travels to store_api and its answer back as a value.

What it is for: reads and writes are sent again after a failure of the connection; a write keeps its
idempotency key through every try. Where no answer came back the key is closed: it was done, or it never
will be. To look it up would not do, since a request that is late could still be done after the look.
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
from kiosk.ledger import Ledger, NoLedger, Pending, owner_of
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
        """What became of one of this caller's keys so far."""
        return self.read(f"/v1/idempotency-keys/{part(key)}", wire.KeyState)

    def close_key(self, key: str) -> wire.KeyState:
        """Give one of this caller's keys up: it was done, or it never will be."""
        path = f"/v1/idempotency-keys/{part(key)}"
        response = self._send("DELETE", path, None, None)
        if response is None:
            raise StoreUnreachable(f"DELETE {path} was not answered")
        return read_answer(response, wire.KeyState)

    def waiting(self, subject: str) -> tuple[str, Pending] | None:
        """This caller's request about a subject whose end is not known, and its key."""
        return self.ledger.find(subject, owner_of(self.token))

    def repeat(self, key: str, pending: Pending, answer: Answer[T]) -> T:
        """Send an unsettled request once more under its own key. Raises StoreUndecided if that fails too."""
        try:
            response = self.send_once("POST", pending.path, pending.body, key)
        except StoreUnreachable:
            raise StoreUndecided(key) from None
        if _is_worth_another_try(response):
            raise StoreUndecided(key)
        return self._crossing_out(key, lambda: self._read_or_settle(response, key, answer))

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
        response, tries = self._try(method, path, body, key)
        if response is None:
            return self._settle(key, answer, StoreUnreachable(f"nothing was done for key {key}"))
        return read_answer(response, answer) if tries == 1 else self._read_or_settle(response, key, answer)

    def consume(self, path: str, body: dict[str, Any] | None, key: str, subject: str, answer: Answer[T]) -> T:
        """As `write`, of what consumes something: written down until its end is known."""
        self.ledger.remember(key, Pending(subject, path, body), owner_of(self.token))
        return self._crossing_out(key, lambda: self.write("POST", path, body, key, answer))

    def _crossing_out(self, key: str, work: Callable[[], T]) -> T:
        """Do the work and cross its key out, unless its end is still not known afterwards."""
        try:
            found = work()
        except (StoreRefused, StoreUnreachable) as error:
            if not isinstance(error, SignInNeeded):
                self.ledger.settle(key)  # nothing was done, and nothing will be
            raise
        self.ledger.settle(key)
        return found

    def _read_or_settle(self, response: httpx.Response, key: str, answer: Answer[T]) -> T:
        """A later try's answer. A refusal says nothing about an earlier try that is still on its way."""
        try:
            return read_answer(response, answer)
        except (StoreRefused, StoreUnreachable) as error:
            if isinstance(error, SignInNeeded):
                raise
            return self._settle(key, answer, error)

    def _send(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response | None:
        """The first usable answer of a few tries; None where there was none."""
        return self._try(method, path, body, key)[0]

    def _try(self, method: str, path: str, body: Any, key: str | None) -> tuple[httpx.Response | None, int]:
        """The same, and the number of tries."""
        response = None
        for number, pause in enumerate((*PAUSES, None), start=1):
            try:
                response = self.send_once(method, path, body, key)
            except StoreUnreachable:
                response = None
            if response is not None and not _is_worth_another_try(response):
                return response, number
            if pause is not None:
                self.sleep(_pause_after(response, pause))
        usable = response is not None and response.status_code < 500
        return response if usable else None, number

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

    def _settle(self, key: str, answer: Answer[T], otherwise: Exception) -> T:
        """The stored answer of a write whose end is not known; its key is closed, so that it has one.

        Raises `otherwise` where nothing was done and nothing will be, StoreUndecided where the service
        cannot be asked either, or is still at work on it.
        """
        try:
            state = self.close_key(key)
        except (StoreUnreachable, StoreRefused):
            raise StoreUndecided(key) from None
        if state.state == "closed" or state.status is None:
            raise otherwise
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
