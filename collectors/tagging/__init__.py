"""Command lines that write a tag on a resource, for people to read and run: nothing here runs them.

A module of this folder with PROVIDERS knows one provider; `contract` says what it is. `command_line` finds it.
"""

from collectors.tagging.contract import NotReadyError, Wanted
from collectors.tagging.ready import command_line

__all__ = ["NotReadyError", "Wanted", "command_line"]
