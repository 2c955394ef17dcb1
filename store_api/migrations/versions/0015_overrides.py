"""Waive terms for one order, and note what was refused.

An order says whether it ever had a waiver; a device may be a member of staff's own.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NODE = sa.String(length=8)
ID = sa.String(length=80)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and the two columns."""
    _add_waivers()
    _add_overrides()
    _add_override_days()
    _add_refusals()
    op.add_column("orders", sa.Column("has_waiver", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("devices", sa.Column("owner_id", ID, nullable=True))


def _add_waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("waiver_id", ID, nullable=False),
        sa.Column("override_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("subject_key", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("order_digest", sa.String(length=64), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "waiver_id", name=op.f("pk_waivers")),
    )
    op.create_index("ix_waivers_by_order", "waivers", ["account_id", "order_id"])


def _add_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("override_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("subject_key", sa.String(length=300), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("voucher_id", ID, nullable=True),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_name", sa.String(length=80), nullable=False),
        sa.Column("asked_role", sa.String(length=10), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_name", sa.String(length=80), nullable=True),
        sa.Column("answered_role", sa.String(length=20), nullable=True),
        sa.Column("through", sa.String(length=16), nullable=True),
        sa.Column("station", sa.String(length=80), nullable=True),
        sa.Column("waiver_id", ID, nullable=True),
        sa.Column("waiver_until", MOMENT, nullable=True),
        sa.Column("waived_decision_id", ID, nullable=True),
        sa.Column("waived_terms_code", sa.String(length=20), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("disowned_at", MOMENT, nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "override_id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_by_approver", "overrides", ["answered_by", "answered_at"])
    op.create_index("ix_overrides_by_id", "overrides", ["override_id"])
    op.create_index("ix_overrides_by_store", "overrides", ["store_id", "asked_at"])
    op.create_index("ix_overrides_by_visit", "overrides", ["visit_id"])


def _add_override_days() -> None:
    op.create_table(
        "override_days",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "day", "currency", name=op.f("pk_override_days")),
    )


def _add_refusals() -> None:
    op.create_table(
        "refusals",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("refusal_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("subject_key", sa.String(length=300), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("voucher_id", ID, nullable=True),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("noted_by", ID, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("reason_by", ID, nullable=True),
        sa.Column("reason_name", sa.String(length=80), nullable=True),
        sa.Column("reason_at", MOMENT, nullable=True),
        sa.Column("word", sa.String(length=10), nullable=True),
        sa.Column("word_at", MOMENT, nullable=True),
        sa.Column("word_face", sa.String(length=10), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "refusal_id", name=op.f("pk_refusals")),
        sa.UniqueConstraint("visit_id", "subject_key", name=op.f("uq_refusals_visit_id_subject_key")),
    )
    op.create_index("ix_refusals_by_id", "refusals", ["refusal_id"])
    op.create_index("ix_refusals_by_store", "refusals", ["store_id", "noted_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_column("devices", "owner_id")
    op.drop_column("orders", "has_waiver")
    for table in ("refusals", "override_days", "overrides", "waivers"):
        op.drop_table(table)
