"""A process remembers for seconds whose a token is, and never longer than a revocation may take."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store_api.app import close_app, create_app
from store_api.auth import Caller
from store_api.db import Database
from store_api.devices import service as devices
from store_api.partners import service as partners
from store_api.partners.models import PartnerRow
from store_api.settings import Settings
from store_api.short_memory import ShortMemory
from tests.store_api.clients import Client
from tests.store_api.factories import FakeClock, World, make_work


@pytest.fixture
def other_process(settings: Settings, clock: FakeClock) -> Iterator[Database]:
    """The same database as another process has it open, with a memory of its own."""
    opened = Database(settings.database_url, settings.node_id, pool_size=2)
    yield opened
    opened.close()


def revoke(database: Database, device_id: str) -> None:
    """An operator revokes a device."""
    with database.transaction() as session:
        devices.revoke_device(make_work(session), device_id)


def test_a_revocation_in_the_same_process_holds_at_the_next_request(
    as_kiosk: Client, database: Database, world: World
) -> None:
    assert as_kiosk.get("/v1/store").status_code == 200
    revoke(database, world.kiosk_id)
    assert as_kiosk.get("/v1/store").status_code == 401


def test_a_session_ends_with_the_revocation_of_its_tablet(
    as_rep: Client, database: Database, world: World
) -> None:
    assert as_rep.get("/v1/store").status_code == 200
    revoke(database, world.tablet_id)
    assert as_rep.get("/v1/store").status_code == 401


def test_a_revoked_partner_is_told_nothing_more(as_partner: Client, database: Database) -> None:
    assert as_partner.get("/v1/webhooks").status_code == 200
    with database.transaction() as session:
        partner_id = session.scalars(
            sa.select(PartnerRow.partner_id).where(PartnerRow.name == "billing")
        ).one()
        partners.revoke_partner(make_work(session), partner_id)
    assert as_partner.get("/v1/webhooks").status_code == 401


def test_a_revocation_in_another_process_holds_within_seconds(
    as_kiosk: Client, other_process: Database, world: World, clock: FakeClock
) -> None:
    assert as_kiosk.get("/v1/store").status_code == 200
    revoke(other_process, world.kiosk_id)
    clock.advance(seconds=5)
    assert as_kiosk.get("/v1/store").status_code == 401


def test_with_no_seconds_nothing_is_remembered(
    settings: Settings, other_process: Database, world: World, clock: FakeClock
) -> None:
    asked = Database(settings.database_url, settings.node_id, pool_size=2, caller_seconds=0)
    app = create_app(settings, database=asked, clock=clock)
    kiosk = Client(app, world.kiosk)
    assert kiosk.get("/v1/store").status_code == 200
    revoke(other_process, world.kiosk_id)
    assert kiosk.get("/v1/store").status_code == 401
    close_app(app)


def test_what_was_forgotten_while_it_was_read_is_not_remembered() -> None:
    memory, caller = ShortMemory(5), Caller("kiosk", "dev_1")
    generation = memory.generation
    memory.forget()
    memory.keep("token", caller, 100.0, generation)
    assert memory.recall("token", 100.0) is None


def test_a_clock_set_back_makes_nothing_last_longer() -> None:
    memory = ShortMemory(5)
    memory.keep("token", "caller", 100.0, memory.generation)
    assert memory.recall("token", 104.9) == "caller"
    assert memory.recall("token", 105.0) is None
    assert memory.recall("token", 99.0) is None
