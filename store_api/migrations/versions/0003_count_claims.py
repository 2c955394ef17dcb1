"""Keep the claims that were checked, once a visit.

Revision 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "claim_checks",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("visit_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("claim", sa.String(length=80), nullable=False),
        sa.Column("check_id", sa.String(length=80), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("identified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("term", sa.String(length=80), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("decision_id", sa.String(length=80), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "visit_id", "person_id", "policy", "claim", name=op.f("pk_claim_checks")
        ),
    )
    op.create_index("ix_claim_checks_first_at", "claim_checks", ["first_at"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_claim_checks_first_at", table_name="claim_checks")
    op.drop_table("claim_checks")
