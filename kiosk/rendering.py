"""How pages are made: words, dates, money, icons, the QR code, and the parts of a sheet.

What it is for: everything that templates may call, in one place, the same for every face.
What it must not know: routes, the store's client, what a visit is for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import segno
from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from kiosk import words
from kiosk.htmx import BROWSER_CONFIG
from kiosk.lighting import light_of
from kiosk.sessions import FACES, View, current_view, face_of
from kiosk.settings import Settings
from store_api.contract import Money, Sheet, SheetLine

STATIC_FOLDER = Path(__file__).resolve().parent.parent / "static"
TEMPLATE_FOLDER = STATIC_FOLDER.with_name("templates")
TONE_ICONS = {
    "yes": "check",
    "not_yet": "calendar",
    "question": "question",
    "no": "cross",
    "asked": "document",
}
STATUS_ICONS = {"met": "check", "unmet": "cross", "unknown": "question", "waived": "waived"}
KIND_ICONS = {"agrees": "edit", "question": "question", "use": "voucher"}
ENTRY_KINDS = frozenset({"term", "free", "agrees", "use", "question"})
MORE_KINDS = frozenset({"detail", "way"})
MOST_TRIES = 9999
BILL_KINDS = frozenset({"item", "credit", "total", "after"})


@dataclass(frozen=True)
class Entry:
    """A line with a status or a mark, and the lines that say more about it."""

    line: SheetLine
    more: tuple[SheetLine, ...] = ()


@dataclass(frozen=True)
class Part:
    """Lines of the same sort that follow one another."""

    kind: Literal["heading", "list", "bill", "text"]
    lines: tuple[SheetLine, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Block:
    """A region of the sheet: head, body or foot."""

    kind: Literal["head", "body", "foot"]
    lines: tuple[SheetLine, ...] = ()
    parts: tuple[Part, ...] = ()


def blocks(sheet: Sheet) -> tuple[Block, ...]:
    """The sheet's lines cut into regions. Reading them in order gives every line once, in its order."""
    lines = sheet.lines
    head = next((n for n, line in enumerate(lines) if line.kind not in ("verdict", "note")), len(lines))
    foot = next((n for n, line in enumerate(lines) if line.kind == "code"), len(lines))
    foot = max(head, foot)
    found = (
        Block("head", lines=lines[:head]),
        Block("body", lines=lines[head:foot], parts=_parts(lines[head:foot])),
        Block("foot", lines=lines[foot:]),
    )
    return tuple(block for block in found if block.lines)


def parts(lines: tuple[SheetLine, ...]) -> tuple[Part, ...]:
    """Lines that are no whole sheet, cut into headings, lists and texts, in their order."""
    return _parts(lines)


def _parts(lines: tuple[SheetLine, ...]) -> tuple[Part, ...]:
    found: list[Part] = []
    for line in lines:
        sort = _sort_of(line, found[-1] if found else None)
        if found and found[-1].kind == sort and sort != "heading":
            found[-1] = _longer(found[-1], line)
        else:
            found.append(_longer(Part(sort), line))
    return tuple(found)


def _sort_of(line: SheetLine, before: Part | None) -> Literal["heading", "list", "bill", "text"]:
    if line.kind == "heading":
        return "heading"
    if line.kind in ENTRY_KINDS or (line.kind in MORE_KINDS and before is not None and before.kind == "list"):
        return "list"
    return "bill" if line.kind in BILL_KINDS else "text"


def _longer(part: Part, line: SheetLine) -> Part:
    if part.kind != "list":
        return Part(part.kind, lines=(*part.lines, line))
    if line.kind in MORE_KINDS:
        last = part.entries[-1]
        return Part("list", entries=(*part.entries[:-1], Entry(last.line, (*last.more, line))))
    return Part("list", entries=(*part.entries, Entry(line)))


def verdict(sheet: Sheet) -> str:
    """The sheet's first line: its answer in one sentence."""
    return next((line.text for line in sheet.lines if line.kind == "verdict"), "")


