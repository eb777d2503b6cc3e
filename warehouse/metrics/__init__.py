"""The questions: measures, dimensions, `CostQuery`, `compile`, `answer`.

`parse(text)` reads a question, `str(query)` writes it, `answer(query, access, store, now)` answers it.
"""

from warehouse.metrics.answer import Answer, answer, days_written
from warehouse.metrics.cache import AnswerCache, version_of
from warehouse.metrics.catalogue import CATALOGUE, Catalogue, Dimension, Measure
from warehouse.metrics.compile import Span, compile  # noqa: A004
from warehouse.metrics.every_line import AllLines, all_lines
from warehouse.metrics.freshness import Access
from warehouse.metrics.line_shares import LineShare, line_shares
from warehouse.metrics.lines import line_texts, lines
from warehouse.metrics.parse import parse
from warehouse.metrics.query import CostQuery, Fault, Filter, Match, QueryError, Sort
from warehouse.metrics.values import Search, values
from warehouse.store.stopping import Stopping

__all__ = [
    "CATALOGUE",
    "Access",
    "AllLines",
    "Answer",
    "AnswerCache",
    "Catalogue",
    "CostQuery",
    "Dimension",
    "Fault",
    "Filter",
    "LineShare",
    "Match",
    "Measure",
    "QueryError",
    "Search",
    "Sort",
    "Span",
    "Stopping",
    "all_lines",
    "answer",
    "compile",
    "days_written",
    "line_shares",
    "line_texts",
    "lines",
    "parse",
    "values",
    "version_of",
]
