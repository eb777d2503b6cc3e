"""Sources on their way out, billing periods that are closed, and secrets that were given to the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
    )
    op.create_table(
        "periods",
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("closed_at", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("sealed", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
