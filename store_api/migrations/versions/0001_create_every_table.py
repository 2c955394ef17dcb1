"""Create every table.

Revision 0001, the first
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "agreement_lengths",
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("months", name=op.f("pk_agreement_lengths")),
    )
    op.create_table(
        "decisions",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=True),
        sa.Column("voucher_id", sa.String(length=80), nullable=True),
        sa.Column("voucher_account_id", sa.String(length=80), nullable=True),
        sa.Column("presented", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("wire", sa.JSON(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "decision_id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_by_id", "decisions", ["decision_id"], unique=False)
    op.create_index(
        "ix_decisions_by_subject", "decisions", ["account_id", "subject_key", "digest"], unique=False
    )
    op.create_table(
        "event_counters",
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_event_counters")),
    )
    op.create_table(
        "holds",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("hold_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("held_by", sa.String(length=200), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=10), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "hold_id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_by_id", "holds", ["hold_id"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "log_entries",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("commitments", sa.JSON(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_log_entries")),
    )
    op.create_index(op.f("ix_log_entries_at"), "log_entries", ["at"], unique=False)
    op.create_index(op.f("ix_log_entries_subject"), "log_entries", ["subject"], unique=False)
    op.create_table(
        "orders",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sku_said", sa.String(length=80), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("till_reference", sa.String(length=80), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "order_id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_by_id", "orders", ["order_id"], unique=False)
    op.create_table(
        "policy_versions",
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("policy", "version", name=op.f("pk_policy_versions")),
    )
    op.create_table(
        "price_list_devices",
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_price_list_devices")),
    )
    op.create_table(
        "redemptions",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("redemption_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("use_number", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("decided_again_id", sa.String(length=80), nullable=True),
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("store_name", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "redemption_id", name=op.f("pk_redemptions")),
    )
    op.create_index("ix_redemptions_by_id", "redemptions", ["redemption_id"], unique=False)
    op.create_table(
        "store_events",
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("station", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "event_id", name=op.f("pk_store_events")),
    )
    op.create_index(op.f("ix_store_events_at"), "store_events", ["at"], unique=False)
    op.create_table(
        "stores",
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("default_language", sa.String(length=8), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_stores")),
    )
    op.create_table(
        "terms_codes",
        sa.Column("terms_code", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("terms_code", name=op.f("pk_terms_codes")),
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("station", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=20), nullable=True),
        sa.Column("identified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.String(length=80), nullable=True),
        sa.Column("person_id", sa.String(length=80), nullable=True),
        sa.Column("line_id", sa.String(length=80), nullable=True),
        sa.Column("paper", sa.Boolean(), nullable=False),
        sa.Column("scanned_policy", sa.String(length=80), nullable=True),
        sa.Column("scanned_version", sa.Integer(), nullable=True),
        sa.Column("scanned_voucher_id", sa.String(length=80), nullable=True),
        sa.Column("scanned_account_id", sa.String(length=80), nullable=True),
        sa.Column("order_id", sa.String(length=80), nullable=True),
        sa.Column("decision_id", sa.String(length=80), nullable=True),
        sa.Column("hold_id", sa.String(length=80), nullable=True),
        sa.Column("redemption_id", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_open", "visits", ["store_id", "state", "opened_at"], unique=False)
    op.create_table(
        "voucher_code_tries",
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("device", "hour", name=op.f("pk_voucher_code_tries")),
    )
    op.create_table(
        "voucher_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_voucher_codes")),
    )
    op.create_table(
        "vouchers",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("belongs_to", sa.String(length=10), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("code_last_four", sa.String(length=4), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("uses_allowed", sa.Integer(), nullable=False),
        sa.Column("last_use_number", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.String(length=80), nullable=True),
        sa.Column("hold_order_id", sa.String(length=80), nullable=True),
        sa.Column("hold_store_id", sa.String(length=80), nullable=True),
        sa.Column("hold_by", sa.String(length=200), nullable=True),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "voucher_id", name=op.f("pk_vouchers")),
    )
    op.create_index("ix_vouchers_by_line", "vouchers", ["account_id", "line_id"], unique=False)
    op.create_table(
        "wrong_tries",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_wrong_tries")),
    )
    op.create_table(
        "account_facts",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("fact", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_account_facts_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "subject_id", "fact", name=op.f("pk_account_facts")),
    )
    op.create_table(
        "devices",
        sa.Column("device_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("station", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.store_id"], name=op.f("fk_devices_store_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_table(
        "log_personal_fields",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["log_entries.entry_id"], name=op.f("fk_log_personal_fields_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "name", name=op.f("pk_log_personal_fields")),
    )
    op.create_table(
        "persons",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("pin_key_id", sa.String(length=16), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_persons_account_id")),
        sa.PrimaryKeyConstraint("account_id", "person_id", name=op.f("pk_persons")),
    )
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.String(length=80), nullable=False),
        sa.Column("staff_number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("pin_key_id", sa.String(length=16), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.store_id"], name=op.f("fk_staff_store_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_staff_staff_number")),
    )
    op.create_table(
        "voucher_ledger",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redemption_id", sa.String(length=80), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "voucher_id"],
            ["vouchers.account_id", "vouchers.voucher_id"],
            name=op.f("fk_voucher_ledger_account_id_voucher_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "entry_id", name=op.f("pk_voucher_ledger")),
    )
    op.create_index(
        "ix_voucher_ledger_by_voucher", "voucher_ledger", ["account_id", "voucher_id"], unique=False
    )
    op.create_table(
        "voucher_uses",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("use_number", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.String(length=80), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("store_name", sa.String(length=200), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "voucher_id"],
            ["vouchers.account_id", "vouchers.voucher_id"],
            name=op.f("fk_voucher_uses_account_id_voucher_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "voucher_id", "use_number", name=op.f("pk_voucher_uses")),
    )
    op.create_table(
        "lines",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("last_four", sa.String(length=4), nullable=False),
        sa.Column("telephone_key_id", sa.String(length=16), nullable=False),
        sa.Column("telephone_hash", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"],
            ["persons.account_id", "persons.person_id"],
            name=op.f("fk_lines_account_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_lines_account_id")),
        sa.PrimaryKeyConstraint("account_id", "line_id", name=op.f("pk_lines")),
        sa.UniqueConstraint("telephone_hash", name=op.f("uq_lines_telephone_hash")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("session_id", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=80), nullable=False),
        sa.Column("device_id", sa.String(length=80), nullable=False),
        sa.Column("station", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.device_id"], name=op.f("fk_staff_sessions_device_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_table(
        "consents",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("consent_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=True),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "line_id"],
            ["lines.account_id", "lines.line_id"],
            name=op.f("fk_consents_account_id_line_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_consents_account_id")),
        sa.PrimaryKeyConstraint("account_id", "consent_id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_line", "consents", ["account_id", "line_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_consents_line", table_name="consents")
    op.drop_table("consents")
    op.drop_table("staff_sessions")
    op.drop_table("lines")
    op.drop_table("voucher_uses")
    op.drop_index("ix_voucher_ledger_by_voucher", table_name="voucher_ledger")
    op.drop_table("voucher_ledger")
    op.drop_table("staff")
    op.drop_table("persons")
    op.drop_table("log_personal_fields")
    op.drop_table("devices")
    op.drop_table("account_facts")
    op.drop_table("wrong_tries")
    op.drop_index("ix_vouchers_by_line", table_name="vouchers")
    op.drop_table("vouchers")
    op.drop_table("voucher_codes")
    op.drop_table("voucher_code_tries")
    op.drop_index("ix_visits_open", table_name="visits")
    op.drop_table("visits")
    op.drop_table("terms_codes")
    op.drop_table("stores")
    op.drop_index(op.f("ix_store_events_at"), table_name="store_events")
    op.drop_table("store_events")
    op.drop_index("ix_redemptions_by_id", table_name="redemptions")
    op.drop_table("redemptions")
    op.drop_table("price_list_devices")
    op.drop_table("policy_versions")
    op.drop_index("ix_orders_by_id", table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_log_entries_subject"), table_name="log_entries")
    op.drop_index(op.f("ix_log_entries_at"), table_name="log_entries")
    op.drop_table("log_entries")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_holds_by_id", table_name="holds")
    op.drop_table("holds")
    op.drop_table("event_counters")
    op.drop_index("ix_decisions_by_subject", table_name="decisions")
    op.drop_index("ix_decisions_by_id", table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("agreement_lengths")
    op.drop_table("accounts")
