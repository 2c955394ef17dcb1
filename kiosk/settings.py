"""Settings of the kiosk's app: one frozen value, read once from the environment at the start.

What it is for: names, defaults, help and checks of every setting in one place; the table in the README
is made from `setting_rows`. What it must not know: Flask, the store's own settings, options of one start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from kiosk.errors import SettingError


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("a text that is not empty")
    return value.strip()


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("an address that begins with http:// or https://")
    return value.strip().rstrip("/")


def _optional_address(value: str) -> str:
    return _address(value) if value.strip() else ""


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.strip().isascii() and value.strip().isdecimal()) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return read


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0.1 <= seconds <= 120:
        raise ValueError("seconds from 0.1 to 120")
    return seconds


def _language(value: str) -> str:
    if value.strip() not in ("en", "es"):
        raise ValueError("en or es")
    return value.strip()


def _country(value: str) -> str:
    if value.strip().upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("a country of ISO 3166 with telephone numbers, such as US")
    return value.strip().upper()


def _paper(value: str) -> str:
    if value.strip().lower() not in ("", "letter", "a4", "80mm"):
        raise ValueError("letter, a4, 80mm or nothing")
    return value.strip().lower()


def _switch(value: str) -> bool:
    if value.strip().lower() not in ("true", "false"):
        raise ValueError("true or false")
    return value.strip().lower() == "true"


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone such as America/New_York") from None


def _setting(default: Any, read: Callable[[str], Any], help_text: str, is_shown: bool = True) -> Any:
    return field(default=default, repr=is_shown, metadata={"read": read, "help": help_text})


@dataclass(frozen=True)
class Settings:
    """Every setting, already checked. Durations are in seconds unless the name says otherwise."""

    public_url: str = _setting(
        "http://127.0.0.1:8080",
        _address,
        "Address under which a customer's phone reaches this app; QR codes carry it.",
    )
    store_url: str = _setting(
        "",
        _optional_address,
        "Address of store_api. Empty: it runs in this process, as in the one-box set-up.",
    )
    store_timeout: float = _setting(5.0, _seconds, "How long one request to store_api may take, in seconds.")
    secret_key: str = _setting(
        "", _text, "Signs and encrypts the cookies. No default outside the demo.", is_shown=False
    )
    secure_cookies: bool = _setting(
        False, _switch, "Send cookies over HTTPS only: true wherever the app has HTTPS."
    )
    stations_file: str = _setting(
        ".var/stations.json",
        _text,
        "Stations of this store and their device tokens.",
    )
    spool_file: str = _setting(
        ".var/kiosk-spool.sqlite",
        _text,
        "Unsettled requests and print jobs.",
    )
    camera: str = _setting(
        "", str.strip, "Camera of the first kiosk: a number, a picture, film or folder; none if empty."
    )
    printer: str = _setting(
        "",
        str.strip,
        "Printer of the kiosks, such as pdf:FOLDER or tcp://HOST:PORT?width=58 (docs/hardware.md).",
    )
    paper: str = _setting(
        "", _paper, "Paper of receipts as PDF: letter, a4 or 80mm; by KIOSK_COUNTRY, letter or a4, if empty."
    )
    scanner: str = _setting(
        "",
        str.strip,
        "Hand scanner of the first kiosk: auto, /dev/input/… or serial:/dev/tty…; else it types in the page.",
    )
    language: str = _setting("en", _language, "Language in which a fresh page begins: en or es.")
    country: str = _setting(
        "US", _country, "Country whose telephone numbers are typed without a prefix (ISO 3166)."
    )
    zone: str = _setting(
        "America/New_York", _zone, "Time zone in which a desk of the region writes times (IANA)."
    )
    idle_seconds: int = _setting(
        60, _whole(5, 600), "Seconds without a touch, key or scan before the kiosk asks."
    )
    warning_seconds: int = _setting(
        30, _whole(20, 300), "Seconds of that warning before the visit ends by itself."
    )
    done_seconds: int = _setting(20, _whole(5, 300), "Seconds for which the last page stands.")
    session_seconds: int = _setting(
        600, _whole(60, 86400), "Age at which the kiosk's cookie is no longer accepted."
    )
    scanner_prefix: str = _setting(
        "", str.strip, "Characters that a hand scanner sends before a code, if any."
    )


def setting_name(field_name: str) -> str:
    """`idle_seconds` is KIOSK_IDLE_SECONDS in the environment."""
    return f"KIOSK_{field_name.upper()}"


def read_settings(environment: Mapping[str, str], **defaults: Any) -> Settings:
    """Settings from `environment`; `defaults` stand in for what it lacks (the demo's own).

    Raises SettingError with the setting's name where a value is wrong, and for an unknown KIOSK_ name.
    """
    known = {setting_name(entry.name): entry for entry in fields(Settings)}
    unknown = sorted(name for name in environment if name.startswith("KIOSK_") and name not in known)
    if unknown:
        raise SettingError(f"{unknown[0]} is not a setting of the kiosk. Look in the README for the names.")
    values = dict(defaults)
    for name, entry in known.items():
        if name in environment:
            values[entry.name] = _read_one(name, entry.metadata["read"], environment[name])
    settings = Settings(**values)
    if not settings.secret_key:
        raise SettingError("KIOSK_SECRET_KEY is missing. Set it to a long random text.")
    return settings


def _read_one(name: str, read: Callable[[str], Any], value: str) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise SettingError(f"{name} is {value!r}; it must be {error}.") from None


def setting_rows() -> Iterator[tuple[str, str, str]]:
    """(name, default, help) of every setting, in order; a default of "" is shown as (none)."""
    for entry in fields(Settings):
        default = entry.default if entry.default != "" else "(none)"
        yield setting_name(entry.name), str(default), entry.metadata["help"]
