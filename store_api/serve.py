"""The service behind gunicorn: threads for requests and for event streams, a clean end.

What it is for: `python3 -m store_api serve`.
What it must not know: any feature.

Each worker process makes its own application after the fork, because neither a database connection nor a
file lock may be shared with a parent. On SIGTERM a worker ends its event streams first, then answers what
it was asked, then closes its connections.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.wsgi import ClosingIterator

from store_api.app import begin, close_app, create_app
from store_api.logs import configure_logs
from store_api.settings import Settings

GRACE_SECONDS = 20
"""How long a worker may take to answer what it was asked before it is ended."""
HASTE_SECONDS = 0.5
"""The same, when it is stopped from a keyboard."""
LINGER_SECONDS = 0.15
"""A request that a client is just sending on a connection that it kept is still answered."""


ARENAS = 2
"""Pools of memory of a process. The C library would make one for each thread and keep in all of them what
was once freed (mallopt(3), M_ARENA_MAX)."""
M_ARENA_MAX = -8


def share_memory() -> None:
    """Let threads share their pools of memory, where the C library is one that can."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


class RequestCounter:
    """The application, and how many requests it is answering."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()
        self.at_work = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._add(1)
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._add(-1)
            raise
        return ClosingIterator(answer, lambda: self._add(-1))

    def _add(self, number: int) -> None:
        with self._lock:
            self.at_work += number


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that, asked to stop, ends its event streams, answers what it was asked, and goes."""

    _patience = GRACE_SECONDS - 1.0

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: no new requests; those at work are answered."""
        self._end_streams()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGINT and SIGQUIT: the same, but only what takes no longer than a moment."""
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
        return self.wsgi is not None and self.wsgi.wsgi_app.at_work > 0

    def _end_streams(self) -> None:
        if self.wsgi is not None:
            self.wsgi.extensions["bell"].close()


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings; it reads no configuration file and no command line."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the worker."""
        share_memory()
        configure_logs(self._settings.log_level)
        self._app = begin(create_app(self._settings))
        self._app.wsgi_app = RequestCounter(self._app.wsgi_app)  # type: ignore[method-assign]
        return self._app

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "bind": f"{settings.host}:{settings.port}",
            "worker_class": Worker,
            "workers": settings.workers,
            "threads": settings.threads + settings.event_streams,
            "worker_connections": 4 * (settings.threads + settings.event_streams),
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 15,
            "limit_request_line": 4094,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_exit": lambda _server, _worker: self._close(),
        }

    def _close(self) -> None:
        if self._app is not None:
            close_app(self._app)
        # Threads that hold a connection on which nothing was asked would be waited for.
        sys.stderr.flush()
        os._exit(0)


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    Server(settings).run()
