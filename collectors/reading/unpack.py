"""Text files, packed or not, looked over byte by byte before any parser sees them.

Parsers found in libraries ignore the checksum of gzip, take a cut stream for a short one and drop an over-long last
line; here each of these is a fault.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from collectors.formats.contract import FormatError
from collectors.reading.limits import ReadLimits

_CHUNK_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS  # header, checksum and length are all checked by zlib


@dataclass(frozen=True, slots=True)
class Text:
    """A text file that may be parsed."""

    path: Path
    size_bytes: int
    odd_quotes: bool  # an odd number of quotes: either one never closes, or one stands inside an unquoted cell


def plain_text(path: Path, limits: ReadLimits) -> Text:
    """An unpacked text file, as it lies."""
    with path.open("rb") as file:
        return _look_over(path, iter(lambda: file.read(_step(limits)), b""), limits, None)


def unpack(path: Path, out: Path, limits: ReadLimits) -> Text:
    """Unpack gzip to `out`, all members, with checksum and length."""
    with path.open("rb") as packed, out.open("wb") as file:
        return _look_over(out, _inflate(packed, limits), limits, file)


def _step(limits: ReadLimits) -> int:
    """Bytes looked at together: no more than a line may have, so that a line too long shows between two of them."""
    return min(_CHUNK_BYTES, limits.cell_bytes)


def _inflate(packed: IO[bytes], limits: ReadLimits) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP)
    taken = given = 0
    pending = b""
    fresh = True  # nothing of this member seen yet
    while True:
        pending = pending or packed.read(_CHUNK_BYTES)
        if not pending:
            break
        if fresh and taken and not pending.strip(b"\0"):
            pending = b""  # zero padding after the last member is allowed
            continue
        before = len(pending)
        try:
            out = member.decompress(pending, _step(limits))
        except zlib.error as error:
            raise FormatError(f"the gzip data is damaged ({error}).", next_step=_AGAIN) from error
        fresh = False
        pending = member.unconsumed_tail or member.unused_data
        taken += before - len(pending)
        given += len(out)
        if given > limits.ratio_free_bytes and given > taken * limits.ratio:
            raise FormatError(
                f"it unpacks to more than {limits.ratio} times its size.", next_step="Send it unpacked if it is meant."
            )
        if out:
            yield out
        if member.eof:
            member, fresh = zlib.decompressobj(_GZIP), True
    if not fresh:
        raise FormatError("the gzip data ends too early: the file was cut.", next_step=_AGAIN)


_AGAIN = "Fetch or upload the file again."


def _look_over(path: Path, chunks: Iterator[bytes], limits: ReadLimits, out: IO[bytes] | None) -> Text:
    size = quotes = line_start = line_no = 0
    for chunk in chunks:
        first = chunk.find(b"\n")
        reach = first if first >= 0 else len(chunk)
        if size + reach - line_start > limits.cell_bytes:
            raise FormatError(
                f"line {line_no + 1} is longer than {limits.cell_bytes:,} bytes.",
                next_step="Look for a quote that is never closed, or for a file that is no table.",
            )
        if first >= 0:
            line_no += chunk.count(b"\n")
            line_start = size + chunk.rfind(b"\n") + 1
        quotes += chunk.count(b'"')
        size += len(chunk)
        if out is not None:
            out.write(chunk)
    return Text(path, size, odd_quotes=quotes % 2 == 1)
