"""Arrays of the Google billing export: credits, labels and tags, as JSON text or in Python's own notation."""

from __future__ import annotations

import ast
import json
import re
from typing import Any, Final

import polars as pl

from collectors.formats.contract import FormatError
from warehouse.focus import MONEY

CREDITS: Final = pl.List(pl.Struct({name: pl.String() for name in ("type", "id", "name", "full_name", "amount")}))
PYTHON: Final = r"^\s*[\[{][\[{\s]*'"  # the first key stands in apostrophes: text of a list of dicts, not JSON
QUOTED: Final = r'["\\]'  # Python writes these only around or inside a text that holds an apostrophe or an escape
# Quoting the number hands its digits on as written; a JSON number would travel through a binary float. Exports of
# NUMERIC columns write amounts in quotes already.
AMOUNT: Final = r'"amount"\s*:\s*"?\s*([+\-]?[0-9.][0-9.eE+\-]*)\s*"?'
# What Python and numpy put around or between values that JSON writes plainly.
WRAPPED: Final = ((r"Decimal\('([^']*)'\)", "${1}"), (r"np\.\w+\(([^()]*)\)", "${1}"), (r"\}\s*\n\s*\{", "},{"))


def credits_of(column: str) -> pl.Expr:
    """The decoded credits of each row, amounts as written; `check_credits` must have passed."""
    return pl.col(column).map_batches(_decoded, return_dtype=CREDITS, is_elementwise=True)


def check_credits(arrays: pl.LazyFrame, file: str) -> None:
    """Raise FormatError, with file and row, for the first of `arrays` (credits, x_SourceRow) that cannot be read.

    Raised in the middle of a query the error would lose its facts, so this reads the column ahead.
    """
    for batch in arrays.collect_batches(maintain_order=True):
        try:
            readable = _amounts_readable(_decoded(batch["credits"]))
        except pl.exceptions.ComputeError:
            readable = False
        if not readable:
            raise next(fault for fault in map(_fault, batch["credits"], batch["x_SourceRow"]) if fault).in_file(file)


def _decoded(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(AMOUNT, '"amount":"${1}"').str.json_decode(CREDITS)


def _amounts_readable(arrays: pl.Series) -> bool:
    amounts = arrays.explode().struct.field("amount")
    return not (amounts.is_not_null() & amounts.cast(MONEY, strict=False).is_null()).any()


def _fault(text: str | None, row: int) -> FormatError | None:
    try:
        readable = _amounts_readable(_decoded(pl.Series([text], dtype=pl.String)))
    except pl.exceptions.ComputeError:
        readable = False
    if readable:
        return None
    return FormatError(
        "is not an array of credits with decimal amounts.",
        row=row,
        column="credits",
        value=text,
        next_step="Export the table again with the credits array as JSON.",
    )


def json_text(column: str) -> pl.Expr:
    """An array as JSON text, whoever wrote it; an empty array is null."""
    return pl.col(column).map_batches(_json_texts, return_dtype=pl.String, is_elementwise=True)


def _json_texts(texts: pl.Series) -> pl.Series:
    rows = pl.DataFrame({"text": texts}).select(pl.when(pl.col("text").str.strip_chars() != "[]").then("text"))
    python, quoted = pl.col("text").str.contains(PYTHON), pl.col("text").str.contains(QUOTED)
    if not rows.select(python.any()).item():
        return rows["text"]
    plain = pl.col("text")
    for pattern, value in WRAPPED:
        plain = plain.str.replace_all(pattern, value)
    plain = plain.str.replace_all("'", '"', literal=True)
    for word, value in (("None", "null"), ("True", "true"), ("False", "false")):
        plain = plain.str.replace_all(rf":\s*{word}([,}}\]])", f":{value}${{1}}")
    careful = pl.when(python & quoted).then("text").map_batches(_python_to_json, return_dtype=pl.String)
    return rows.select(pl.when(python & ~quoted).then(plain).when(python).then(careful).otherwise("text"))["text"]


def _python_to_json(texts: pl.Series) -> pl.Series:
    found = texts.drop_nulls().unique()
    written = pl.Series([json.dumps(parsed(text), ensure_ascii=False) for text in found], dtype=pl.String)
    return texts.replace_strict(found, written, default=None, return_dtype=pl.String)


def parsed(text: str) -> Any:
    """The value of JSON text or of a Python literal. Raises FormatError."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    for pattern, value in WRAPPED:
        text = re.sub(pattern, value.replace("${1}", r"\1"), text)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise FormatError(
            f"is neither JSON nor a list as Python writes it: {text[:80]!r}.",
            value=text[:200],
            next_step="Export the table again with its arrays as JSON.",
        ) from None


def tags_of(labels: str, tags: str, project_labels: str, file: str) -> pl.Expr:
    """One flat JSON object per row, keys sorted. On a clash labels win over tags, and both over the project's labels.

    A tag's key carries its namespace, because two organisations may own the same key.
    """

    def merge(rows: pl.Series) -> pl.Series:
        frame = rows.struct.unnest()
        found = frame.unique()
        try:
            flat = pl.Series("flat", [_flat(*row) for row in found.iter_rows()], dtype=pl.String)
        except FormatError as error:
            raise error.in_file(file) from error
        return frame.join(
            found.with_columns(flat), on=frame.columns, how="left", nulls_equal=True, maintain_order="left"
        )["flat"]

    return pl.struct(project_labels, tags, labels).map_batches(merge, return_dtype=pl.String, is_elementwise=True)


def _flat(*texts: str | None) -> str | None:
    merged = {key: value for text in texts if text for key, value in _pairs(parsed(text))}
    return json.dumps(dict(sorted(merged.items())), ensure_ascii=False, separators=(",", ":")) if merged else None


def _pairs(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):  # some dumps turn the array into one object
        value = [{"key": key, "value": inner} for key, inner in value.items()]
    pairs = []
    for item in value or []:
        if not isinstance(item, dict) or item.get("key") is None:
            continue
        namespace = f"{item['namespace']}/" if item.get("namespace") else ""
        pairs.append((f"{namespace}{item['key']}", "true" if item.get("value") is None else str(item["value"])))
    return pairs
