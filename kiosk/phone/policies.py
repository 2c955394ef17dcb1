"""The public pages of the policies: a list to search, each version's words, and what changed.

What it is for: anybody's phone, a desk, paper. The pages are the same for everybody, so they may be kept.
What it must not know: persons, accounts, visits, answers.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for

from kiosk.errors import StoreRefused
from kiosk.phone.keeping import choose_language, let_it_be_kept
from kiosk.policy_search import matching
from kiosk.rendering import current_language
from kiosk.services import services
from store_api.contract import PolicyPage

policies = Blueprint("policies", __name__, url_prefix="/policies")

LONGEST_SEARCH = 60

policies.before_request(choose_language)
policies.after_request(let_it_be_kept)


@policies.context_processor
def addresses() -> dict[str, object]:
    """Addresses that stay in the language that was chosen."""
    return {
        "at": _address,
        "in_language": lambda language: _here(language=language),
        "printed_address": services().settings.public_url + request.path,
    }


def _address(endpoint: str, **values: Any) -> str:
    chosen = {"language": g.language} if g.language_is_chosen else {}
    return url_for(f"policies.{endpoint}", **values, **chosen)


def _here(**changes: str) -> str:
    kept = {name: value for name, value in request.args.items() if name in ("q", "language")}
    values: dict[str, Any] = {**(request.view_args or {}), **kept, **changes}
    return url_for(str(request.endpoint), **values)


@policies.get("")
def list_all() -> Response:
    """The policies in force today; `q` searches their words."""
    wanted = request.args.get("q", "")[:LONGEST_SEARCH]
    found = matching(services().client("").policies().policies, current_language(), wanted)
    return Response(render_template("phone/policies.html", policies=found, q=wanted))


@policies.get("/<policy>")
def show_current(policy: str) -> Response:
    """The version in force, else the next, else the last."""
    return _show(policy, None, "phone/policy.html")


@policies.get("/<policy>/<int:version>")
def show_version(policy: str, version: int) -> Response:
    """One version's words."""
    return _show(policy, version, "phone/policy.html")


@policies.get("/<policy>/<int:version>/changes")
def show_changes(policy: str, version: int) -> Response:
    """What changed in a version against the one before it."""
    return _show(policy, version, "phone/changes.html")


def _show(policy: str, version: int | None, template: str) -> Response:
    page = find_page(services().client(""), policy, version)
    if page is None or (template == "phone/changes.html" and page.changes is None):
        return Response(render_template("phone/policy_missing.html"), status=404)
    return Response(render_template(template, page=page, policy=page.text))


def find_page(client: Any, policy: str, version: int | None) -> PolicyPage | None:
    """A policy's page; None where there is none. Raises StoreUnreachable, and StoreRefused for the rest."""
    try:
        found: PolicyPage = client.policy_page(policy, version)
    except StoreRefused as refused:
        if refused.problem.status not in (404, 422):
            raise
        return None
    return found
