"""What a file is, by its content: names lie, and a name is all a sender can choose freely."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from collectors.formats.contract import FormatError

Content = Literal["gzip", "parquet", "json", "csv"]

HEAD_BYTES = 64 << 10  # enough to see a header row; UTF-16 shows its zero bytes in the first few

_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "a ZIP archive (or an Excel workbook)",
        "Unpack it and import the files inside, as CSV or Parquet.",
    ),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "Save it as CSV (UTF-8, commas)."),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV or Parquet."),
    (b"Obj\x01", "an Avro file", "Export as CSV, JSON lines or Parquet."),
    (b"ORC", "an ORC file", "Export as CSV or Parquet."),
    (b"BZh", "packed with bzip2", "Unpack it, or pack it with gzip."),
    (b"\xfd7zXZ", "packed with xz", "Unpack it, or pack it with gzip."),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it, or pack it with gzip."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it and import the files inside."),
    (b"%PDF", "a PDF", "Import the billing export, not the invoice document."),
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8."),
)


def sniff(path: Path) -> Content:
    """The kind of content. Raises FormatError for what is empty or never read."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise FormatError("the file is empty.", next_step="Export it again, or leave it out.")
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_foreign(head)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "json"
    if text.startswith(b"["):
        raise FormatError("this is one JSON array.", next_step="Export JSON lines: one object per line.")
    if text.startswith(b"<"):
        raise FormatError("this is XML or a web page, which is never read.", next_step="Export as CSV or Parquet.")
    if not text:
        raise FormatError("the file holds nothing but blanks.", next_step="Export it again, or leave it out.")
    return "csv"


def _refuse_foreign(head: bytes) -> None:
    for magic, what, next_step in _REFUSED:
        if head.startswith(magic):
            raise FormatError(f"this is {what}, which is not read.", next_step=next_step)
    if head[8:12] == b"DUCK":
        raise FormatError("this is a DuckDB database, which is never opened.", next_step="Export the table as Parquet.")
    if b"\0" in head:
        raise FormatError(
            "this holds zero bytes: it is binary, or text in UTF-16.",
            next_step="Export as CSV in UTF-8, or as Parquet.",
        )
