"""Pages that are the same for everybody and may be kept: their language, their life, their validator.

What it is for: no cookie is read or set for such a page; its language is in the address or follows from
Accept-Language, and nothing else may change it.
What it must not know: what any page shows.
"""

from __future__ import annotations

import hashlib

from flask import Response, g, request

from kiosk.services import services
from kiosk.words import LANGUAGES

MAX_AGE = 300
"""Seconds for which a page may be shown unasked: as long as a new version may take to be seen by all."""


def choose_language() -> None:
    """The language of the address, else that of the browser, else the setting's."""
    g.is_public = True
    wanted = request.args.get("language")
    g.language_is_chosen = wanted in LANGUAGES
    heard = request.accept_languages.best_match(LANGUAGES, default=services().settings.language)
    g.language = wanted if g.language_is_chosen else heard


def let_it_be_kept(response: Response) -> Response:
    """A strong validator and a short life for a page that was found; nothing for any other answer."""
    if not g.language_is_chosen:
        response.vary.add("Accept-Language")
    if response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
        response.headers["Content-Language"] = g.language
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
        response.make_conditional(request)
    return response
