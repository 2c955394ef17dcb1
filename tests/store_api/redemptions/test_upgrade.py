"""Vouchers that were issued and used before the ledger told of uses are whole after the upgrade."""

from __future__ import annotations

from alembic import command

from store_api import schema
from store_api.vouchers.ledger import find_faults
from store_api.vouchers.service import NewVoucher, UseClaim, issue, use
from tests.store_api.factories import KEYS, NOW
from tests.store_api.story import Story


def test_the_ledger_is_completed_for_what_was_there_before(story: Story) -> None:
    with story.database.transaction() as session:
        chance = session.info["random_bytes"]
        key, _ = issue(
            session, NewVoucher("second-device-15", NOW.date(), "acc_demo_family"), KEYS, chance, NOW
        )
        used = UseClaim("red_before", "ord_before", "maple-st", "Maple St store", 2685, 0)
        assert use(session, key, used, NOW) is not None
    with story.database.transaction() as session:
        config = schema._config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0003")
    schema.upgrade(story.database)
    with story.database.reading() as session:
        assert list(find_faults(session)) == []
