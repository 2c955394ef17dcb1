"""Outside the demo the faces stand alone and ask a service over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.app import from_environment
from kiosk.errors import SettingError
from tests.contract.conftest import served
from tests.contract.demo_store import DemoStore


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_store: DemoStore) -> Callable[[str], None]:
    """Writes the stations down and sets the variables for a service at an address."""

    def write(address: str) -> None:
        station = {
            "name": "kiosk-1", "label": "kiosk", "face": "counter",
            "token": demo_store.token("kiosk-1"), "store_id": "maple-st",
        }  # fmt: skip
        (tmp_path / "stations.json").write_text(json.dumps([station]))
        values = {
            "KIOSK_STORE_URL": address,
            "KIOSK_SECRET_KEY": "a secret of the tests",
            "KIOSK_STATIONS_FILE": str(tmp_path / "stations.json"),
            "KIOSK_SPOOL_FILE": str(tmp_path / "spool.sqlite"),
            "KIOSK_PRINTER": f"pdf:{tmp_path / 'receipts'}",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return write


def test_the_faces_show_a_store_that_is_reached_over_http(
    demo_store: DemoStore, set_up: Callable[[str], None]
) -> None:
    with served(demo_store.app) as address:
        set_up(address)
        app = from_environment()
        services = app.extensions["services"]
        client = app.test_client()
        page = client.get("/stations/pair").text
        token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
        code = services.stations.pairing_code("kiosk-1")
        client.post("/stations/pair", data={"csrf_token": token, "code": code})
        assert "Maple St store" in client.get("/counter/").text
        assert "demo" not in client.get("/", follow_redirects=True).text.lower()
        services.close()


@pytest.mark.parametrize("missing", ["KIOSK_STORE_URL", "KIOSK_SECRET_KEY"])
def test_a_missing_setting_stops_the_start_with_its_name(
    set_up: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    set_up("http://127.0.0.1:1")
    monkeypatch.delenv(missing)
    with pytest.raises(SettingError, match=missing):
        from_environment()


def test_stations_that_cannot_be_read_stop_the_start(set_up: Callable[[str], None], tmp_path: Path) -> None:
    set_up("http://127.0.0.1:1")
    (tmp_path / "stations.json").write_text('[{"name": "kiosk-1"}]')
    with pytest.raises(SettingError, match="KIOSK_STATIONS_FILE"):
        from_environment()
