"""AWS Invoicing, which the emulator of the rest does not know: ListInvoiceSummaries in pages, by account and month."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

OPERATION = "ListInvoiceSummaries"


@dataclass
class Invoicing:
    """Stands among the faults of a `Cloud` and answers what is its own."""

    invoices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # "2026-10" -> summaries
    page_size: int = 100
    asked: list[dict[str, Any]] = field(default_factory=list)

    def add(self, period: str, invoice: str, total: str, currency: str = "USD", **more: Any) -> None:
        self.invoices.setdefault(period, []).append(
            {
                "AccountId": "123456789012",
                "InvoiceId": invoice,
                "IssuedDate": 1793664000,
                "DueDate": 1796256000,
                "Entity": {"InvoicingEntity": "Amazon Web Services, Inc."},
                "BillingPeriod": {"Year": int(period[:4]), "Month": int(period[5:])},
                "InvoiceType": "INVOICE",
                "BaseCurrencyAmount": {"TotalAmount": total, "TotalAmountBeforeTax": total, "CurrencyCode": currency},
                **more,
            }
        )

    def __call__(self, request: Request, kind: str) -> Response | None:
        if kind != OPERATION:
            return None
        given = json.loads(request.get_data())
        self.asked.append(given)
        month = given["Filter"]["BillingPeriod"]
        there = self.invoices.get(f"{month['Year']}-{month['Month']:02}", [])
        own = [one for one in there if one["AccountId"] == given["Selector"]["Value"]]
        start = int(given.get("NextToken") or 0)
        page: dict[str, Any] = {"InvoiceSummaries": own[start : start + self.page_size]}
        if start + self.page_size < len(own):
            page["NextToken"] = str(start + self.page_size)
        return Response(json.dumps(page), content_type="application/x-amz-json-1.0")
