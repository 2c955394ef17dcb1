"""The kiosk's application: joins settings, store, stations, devices and faces.

What it is for: the one module that knows every face, and the only one of this package that may import the
service's own code, for the set-up in which both live in one process.
What it must not know: what any page shows.
"""

from __future__ import annotations

import datetime as dt

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect

from kiosk.counter.routes import counter
from kiosk.faults import register_faults
from kiosk.htmx import register_htmx
from kiosk.phone.routes import phone
from kiosk.rendering import STATIC_FOLDER, TEMPLATE_FOLDER, register_rendering
from kiosk.scan.routes import LARGEST_PHOTO, scan
from kiosk.services import Services
from kiosk.sessions import FaceSessions
from kiosk.stations.routes import Desk, stations
from kiosk.tablet.routes import tablet

# Nothing from another host, nothing inline, nothing that could be framed or sent elsewhere.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FORM_FIELDS = 64 * 1024


def create_app(services: Services, desk: Desk | None = None) -> Flask:
    """The faces as a WSGI application. `desk` is the demo's own page and is absent everywhere else."""
    settings = services.settings
    app = Flask("kiosk", static_folder=str(STATIC_FOLDER), template_folder=str(TEMPLATE_FOLDER))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=dt.timedelta(seconds=settings.session_seconds),
        MAX_CONTENT_LENGTH=LARGEST_PHOTO + FORM_FIELDS,
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = FaceSessions()
    app.extensions.update(services=services, settings=settings, desk=desk)
    CSRFProtect(app)
    register_htmx(app)
    register_rendering(app, settings)
    register_faults(app)
    for blueprint in (stations, counter, scan, tablet, phone):
        app.register_blueprint(blueprint)
    app.after_request(_harden)
    return app


def _harden(response: Response) -> Response:
    """Headers of every answer; nothing but files of ours may be kept by a browser."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
    if not headers.get("Cache-Control", "").startswith(("public", "no-cache, max-age")) or _is_page(response):
        headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype in ("text/html", "text/event-stream")
