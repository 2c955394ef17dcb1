"""Every sentence is there in every language, and everything that a page says is in the catalogue."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.rendering import TEMPLATE_FOLDER
from kiosk.words import LANGUAGES, catalogue, say, say_months, write_day, write_money, write_time
from tests.kiosk.factories import money

PLACE = re.compile(r"\{\w+\}")
KEY = re.compile(r"\bt\([\"']([\w.]+)[\"'](\s*~)?")
SAID = re.compile(r"say\((?:\w+|current_language\(\)), \"([\w.]+)\"")
# The demo's desk and the map of an unknown place are for whoever runs the demo, in English.
NOT_FOR_CUSTOMERS = {"stations/desk.html"}


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATE_FOLDER.rglob("*.html"))


def test_a_sentence_has_every_language_and_the_same_places() -> None:
    wrong = {}
    for key, sentences in catalogue().items():
        places = {tuple(sorted(PLACE.findall(text))) for text in sentences.values()}
        is_clean = all(text and text == text.strip() and "!" not in text for text in sentences.values())
        if set(sentences) != set(LANGUAGES) or len(places) != 1 or not is_clean:
            wrong[key] = sentences
    assert wrong == {}


def test_everything_that_templates_and_routes_say_is_in_the_catalogue() -> None:
    keys = catalogue()
    missing = set()
    for path in templates():
        for key, grows in KEY.findall(path.read_text()):
            known = any(each.startswith(key) for each in keys) if grows else key in keys
            missing |= set() if known else {f"{path.name}: {key}"}
    for path in Path(TEMPLATE_FOLDER.parent / "kiosk").rglob("*.py"):
        missing |= {f"{path.name}: {key}" for key in SAID.findall(path.read_text()) if key not in keys}
    assert missing == set()


def test_every_sentence_is_said_somewhere() -> None:
    sources = "".join(path.read_text() for path in templates())
    sources += "".join(path.read_text() for path in (TEMPLATE_FOLDER.parent / "kiosk").rglob("*.py"))
    grown = {key for key, grows in KEY.findall(sources) if grows}
    grown |= set(re.findall(r"f\"([\w.]+\.)\{", sources)) | {
        "months.",
        "question.unit.",
        "no.",
        "tablet.order.",
    }
    unused = {
        key
        for key in catalogue()
        if f'"{key}"' not in sources
        and f"'{key}'" not in sources
        and not any(key.startswith(each) for each in grown)
    }
    assert unused == set()


def test_no_template_has_words_of_its_own() -> None:
    wordy = {}
    for path in templates():
        name = str(path.relative_to(TEMPLATE_FOLDER))
        text = re.sub(r"\{% block \w+_class %\}.*?\{% endblock %\}", " ", path.read_text())
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
        found = set(re.findall(r"[A-Za-zÀ-ÿ]{3,}", text)) - {"Sameterms"}
        if found and name not in NOT_FOR_CUSTOMERS:
            wordy[name] = found
    assert wordy == {}


def test_dates_money_and_times_are_written_as_the_language_does() -> None:
    day = dt.date(2027, 3, 14)
    assert (write_day("en", day), write_day("es", day)) == ("14 March 2027", "14 de marzo de 2027")
    assert write_money("en", money("1049.90")) == "$1,049.90"
    assert write_money("es", money("49.99")) == "$49.99"
    moment = dt.datetime(2026, 11, 21, 16, 7, tzinfo=dt.UTC)
    assert write_time("en", moment, ZoneInfo("America/New_York")).replace("\u202f", " ") == "11:07 AM"
    assert [say_months("en", count) for count in (0, 1, 24)] == ["No renewal", "1 month", "24 months"]


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("en", "nothing.like.this")
