"""In which list of the inbox a question was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("questions", sa.Column("kind", sa.String, nullable=False, server_default="unallocated"))
