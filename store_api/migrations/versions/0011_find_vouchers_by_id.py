"""Index vouchers by their own identifier: who looks one up by it does not know whose it is.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_vouchers_by_id", "vouchers", ["voucher_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_vouchers_by_id", table_name="vouchers")
