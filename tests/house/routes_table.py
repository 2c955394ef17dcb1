"""Writes the table of routes and roles into docs/api.md, and prints it as a matrix of role by route.

`python -m tests.house.routes_table` writes the document; `--print` prints the matrix for people to read.
What it must not know: what any route does.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import get_args

from flask import Flask

from store_api.app import close_app, create_app
from store_api.contract import Role
from tests.store_api.factories import make_settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
METHODS = ("GET", "POST", "PUT", "DELETE")
Row = tuple[str, str, frozenset[str]]


def rows_of(app: Flask) -> list[Row]:
    """(method, path, roles) of every route, by path."""
    found = [
        (re.sub(r"<([^>]+)>", r"{\1}", rule.rule), METHODS.index(method), method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    ]
    views = app.view_functions
    return [
        (method, path, views[name].allowed_roles)  # type: ignore[attr-defined]  # the decorator sets it
        for path, _, method, name in sorted(found)
    ]


def write(text: str, rows: list[Row]) -> str:
    """The document with its table made anew."""
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("| `"))
    last = first
    while lines[last].startswith("| `"):
        last += 1
    table = [f"| `{method} {path}` | {' '.join(sorted(roles))} |" for method, path, roles in rows]
    return "\n".join([*lines[:first], *table, *lines[last:]])


def matrix(rows: list[Row]) -> str:
    """A line a route, a column a role."""
    roles = get_args(Role)
    width = max(len(f"{method} {path}") for method, path, _ in rows)
    head = " " * width + "  " + "  ".join(roles)
    body = (
        f"{f'{method} {path}':{width}}  "
        + "  ".join(("x" if role in allowed else ".").center(len(role)) for role in roles)
        for method, path, allowed in rows
    )
    return "\n".join([head, *body])


def main() -> None:
    """Write the document, or print the matrix."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(f"sqlite:///{folder}/routes.db"))
        rows = rows_of(app)
        close_app(app)
    if "--print" in sys.argv:
        print(matrix(rows))
    else:
        DOCUMENT.write_text(write(DOCUMENT.read_text(encoding="utf-8"), rows), encoding="utf-8")


if __name__ == "__main__":
    main()
