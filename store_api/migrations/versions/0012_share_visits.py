"""Share a visit: who is in it, codes to join by, phones, calls to care, what an owner is asked and told.

A leave that was asked for at a use carries the order, its digest, the most and an end; those given before
carry none and stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and the limits of a leave."""
    op.create_table(
        "care_calls",
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("staff_id", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("identity", sa.String(length=20), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_care_calls")),
    )
    op.create_index("ix_care_calls_staff", "care_calls", ["staff_id", "ended_at"], unique=False)
    op.create_table(
        "customer_taps",
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("face", sa.String(length=10), nullable=False),
        sa.Column("caller_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", "terms_code", name=op.f("pk_customer_taps")),
    )
    op.create_table(
        "join_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("face", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_join_codes")),
    )
    op.create_index("ix_join_codes_visit", "join_codes", ["visit_id"], unique=False)
    op.create_table(
        "join_tries",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("subject", "hour", name=op.f("pk_join_tries")),
    )
    op.create_table(
        "owner_asks",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("ask_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("through", sa.String(length=10), nullable=True),
        sa.Column("heard_by", sa.String(length=80), nullable=True),
        sa.Column("consent_id", sa.String(length=80), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ask_id", name=op.f("pk_owner_asks")),
    )
    op.create_index("ix_owner_asks_visit", "owner_asks", ["visit_id"], unique=False)
    op.create_index("ix_owner_asks_by_id", "owner_asks", ["ask_id"], unique=False)
    op.create_table(
        "owner_notices",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("notice_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("terms_code", sa.String(length=20), nullable=True),
        sa.Column("redemption_id", sa.String(length=80), nullable=True),
        sa.Column("by_whom", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "notice_id", name=op.f("pk_owner_notices")),
    )
    op.create_index("ix_owner_notices_by_time", "owner_notices", ["account_id", "at"], unique=False)
    op.create_table(
        "phone_sessions",
        sa.Column("session_id", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identity", sa.String(length=20), nullable=True),
        sa.Column("identified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.String(length=80), nullable=True),
        sa.Column("person_id", sa.String(length=80), nullable=True),
        sa.Column("line_id", sa.String(length=80), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_phone_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_phone_sessions_token_hash")),
    )
    op.create_index("ix_phone_sessions_visit", "phone_sessions", ["visit_id"], unique=False)
    op.create_table(
        "visit_participants",
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("participant_id", sa.String(length=80), nullable=False),
        sa.Column("caller_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", "participant_id", name=op.f("pk_visit_participants")),
        sa.UniqueConstraint("visit_id", "caller_id", name=op.f("uq_visit_participants_visit_id_caller_id")),
    )
    op.create_table(
        "visit_quotes",
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("quote_id", sa.String(length=80), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", "quote_id", name=op.f("pk_visit_quotes")),
    )
    op.create_index("ix_visits_account", "visits", ["account_id", "opened_at"], unique=False)
    op.add_column("consents", sa.Column("order_id", sa.String(length=80), nullable=True))
    op.add_column("consents", sa.Column("order_digest", sa.String(length=64), nullable=True))
    op.add_column("consents", sa.Column("amount_minor", sa.BigInteger(), nullable=True))
    op.add_column("consents", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away again; leaves that were given for one order go with their limits."""
    op.execute("DELETE FROM consents WHERE order_id IS NOT NULL")
    op.drop_index("ix_visits_account", table_name="visits")
    op.drop_column("consents", "expires_at")
    op.drop_column("consents", "amount_minor")
    op.drop_column("consents", "order_digest")
    op.drop_column("consents", "order_id")
    op.drop_table("visit_quotes")
    op.drop_table("visit_participants")
    op.drop_index("ix_phone_sessions_visit", table_name="phone_sessions")
    op.drop_table("phone_sessions")
    op.drop_index("ix_owner_notices_by_time", table_name="owner_notices")
    op.drop_table("owner_notices")
    op.drop_index("ix_owner_asks_visit", table_name="owner_asks")
    op.drop_index("ix_owner_asks_by_id", table_name="owner_asks")
    op.drop_table("owner_asks")
    op.drop_table("join_tries")
    op.drop_index("ix_join_codes_visit", table_name="join_codes")
    op.drop_table("join_codes")
    op.drop_table("customer_taps")
    op.drop_index("ix_care_calls_staff", table_name="care_calls")
    op.drop_table("care_calls")
