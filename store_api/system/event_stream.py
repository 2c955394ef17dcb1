"""Events of a store over HTTP: server-sent, resumable, or polled once.

What it is for: every face learns within a moment what changed, and reads it from the API.
What it must not know: what an event means.

A stream holds a thread, so a process opens only as many as the setting allows; beyond that a face polls.
Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from store_api.auth import Caller, allow, bearer_token, current_caller, find_caller
from store_api.contract import Identifier, VisitEvent
from store_api.db import Database
from store_api.errors import BadRequest, Unavailable
from store_api.events import PAGE, Bell, last_event, read_events
from store_api.watching import Watcher
from store_api.work import bound

api = APIBlueprint("events", __name__)

HEARTBEAT_SECONDS = 15.0
"""A comment this often shows proxies and browsers that the stream lives; the token is checked again."""
LARGEST_NUMBER = 2**53
"""The largest whole number that every JSON reader keeps exact (RFC 7493)."""
EVENT_LIST = TypeAdapter(list[VisitEvent])


class EventQuery(BaseModel):
    """`after`: the last event seen; without it a stream starts now. `format=json` polls once.

    `store_id` is for a desk, which belongs to no store and follows one for the pages that it serves.
    """

    model_config = ConfigDict(extra="forbid")
    after: int | None = Field(default=None, ge=0, le=LARGEST_NUMBER)
    format: str = Field(default="stream", pattern="^(stream|json)$")
    store_id: Identifier | None = None


@api.get(
    "/v1/events",
    responses={
        200: {
            "description": "Events of the caller's store; with format=json a list of them",
            "content": {
                "text/event-stream": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "array", "items": VisitEvent.model_json_schema()}},
            },
        }
    },
)
@allow("kiosk", "tablet", "rep", "manager", "desk")
@bound
def follow_events(query: EventQuery) -> Response:
    """Follow the caller's store (a kiosk: its own station) by server-sent events, or poll once."""
    channel = Channel(current_app.extensions["database"], current_caller(), query.store_id)
    after = _after(query)
    if query.format == "json":
        body = EVENT_LIST.dump_json(channel.read(after or 0))
        return Response(body, content_type="application/json")
    return _stream(channel, channel.newest() if after is None else after)


class Channel:
    """What one caller may hear."""

    def __init__(self, database: Database, caller: Caller, store_id: str | None = None) -> None:
        self._database = database
        self._store_id = (store_id if caller.role == "desk" else caller.store_id) or ""
        self._station = caller.station if caller.role == "kiosk" else None

    def read(self, after: int) -> list[VisitEvent]:
        """The events after a number, oldest first, at most a page."""
        with self._database.reading() as session:
            return read_events(session, self._store_id, after, station=self._station)

    def newest(self) -> int:
        """The number of the store's newest event."""
        with self._database.reading() as session:
            return last_event(session, self._store_id)


def _after(query: EventQuery) -> int | None:
    """Where to resume: the header that a browser sends by itself, else the query."""
    header = request.headers.get("Last-Event-ID")
    if header is None:
        return query.after
    if not (header.isascii() and header.isdigit() and len(header) <= 16):
        raise BadRequest
    return int(header)


def _stream(channel: Channel, after: int) -> Response:
    slots: threading.BoundedSemaphore = current_app.extensions["stream_slots"]
    if not slots.acquire(blocking=False):
        raise Unavailable("events.too_many_streams", retry_after=5)
    watcher: Watcher = current_app.extensions["watcher"]
    watcher.start()
    lines = _follow(channel, current_app.extensions["bell"], watcher, after, _token_check())
    response = Response(lines, content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(slots.release)
    return response


def _token_check() -> Callable[[], bool]:
    """A function that says whether the request's token still holds; it works outside of the request."""
    token, clock = bearer_token() or "", current_app.config["CLOCK"]
    database: Database = current_app.extensions["database"]
    finders = current_app.extensions["caller_finders"]

    def holds() -> bool:
        with database.reading() as session:
            return find_caller(session, finders, token, clock()) is not None

    return holds


def _follow(
    channel: Channel, bell: Bell, watcher: Watcher, after: int, token_holds: Callable[[], bool]
) -> Iterator[str]:
    """The stream's lines: events as they come, a comment where nothing came for a while."""
    yield "retry: 1000\n\n"
    checked = time.monotonic()
    while not bell.closing.is_set():
        rings = bell.rings
        found = channel.read(after)
        for event in found:
            after = event.event_id
            yield f"id: {event.event_id}\nevent: visit\ndata: {event.model_dump_json()}\n\n"
        if len(found) == PAGE:
            continue
        bell.wait(rings, min(watcher.pause, HEARTBEAT_SECONDS))
        if time.monotonic() - checked >= HEARTBEAT_SECONDS:
            if not token_holds():
                return
            checked = time.monotonic()
            yield ": still here\n\n"
