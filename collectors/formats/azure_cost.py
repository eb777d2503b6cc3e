"""Azure cost exports: actual and amortized, of enterprise agreements, customer agreements and pay-as-you-go.

Rules: `azure_rules`, `azure_prices`. Which export a file is and which rows count: `azure_datasets`. The FOCUS export is
a FOCUS file and not read here. Settings: `dataset` (actual or amortized) where neither manifest nor content tells;
`currency` and `billing_account` where the file names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from collectors.formats import azure_datasets as datasets
from collectors.formats.azure_rules import AMOUNT_COLUMNS, TIME_COLUMNS, focus_lines
from collectors.formats.azure_tables import Service, column_names, service
from collectors.formats.contract import Kind, Money, Normalised, RawFile, Time

NAME = "azure-cost"
LABEL = "Azure cost export (actual and amortized)"
VERSION = 1
EXPECTED: tuple[str, ...] = ("Date", "CostInBillingCurrency", "BillingCurrency", "MeterCategory", "ConsumedService")

# Never day-first: no family writes it, and 03/04 would be read as another day without an error.
DAYS = Time("%m/%d/%Y", "iso")
FOCUS_ONLY = frozenset({"billedcost", "effectivecost", "chargeperiodstart"})


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    names = column_names(columns)
    found = set(names.values())
    if any(column.strip().lstrip("\ufeff").casefold() in FOCUS_ONLY for column in columns):
        return None
    described = found & {"ConsumedService", "MeterCategory", "MeterId", "MeterName"}
    return names if {"Cost", "Date"} <= found and described and found & {"SubscriptionId", "BillingAccountId"} else None


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    # Quantities are read to 18 places like amounts: they are divided by block sizes before they are stored.
    amounts: dict[str, Kind] = {name: Money() for name in AMOUNT_COLUMNS if name in names}
    return amounts | {name: DAYS for name in TIME_COLUMNS if name in names}


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    seen = datasets.survey(files, settings)
    exports = datasets.decide(seen.exports, settings)
    paired = datasets.paired_months(exports)
    services = {key: _service(key) for key in seen.service_keys}
    rows = pl.concat([datasets.counted(export, paired) for export in exports])
    return Normalised(
        lines=focus_lines(rows, services, seen.words),
        left_out=datasets.left_out(exports, paired),
        control=datasets.control(exports, paired),
        warnings=(*datasets.warnings(exports, paired), *_unknown(services.values())),
    )


def _service(key: str) -> Service:
    consumed, resource_type, *names = key.split("\x1f")
    return service(consumed, resource_type, names)


def _unknown(services: Iterable[Service]) -> tuple[str, ...]:
    """One sentence with the services that stand in category Other for want of an entry in data/azure_services.csv."""
    names = sorted({found.name for found in services if not found.known})
    if not names:
        return ()
    return (f"Azure services of unknown category, counted as Other: {', '.join(names)}.",)
