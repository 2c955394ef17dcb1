"""The service's own log: one JSON object a line, without anything of a person.

What it is for: what happened when, for operators. A request is logged by its route's pattern, never by
its address or body; an exception by its type and its place in the code, never by its message, which may
quote what somebody typed.
What it must not know: any feature.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Write JSON lines of at least `level` to a stream (standard error if none is given)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def log_requests(app: Flask) -> None:
    """Log every answer with its route, status, problem code, role and milliseconds."""
    app.before_request(_start)
    app.after_request(_finish)


def log_failure(error: BaseException) -> None:
    """Log an exception by type and place. Its message stays out: it may quote personal data."""
    _logger().error("request.failed", error=type(error).__name__, cause=_cause(error), at=places(error))


def places(error: BaseException) -> list[str]:
    """Where an exception passed, innermost last: file, line and function."""
    return [_place(frame) for frame in traceback.extract_tb(error.__traceback__)][-12:]


def _place(frame: traceback.FrameSummary) -> str:
    return "/".join(frame.filename.split("/")[-2:]) + f":{frame.lineno} {frame.name}"


def _cause(error: BaseException) -> str | None:
    original = getattr(error, "orig", None) or error.__cause__
    return type(original).__name__ if original is not None else None


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    caller = g.get("caller")
    _logger().info(
        "request.answered",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        code=g.get("problem_code"),
        role=caller.role if caller else None,
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
    )
    return response


def _logger() -> Any:
    return structlog.get_logger()
