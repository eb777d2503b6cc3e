"""Values of metrics, and splits that were in force before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("labels", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("unit", sa.String),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "split_history",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("known_to", sa.String, primary_key=True),
        sa.Column("known_from", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
    )
