"""What a request may use: settings, connection, stations, live news, devices; made once at the start.

What it must not know: any route.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from flask import abort, current_app

from kiosk.devices import Devices
from kiosk.live import Live
from kiosk.rendering import current_language
from kiosk.sessions import read_station_cookie
from kiosk.settings import Settings
from kiosk.stations.registry import Face, Station, Stations
from kiosk.store_client import StoreClient
from store_api.contract import Store


@dataclass(frozen=True)
class Services:
    """The long-lived things of this app. `sleep` waits between tries; tests give their own."""

    settings: Settings
    http: httpx.Client
    stations: Stations
    live: Live
    devices: Devices
    sleep: Callable[[float], None] = time.sleep

    def client(self, token: str) -> StoreClient:
        """A client for one token, answering in the language of this page."""
        return StoreClient(self.http, token, current_language(), self.sleep)


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
