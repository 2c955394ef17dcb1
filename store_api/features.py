"""The features that app.py composes: their routes, and who knows which kind of token.

What it is for: one list to add a feature to.
What it must not know: how a feature works.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.auth import Finder

BLUEPRINTS: tuple[APIBlueprint, ...] = ()

FINDERS: dict[str, Finder] = {}
