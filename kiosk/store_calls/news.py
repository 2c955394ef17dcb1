"""The store's events, for as long as the service tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from kiosk import store_events
from kiosk.errors import StoreUnreachable
from kiosk.store_calls.sending import Sender, refusal
from store_api import contract as wire


class NewsCalls(Sender):
    """The store's events, for as long as the service tells them."""

    def events(self, after: int | None, store_id: str | None = None) -> Iterator[wire.VisitEvent | None]:
        """The store's events after number `after` (null: from now on), for as long as the service tells them.

        `store_id` is named by a desk, which belongs to no store. None stands for a heartbeat. Ends, or raises
        StoreUnreachable, when the connection does.
        """
        headers = {**self.headers(), "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        timeout = httpx.Timeout(5.0, read=60.0)
        params = {} if store_id is None else {"store_id": store_id}
        try:
            stream = self.http.stream("GET", "/v1/events", headers=headers, timeout=timeout, params=params)
            with stream as response:
                if response.status_code != 200:
                    response.read()
                    raise refusal(response)
                yield from store_events.read(response.iter_lines())
        except httpx.HTTPError as error:
            raise StoreUnreachable(str(error)) from error

    def poll_events(self, after: int, store_id: str | None) -> list[wire.VisitEvent]:
        """The events after a number, asked for once."""
        params: dict[str, Any] = {"format": "json", "after": after}
        if store_id is not None:
            params["store_id"] = store_id
        try:
            response = self.http.get("/v1/events", params=params, headers=self.headers(), timeout=5.0)
        except httpx.HTTPError as error:
            raise StoreUnreachable(str(error)) from error
        if response.status_code != 200:
            raise refusal(response)
        return [wire.VisitEvent.model_validate(each) for each in response.json()]
