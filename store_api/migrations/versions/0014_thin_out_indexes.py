"""Keep only such index entries as are asked for: every redemption writes them all.

Revision ID: 0014
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

HAS_LEAF = sa.text("leaf_index IS NOT NULL")
OF_A_CAMPAIGN = sa.text("campaign_id IS NOT NULL")
BY_CAMPAIGN = ["campaign_id", "account_id"]
BY_STORE = ["campaign_id", "store_id", "granted_on"]


def upgrade() -> None:
    """Drop two indexes that nothing asks, and leave out of three what is never looked for in them."""
    op.drop_index("ix_log_entries_at", table_name="log_entries")
    op.drop_index("ix_outbox_events_by_time", table_name="outbox_events")
    _make_anew("ix_log_entries_leaf", "log_entries", ["node_id", "leaf_index"], HAS_LEAF, unique=True)
    _make_anew("ix_voucher_grants_by_campaign", "voucher_grants", BY_CAMPAIGN, OF_A_CAMPAIGN)
    _make_anew("ix_voucher_grants_by_store", "voucher_grants", BY_STORE, OF_A_CAMPAIGN)


def _make_anew(
    name: str, table: str, columns: list[str], where: sa.TextClause | None, *, unique: bool = False
) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take them back as they were."""
    _make_anew("ix_voucher_grants_by_store", "voucher_grants", BY_STORE, None)
    _make_anew("ix_voucher_grants_by_campaign", "voucher_grants", BY_CAMPAIGN, None)
    _make_anew("ix_log_entries_leaf", "log_entries", ["node_id", "leaf_index"], None, unique=True)
    op.create_index("ix_outbox_events_by_time", "outbox_events", ["at"])
    op.create_index("ix_log_entries_at", "log_entries", ["at"])
