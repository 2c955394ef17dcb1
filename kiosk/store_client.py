"""The typed client of store_api: what every face, and nobody else, asks the service with.

What it is for: one small method an operation, that takes and gives back values of `store_api.contract`.
Reads and writes are sent again after a failure of the connection; a write keeps its idempotency key
through every try, and is settled by that key where no answer came back.
What it must not know: Flask, faces, sessions, templates; that the service may live in this very process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from kiosk import store_events
from kiosk.errors import SignInNeeded, StoreRefused, StoreUndecided, StoreUnreachable
from kiosk.ledger import Ledger, NoLedger
from store_api import contract as wire

T = TypeVar("T")
Answer = type[T] | TypeAdapter[T]

# Three tries within about a second: longer than a restart of a proxy, shorter than a person's patience.
PAUSES = (0.2, 0.6)
LONGEST_WAIT_FOR_A_RIVAL = 2.0


class ClosedConnection(httpx.BaseTransport):
    """A transport that turns a fault inside an application of this process into a failed connection."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As the inner transport's, but raises only httpx's own errors."""
        try:
            return self._inner.handle_request(request)
        except httpx.HTTPError:
            raise
        except Exception as error:
            raise httpx.RemoteProtocolError("the service failed while it answered") from error


def connect(application: Any) -> httpx.Client:
    """A connection to a WSGI application of this process. It has no time-outs: there is no network."""
    transport = ClosedConnection(httpx.WSGITransport(app=application))
    return httpx.Client(transport=transport, base_url="http://store.invalid")


