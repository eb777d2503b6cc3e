"""Files we did not make, read: recognised by content, unpacked with checks, typed without a guess."""

from collectors.reading.limits import ReadLimits
from collectors.reading.load import EMPTY, Loaded, OnRows, Opened, load, open_file

__all__ = ["EMPTY", "Loaded", "OnRows", "Opened", "ReadLimits", "load", "open_file"]
