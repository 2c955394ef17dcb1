"""Count tries of places; keep codes, messages, offers, the time of visits, and what a directory answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

NODE = sa.String(length=8)
ID = sa.String(length=80)
TABLES = (
    "directory_refused_rows", "directory_jobs", "directory_circuits", "directory_answers", "no_offers",
    "offer_showings", "offers", "messages", "one_time_codes", "tries_in_window",
)  # fmt: skip
TIMES = ("deciding_seconds", "waiting_seconds", "calling_seconds", "rating")


def upgrade() -> None:
    """Bring the schema to this revision."""
    _add_identity()
    _add_offers()
    _add_times()
    _add_directory()


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


def _add_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("stores", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offers")),
    )
    op.create_table(
        "offer_showings",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "person_id", "offer_id", name=op.f("pk_offer_showings")),
    )
    op.create_index("ix_offer_showings_visit", "offer_showings", ["visit_id"])
    op.create_table(
        "no_offers",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "person_id", name=op.f("pk_no_offers")),
    )


def _add_directory() -> None:
    op.create_table(
        "directory_answers",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.Column("reference", ID, nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "subject_id", "source", name=op.f("pk_directory_answers")),
    )
    op.create_table(
        "directory_circuits",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.String(length=40), nullable=True),
        sa.Column("last_fault_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_directory_circuits")),
    )
    op.create_table(
        "directory_jobs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_added", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_directory_jobs")),
    )
    op.create_table(
        "directory_refused_rows",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column", ID, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("node_id", NODE, nullable=False),
        sa.PrimaryKeyConstraint("digest", "line", name=op.f("pk_directory_refused_rows")),
    )


def _add_times() -> None:
    op.add_column("visits", sa.Column("phase", sa.String(length=10), nullable=True))
    for name in ("phase_at", "answered_at"):
        op.add_column("visits", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in TIMES:
        op.add_column("visits", sa.Column(name, sa.Integer(), nullable=True))
    op.create_index("ix_visits_opened", "visits", ["opened_at"])


def downgrade() -> None:
    """Take away what this revision brought."""
    op.drop_index("ix_visits_opened", table_name="visits")
    for name in ("phase", "phase_at", "answered_at", *TIMES):
        op.drop_column("visits", name)
    for table in TABLES:
        op.drop_table(table)
