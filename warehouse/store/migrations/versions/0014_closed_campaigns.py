"""What a campaign began with in sum, and how a closed one stood on the day it was closed."""

from decimal import Context, Decimal, Inexact

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
EXACT = Context(prec=100, traps=[Inexact])


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("resources", sa.Integer, nullable=False, server_default="0"))
    op.add_column("campaigns", sa.Column("cost", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("campaigns", sa.Column("progress", sa.JSON))
    op.add_column("campaign_resources", sa.Column("closed_as", sa.String))
    resources = sa.table("campaign_resources", sa.column("campaign"), sa.column("cost", sa.JSON))
    campaigns = sa.table("campaigns", sa.column("id"), sa.column("resources"), sa.column("cost", sa.JSON))
    found: dict[str, list[dict[str, str]]] = {}
    for campaign, cost in op.get_bind().execute(sa.select(resources.c.campaign, resources.c.cost)):
        found.setdefault(campaign, []).append(cost)
    for campaign, costs in found.items():
        sums: dict[str, Decimal] = {}
        for currency, amount in (pair for cost in costs for pair in cost.items()):
            sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), Decimal(amount))
        told = {currency: f"{amount:f}" for currency, amount in sorted(sums.items())}
        values = {"resources": len(costs), "cost": told}
        op.execute(sa.update(campaigns).where(campaigns.c.id == campaign).values(values))
