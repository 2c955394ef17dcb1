"""Add campaigns, what a voucher takes of an order, and uses in the ledger.

Revision 0004, on top of 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "campaign_jobs",
        sa.Column("job_id", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_made", sa.BigInteger(), nullable=False),
        sa.Column("rows_refused", sa.BigInteger(), nullable=False),
        sa.Column("codes_bytes", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_campaign_jobs")),
    )
    op.create_index(
        "uq_campaign_jobs_of_file", "campaign_jobs", ["campaign_id", "kind", "digest"], unique=True
    )
    op.create_table(
        "campaign_limit_locks",
        sa.Column("campaign_id", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "subject", name=op.f("pk_campaign_limit_locks")),
    )
    op.create_table(
        "campaign_refused_rows",
        sa.Column("job_id", sa.String(length=80), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "line", name=op.f("pk_campaign_refused_rows")),
    )
    op.create_table(
        "campaign_slots",
        sa.Column("campaign_id", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("money_left", sa.BigInteger(), nullable=True),
        sa.Column("count_left", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "slot", name=op.f("pk_campaign_slots")),
    )
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.String(length=80), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("uses_each", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        sa.Column("budget_count", sa.BigInteger(), nullable=True),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "voucher_grants",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("grant_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_account_id", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", sa.String(length=80), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "grant_id", name=op.f("pk_voucher_grants")),
    )
    op.create_index(
        "ix_voucher_grants_by_campaign", "voucher_grants", ["campaign_id", "account_id"], unique=False
    )
    op.create_index("ix_voucher_grants_by_order", "voucher_grants", ["account_id", "order_id"], unique=False)
    op.create_index(
        "ix_voucher_grants_by_store",
        "voucher_grants",
        ["campaign_id", "store_id", "granted_on"],
        unique=False,
    )
    op.add_column("redemptions", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("redemptions", sa.Column("voided_by", sa.String(length=200), nullable=True))
    op.add_column("redemptions", sa.Column("void_reason", sa.String(length=40), nullable=True))
    op.add_column("redemptions", sa.Column("void_became", sa.String(length=10), nullable=True))
    op.add_column("voucher_ledger", sa.Column("uses", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "voucher_uses", sa.Column("is_part", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("vouchers", sa.Column("campaign_id", sa.String(length=80), nullable=True))
    op.create_index("ix_vouchers_by_campaign", "vouchers", ["campaign_id", "voucher_id"], unique=False)
    _complete_the_ledger()


def _complete_the_ledger() -> None:
    """Give every voucher its issue and every use its entry; until now only those with money had one."""
    columns = (
        "account_id, entry_id, voucher_id, kind, amount_minor, currency, at, redemption_id, uses, node_id"
    )
    op.execute("UPDATE voucher_ledger SET uses = 1 WHERE kind = 'redeemed'")
    op.execute(
        f"INSERT INTO voucher_ledger ({columns}) SELECT account_id, 'led_issued_' || voucher_id, voucher_id,"  # noqa: S608
        " 'issued', 0, 'XXX', CURRENT_TIMESTAMP, NULL, 0, node_id FROM vouchers WHERE amount_minor IS NULL"
    )
    op.execute(
        f"INSERT INTO voucher_ledger ({columns}) SELECT used.account_id, 'led_used_' || used.redemption_id,"  # noqa: S608
        " used.voucher_id, 'redeemed', 0, 'XXX', used.used_at, used.redemption_id, 1, used.node_id"
        " FROM voucher_uses AS used JOIN vouchers AS its"
        " ON its.account_id = used.account_id AND its.voucher_id = used.voucher_id"
        " WHERE its.amount_minor IS NULL"
    )


def downgrade() -> None:
    """Bring the schema back to the revision before."""
    op.execute("DELETE FROM voucher_ledger WHERE currency = 'XXX'")
    op.drop_index("ix_vouchers_by_campaign", table_name="vouchers")
    op.drop_column("vouchers", "campaign_id")
    op.drop_column("voucher_uses", "is_part")
    op.drop_column("voucher_ledger", "uses")
    op.drop_column("redemptions", "void_became")
    op.drop_column("redemptions", "void_reason")
    op.drop_column("redemptions", "voided_by")
    op.drop_column("redemptions", "voided_at")
    op.drop_index("ix_voucher_grants_by_store", table_name="voucher_grants")
    op.drop_index("ix_voucher_grants_by_order", table_name="voucher_grants")
    op.drop_index("ix_voucher_grants_by_campaign", table_name="voucher_grants")
    op.drop_table("voucher_grants")
    op.drop_table("campaigns")
    op.drop_table("campaign_slots")
    op.drop_table("campaign_refused_rows")
    op.drop_table("campaign_limit_locks")
    op.drop_index("uq_campaign_jobs_of_file", table_name="campaign_jobs")
    op.drop_table("campaign_jobs")
