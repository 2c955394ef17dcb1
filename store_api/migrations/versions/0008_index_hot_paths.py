"""Index what is asked while a customer waits: the fleet's wrong codes of an hour.

Revision ID: 0008
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_voucher_code_tries_hour", "voucher_code_tries", ["hour"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_voucher_code_tries_hour", table_name="voucher_code_tries")
