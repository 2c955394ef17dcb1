"""The server: one process with threads for pages and for event streams, and a clean end.

What it is for: gunicorn with our settings, and one port for the faces and the API.
What it must not know: any page, any route of the service.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.wsgi import ClosingIterator

from kiosk.live import STREAMS

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# A page that waits holds a thread for its stream; the rest is for pages and for cameras' pictures.
THREADS = STREAMS + 24
GRACE_SECONDS = 5
HASTE_SECONDS = 0.5
# A request that a browser is just sending on a connection that it kept is still answered.
LINGER_SECONDS = 0.15
API_PATHS = ("/v1", "/healthz", "/readyz", "/metrics")


class OnePort:
    """The faces and the API behind one port: the API has its own few paths, the faces have the rest."""

    def __init__(
        self,
        faces: Wsgi,
        api: Wsgi,
        closers: Iterable[Callable[[], None]],
        streams: Iterable[Callable[[], None]] = (),
    ) -> None:
        self._faces = faces
        self._api = api
        self._closers = tuple(closers)
        self._streams = tuple(streams)
        self._lock = threading.Lock()
        self._at_work = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        is_api = any(path == own or path.startswith(f"{own}/") for own in API_PATHS)
        with self._lock:
            self._at_work += 1
        try:
            answer = (self._api if is_api else self._faces)(environ, start_response)
        except BaseException:
            self._finish()
            raise
        return ClosingIterator(answer, self._finish)

    @property
    def at_work(self) -> int:
        """How many requests are being answered."""
        return self._at_work

    def _finish(self) -> None:
        with self._lock:
            self._at_work -= 1

    def end_streams(self) -> None:
        """End what would never end by itself; other requests are still answered."""
        for end in self._streams:
            end()

    def close(self) -> None:
        """Let devices, connections and files go."""
        for close in self._closers:
            close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that, asked to stop, ends its streams, answers what it was asked, and goes."""

    _patience = GRACE_SECONDS - 1.0

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: answer what was asked, then go."""
        if self.wsgi is not None:
            self.wsgi.end_streams()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGINT, as Ctrl-C sends it: the same, but only what takes no longer than a moment."""
        self._patience = HASTE_SECONDS
        self.handle_exit(sig, frame)

    def _cap_keepalive(self, deadline: float) -> None:
        """Called once nothing new is accepted: wait for the requests at work, then let every connection go.

        gunicorn itself would wait for connections on which nothing was asked, of which a browser keeps some.
        """
        last = time.monotonic() + self._patience
        quiet_since = time.monotonic()
        while time.monotonic() < min(last, quiet_since + LINGER_SECONDS):
            self.notify()
            self.wait_for_and_dispatch_events(0.05)
            if self._at_work():
                quiet_since = time.monotonic()
        self.nr_conns = 0

    def _at_work(self) -> bool:
        return self.wsgi is not None and self.wsgi.at_work > 0


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn that reads no configuration file and no command line.

    `make` builds the application in the worker, because neither a connection nor a device may be shared with
    a parent; `ready` is called there when it can answer.
    """

    def __init__(self, bind: str, make: Callable[[], OnePort], ready: Callable[[], None]) -> None:
        self._bind = bind
        self._make = make
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        options = {
            "bind": self._bind,
            "worker_class": Worker,
            "workers": 1,
            "threads": THREADS,
            "worker_connections": 4 * THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 15,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": lambda _worker: self._ready(),
            "worker_exit": _leave,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> OnePort:
        """Make the application, in the worker."""
        return self._make()


def _leave(_server: Any, worker: Any) -> None:
    """Close everything, then end without waiting for threads that hold a connection without a request."""
    if worker.wsgi is not None:
        worker.wsgi.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
