"""A carrier's systems as a small real HTTP server that does as it is told: right, slow, broken.

What it is for: the directory's tests speak to it over a socket, as a store would.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NUMBER = "+13125550142"
PRODUCT: dict[str, Any] = {
    "id": "prod-1",
    "productSerialNumber": NUMBER,
    "name": "Dana",
    "status": "active",
    "startDate": "2019-05-01T00:00:00Z",
    "billingAccount": {"id": "ba-1"},
    "relatedParty": [{"id": "ind-1", "role": "user"}],
    "productTerm": [
        {"validFor": {"startDateTime": "2024-01-10T00:00:00Z", "endDateTime": "2026-01-10T00:00:00Z"}}
    ],
    "productPrice": [
        {"priceType": "recurring", "price": {"dutyFreeAmount": {"unit": "USD", "value": 45.10}}}
    ],
    "productCharacteristic": [
        {"name": "lastUpgradeDate", "value": "2024-01-10"},
        {"name": "devicePaidPercent", "value": 100},
        {"name": "deviceBalance", "value": {"unit": "USD", "value": 0}},
        {"name": "deviceCategory", "value": "phone"},
        {"name": "upgradesLast12Months", "value": 0},
        {"name": "colourOfTheBox", "value": "blue"},
    ],
}
ACCOUNT: dict[str, Any] = {
    "id": "ba-1",
    "state": "active",
    "relatedParty": [
        {"id": "ind-1", "role": "owner"},
        {"id": "cus-1", "role": "customer"},
    ],
    "accountBalance": [
        {"balanceType": "pastDue", "amount": {"unit": "USD", "value": 0.0}},
        {"balanceType": "pastDue30Days", "amount": {"unit": "USD", "value": 0.0}},
    ],
}
PERSON: dict[str, Any] = {"id": "ind-1", "givenName": "Dana", "birthDate": "1990-05-01"}
CUSTOMER: dict[str, Any] = {
    "id": "cus-1",
    "validFor": {"startDateTime": "2018-03-01T00:00:00Z"},
    "characteristic": [{"name": "segment", "value": "consumer"}],
}
SOURCES = {"productInventory": "lines", "accountManagement": "accounts", "party": "people",
           "customerManagement": "customers"}  # fmt: skip


@dataclass
class Carrier:
    """The server: what it holds, how each source behaves, and what it was asked."""

    products: list[dict[str, Any]] = field(default_factory=lambda: [json.loads(json.dumps(PRODUCT))])
    account: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(ACCOUNT)))
    behaviour: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def __enter__(self) -> Carrier:
        carrier = self

        class Handler(BaseHTTPRequestHandler):
            """Hands every request to the carrier."""

            def do_GET(self) -> None:
                carrier.answer(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        serving = self._server.serve_forever
        threading.Thread(target=serving, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/tmf-api"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """As the source behaves; else what it holds."""
        source = SOURCES[request.path.split("/")[2]]
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.asked.append(source)
        if source in self.behaviour:
            self.behaviour[source](request)
            return
        found = self._find(source, request.path, body)
        give(request, json.dumps(found).encode(), 404 if found is None else 200)

    def _find(self, source: str, path: str, body: bytes) -> Any:
        if source == "lines" and body:
            wanted = json.loads(body)["productSerialNumber"]
            return [each for each in self.products if each["productSerialNumber"] == wanted]
        if source == "lines" and "?" in path:
            return self.products
        if source == "lines":
            return next((each for each in self.products if path.endswith(each["id"])), None)
        return {"accounts": self.account, "people": PERSON, "customers": CUSTOMER}[source]


def give(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Send an answer."""
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


def fails(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers with a status."""
    return lambda request: give(request, b"{}", status)


def says(body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers with these bytes."""
    return lambda request: give(request, body)


def hangs(request: BaseHTTPRequestHandler) -> None:
    """Says nothing for longer than anybody waits."""
    time.sleep(1.5)


def drips(request: BaseHTTPRequestHandler) -> None:
    """Sends a byte now and then."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    try:
        for _ in range(15):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return


def stops_halfway(request: BaseHTTPRequestHandler) -> None:
    """Promises more than it sends."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"id": "prod-1"')


def redirects(request: BaseHTTPRequestHandler) -> None:
    """Sends the caller elsewhere."""
    give(request, b"", 302, Location="http://127.0.0.1:1/elsewhere")
