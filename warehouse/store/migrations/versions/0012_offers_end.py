"""Offers end, and who took one back is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    for name in ("until", "taken_back_at", "taken_back_by"):
        op.add_column("offers", sa.Column(name, sa.String))
