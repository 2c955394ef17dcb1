"""The stations: a store's kiosk with its devices, its tablet, a desk of the region; each with a device token.

What it is for: naming stations, keeping their tokens on this side, and pairing a browser with one by a code
that works once. What it must not know: Flask, what a face shows.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from kiosk.errors import SettingError

Face = Literal["counter", "tablet", "region", "care"]
STARTS: dict[str, str] = {
    "counter": "counter.start",
    "tablet": "tablet.visits",
    "region": "region.policies",
    "care": "care.home",
}
"""The first page of each face, as an endpoint."""
DESKS = frozenset({"region", "care"})
# Without the letters and digits that are mistaken for one another (Crockford's base 32).
PAIRING_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRING_LENGTH = 8


@dataclass(frozen=True)
class Station:
    """One place in a store, or a desk of no store; `token` is its device token for the service."""

    name: str
    label: str
    face: Face
    token: str = field(repr=False)
    store_id: str | None = None


class Stations:
    """The stations by name, and the pairing code that each has at the moment. Safe across threads."""

    def __init__(self, stations: Iterable[Station]) -> None:
        self._stations = {station.name: station for station in stations}
        self._codes = {name: _new_code() for name in self._stations}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Station]:
        return iter(self._stations.values())

    def find(self, name: str | None, face: str) -> Station | None:
        """The station of that name, if it is one of that face."""
        station = self._stations.get(name or "")
        return station if station is not None and station.face == face else None

    def of_face(self, face: Face) -> tuple[Station, ...]:
        """Every station of a face, in the order given."""
        return tuple(station for station in self._stations.values() if station.face == face)

    def pairing_code(self, name: str) -> str:
        """The code that pairs the next browser with this station: "4K7M-9QXT"."""
        with self._lock:
            code = self._codes[name]
        return f"{code[:4]}-{code[4:]}"

    def pair(self, typed: str) -> Station | None:
        """The station of a pairing code, which is then used up; None for any other text."""
        wanted = "".join(sign for sign in typed.upper() if sign.isalnum()).encode()
        with self._lock:
            for name, code in self._codes.items():
                if secrets.compare_digest(wanted, code.encode()):
                    self._codes[name] = _new_code()
                    return self._stations[name]
        return None


def _new_code() -> str:
    return "".join(secrets.choice(PAIRING_ALPHABET) for _ in range(PAIRING_LENGTH))


def read_stations(path: Path) -> Stations:
    """Stations from a JSON file: [{"name", "label", "face", "token", "store_id"}, …].

    `face` is "counter", "tablet", "region" or "care". A desk (the last two) belongs to no store and has no
    `store_id`.

    Raises SettingError where the file is missing or is not that.
    """
    try:
        found = TypeAdapter(list[Station]).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise SettingError(f"KIOSK_STATIONS_FILE is {str(path)!r}, which cannot be used: {error}") from None
    if not found:
        raise SettingError(f"KIOSK_STATIONS_FILE is {str(path)!r}, which names no station.")
    homeless = [station.name for station in found if station.face not in DESKS and not station.store_id]
    if homeless:
        raise SettingError(f"KIOSK_STATIONS_FILE is {str(path)!r}: {homeless[0]} needs a store_id.")
    return Stations(found)
