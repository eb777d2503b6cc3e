"""Which teams somebody reviewed, by ISO week."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("week", sa.String, primary_key=True),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
