"""Files that could not be read: a record for the Data page, and the sentence for who sent them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from api import documents as doc
from api.protocols import ImportOrder
from collectors.formats import FormatError
from outlay.child import ChildError
from warehouse.focus import ConformError
from warehouse.store import Store

REFUSALS: Final = (FormatError, ChildError, ConformError)
"""What reading raises when the fault lies in the files."""

FAULTS_SHOWN: Final = 100


def refused(store: Store, order: ImportOrder, error: Exception, now: datetime) -> doc.ImportResult:
    """Keep the reason and answer it; what was live stays live."""
    problem = _problem(error)
    names = [order.name] if order.name else [path.name for path in order.paths]
    facts = {"files": [], "names": names, "problem": problem.model_dump()}
    load = store.refuse(order.source, str(error), facts, actor=order.actor, now=now)
    return doc.ImportResult(
        state="quarantined",
        source=order.source,
        files=[doc.FileResult(name=name, state="refused", error=problem) for name in names],
        warnings=[f"Nothing was changed. The refusal is kept as load {load.id}."],
    )


def _problem(error: Exception) -> doc.ProblemDocument:
    faults: list[Mapping[str, Any]] = list(getattr(error, "faults", ()))[:FAULTS_SHOWN]
    next_step = getattr(error, "next_step", None)
    return doc.ProblemDocument(
        type="urn:outlay:problem:data",
        title="The files were refused",
        status=422,
        detail=str(error),
        field=getattr(error, "column", None),
        next_step=next_step or "Mend the files as it says, then import them again.",
        faults=[dict(fault) if isinstance(fault, Mapping) else {"message": str(fault)} for fault in faults],
    )
