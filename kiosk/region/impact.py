"""The impact preview at the desk: start it, follow it as it comes, stop it, read what it found.

What it must not know: how a decision is made again; who may approve.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to, show, wants_fragment
from kiosk.impact_runs import ImpactRuns, ImpactView
from kiosk.region import findings
from kiosk.region.blueprint import attempt_key, client, region
from kiosk.region.faults import Faults
from kiosk.rendering import current_language
from kiosk.services import services
from kiosk.words import say
from store_api.contract import Draft, Impact, Words

DAYS = 90
LONGEST_DAYS = 730
CONFLICT = 409


def runs() -> ImpactRuns:
    """The previews of this process."""
    return services().impact_runs


@region.get("/drafts/<draft_id>/impact")
def impact(draft_id: str) -> AnyResponse:
    """How far the preview is, and who would get another answer."""
    return _impact_page(client().draft(draft_id))


def _impact_page(draft: Draft, faults: Faults | None = None, status: int = 200) -> Response:
    return show("region/impact.html", "region/_impact.html", status, **_values(draft), faults=faults or [])


def _values(draft: Draft) -> dict[str, object]:
    check = findings.check_of(draft, "impact")
    view = runs().find(draft.draft_id)
    of_this_text = view is not None and view.text_digest == draft.text_digest
    kept = check.impact if check is not None and check.state != "old" else None
    impact = _finished(view if of_this_text else None) or kept
    return {
        "draft": draft,
        "view": view if of_this_text else None,
        "impact": impact,
        "term_words": term_words(draft),
        "store_names": {store.store_id: store.name for store in impact.stores} if impact else {},
        "days": request.form.get("days", DAYS),
    }


def _finished(view: ImpactView | None) -> Impact | None:
    return view.progress.impact if view is not None and view.progress is not None else None


def term_words(draft: Draft) -> dict[str, Words]:
    """What each term of the draft says; a term of the version before goes by its id."""
    told: dict[str, dict[str, str]] = {}
    for sentence in draft.sentences:
        if sentence.kind == "term":
            told.setdefault(sentence.subject, {})[sentence.language] = sentence.says
    return dict(told)


@region.post("/drafts/<draft_id>/impact")
def start_impact(draft_id: str) -> AnyResponse:
    """Begin to decide the recorded decisions again under the text that is shown."""
    days = request.form.get("days", default=0, type=int)
    if not 1 <= days <= LONGEST_DAYS:
        faults = [("days", say(current_language(), "region.impact.days.wrong", most=LONGEST_DAYS))]
        return _impact_page(client().draft(draft_id), faults, 422)
    digest = request.form.get("text_digest", "")
    asked = client()
    try:
        run = asked.ask_impact(draft_id, digest, days, attempt_key("impact", draft_id, digest, days))
    except StoreRefused as refused:
        if refused.problem.status != CONFLICT:
            raise
        faults = [("", say(current_language(), "region.checks.changed"))]
        return _impact_page(asked.draft(draft_id), faults, 422)
    known = runs().find(draft_id)
    if known is None or known.run_id != run.run_id:
        runs().begin(draft_id, digest, days, run.run_id, asked)
    return go_to(url_for("region.impact", draft_id=draft_id))


@region.post("/drafts/<draft_id>/impact/cancel")
def cancel_impact(draft_id: str) -> AnyResponse:
    """Stop the preview; what it found so far is shown and does not count as a check."""
    runs().cancel(draft_id)
    return go_to(url_for("region.impact", draft_id=draft_id))


@region.get("/drafts/<draft_id>/impact/events")
def impact_events(draft_id: str) -> Response:
    """The page's moving part after each batch, as server-sent events, until the preview has ended."""
    draft = client().draft(draft_id)

    def events() -> Iterator[str]:
        yield "retry: 2000\n\n"
        for view in runs().changes(draft_id):
            if view is None:
                yield ": still here\n\n"
                continue
            moving = render_template("region/_impact_now.html", **_values(draft))
            yield _event("impact", moving)
            if view.state != "running":
                yield _event("over", view.state)

    headers = {"X-Accel-Buffering": "no"}
    return Response(stream_with_context(events()), mimetype="text/event-stream", headers=headers)


@region.get("/drafts/<draft_id>/impact/now")
def impact_now(draft_id: str) -> AnyResponse:
    """The page's moving part, for a browser to which events do not come; 286 tells htmx to ask no more."""
    if not wants_fragment():
        return go_to(url_for("region.impact", draft_id=draft_id))
    values = _values(client().draft(draft_id))
    view = values["view"]
    is_running = isinstance(view, ImpactView) and view.state == "running"
    return Response(render_template("region/_impact_now.html", **values), status=200 if is_running else 286)


def _event(name: str, text: str) -> str:
    lines = "\n".join(f"data: {line}" for line in text.splitlines())
    return f"event: {name}\n{lines}\n\n"
