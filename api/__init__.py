"""HTTP: parse, ask, render. No SQL, no arithmetic, no provider names."""

from api.app import create_app
from api.settings import ApiSettings

__all__ = ["ApiSettings", "create_app"]
