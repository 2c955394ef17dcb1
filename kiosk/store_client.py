"""The typed client of store_api: what every face, and nobody else, asks the service with.

What it is for: one small method an operation, that takes and gives back values of `store_api.contract`;
one class an area, in `kiosk/store_calls/`.
What it must not know: Flask, faces, sessions, templates; that the service may live in this very process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from kiosk.store_calls.claims import ClaimCalls
from kiosk.store_calls.combinations import CombinationCalls
from kiosk.store_calls.decisions import DecisionCalls
from kiosk.store_calls.figures import FigureCalls
from kiosk.store_calls.identity import IdentityCalls
from kiosk.store_calls.news import NewsCalls
from kiosk.store_calls.offers import OfferCalls
from kiosk.store_calls.public import PublicCalls
from kiosk.store_calls.publication import PublicationCalls
from kiosk.store_calls.sharing import SharingCalls
from kiosk.store_calls.staff import StaffCalls
from kiosk.store_calls.tills import TillCalls
from kiosk.store_calls.visits import VisitCalls


@dataclass(frozen=True)
class StoreClient(
    PublicCalls,
    StaffCalls,
    VisitCalls,
    IdentityCalls,
    OfferCalls,
    FigureCalls,
    DecisionCalls,
    CombinationCalls,
    NewsCalls,
    SharingCalls,
    PublicationCalls,
    ClaimCalls,
    TillCalls,
):
    """One caller's view of the service: every area's operations over one connection, token and language.

    Every method raises StoreUnreachable (nothing was done) or StoreRefused (a problem); every method
    with a `key` may also raise StoreUndecided.
    """


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
