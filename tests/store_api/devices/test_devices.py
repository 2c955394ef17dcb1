"""Devices: enrolled with a token that is shown once, revoked at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api.db import Database
from store_api.devices.models import DeviceRow
from store_api.devices.service import enrol_device, revoke_device
from store_api.errors import NotFound
from tests.store_api.clients import Client
from tests.store_api.factories import World, make_work


def test_an_enrolled_device_belongs_to_its_store(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        _, token = enrol_device(make_work(session), "kiosk", "store-2", "counter-9")
    assert Client(app, token).get("/v1/store").get_json()["store_id"] == "store-2"


def test_a_revoked_device_is_out_at_its_next_request(
    as_kiosk: Client, database: Database, world: World
) -> None:
    assert as_kiosk.get("/v1/store").status_code == 200
    with database.transaction() as session:
        revoke_device(make_work(session), world.kiosk_id)
    assert as_kiosk.get("/v1/store").get_json()["code"] == "auth.token_unknown"


def test_what_is_not_there_cannot_be_enrolled_or_revoked(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(NotFound):
            enrol_device(make_work(session), "kiosk", "store-9", "counter-1")
        with pytest.raises(NotFound):
            revoke_device(make_work(session), "dev_unknown")


def test_no_token_stands_in_the_table(database: Database, world: World) -> None:
    with database.reading() as session:
        text = " ".join(str(vars(row)) for row in session.scalars(sa.select(DeviceRow)))
    assert world.kiosk.removeprefix("device_") not in text
