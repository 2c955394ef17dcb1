"""How the stores serve: their figures, as a table and as a file.

What it must not know: how a figure is made; anybody's name.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.region.blueprint import client, region
from kiosk.rendering import current_language
from kiosk.words import say
from store_api.contract import ServiceFigures, StoreFigures

COLUMNS = (
    "store_id", "name", "visits", "minutes_to_answer", "answers", "resolved_in_one_visit_percent", "rating",
    "ratings", "minutes_waiting", "minutes_calling", "misquoted_visits", "minutes_lost", "money_lost",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@region.get("/service")
def service() -> AnyResponse:
    """Figures by store; the days are in the address."""
    since, until = _day("since"), _day("until")
    try:
        found = client().service_figures(since, until)
    except StoreRefused as refused:
        if refused.problem.status != 422:
            raise
        faults = [("since", say(current_language(), "region.service.bad_days"))]
        return _page(client().service_figures(), faults, 422)
    return _page(found, [])


@region.get("/service.csv")
def service_file() -> Response:
    """The same as a file; what is too few to tell is empty there too."""
    figures = client().service_figures(_day("since"), _day("until"))
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows(_row(store) for store in figures.stores)
    name = f"service-{figures.since}-{figures.until}.csv"
    response = Response(written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _page(figures: ServiceFigures, faults: list[tuple[str, str]], status: int = 200) -> Response:
    longest = max((float(each.minutes_to_answer.value or 0) for each in figures.stores), default=0.0)
    page = render_template("region/service.html", figures=figures, faults=faults, longest=longest or 1.0)
    return Response(page, status=status)


def _row(store: StoreFigures) -> list[str]:
    lost = store.money_lost
    return [
        _safe(store.store_id),
        _safe(store.name),
        str(store.visits),
        store.minutes_to_answer.value or "",
        str(store.minutes_to_answer.sample),
        store.resolved_in_one_visit.value or "",
        store.rating.value or "",
        str(store.rating.sample),
        store.minutes_waiting.value or "",
        store.minutes_calling.value or "",
        str(store.misquoted_visits),
        store.minutes_lost.value or "",
        f"{lost.amount} {lost.currency}" if lost is not None else "",
    ]


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _day(field: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get(field, ""))
    except ValueError:
        return None
