"""Policies and their versions at the desk: the list, one version whole, its next one, the emergency stop.

What it must not know: drafts' texts and checks; how anything is decided.
"""

from __future__ import annotations

import datetime as dt

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to, show
from kiosk.region import comparing, shelf
from kiosk.region.blueprint import attempt_key, client, region
from kiosk.region.faults import Faults, answer_faults, pin_from_form
from kiosk.region.marked_text import numbered
from kiosk.rendering import current_language
from kiosk.words import say
from store_api.contract import StopAnswer, TermCounts

DAYS = 30
LONGEST_SEARCH = 60
LONGEST_REASON, SHORTEST_REASON = 400, 3


@region.get("/")
def home() -> AnyResponse:
    """The list of policies."""
    return go_to(url_for("region.policies"))


@region.get("/policies")
def policies() -> Response:
    """Every policy with what is in force, planned, in draft and stopped; search and filter in the address."""
    word = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    state = request.args.get("state", "")
    state = state if state in shelf.STATES else ""
    every = shelf.rows(client().all_versions().policies, client().drafts().drafts)
    return show(
        "region/policies.html",
        "region/_policies.html",
        rows=shelf.wanted(every, word, state),
        every=every,
        figures=shelf.figures(every),
        q=word,
        wanted=state,
        states=shelf.STATES,
    )


@region.get("/policies/<policy>/versions/<int:version>")
def version(policy: str, version: int) -> AnyResponse:
    """One version: its terms with readings and counts, benefit, dates, who approved it, and its stop."""
    return _version_page(policy, version)


def _version_page(
    policy: str, version: int, faults: Faults | None = None, status: int = 200, reason: str = ""
) -> Response:
    asked = client()
    document = asked.version_document(policy, version)
    page = render_template(
        "region/version.html",
        document=document,
        entry=document.entry,
        text=asked.policy(policy, version),
        versions=asked.versions(policy).versions,
        counts=_counts(policy, version),
        lines=numbered(document.text),
        faults=faults or [],
        reason=reason,
    )
    return Response(page, status=status)


def _counts(policy: str, version: int) -> TermCounts | None:
    """Counts beside the terms; a version's page does not fall because they cannot be had."""
    try:
        return client().term_counts(policy, version, DAYS)
    except StoreRefused:
        return None


@region.get("/policies/<policy>/versions/<int:version>/comparison")
def version_comparison(policy: str, version: int) -> Response:
    """What a version changed against the one before it."""
    asked = client()
    compared = asked.comparison(policy, version)
    document = asked.version_document(policy, version)
    before = asked.version_document(policy, compared.old_version) if compared.old_version else None
    sides = comparing.sides(compared, comparing.terms_of(before), comparing.terms_of(document))
    return Response(
        render_template(
            "region/version_comparison.html", entry=document.entry, compared=compared, sides=sides
        )
    )


# --- The version after it ----------------------------------------------------------------------------


@region.route("/policies/<policy>/versions/<int:version>/next", methods=["GET", "POST"])
def next_version(policy: str, version: int) -> AnyResponse:
    """Make the draft of the next version from this one; with a last day it ends the policy."""
    if request.method == "GET":
        return _next_page(policy, version, [])
    starts_on, last_day = _day("starts_on"), _day("last_day")
    faults = _day_faults(starts_on, last_day)
    if faults or starts_on is None:
        return _next_page(policy, version, faults, 422)
    ends_on = last_day + dt.timedelta(days=1) if last_day else None
    key = attempt_key("next", policy, version, starts_on, ends_on)
    draft = client().draft_successor(policy, version, starts_on, ends_on, key)
    return go_to(url_for("region.draft", draft_id=draft.draft_id))


def _next_page(policy: str, version: int, faults: Faults, status: int = 200) -> Response:
    entry = client().version_document(policy, version).entry
    page = render_template("region/next.html", entry=entry, faults=faults, typed=request.form)
    return Response(page, status=status)


def _day(field: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.form.get(field, "").strip())
    except ValueError:
        return None


def _day_faults(starts_on: dt.date | None, last_day: dt.date | None) -> Faults:
    language = current_language()
    faults: Faults = []
    if starts_on is None:
        faults.append(("starts_on", say(language, "region.next.no_day")))
    if last_day is None and request.form.get("last_day", "").strip():
        faults.append(("last_day", say(language, "region.next.no_day")))
    if starts_on is not None and last_day is not None and last_day < starts_on:
        faults.append(("last_day", say(language, "region.next.end_before_start")))
    return faults


# --- The emergency stop --------------------------------------------------------------------------------


@region.post("/policies/<policy>/versions/<int:version>/stop")
def ask_stop(policy: str, version: int) -> AnyResponse:
    """Ask for the emergency stop; somebody else confirms it."""
    reason = request.form.get("reason", "").strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        faults = [("reason", say(current_language(), "region.stop.reason.missing"))]
        return _version_page(policy, version, faults, 422, reason)
    return _after_stop(
        policy, version, client().ask_stop(policy, version, reason, attempt_key("stop", reason))
    )


@region.post("/policies/<policy>/versions/<int:version>/stop/withdraw")
def withdraw_stop(policy: str, version: int) -> AnyResponse:
    """Take back that a stop was asked for."""
    return _after_stop(policy, version, client().withdraw_stop(policy, version, attempt_key("no stop")))


@region.post("/policies/<policy>/versions/<int:version>/stop/confirm")
def confirm_stop(policy: str, version: int) -> AnyResponse:
    """Confirm the stop that somebody else asked for, with one's own PIN."""
    stop_id = request.form.get("stop_id", "")
    pin, faults = pin_from_form("stop_pin")
    if faults:
        return _version_page(policy, version, faults, 422)
    key = attempt_key("confirm stop", stop_id, pin)
    return _after_stop(policy, version, client().confirm_stop(policy, version, stop_id, pin, key))


def _after_stop(policy: str, version: int, answer: StopAnswer) -> AnyResponse:
    if answer.code is None:
        return go_to(url_for("region.version", policy=policy, version=version))
    return _version_page(policy, version, answer_faults("stop_pin", answer), 422)
