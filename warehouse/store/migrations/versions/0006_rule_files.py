"""Files published with the rules: lookup tables, and other documents that one version holds together."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("documents", sa.Column("files", sa.JSON, nullable=False, server_default="{}"))
