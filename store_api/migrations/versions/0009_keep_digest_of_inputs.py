"""Keep with each decision the digest of what it was made from, and the part of it asked for at each use.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("decisions", sa.Column("inputs", sa.String(length=64), nullable=True))
    op.add_column("decisions", sa.Column("gist", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Bring the schema back to the revision before."""
    op.drop_column("decisions", "gist")
    op.drop_column("decisions", "inputs")
