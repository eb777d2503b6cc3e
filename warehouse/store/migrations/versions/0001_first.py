"""The first tables of the state file."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _loads()
    _answers()


def _loads() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("normal_lag_hours", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
    )
    op.create_table(
        "loads",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("batch", sa.String, nullable=False, index=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("identity", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "live",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("load", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
    )


def _answers() -> None:
    op.create_table(
        "history",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("rules_version", sa.Integer, primary_key=True),
        sa.Column("known_from", sa.String, nullable=False),
        sa.Column("known_to", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
    )
    op.create_table(
        "documents",
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("org", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("in_force", sa.Boolean, nullable=False),
    )
    op.create_table(
        "kept",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )
