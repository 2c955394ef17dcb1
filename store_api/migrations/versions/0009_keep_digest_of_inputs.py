"""Keep with each decision the digest of everything that it was made from.

Revision 0009, on top of 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("decisions", sa.Column("inputs", sa.String(length=64), nullable=True))
