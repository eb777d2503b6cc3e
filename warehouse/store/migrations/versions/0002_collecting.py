"""What collecting remembers: configured sources, change tokens, runs, and what it spent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "configured",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("interval_hours", sa.Integer),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "collected",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("format", sa.String),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("source", sa.String, nullable=False, index=True),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("failure", sa.String),
        sa.Column("message", sa.String),
        sa.Column("next_step", sa.String),
        sa.Column("months", sa.JSON, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
    )
    op.create_table(
        "spending",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("cost", sa.String, nullable=False),
    )
