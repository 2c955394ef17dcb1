"""What a request may use: settings, connection, stations, live news, devices; made once at the start.

What it must not know: any route.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from flask import abort, current_app

from kiosk.devices import Devices
from kiosk.impact_runs import ImpactRuns
from kiosk.ledger import Ledger, NoLedger, Settler
from kiosk.live import Live, Slots
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
    impact_runs: ImpactRuns = field(default_factory=ImpactRuns)
    settler: Settler | None = None
    desk_live: LiveByDesk | None = None

    def client(self, token: str) -> StoreClient:
        """A client for one token, answering in the language of this page."""
        return StoreClient(self.http, token, current_language(), self.sleep, self.ledger)

    def live_of(self, store_id: str) -> Live | None:
        """The news of a store, for whichever face; None where this process cannot follow it."""
        found = self.live.get(store_id)
        if found is None and self.desk_live is not None:
            return self.desk_live.of(store_id)
        return found

    def end_streams(self) -> None:
        """End every page's stream; everything else goes on."""
        for live in self.live.values():
            live.stop()
        if self.desk_live is not None:
            self.desk_live.stop()
        self.impact_runs.close()

    def close(self) -> None:
        """End the streams, let the devices go, close the connection."""
        self.end_streams()
        if self.settler is not None:
            self.settler.stop()
        self.devices.close()
        self.http.close()


class LiveByDesk:
    """Live news of any store, begun when a page first needs it: for faces that stand in no store."""

    def __init__(self, http: httpx.Client, token: str, slots: Slots) -> None:
        self._http, self._token, self._slots = http, token, slots
        self._lives: dict[str, Live] = {}
        self._lock = threading.Lock()

    def of(self, store_id: str) -> Live:
        """The news of one store."""
        with self._lock:
            if store_id not in self._lives:
                client = StoreClient(self._http, self._token)
                self._lives[store_id] = Live(client, store_id, self._slots)
            return self._lives[store_id]

    def stop(self) -> None:
        """End every stream."""
        with self._lock:
            for live in self._lives.values():
                live.stop()


def follow_any_store(http: httpx.Client, stations: Stations, slots: Slots) -> LiveByDesk | None:
    """News of any store by the token of a desk that is here; None without one."""
    desks = (*stations.of_face("care"), *stations.of_face("region"))
    return LiveByDesk(http, desks[0].token, slots) if desks else None


def follow_stores(http: httpx.Client, stations: Stations, slots: Slots | None = None) -> dict[str, Live]:
    """Live news of every store that has a station here, told to one of its tablets' tokens."""
    by_store = {
        station.store_id: station for station in (*stations.of_face("counter"), *stations.of_face("tablet"))
    }
    return {
        store: Live(StoreClient(http, station.token), slots=slots)
        for store, station in by_store.items()
        if store
    }


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
