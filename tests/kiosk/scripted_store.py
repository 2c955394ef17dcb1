"""A service that answers from a script: for pages and troubles that the real one shows only now and then."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx

from store_api import contract as wire
from tests.kiosk import factories

Answer = wire.Wire | tuple[int, Any] | Exception | Callable[[httpx.Request], Any]


class ScriptedStore(httpx.BaseTransport):
    """Answers each request from `answers` ("POST /v1/holds" and so on) and remembers what was asked."""

    def __init__(self) -> None:
        self.visit = factories.visit()
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.any_key: Answer = wire.KeyState(key="any", state="closed", status=None, answer=None)
        self.answers: dict[str, Answer] = {
            "GET /v1/store": factories.STORE,
            "GET /v1/price-list": factories.PRICES,
            "GET /v1/policies": wire.PolicyList(policies=(factories.POLICY, factories.UPGRADE)),
            "GET /v1/policies/upgrade-credit-50/versions/3": factories.POLICY,
            f"GET /v1/terms/{factories.CODE}": wire.PublicTerms(
                terms_code=factories.CODE, policy=factories.POLICY, on=factories.TODAY
            ),
            "POST /v1/visits": lambda request: self.visit,
            "GET /v1/visits/vis_1": lambda request: self.visit,
            "PUT /v1/visits/vis_1/language": lambda request: self.visit,
            "POST /v1/visits/vis_1/close": lambda request: self.visit,
            "PUT /v1/visits/vis_1/order": lambda request: self.visit,
            "GET /v1/visits/vis_1/choices": wire.Choices(
                line=factories.LINE, vouchers=(factories.VOUCHER,), upgrades=(factories.UPGRADE,)
            ),
            "GET /v1/claims": factories.claim_list(),
            "POST /v1/claims": factories.claim_answer(),
            "GET /v1/policies/upgrade-credit-50/page": factories.PAGE,
            "GET /v1/visits/vis_1/combination": wire.Combination(
                vouchers=(), saved=None, left_out=(), reason=factories.words("None.")),
            "GET /v1/visits/vis_1/participants": lambda request: factories.circle(self.visit),
            "PUT /v1/visits/vis_1/participants/current": lambda request: factories.circle(self.visit),
            "GET /v1/visits": lambda request: wire.VisitList(visits=(self.visit,)),
            "POST /v1/decisions": lambda request: self.visit.decision,
            "DELETE /v1/staff/sessions/current": (204, None),
            "POST /v1/staff/sessions": wire.StaffSession(
                code=None, token="staff-token", staff_id="stf_1", name="Jordan", role="rep",
                store=factories.STORE, expires_at=factories.NOW),
        }  # fmt: skip

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The scripted answer; 404 for what the script does not name."""
        name = f"{request.method} {request.url.path}"
        body = json.loads(request.content) if request.content else {}
        self.asked.append((name, body, request.headers.get("Idempotency-Key", "")))
        missing = (404, factories.problem(404, "not_found"))
        is_key = request.url.path.startswith("/v1/idempotency-keys/")
        answer = self.any_key if is_key else self.answers.get(name, missing)
        if callable(answer) and not isinstance(answer, wire.Wire):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        if isinstance(value, wire.Problem):
            status = value.status
        content = value.model_dump_json() if isinstance(value, wire.Wire) else json.dumps(value)
        return httpx.Response(status, content=content if status != 204 else b"")

    def count(self, pattern: str) -> int:
        """How many requests match a pattern such as "POST /v1/holds"."""
        return sum(1 for name, _, _ in self.asked if re.fullmatch(pattern, name))

    def keys(self, name: str) -> set[str]:
        """The idempotency keys that were sent with one kind of request."""
        return {key for asked, _, key in self.asked if asked == name}
