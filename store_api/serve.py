"""The service behind gunicorn: threads for requests and for event streams, a clean end.

What it is for: `python3 -m store_api serve`.
What it must not know: any feature.

Each worker process makes its own application after the fork, because neither a database connection nor a
file lock may be shared with a parent. On SIGTERM a worker ends its event streams first, then answers what
it was asked, then closes its connections.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from store_api.app import close_app, create_app, start_background
from store_api.logs import configure_logs
from store_api.settings import Settings

GRACE_SECONDS = 20
"""How long a worker may take to answer what it was asked before it is ended."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker whose event streams end as soon as it is asked to stop: it waits for its threads."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: no new requests."""
        self._end_streams()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGINT and SIGQUIT: at once."""
        self._end_streams()
        super().handle_quit(sig, frame)

    def _end_streams(self) -> None:
        if self.wsgi is not None:
            self.wsgi.extensions["bell"].closing.set()


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
        configure_logs(self._settings.log_level)
        self._app = create_app(self._settings)
        start_background(self._app)
        structlog.get_logger().info("service.started", database=self._app.extensions["database"].describe())
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


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    Server(settings).run()
