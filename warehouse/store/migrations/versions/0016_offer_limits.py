"""Up to which amount a month an offer may be claimed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"


def upgrade() -> None:
    for name in ("up_to", "currency"):
        op.add_column("offers", sa.Column(name, sa.String))
