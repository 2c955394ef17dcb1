"""The server: one process with threads for pages and for event streams, and a clean end.

What it is for: gunicorn with our settings, and one port for the faces and the API.
What it must not know: any page, any route of the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# A page that waits holds a thread for its stream, and one more for a camera's picture.
THREADS = 48
GRACE_SECONDS = 5
API_PATHS = ("/v1", "/healthz", "/readyz", "/metrics")


class OnePort:
    """The faces and the API behind one port: the API has its own few paths, the faces have the rest."""

    def __init__(self, faces: Wsgi, api: Wsgi, closers: Iterable[Callable[[], None]]) -> None:
        self._faces = faces
        self._api = api
        self._closers = tuple(closers)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        is_api = any(path == own or path.startswith(f"{own}/") for own in API_PATHS)
        return (self._api if is_api else self._faces)(environ, start_response)

    def close(self) -> None:
        """End streams and devices; requests that are under way are still answered."""
        for close in self._closers:
            close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that ends its streams as soon as it is asked to stop, because it waits for its threads."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: answer what was asked, then go."""
        self._close()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGINT: go now."""
        self._close()
        super().handle_quit(sig, frame)

    def _close(self) -> None:
        if self.wsgi is not None:
            self.wsgi.close()


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
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> OnePort:
        """Make the application, in the worker."""
        return self._make()
