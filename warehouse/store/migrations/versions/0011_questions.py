"""What teams were asked of the inbox, and what they answered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("group", sa.String, nullable=False, index=True),
        sa.Column("signature", sa.JSON, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("on_behalf", sa.String),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("asked_at", sa.String, nullable=False),
        sa.Column("answer", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("answered_by", sa.String),
        sa.Column("answered_at", sa.String),
        sa.Column("request", sa.String),
    )
