"""Campaigns that put tags in order, and the resources each began with."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("teams", sa.JSON, nullable=False),
        sa.Column("policy", sa.String),
        sa.Column("due", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("start", sa.String, nullable=False),
        sa.Column("end", sa.String, nullable=False),
        sa.Column("left_out", sa.Integer, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("closed_by", sa.String),
        sa.Column("closed_at", sa.String),
    )
    op.create_table(
        "campaign_resources",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("team", sa.String),
        sa.Column("provider", sa.String),
        sa.Column("sub_account", sa.String),
        sa.Column("region", sa.String),
        sa.Column("service", sa.String),
        sa.Column("resource", sa.String, nullable=False),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("value", sa.String),
        sa.Column("suggested", sa.String),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("cost", sa.JSON, nullable=False),
    )
