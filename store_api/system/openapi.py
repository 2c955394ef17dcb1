"""The API's own description: OpenAPI 3.1 as JSON, and a readable page made from it.

What it is for: every operation says who may call it, whether it takes an Idempotency-Key, and how it
answers when it cannot.
What it must not know: any feature.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from flask import Flask, Response, current_app, render_template_string
from flask_openapi3 import APIBlueprint, OpenAPI

from store_api.auth import allow
from store_api.contract import Problem
from store_api.problem_words import TITLES

api = APIBlueprint("openapi", __name__)

COMMON = (401, 403, 422, 429, 503)
WRITE = (400, 404, 409, 413, 415)
STYLE = """
body { font: 1.125rem/1.5 system-ui, sans-serif; color: #12222b; background: #fffdf7; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 0; } code { font-size: 1rem; overflow-wrap: anywhere; }
"""
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ info.title }} API {{ info.version }}</title><style>{{ style|safe }}</style></head><body>
<h1>{{ info.title }} API {{ info.version }}</h1>
<p>The full description, for programs, is at <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
{% for path, operations in paths.items() %}{% for method, operation in operations.items() %}
<h2><code>{{ method|upper }} {{ path }}</code></h2>
<p>{{ operation.summary }}<br>For: {{ operation["x-roles"]|join(", ") }}.
Answers: {{ operation.responses|join(", ") }}.</p>
{% endfor %}{% endfor %}</body></html>
"""


@api.get("/v1/openapi.json", doc_ui=False)
@allow("public")
def show_description() -> Response:
    """Describe the API as OpenAPI 3.1."""
    return Response(json.dumps(_description(current_app)), content_type="application/json")


@api.get("/v1/docs", doc_ui=False)
@allow("public")
def show_page() -> Response:
    """Describe the API for people."""
    spec = _description(current_app)
    page = render_template_string(PAGE, info=spec["info"], paths=spec["paths"], style=STYLE)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; frame-ancestors 'none'"
    )
    return response


def describe(app: OpenAPI) -> dict[str, Any]:
    """The OpenAPI description of an application, completed with roles, keys and problems."""
    spec: dict[str, Any] = json.loads(json.dumps(app.api_doc))
    schemas = spec["components"]["schemas"]
    for name in [name for name in schemas if name.startswith("ValidationError")]:
        del schemas[name]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    spec["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            operation = spec["paths"].get(path, {}).get(method.lower())
            if operation is not None:
                _complete(operation, app.view_functions[rule.endpoint])
    return spec


def _description(app: Flask) -> dict[str, Any]:
    spec: dict[str, Any] = app.extensions["description"]
    return spec


def _complete(operation: dict[str, Any], view: Any) -> None:
    roles = sorted(view.allowed_roles)
    operation["x-roles"] = roles
    operation["security"] = [] if roles == ["public"] else [{"bearer": []}]
    operation["responses"].pop("422", None)
    statuses: tuple[int, ...] = COMMON
    if getattr(view, "takes_key", False):
        operation.setdefault("parameters", []).append(_key_parameter())
    if "requestBody" in operation or getattr(view, "takes_key", False):
        statuses += WRITE
    parameters = operation.get("parameters", [])
    # A 404 that a route declares by itself is a problem like every other.
    if operation["responses"].pop("404", None) or any(_names_something(each) for each in parameters):
        statuses += (404,)
    for status in sorted(statuses):
        operation["responses"].setdefault(str(status), _problem(status))


def _names_something(parameter: dict[str, Any]) -> bool:
    """Whether there may be nothing by what a parameter says: in the path, or an identifier in the query."""
    name: str = parameter["name"]
    return parameter["in"] == "path" or (parameter["in"] == "query" and name.endswith("_id"))


def _key_parameter() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Makes a repeat of the same request safe: it gets the first answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_.:-]+$"},
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status]["en"],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
