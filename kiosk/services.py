"""What a request may use: settings, connection, stations, live news, devices; made once at the start.

What it must not know: any route.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from flask import abort, current_app

from kiosk.devices import Devices
from kiosk.ledger import Ledger, NoLedger, Settler
from kiosk.live import Live
from kiosk.rendering import current_language
from kiosk.sessions import read_station_cookie
from kiosk.settings import Settings
from kiosk.stations.registry import Face, Station, Stations
from kiosk.store_client import StoreClient
from store_api.contract import Store

Connection = httpx.Client


@dataclass(frozen=True)
class Services:
    """The long-lived things of this app. `sleep` waits between tries; tests give their own."""

    settings: Settings
    http: httpx.Client
    stations: Stations
    live: Mapping[str, Live]
    devices: Devices
    ledger: Ledger = field(default_factory=NoLedger)
    sleep: Callable[[float], None] = time.sleep
    settler: Settler | None = None

    def client(self, token: str) -> StoreClient:
        """A client for one token, answering in the language of this page."""
        return StoreClient(self.http, token, current_language(), self.sleep, self.ledger)

    def end_streams(self) -> None:
        """End every page's stream; everything else goes on."""
        for live in self.live.values():
            live.stop()

    def close(self) -> None:
        """End the streams, let the devices go, close the connection."""
        self.end_streams()
        if self.settler is not None:
            self.settler.stop()
        self.devices.close()
        self.http.close()


def follow_stores(http: httpx.Client, stations: Stations) -> dict[str, Live]:
    """Live news of every store that has a station here, told to one of its tablets' tokens."""
    by_store = {
        station.store_id: station for station in (*stations.of_face("counter"), *stations.of_face("tablet"))
    }
    return {store: Live(StoreClient(http, station.token)) for store, station in by_store.items()}


def services() -> Services:
    """The services of the running app."""
    found: Services = current_app.extensions["services"]
    return found


def paired_station(face: Face) -> Station | None:
    """The station with which this browser is paired for a face."""
    return services().stations.find(read_station_cookie(face), face)


def current_station(face: Face) -> Station:
    """The paired station; the face's guard has sent everybody else to the pairing page."""
    station = paired_station(face)
    if station is None:
        abort(404)
    return station


def current_store(face: Face) -> Store:
    """The store of the paired station."""
    return services().client(current_station(face).token).store()
