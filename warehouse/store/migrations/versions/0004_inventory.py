"""What sources know beside bills: accounts, invoices, catalogue prices, each from when to when it was so."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "inventory",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("since", sa.String, primary_key=True),
        sa.Column("until", sa.String),
        sa.Column("facts", sa.JSON, nullable=False),
    )
