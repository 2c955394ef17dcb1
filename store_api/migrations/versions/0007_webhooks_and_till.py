"""Add the outbox, webhooks, partners, captures, codes on slips and postings to billing.

Revision 0007, on top of 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "billing_postings",
        sa.Column("posting_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("redemption_id", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", sa.String(length=80), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmation", sa.String(length=80), nullable=True),
        sa.Column("billed_minor", sa.BigInteger(), nullable=True),
        sa.Column("last_fault", sa.String(length=200), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_billing_postings")),
    )
    op.create_index(
        "ix_billing_postings_by_redemption", "billing_postings", ["redemption_id", "kind"], unique=True
    )
    op.create_index("ix_billing_postings_due", "billing_postings", ["state", "next_at"], unique=False)
    op.create_table(
        "captures",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("till_reference", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_by", sa.String(length=80), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "order_id", name=op.f("pk_captures")),
    )
    op.create_index("ix_captures_by_order", "captures", ["order_id"], unique=False)
    op.create_index("ix_captures_by_store", "captures", ["store_id", "captured_at"], unique=False)
    op.create_table(
        "outbox_events",
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox_events")),
    )
    op.create_index("ix_outbox_events_by_time", "outbox_events", ["at"], unique=False)
    op.create_index("ix_outbox_events_untold", "outbox_events", ["told_at", "event_id"], unique=False)
    op.create_table(
        "till_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("hold_id", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.String(length=80), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_till_codes")),
    )
    op.create_index("ix_till_codes_by_hold", "till_codes", ["hold_id"], unique=True)
    op.create_index("ix_till_codes_by_store", "till_codes", ["store_id", "verified_at"], unique=False)
    op.create_table(
        "till_orders",
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("till_reference", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("agreement_months", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "till_reference", name=op.f("pk_till_orders")),
    )
    op.create_index("ix_till_orders_by_order", "till_orders", ["order_id"], unique=False)
    op.create_index("ix_till_orders_by_visit", "till_orders", ["visit_id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(length=80), nullable=False),
        sa.Column("webhook_id", sa.String(length=80), nullable=False),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("event_type", sa.String(length=60), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", sa.String(length=80), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_fault", sa.String(length=40), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_by_event", "webhook_deliveries", ["webhook_id", "event_id"], unique=True
    )
    op.create_index(
        "ix_webhook_deliveries_by_webhook", "webhook_deliveries", ["webhook_id", "delivery_id"], unique=False
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["state", "next_at"], unique=False)
    op.create_index(
        "ix_webhook_deliveries_under_way", "webhook_deliveries", ["webhook_id", "leased_until"], unique=False
    )
    op.create_table(
        "webhook_secrets",
        sa.Column("secret_id", sa.String(length=80), nullable=False),
        sa.Column("webhook_id", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("secret_id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index("ix_webhook_secrets_by_webhook", "webhook_secrets", ["webhook_id"], unique=False)
    op.create_table(
        "webhook_tries",
        sa.Column("delivery_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_webhook_tries")),
    )
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("disabled_why", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_by_owner", "webhooks", ["owner"], unique=False)
    op.create_table(
        "partners",
        sa.Column("partner_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.store_id"], name=op.f("fk_partners_store_id")),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_partners")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_partners_token_hash")),
    )
    op.create_index("ix_redemptions_by_order", "redemptions", ["order_id"], unique=False)
    op.create_index("ix_redemptions_by_store", "redemptions", ["store_id", "redeemed_at"], unique=False)
    op.create_index("ix_voucher_ledger_by_time", "voucher_ledger", ["at", "entry_id"], unique=False)


def downgrade() -> None:
    """Bring the schema back to the revision before."""
    op.drop_index("ix_voucher_ledger_by_time", table_name="voucher_ledger")
    op.drop_index("ix_redemptions_by_store", table_name="redemptions")
    op.drop_index("ix_redemptions_by_order", table_name="redemptions")
    op.drop_table("partners")
    op.drop_index("ix_webhooks_by_owner", table_name="webhooks")
    op.drop_table("webhooks")
    op.drop_table("webhook_tries")
    op.drop_index("ix_webhook_secrets_by_webhook", table_name="webhook_secrets")
    op.drop_table("webhook_secrets")
    op.drop_index("ix_webhook_deliveries_under_way", table_name="webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_due", table_name="webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_by_webhook", table_name="webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_by_event", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index("ix_till_orders_by_visit", table_name="till_orders")
    op.drop_index("ix_till_orders_by_order", table_name="till_orders")
    op.drop_table("till_orders")
    op.drop_index("ix_till_codes_by_store", table_name="till_codes")
    op.drop_index("ix_till_codes_by_hold", table_name="till_codes")
    op.drop_table("till_codes")
    op.drop_index("ix_outbox_events_untold", table_name="outbox_events")
    op.drop_index("ix_outbox_events_by_time", table_name="outbox_events")
    op.drop_table("outbox_events")
    op.drop_index("ix_captures_by_store", table_name="captures")
    op.drop_index("ix_captures_by_order", table_name="captures")
    op.drop_table("captures")
    op.drop_index("ix_billing_postings_due", table_name="billing_postings")
    op.drop_index("ix_billing_postings_by_redemption", table_name="billing_postings")
    op.drop_table("billing_postings")
