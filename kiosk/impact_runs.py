"""Impact previews that are under way: one reader of the service's stream, any number of pages that look.

What it is for: whoever asks for a preview may reload the page, or open it twice, without the work starting
again; pages hear of it by events or look for themselves. Results are the service's, which keeps them with
the draft; what stands here is gone with the process.
What it must not know: Flask, pages, what a flip means.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import structlog

from kiosk.errors import StoreError
from kiosk.store_client import StoreClient
from store_api.contract import ImpactFlip, ImpactProgress

log = structlog.get_logger(__name__)

State = Literal["running", "done", "cancelled", "failed"]
KEPT_RUNS = 32
KEPT_FLIPS = 12
"""The newest flips that a page shows while it runs; the whole count by store and term comes at the end."""
HEARTBEAT_SECONDS = 10.0


@dataclass
class ImpactView:
    """How far one preview is."""

    run_id: str
    text_digest: str
    days: int
    state: State = "running"
    progress: ImpactProgress | None = None
    newest: tuple[ImpactFlip, ...] = ()
    revision: int = 0
    stop: threading.Event = field(default_factory=threading.Event, repr=False)


class ImpactRuns:
    """The newest preview of each draft. Safe across threads."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, ImpactView] = OrderedDict()
        self._changed = threading.Condition()

    def begin(self, draft_id: str, text_digest: str, days: int, run_id: str, client: StoreClient) -> None:
        """Follow a preview that was asked for; an older one of the same draft is stopped."""
        view = ImpactView(run_id, text_digest, days)
        with self._changed:
            older = self._views.pop(draft_id, None)
            if older is not None:
                older.stop.set()
            self._views[draft_id] = view
            while len(self._views) > KEPT_RUNS:
                self._views.popitem(last=False)[1].stop.set()
            self._changed.notify_all()
        threading.Thread(
            target=self._follow, args=(draft_id, view, client), name="impact", daemon=True
        ).start()

    def find(self, draft_id: str) -> ImpactView | None:
        """How far the newest preview of a draft is; None where this process knows of none."""
        with self._changed:
            return self._views.get(draft_id)

    def cancel(self, draft_id: str) -> None:
        """Stop the preview of a draft after the batch that it is in."""
        view = self.find(draft_id)
        if view is not None:
            view.stop.set()

    def close(self) -> None:
        """Stop every preview and end every page's stream."""
        with self._changed:
            for view in self._views.values():
                view.stop.set()
                view.state = "cancelled" if view.state == "running" else view.state
            self._changed.notify_all()

    def changes(self, draft_id: str, wait: float = HEARTBEAT_SECONDS) -> Iterator[ImpactView | None]:
        """The preview after each change until it ends; None where nothing changed for a while."""
        seen = -1
        while True:
            with self._changed:
                view = self._views.get(draft_id)
                if view is None:
                    return
                if view.revision == seen and view.state == "running":
                    self._changed.wait(wait)
                is_new, seen = view.revision != seen, view.revision
                is_over = view.state != "running"
            if is_new or is_over:
                yield view
            else:
                yield None
            if is_over:
                return

    def _follow(self, draft_id: str, view: ImpactView, client: StoreClient) -> None:
        state: State = "failed"
        try:
            state = self._read(view, client.follow_impact(draft_id, view.run_id))
        except StoreError as error:
            log.warning("impact.interrupted", error=str(error))
        finally:
            self._tell(view, lambda: setattr(view, "state", state))

    def _read(self, view: ImpactView, lines: Iterator[ImpactProgress]) -> State:
        try:
            for progress in lines:
                self._tell(view, lambda progress=progress: _note(view, progress))  # type: ignore[misc]
                if progress.impact is not None:
                    return "done"
                if progress.code is not None:
                    return "failed"
                if view.stop.is_set():
                    return "cancelled"
        finally:
            close = getattr(lines, "close", None)  # a generator; closing it ends the request
            if close is not None:
                close()
        return "failed"

    def _tell(self, view: ImpactView, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            view.revision += 1
            self._changed.notify_all()


def _note(view: ImpactView, progress: ImpactProgress) -> None:
    view.progress = progress
    view.newest = (*progress.flips[::-1], *view.newest)[:KEPT_FLIPS]
