"""Requests between teams, their answers, offers, disputes, and the acts of attribution."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("team", sa.String),
        sa.Column("about", sa.String, nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("texts", sa.JSON, nullable=False),
        sa.Column("effect", sa.JSON, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("dispute", sa.String),
        sa.Column("created_at", sa.String, nullable=False, index=True),
        sa.Column("deadline", sa.String, nullable=False),
        sa.Column("conflict", sa.String),
        sa.Column("closed", sa.String),
        sa.Column("closed_at", sa.String),
        sa.Column("closed_by", sa.String),
        sa.Column("version", sa.Integer),
    )
    op.create_table(
        "request_answers",
        sa.Column("request", sa.String, primary_key=True),
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    _offers_and_disputes()


def _offers_and_disputes() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("suggested", sa.String),
        sa.Column("query", sa.String, nullable=False),
        sa.Column("totals", sa.JSON, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("request", sa.String),
    )
