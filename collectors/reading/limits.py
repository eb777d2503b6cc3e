"""What a file may ask of us. Every limit has a name and a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on one file; beyond them it is refused, not cut short."""

    packed_bytes: int = 4 << 30
    """As received. Real exports split long before this; what is larger is a mistake or an attack."""
    ratio: int = 200
    """Unpacked to packed size of gzip. Billing text packs 10 to 60 times; a bomb packs 1,000 times."""
    ratio_free_bytes: int = 64 << 20
    """Unpacked size below which the ratio does not matter: small files of one repeated row are harmless."""
    parquet_ratio: int = 1_000
    """Unpacked to packed size by the footer. A dictionary packs a constant column far better than gzip does."""
    rows: int = 50_000_000
    """The largest month of one scope this product promises to hold, in one file."""
    columns: int = 2_000
    """Legacy cost reports reach several hundred with their tag columns."""
    cell_bytes: int = 1 << 20
    """A line or a cell. Longer ones come from a quote that is never closed, or from a file that is no table."""
