"""Drafts at the desk: a carrier's file or pasted text, its faults at its lines, saving, checking, discarding.

What it must not know: what a policy may say; who may approve it.
"""

from __future__ import annotations

from flask import Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to, show
from kiosk.region import comparing, findings
from kiosk.region.blueprint import attempt_key, client, region
from kiosk.region.faults import Faults
from kiosk.region.marked_text import Remark, numbered
from kiosk.region.rewording import differing_lines
from kiosk.rendering import current_language
from kiosk.words import say
from store_api.contract import Draft

LARGEST_TEXT = 256 * 1024
CONFLICT = 409


@region.route("/drafts/new", methods=["GET", "POST"])
def new_draft() -> AnyResponse:
    """Upload a carrier's file, or paste its text."""
    if request.method == "GET":
        return _new_page("", [])
    text, faults = _text_from_form()
    if faults:
        return _new_page(text, faults, 422)
    draft = client().add_draft(text, attempt_key("draft", text))
    return _to_draft(draft)


def _new_page(text: str, faults: Faults, status: int = 200) -> Response:
    return Response(render_template("region/new_draft.html", text=text, faults=faults), status=status)


def _text_from_form() -> tuple[str, Faults]:
    """The text that was uploaded, else the one that was typed, with what keeps it from being saved."""
    language = current_language()
    upload = request.files.get("file")
    typed = request.form.get("text", "").replace("\r\n", "\n")
    text: str | None = typed
    field = "text"
    if upload is not None and upload.filename:
        field = "file"
        text = _decoded(upload.stream.read(LARGEST_TEXT + 1))
    if text is None:
        return typed, [(field, say(language, "region.draft.not_text"))]
    if not text.strip():
        return typed, [(field, say(language, "region.draft.empty"))]
    if len(text.encode()) > LARGEST_TEXT:
        return typed, [(field, say(language, "region.fault.too_large.text"))]
    return text, []


def _decoded(content: bytes) -> str | None:
    """A file's text, its line breaks as everywhere; None where it is no text in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n")


def _to_draft(draft: Draft) -> AnyResponse:
    return go_to(url_for("region.draft", draft_id=draft.draft_id))


# --- One draft -----------------------------------------------------------------------------------------


@region.get("/drafts/<draft_id>")
def draft(draft_id: str) -> AnyResponse:
    """A draft: its faults or findings at its lines, its checks, and what is still missing."""
    return draft_page(client().draft(draft_id))


def draft_page(found: Draft, faults: Faults | None = None, status: int = 200) -> Response:
    """The page of a draft, or of its part that changes."""
    return show(
        "region/draft.html",
        "region/_draft.html",
        status,
        draft=found,
        lines=numbered(found.text, findings.remarks(found, current_language())),
        checks=findings.checks(found),
        faults=faults or [],
    )


@region.route("/drafts/<draft_id>/edit", methods=["GET", "POST"])
def edit_draft(draft_id: str) -> AnyResponse:
    """Edit the text; where somebody else has saved meanwhile both texts are shown and nothing is lost."""
    found = client().draft(draft_id)
    if request.method == "GET":
        return _edit_page(found, found.text, found.revision)
    text, faults = _text_from_form()
    revision = request.form.get("revision", default=0, type=int)
    if faults:
        return _edit_page(found, text, revision, faults, status=422)
    if not 1 <= revision <= found.revision:
        return _edit_page(found, text, found.revision, [], is_conflict=True, status=409)
    try:
        key = attempt_key("edit", draft_id, revision, text)
        return _to_draft(client().edit_draft(draft_id, text, revision, key))
    except StoreRefused as refused:
        now = client().draft(draft_id)
        if refused.problem.status != CONFLICT or now.revision == revision:
            raise
        return _edit_page(now, text, now.revision, [], is_conflict=True, status=409)


def _edit_page(
    found: Draft,
    text: str,
    revision: int,
    faults: Faults | None = None,
    is_conflict: bool = False,
    status: int = 200,
) -> Response:
    page = render_template(
        "region/edit.html",
        draft=found,
        text=text,
        revision=revision,
        faults=faults or [],
        is_conflict=is_conflict,
        theirs=numbered(found.text, _differences(text, found.text)) if is_conflict else (),
    )
    return Response(page, status=status)


def _differences(mine: str, theirs: str) -> list[Remark]:
    """A note at each place where what is saved is not what was typed."""
    language = current_language()
    notes = []
    for place in differing_lines(mine, theirs):
        key = "region.draft.conflict.differs" if place.count else "region.draft.conflict.lacks"
        said = say(language, key, first=place.line, last=place.line + place.count - 1)
        notes.append(Remark(place.line, findings.first_sign(theirs, place.line), "", said, "note"))
    return notes


@region.post("/drafts/<draft_id>/checks")
def run_checks(draft_id: str) -> AnyResponse:
    """Run the checks on the text that is saved; the page that comes back shows what they found."""
    revision = request.form.get("revision", default=0, type=int)
    try:
        client().check_draft(draft_id, revision, attempt_key("check", draft_id, revision))
    except StoreRefused as refused:
        if refused.problem.status != CONFLICT:
            raise
        faults = [("", say(current_language(), "region.checks.changed"))]
        return draft_page(client().draft(draft_id), faults, 422)
    return go_to(url_for("region.draft", draft_id=draft_id))


@region.post("/drafts/<draft_id>/discard")
def discard_draft(draft_id: str) -> AnyResponse:
    """Put a draft away; versions in force are not touched."""
    revision = request.form.get("revision", default=0, type=int)
    try:
        client().withdraw_draft(draft_id, revision, attempt_key("discard", draft_id))
    except StoreRefused as refused:
        if refused.problem.status != CONFLICT:
            raise
        faults = [("", say(current_language(), "region.checks.changed"))]
        return draft_page(client().draft(draft_id), faults, 422)
    session["told"] = "region.draft.discarded"
    return go_to(url_for("region.policies"))


@region.get("/drafts/<draft_id>/comparison")
def comparison(draft_id: str) -> Response:
    """The draft beside the version before it."""
    found = client().draft(draft_id)
    compared = findings.comparison_of(found)
    old = compared.old_version if compared is not None else None
    before = client().version_document(found.policy, old) if found.policy and old else None
    told = comparing.terms_of(before), comparing.terms_of_draft(found)
    return Response(
        render_template(
            "region/comparison.html",
            draft=found,
            compared=compared,
            sides=comparing.sides(compared, *told) if compared is not None else (),
        )
    )
