"""What a browser keeps: one signed cookie a face, and one that pairs it with its station.

What it is for: the faces of one app do not share a cookie, so that leaving the kiosk never signs a tablet
out, and a browser of the demo can hold both. A face's cookie carries a visit's identifier or a sealed staff
token, the language and how the page looks; nothing of a person or an account.
What it must not know: what a visit holds.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeSerializer

FACES = ("counter", "tablet", "region", "care", "phone")
# Longer than any session of staff: how long one lasts is the service's to say, which is asked every time.
STAFF_COOKIE_SECONDS = 24 * 3600
Size = Literal["normal", "large"]
Contrast = Literal["normal", "high"]


def face_of(path: str) -> str:
    """The face to which an address belongs: the first part of its path, else `public`."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in FACES else "public"


class FaceSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, but with a name and a path for each face."""

    def get_cookie_name(self, app: Flask) -> str:
        """The face's own name: `counter`, `tablet`, `region`, `care`, `phone` or `public`."""
        return face_of(request.path)

    def get_cookie_path(self, app: Flask) -> str:
        """The face's own path."""
        face = face_of(request.path)
        return "/" if face == "public" else f"/{face}"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the face's cookie holds; an age at which it is no longer accepted is the kiosk's alone."""
        serializer = self.get_signing_serializer(app)
        if serializer is None or face_of(request.path) in ("counter", "public"):
            return super().open_session(app, request)
        try:
            kept = request.cookies.get(self.get_cookie_name(app), "")
            return self.session_class(serializer.loads(kept, max_age=STAFF_COOKIE_SECONDS))
        except BadSignature:
            return self.session_class()


@dataclass(frozen=True)
class View:
    """How a page looks to its reader."""

    size: Size = "normal"
    contrast: Contrast = "normal"


def current_view() -> View:
    """The look that this browser chose."""
    return View(
        size="large" if session.get("size") == "large" else "normal",
        contrast="high" if session.get("contrast") == "high" else "normal",
    )


def set_view(choices: dict[str, str]) -> None:
    """Keep a chosen size or contrast; other values are ignored."""
    for name, allowed in (("size", ("normal", "large")), ("contrast", ("normal", "high"))):
        if choices.get(name) in allowed:
            session[name] = choices[name]


def seal(token: str) -> str:
    """A token as text that only this app can open again."""
    return _fernet().encrypt(token.encode()).decode()


def unseal(text: str, seconds: int | None = None) -> str | None:
    """The token in `text`; None where it was not sealed here, or longer ago than `seconds`."""
    try:
        return _fernet().decrypt(text.encode(), ttl=seconds).decode()
    except InvalidToken:
        return None


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"sealed tokens\0" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def set_station_cookie(response: Response, face: str, station: str, *, secure: bool) -> None:
    """Pair the browser with a station for a face that has stations, until another one is paired."""
    response.set_cookie(
        f"station_{face}",
        _station_serializer().dumps({"face": face, "station": station}),
        max_age=366 * 24 * 3600,
        path=f"/{face}",
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def read_station_cookie(face: str) -> str | None:
    """The name of the station with which this browser is paired for `face`."""
    try:
        value: Any = _station_serializer().loads(request.cookies.get(f"station_{face}", ""))
    except BadSignature:
        return None
    return str(value["station"]) if value.get("face") == face else None


def _station_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="station")
