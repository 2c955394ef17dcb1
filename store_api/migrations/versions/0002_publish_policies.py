"""Publish policies: drafts, checks, frozen entries, the stop, counts beside terms, people without a store.

Revision 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    for table in ("staff", "devices"):
        _let_be_empty(table, "store_id")
    _extend_versions()
    _extend_decisions()
    _create_drafts()
    _create_counts()


def _let_be_empty(table: str, column: str) -> None:
    """Take NOT NULL from a text column of 80 characters.

    SQLite cannot, and a copy of the table would break the rows that refer to it. Its documentation has a way
    for changes that touch no stored row (https://sqlite.org/lang_altertable.html, section 7): the schema's
    own text is edited, and its number raised so that every connection reads it again.
    """
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.alter_column(table, column, existing_type=sa.String(length=80), nullable=True)
        return
    number = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :table"
        ),
        {"old": f"{column} VARCHAR(80) NOT NULL", "new": f"{column} VARCHAR(80)", "table": table},
    )
    bind.execute(sa.text(f"PRAGMA schema_version = {int(number) + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))


def _extend_versions() -> None:
    texts = ("catalogue", "comparison")
    ids = (
        "catalogue_digest",
        "draft_id",
        "author_id",
        "approver_id",
        "stop_id",
        "stop_asked_by",
        "stopped_by",
    )
    moments = ("approved_at", "stop_asked_at", "stopped_at")
    for name in texts:
        op.add_column("policy_versions", sa.Column(name, sa.Text(), nullable=True))
    for name in ids:
        op.add_column("policy_versions", sa.Column(name, sa.String(length=80), nullable=True))
    for name in moments:
        op.add_column("policy_versions", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("policy_versions", sa.Column("stop_reason", sa.String(length=400), nullable=True))


def _extend_decisions() -> None:
    op.add_column("decisions", sa.Column("coded", sa.Boolean(), server_default=sa.false(), nullable=False))
    codes = "answer -> 'codes'" if op.get_bind().dialect.name == "postgresql" else "answer, '$.codes'"
    op.execute(f"UPDATE decisions SET coded = true WHERE json_array_length({codes}) > 0")  # noqa: S608
    op.create_index("ix_decisions_by_policy", "decisions", ["policy", "decided_at", "decision_id"])


def _create_drafts() -> None:
    op.create_table(
        "policy_drafts",
        sa.Column("draft_id", sa.String(length=80), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.String(length=80), nullable=False),
        sa.Column("author_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_policy_drafts")),
    )
    op.create_index(op.f("ix_policy_drafts_updated_at"), "policy_drafts", ["updated_at"])
    op.create_table(
        "policy_draft_texts",
        sa.Column("draft_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=80), nullable=False),
        sa.Column("text_digest", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.draft_id"], name=op.f("fk_policy_draft_texts_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_policy_draft_texts")),
    )
    op.create_table(
        "policy_draft_checks",
        sa.Column("draft_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.draft_id"], name=op.f("fk_policy_draft_checks_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "kind", name=op.f("pk_policy_draft_checks")),
    )
    op.create_table(
        "policy_draft_confirmations",
        sa.Column("draft_id", sa.String(length=80), nullable=False),
        sa.Column("sentence", sa.String(length=120), nullable=False),
        sa.Column("staff_id", sa.String(length=80), nullable=False),
        sa.Column("shown", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.draft_id"], name=op.f("fk_policy_draft_confirmations_draft_id")
        ),
        sa.PrimaryKeyConstraint(
            "draft_id", "sentence", "staff_id", name=op.f("pk_policy_draft_confirmations")
        ),
    )
    op.create_table(
        "policy_impact_runs",
        sa.Column("run_id", sa.String(length=80), nullable=False),
        sa.Column("draft_id", sa.String(length=80), nullable=False),
        sa.Column("text_digest", sa.String(length=80), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.draft_id"], name=op.f("fk_policy_impact_runs_draft_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_policy_impact_runs")),
    )


def _create_counts() -> None:
    op.create_table(
        "policy_term_days",
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Integer(), nullable=False),
        sa.Column("waived", sa.Integer(), nullable=False),
        sa.Column("misquoted", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("policy", "version", "day", "term", "slot", name=op.f("pk_policy_term_days")),
    )
