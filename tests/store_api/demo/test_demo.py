"""The demo: loaded once, the same on every day, and shown with its secrets."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import phonenumbers
import pytest
from click.testing import CliRunner

from store_api import schema
from store_api.app import close_app, create_app
from store_api.cli import cli
from store_api.db import Database
from store_api.demo.service import demo_lines, demo_people, load_demo
from store_api.vouchers.service import read_code
from tests.store_api.factories import FakeClock, make_settings
from tests.store_api.story import Story, body_of, verdict_of


@pytest.mark.parametrize("day", ["2027-12-31", "2028-02-29", "2030-03-31"])
def test_the_stories_are_the_same_on_whatever_day_it_is_loaded(tmp_path: Path, day: str) -> None:
    today = dt.date.fromisoformat(day)
    settings = make_settings(f"sqlite:///{tmp_path / 'demo.db'}")
    database = Database(settings.database_url)
    schema.upgrade(database)
    assert load_demo(database, settings, today)
    clock = FakeClock(dt.datetime.combine(today, dt.time(16), dt.UTC))
    app = create_app(settings, database=database, clock=clock)
    story = Story(app, database, settings, clock)
    assert verdict_of(story.walk_in("Maya").get_yes()) == "Yes. $49.99 off this phone."
    sam = story.walk_in("Sam")
    sam.say()
    assert verdict_of(sam.ask()).startswith("Not yet. From ")
    close_app(app)
    database.close()


def test_loading_it_again_changes_nothing_but_the_age_of_what_billing_told(story: Story) -> None:
    before = body_of(story.kiosk.get("/v1/price-list"))
    story.clock.advance(days=3)
    assert not load_demo(story.database, story.settings, story.clock.now.date())
    assert body_of(story.kiosk.get("/v1/price-list")) == before
    omar = story.walk_in("Omar")
    assert len(omar.choices()["vouchers"]) == 1
    assert omar.ask_about({"policy": "device-upgrade"})["outcome"] == "not_eligible"


def test_everybody_has_a_fictional_number_and_a_pin(story: Story) -> None:
    people = [each for account in story.cast["accounts"] for each in account["people"]]
    for person in people:
        national = phonenumbers.parse(person["telephone"], None).national_number
        assert 5550100 <= national % 10_000_000 <= 5550199
        assert len(person["pin"]) == 4
    assert len({person["telephone"] for person in people}) == len(people)


def test_codes_and_pins_are_everybodys_and_tokens_are_this_installations(tmp_path: Path) -> None:
    one = make_settings(f"sqlite:///{tmp_path}/a.db")
    other = one.model_copy(update={"keys": one.keys.parse("o:" + "QUFB" * 12)})
    first, second = demo_people(one), demo_people(other)
    assert first["accounts"] == second["accounts"]
    assert first["staff"] == second["staff"]
    tokens = {each["token"] for each in [*first["devices"], *second["devices"]]}
    assert len(tokens) == 2 * len(first["devices"])


def test_what_is_shown_to_people_names_each_person_and_each_code(story: Story) -> None:
    shown = "\n".join(demo_lines(story.settings))
    for account in story.cast["accounts"]:
        for person in account["people"]:
            assert f"{person['name']}, {person['role']}" in shown
        for voucher in account["vouchers"]:
            assert voucher["code"] in shown
            assert read_code(voucher["code"]).trouble is None


def test_the_command_loads_the_demo_and_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMETERMS_DATABASE_URL", f"sqlite:///{tmp_path / 'demo.db'}")
    monkeypatch.setenv("SAMETERMS_KEYS", "k1:" + "QUFB" * 12)
    runner = CliRunner()
    assert runner.invoke(cli, ["db", "upgrade"]).exit_code == 0
    assert runner.invoke(cli, ["demo", "load"]).output == "The demo is loaded.\n"
    assert runner.invoke(cli, ["demo", "load"]).output == "The demo was there already.\n"
    shown = json.loads(runner.invoke(cli, ["demo", "show", "--json"]).output)
    assert [each["station"] for each in shown["devices"]][:3] == ["kiosk-1", "tablet-1", "till-1"]
    assert [each["name"] for each in shown["staff"]][:2] == ["Jordan", "Alex"]
