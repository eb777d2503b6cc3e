"""The language: FOCUS columns with type, unit and meaning; periods; money; `conform`."""

from warehouse.focus.columns import (
    BY_NAME,
    COLUMNS,
    COST_COLUMNS,
    MONEY,
    PROVENANCE,
    QUANTITY,
    SCHEMA,
    TIME,
    VERSIONS,
    Column,
    version_columns,
)
from warehouse.focus.conform import ConformError, Fault, conform
from warehouse.focus.money import AMOUNT_PATTERN, CURRENCIES, SCALE, Money, exact, plain, split, total
from warehouse.focus.period import Period, add_months, month, period_label, period_label_expr

__all__ = [
    "AMOUNT_PATTERN",
    "BY_NAME",
    "COLUMNS",
    "COST_COLUMNS",
    "CURRENCIES",
    "MONEY",
    "PROVENANCE",
    "QUANTITY",
    "SCALE",
    "SCHEMA",
    "TIME",
    "VERSIONS",
    "Column",
    "ConformError",
    "Fault",
    "Money",
    "Period",
    "add_months",
    "conform",
    "exact",
    "month",
    "period_label",
    "period_label_expr",
    "plain",
    "split",
    "total",
    "version_columns",
]
