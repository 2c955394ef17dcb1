"""A wrong setting stops the start with its name; every setting says what it is."""

from __future__ import annotations

import pytest

from kiosk.errors import SettingError
from kiosk.settings import read_settings, setting_rows

SECRET = {"KIOSK_SECRET_KEY": "long enough for a test"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KIOSK_PUBLIC_URL", "terms.example"),
        ("KIOSK_STORE_TIMEOUT", "soon"),
        ("KIOSK_STORE_TIMEOUT", "0"),
        ("KIOSK_IDLE_SECONDS", "-1"),
        ("KIOSK_IDLE_SECONDS", "١٢"),
        ("KIOSK_WARNING_SECONDS", "5"),
        ("KIOSK_SECURE_COOKIES", "yes"),
        ("KIOSK_LANGUAGE", "fr"),
        ("KIOSK_STORE_URL", "ftp://store"),
        ("KIOSK_COUNTRY", "zz"),
        ("KIOSK_SPOOL_FILE", " "),
        ("KIOSK_IDEL_SECONDS", "60"),
    ],
)
def test_a_wrong_value_stops_the_start_with_the_settings_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read_settings({**SECRET, name: value})


def test_there_is_no_default_secret() -> None:
    with pytest.raises(SettingError, match="KIOSK_SECRET_KEY"):
        read_settings({})


def test_what_is_set_goes_before_what_the_demo_chose() -> None:
    settings = read_settings({**SECRET, "KIOSK_IDLE_SECONDS": "30"}, idle_seconds=90, done_seconds=10)
    assert (settings.idle_seconds, settings.done_seconds) == (30, 10)


def test_every_setting_has_a_row_with_its_default_and_help() -> None:
    rows = {name: (default, text) for name, default, text in setting_rows()}
    assert rows["KIOSK_IDLE_SECONDS"][0] == "60"
    assert rows["KIOSK_SECRET_KEY"][0] == "(none)"
    assert all(text.endswith(".") for _, text in rows.values())
