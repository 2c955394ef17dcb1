"""Give log entries a place in a tree, and keep the tree and its signed checkpoints.

Entries that are there already wait for the sequencer like new ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the leaf index, the heads, the nodes and the checkpoints."""
    op.add_column("log_entries", sa.Column("leaf_index", sa.BigInteger(), nullable=True))
    op.create_index("ix_log_entries_leaf", "log_entries", ["node_id", "leaf_index"], unique=True)
    op.create_index(
        "ix_log_entries_unsequenced",
        "log_entries",
        ["node_id", "entry_id"],
        unique=False,
        sqlite_where=sa.text("leaf_index IS NULL"),
        postgresql_where=sa.text("leaf_index IS NULL"),
    )
    op.create_table(
        "log_heads",
        sa.Column("log", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_heads")),
    )
    op.create_table(
        "log_nodes",
        sa.Column("log", sa.String(length=8), nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "position", name=op.f("pk_log_nodes")),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("log", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_log_checkpoints")),
    )


def downgrade() -> None:
    """Take them away again; the entries themselves stay."""
    op.drop_table("log_checkpoints")
    op.drop_table("log_nodes")
    op.drop_table("log_heads")
    op.drop_index("ix_log_entries_unsequenced", table_name="log_entries")
    op.drop_index("ix_log_entries_leaf", table_name="log_entries")
    op.drop_column("log_entries", "leaf_index")
