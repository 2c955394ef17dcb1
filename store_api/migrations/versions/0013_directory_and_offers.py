"""Count tries of places, keep one-time codes and waiting messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

NODE = sa.String(length=8)
ID = sa.String(length=80)


def upgrade() -> None:
    """Bring the schema to this revision."""
    _add_identity()


def _add_identity() -> None:
    op.create_table(
        "tries_in_window",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_tries_in_window")),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("code_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_one_time_codes")),
    )
    op.create_index("ix_one_time_codes_purpose", "one_time_codes", ["purpose", "subject"])
    op.create_table(
        "messages",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("is_real", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", ID, nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.String(length=80), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_due", "messages", ["next_at"])


def downgrade() -> None:
    """Take away what this revision brought."""
    for table in ("messages", "one_time_codes", "tries_in_window"):
        op.drop_table(table)
