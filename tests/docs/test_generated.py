"""Files made from code are what the code makes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_contract_that_the_web_types_come_from_is_the_api_s():
    made = subprocess.run([sys.executable, "-m", "api.openapi"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(made.stdout) == json.loads((ROOT / "web/openapi.json").read_text()), (
        "run: .venv/bin/python -m api.openapi > web/openapi.json && npm --prefix web run schema"
    )
