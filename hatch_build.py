"""Build the web app into the wheel, so that an installed Outlay serves its pages without Node.js."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuild(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        # An editable install serves web/dist of the checkout; copying it would go stale.
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        from outlay.webtools import npm_command

        npm, env = npm_command()
        web = Path(self.root) / "web"
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *arguments], cwd=web, env=env, check=True)
        build_data["force_include"][str(web / "dist")] = "outlay/web"