def line_icon(line: SheetLine) -> str:
    """The name of the icon that stands beside a line's words."""
    if line.kind in KIND_ICONS:
        return KIND_ICONS[line.kind]
    return STATUS_ICONS.get(line.status or "", "dash")


def qr_picture(address: str) -> Markup:
    """The address as a QR code drawn in the page, with the quiet zone of ISO/IEC 18004."""
    # make_qr: a Micro QR code is not read by every phone.
    drawn = segno.make_qr(address, error="m").svg_inline(omitsize=True, border=4, dark="#000", svgclass=None)
    return Markup(drawn)  # noqa: S704


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str, versioned: bool = True) -> str:
    """The address of a file under static/, with its digest so that a new one is fetched."""
    return url_for("static", filename=name, v=_digest(name) if versioned else None)


def current_language() -> str:
    """The language of this page: the browser's choice, else the setting's."""
    settings: Settings = current_app.extensions["settings"]
    chosen = g.get("language") or session.get("language")
    return chosen if chosen in words.LANGUAGES else settings.language


def set_zone(zone: str) -> None:
    """The time zone in which this page writes times: the store's."""
    g.zone = ZoneInfo(zone)


def page_zone() -> ZoneInfo:
    """The zone of this page's times. Raises LookupError where nobody set one: no guess is shown as a time."""
    zone: ZoneInfo | None = g.get("zone")
    if zone is None:
        raise LookupError("this page writes a time and has no zone")
    return zone


def register_rendering(app: Flask, settings: Settings) -> None:
    """Give the templates of `app` their words and tools."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(_filters())
    app.jinja_env.globals.update(
        asset=asset,
        hidden=hidden_fields,
        light_of=light_of,
        line_icon=line_icon,
        tone_icon=TONE_ICONS.__getitem__,
        terms_address=lambda code: f"{settings.public_url}/t/{code}",
        language_name=lambda language: words.say(language, f"language.{language}"),
        htmx_config=BROWSER_CONFIG,
    )
    app.context_processor(_page_values)


def next_try() -> dict[str, int]:
    """For a page that finds out by itself: the number of its next try, and the seconds until then.

    1, 2, 4 and then 8 seconds: soon where a moment was enough, rarely where the trouble lasts.
    """
    told = request.args.get("try", "")
    number = min(int(told), MOST_TRIES) if told.isascii() and told.isdigit() and len(told) < 5 else 0
    return {"number": number + 1, "seconds": min(2**number, 8) if number < 4 else 8}


def hidden_fields() -> Markup:
    """What every form carries: its CSRF token, and one name for this attempt, so that sending it twice is
    sending it once."""
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="attempt" value="{}">'
    ).format(generate_csrf(), uuid.uuid4().hex)


def _filters() -> dict[str, Callable[..., object]]:
    def day(value: dt.date) -> str:
        return words.write_day(current_language(), value)

    def day_before(value: dt.date) -> str:
        return words.write_day(current_language(), value - dt.timedelta(days=1))

    def time_of_day(value: dt.datetime) -> str:
        return words.write_time(current_language(), value, page_zone())

    def date_of(value: dt.datetime) -> str:
        return words.write_day(current_language(), value.astimezone(page_zone()).date())

    def number(value: int) -> str:
        return words.write_number(current_language(), value)

    def money(value: Money) -> str:
        return words.write_money(current_language(), value)

    return {
        "blocks": blocks,
        "parts": parts,
        "verdict": verdict,
        "qr": qr_picture,
        "day": day,
        "day_before": day_before,
        "time_of_day": time_of_day,
        "date_of": date_of,
        "number": number,
        "money": money,
    }


def _page_values() -> dict[str, object]:
    language = current_language()
    face = face_of(request.path)
    # A page that anybody may keep is the same for everybody: no cookie is read for it and none is set.
    is_public = bool(g.get("is_public"))

    def translate(key: str, **values: object) -> str:
        return words.say(language, key, **values)

    return {
        "language": language,
        "other_languages": [other for other in words.LANGUAGES if other != language],
        "face": face if face in FACES else "phone",
        "view": View() if is_public else current_view(),
        "is_public": is_public,
        "t": translate,
        "months": lambda count: words.say_months(language, count),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
    }
