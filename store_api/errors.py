"""Everything that stops a request, and its answer as RFC 9457 problem JSON.

What it is for: exceptions that mean "could not decide" (a "no" is a value and never one of these), with a
stable code, words in English and Spanish, and what to do next.
What it must not know: any feature, the database.

    ApiError
    ├── BadRequest 400          the request could not be read
    ├── NotSignedIn 401         no token, or one that is not valid
    ├── NotAllowed 403          the token's role or place may not do this
    ├── NotFound 404            nothing by that name that the caller may see
    ├── MethodNotAllowed 405    known address, other method
    ├── Conflict 409            the state does not allow it now
    ├── TooLarge 413            body over the limit
    ├── WrongMediaType 415      not application/json
    ├── Invalid 422             read, but not valid; names each fault by JSON pointer
    ├── TooMany 429             too many wrong tries
    ├── Failed 500              our fault; the log has it
    └── Unavailable 503         no turn in time; nothing was done
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from store_api.contract import FieldError, Problem
from store_api.problem_words import TITLES, WORDS

SUPPORTED = ("en", "es")


class ApiError(Exception):
    """A request that ends without an answer. `code` is stable; its words are in problem_words.py."""

    status = 500
    code = "service.failed"

    def __init__(
        self, code: str | None = None, *, errors: tuple[FieldError, ...] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.errors = errors
        self.retry_after = retry_after


class BadRequest(ApiError):
    """400."""

    status, code = 400, "request.malformed"


class NotSignedIn(ApiError):
    """401."""

    status, code = 401, "auth.token_missing"


class NotAllowed(ApiError):
    """403."""

    status, code = 403, "auth.role_not_allowed"


class NotFound(ApiError):
    """404."""

    status, code = 404, "resource.not_found"


class MethodNotAllowed(ApiError):
    """405."""

    status, code = 405, "request.method_not_allowed"


class Conflict(ApiError):
    """409."""

    status, code = 409, "resource.conflict"


class TooLarge(ApiError):
    """413."""

    status, code = 413, "request.too_large"


class WrongMediaType(ApiError):
    """415."""

    status, code = 415, "request.wrong_media_type"


class Invalid(ApiError):
    """422."""

    status, code = 422, "request.invalid"


class TooMany(ApiError):
    """429."""

    status, code = 429, "request.too_many"


class Failed(ApiError):
    """500."""

    status, code = 500, "service.failed"


class Unavailable(ApiError):
    """503."""

    status, code = 503, "service.busy"


_BY_STATUS: dict[int, type[ApiError]] = {
    kind.status: kind for kind in (BadRequest, NotFound, MethodNotAllowed, TooLarge, WrongMediaType, TooMany)
}


def current_language() -> str:
    """The language of whoever made the request."""
    return request.accept_languages.best_match(SUPPORTED, default="en") or "en"


def answer(error: ApiError) -> Response:
    """The problem JSON of an error, in the caller's language."""
    language = current_language()
    words = WORDS.get(error.code) or WORDS[type(error).code]
    g.problem_code = error.code
    problem = Problem(
        title=TITLES[error.status][language],
        status=error.status,
        code=error.code,
        detail=words[language],
        errors=error.errors,
    )
    response = Response(problem.model_dump_json(), error.status, content_type="application/problem+json")
    response.headers["Content-Language"] = language
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def invalid_from(error: ValidationError, root: str = "") -> Invalid:
    """A validation error as 422 with a JSON pointer for each fault. Values are never repeated."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return Invalid(
        errors=tuple(
            FieldError(pointer=root + _pointer(fault["loc"]), detail=fault["msg"]) for fault in faults
        )
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def from_http(error: HTTPException) -> ApiError:
    """The framework's own errors (unknown address, wrong method, …) in our tree."""
    return _BY_STATUS.get(error.code or 500, BadRequest if 400 <= (error.code or 500) < 500 else Failed)()


def register_errors(app: Flask, report: Callable[[BaseException], None]) -> None:
    """Answer every exception as problem JSON; what nobody foresaw goes to `report` and never out."""

    def fail(error: Exception) -> Response:
        report(error)
        return answer(Failed())

    app.register_error_handler(ApiError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, fail)


def _answer_http(error: HTTPException) -> Response:
    response = answer(from_http(error))
    allowed = getattr(error, "valid_methods", None)
    if error.code == 405 and allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