def connect_to(address: str, timeout: float) -> httpx.Client:
    """A connection to the service at `address`, over HTTP; `timeout` in seconds for one request."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
    return httpx.Client(base_url=address, timeout=timeout, limits=limits)


@dataclass(frozen=True)
class StoreClient:
    """One caller's view of the service: a connection, a bearer token, and the language of its reader.

    What consumes something is written into `ledger` before it is sent, until its answer is known.

    Every method raises StoreUnreachable (nothing was done) or StoreRefused (a problem); every method
    with a `key` may also raise StoreUndecided.
    """

    http: httpx.Client
    token: str = field(repr=False)
    language: str = "en"
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    ledger: Ledger = field(default_factory=NoLedger, repr=False)

    # --- Store, policies, terms -------------------------------------------------------------------

    def store(self) -> wire.Store:
        """The store to which the token belongs."""
        return self._read("/v1/store", wire.Store)

    def price_list(self) -> wire.PriceList:
        """What the store sells today."""
        return self._read("/v1/price-list", wire.PriceList)

    def policies(self) -> wire.PolicyList:
        """The policies in force today; public."""
        return self._read("/v1/policies", wire.PolicyList)

    def policy(self, policy: str, version: int) -> wire.PolicyText:
        """One version of a policy in words; public."""
        return self._read(f"/v1/policies/{_part(policy)}/versions/{version}", wire.PolicyText)

    def terms(self, terms_code: str) -> wire.PublicTerms:
        """What may be read by a terms code with this token."""
        return self._read(f"/v1/terms/{_part(terms_code)}", wire.PublicTerms)

    # --- Staff ------------------------------------------------------------------------------------

    def sign_in(self, staff_number: str, pin: str) -> wire.StaffSession:
        """Open a staff session from this tablet. Wrong PINs are counted, so it is sent once only."""
        body = wire.StaffSignIn(staff_number=staff_number, pin=pin)
        response = self._send_once("POST", "/v1/staff/sessions", body, None)
        return _read_answer(response, wire.StaffSession)

    def sign_out(self) -> None:
        """End the session of this token."""
        self._send_once("DELETE", "/v1/staff/sessions/current", None, None)

    # --- Visits -----------------------------------------------------------------------------------

    def open_visit(self, language: str, key: str) -> wire.Visit:
        """A new visit at the station of this token."""
        body = wire.VisitRequest.model_validate({"language": language})
        return self._write("POST", "/v1/visits", body, key, wire.Visit)

    def visit(self, visit_id: str) -> wire.Visit:
        """A visit as this caller may see it."""
        return self._read(f"/v1/visits/{_part(visit_id)}", wire.Visit)

    def open_visits(self) -> wire.VisitList:
        """The open visits of the store."""
        return self._read("/v1/visits?state=open", wire.VisitList)

    def set_language(self, visit_id: str, language: str, key: str) -> wire.Visit:
        """Say in which language the customer reads."""
        body = wire.VisitLanguage.model_validate({"language": language})
        return self._write("PUT", f"/v1/visits/{_part(visit_id)}/language", body, key, wire.Visit)

    def check_identity(self, visit_id: str, telephone: str, pin: str, key: str) -> wire.IdentityAnswer:
        """Check the person's own PIN."""
        body = wire.IdentityRequest(telephone=telephone, pin=pin)
        return self._write("POST", f"/v1/visits/{_part(visit_id)}/identity", body, key, wire.IdentityAnswer)

    def photo_id_seen(self, visit_id: str, telephone: str, key: str) -> wire.IdentityAnswer:
        """A named rep says that the person on the photo ID stands there."""
        body = {"telephone": telephone}
        return self._write("POST", f"/v1/visits/{_part(visit_id)}/photo-id", body, key, wire.IdentityAnswer)

    def read_voucher_code(self, visit_id: str, code: wire.VoucherCode, key: str) -> wire.VoucherAnswer:
        """Tell the visit which code was shown; the answer holds public terms only."""
        path = f"/v1/visits/{_part(visit_id)}/voucher-code"
        return self._write("POST", path, code, key, wire.VoucherAnswer)

    def choices(self, visit_id: str) -> wire.Choices:
        """What the identified person can ask about."""
        return self._read(f"/v1/visits/{_part(visit_id)}/choices", wire.Choices)

    def consents(self, visit_id: str) -> wire.LineConsents:
        """The lines to which the identified owner can give leave."""
        return self._read(f"/v1/visits/{_part(visit_id)}/consents", wire.LineConsents)

    def set_consent(self, visit_id: str, line_id: str, allowed: bool, key: str) -> wire.LineConsent:
        """Give a line the identified owner's leave, or take it back."""
        body = wire.ConsentRequest(allowed=allowed)
        path = f"/v1/visits/{_part(visit_id)}/consents/{_part(line_id)}"
        return self._write("PUT", path, body, key, wire.LineConsent)

    def answer(self, visit_id: str, answers: wire.Answers, key: str) -> wire.Visit:
        """Put answers into the visit's order."""
        return self._write("PUT", f"/v1/visits/{_part(visit_id)}/order", answers, key, wire.Visit)

    def close_visit(self, visit_id: str, outcome: str, key: str) -> wire.Visit:
        """End a visit."""
        body = wire.VisitClose.model_validate({"outcome": outcome})
        return self._write("POST", f"/v1/visits/{_part(visit_id)}/close", body, key, wire.Visit)

    # --- Decisions, holds, redemptions --------------------------------------------------------------

    def decide(self, request: wire.DecisionRequest, key: str) -> wire.Decision:
        """Ask for a decision; it becomes the visit's."""
        return self._write("POST", "/v1/decisions", request, key, wire.Decision)

    def decision(self, decision_id: str) -> wire.Decision:
        """A decision as it was made."""
        return self._read(f"/v1/decisions/{_part(decision_id)}", wire.Decision)

    def hold(self, decision_id: str, key: str, subject: str = "") -> wire.HoldAnswer:
        """Reserve what a decision granted; it is decided again. `subject` names it in the ledger."""
        body = wire.HoldRequest(decision_id=decision_id)
        self.ledger.remember(key, subject)
        answer = self._write("POST", "/v1/holds", body, key, wire.HoldAnswer)
        self.ledger.settle(key)
        return answer

    def release(self, hold_id: str, key: str) -> wire.Hold:
        """Give a hold back."""
        return self._write("POST", f"/v1/holds/{_part(hold_id)}/release", None, key, wire.Hold)

    def confirm_order(self, order_id: str, key: str, subject: str = "") -> wire.RedemptionAnswer:
        """A named rep confirms the order; what is held for it is used; it is decided again."""
        path = f"/v1/orders/{_part(order_id)}/confirm"
        self.ledger.remember(key, subject)
        answer = self._write("POST", path, None, key, wire.RedemptionAnswer)
        self.ledger.settle(key)
        return answer

    # --- Events and keys ----------------------------------------------------------------------------

    def events(self, after: int | None) -> Iterator[wire.VisitEvent | None]:
        """The store's events after number `after` (null: from now on), for as long as the service tells them.

        None stands for a heartbeat. Ends, or raises StoreUnreachable, when the connection does.
        """
        headers = {**self._headers(), "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        timeout = httpx.Timeout(5.0, read=60.0)
        try:
            with self.http.stream("GET", "/v1/events", headers=headers, timeout=timeout) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refusal(response)
                yield from store_events.read(response.iter_lines())
        except httpx.HTTPError as error:
            raise StoreUnreachable(str(error)) from error

    def key_state(self, key: str) -> wire.KeyState:
        """What became of one of this caller's keys."""
        return self._read(f"/v1/idempotency-keys/{_part(key)}", wire.KeyState)

    # --- How a request travels ----------------------------------------------------------------------

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Language": self.language, "Accept": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers

    def _read(self, path: str, answer: Answer[T]) -> T:
        response = self._send("GET", path, None, None)
        if response is None:
            raise StoreUnreachable(f"GET {path} was not answered")
        return _read_answer(response, answer)

    def _write(self, method: str, path: str, body: Any, key: str, answer: Answer[T]) -> T:
        response = self._send(method, path, body, key)
        try:
            return self._settle(key, answer) if response is None else _read_answer(response, answer)
        except (StoreRefused, StoreUnreachable):
            self.ledger.settle(key)  # it is known that nothing was done
            raise

    def _send(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response | None:
        """The first usable answer of a few tries; None where there was none."""
        for pause in (*PAUSES, None):
            try:
                response = self._send_once(method, path, body, key)
            except StoreUnreachable:
                response = None
            if response is not None and not _is_worth_another_try(response):
                return response
            if pause is not None:
                self.sleep(_pause_after(response, pause))
        return response if response is not None and response.status_code < 500 else None

    def _send_once(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response:
        headers = self._headers() if key is None else {**self._headers(), "Idempotency-Key": key}
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


def _read_answer(response: httpx.Response, answer: Answer[T]) -> T:
    if response.status_code >= 500:
        raise StoreUnreachable(f"the service answered {response.status_code}")
    if response.status_code >= 400:
        raise _refusal(response)
    try:
        return _validate(answer, response.json())
    except (ValidationError, ValueError) as error:
        raise StoreUnreachable(f"the service's answer cannot be read: {error}") from error


def _refusal(response: httpx.Response) -> StoreRefused | StoreUnreachable:
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


def _part(value: str) -> str:
    return quote(value, safe="")
