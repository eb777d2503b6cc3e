"""What people keep: views, stars, annotations, subscriptions, settings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _views()
    _annotations()
    op.create_table(
        "preferences",
        sa.Column("actor", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("page", sa.String, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("visibility", sa.String, nullable=False),
        sa.Column("team", sa.String),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "stars",
        sa.Column("actor", sa.String, primary_key=True),
        sa.Column("view", sa.String, primary_key=True),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("view", sa.String, nullable=False, index=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("every", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )


def _annotations() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.String, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("start", sa.String, nullable=False, index=True),
        sa.Column("end", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("link", sa.String),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("visibility", sa.String, nullable=False),
        sa.Column("team", sa.String),
        sa.Column("resolved_at", sa.String),
        sa.Column("changed_at", sa.String, nullable=False),
    )
