"""The shape of the code, held: sizes, names, providers, imports, style, and what must never be in the repository.

Exceptions stand here by name and are only removed.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("api", "collectors", "outlay", "warehouse")
BANNED_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "base", "misc"}
PROVIDERS = re.compile(r"\b(aws|amazon|azure|microsoft|gcp|google)\b", re.IGNORECASE)
PROVIDERS_MAY_APPEAR = ("collectors/", "findings/waste/", "outlay/demo/")
MODULE_LINES = 400
FUNCTION_LINES = 60
HANDLER_LINES = 15
ARGUMENTS = 5
TYPESCRIPT_LINES = 250
COLLECTOR_LINES = 350
FIXTURE_ROWS = 200

LONG_FUNCTIONS: set[str] = set()
MANY_ARGUMENTS: set[str] = set()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).exists()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_are_small():
    found = {short(path): len(path.read_text().splitlines()) for path in python_files()}
    assert {name: lines for name, lines in found.items() if lines > MODULE_LINES} == {}
    formats = {name: lines for name, lines in found.items() if name.startswith("collectors/formats/")}
    assert {name: lines for name, lines in formats.items() if lines > COLLECTOR_LINES} == {}


def test_typescript_files_are_small():
    files = [p for p in tracked() if p.suffix in (".ts", ".tsx") and "web/src" in short(p) and p.name != "schema.d.ts"]
    found = {short(path): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in found.items() if lines > TYPESCRIPT_LINES} == {}


def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((f"{short(path)}:{node.name}", node))
    return found


def test_functions_are_small():
    long = {name for name, node in functions() if node.end_lineno - node.lineno + 1 > FUNCTION_LINES}
    assert long <= LONG_FUNCTIONS, long - LONG_FUNCTIONS


def test_functions_take_few_arguments():
    """Command line verbs are exempt: each argument is an option that people type."""

    def count(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        arguments = [*node.args.posonlyargs, *node.args.args]
        return len([one for one in arguments if one.arg not in ("self", "cls")])

    many = {
        name
        for name, node in functions()
        if count(node) > ARGUMENTS and not name.startswith(("outlay/commands/", "outlay/cli.py", "api/routers/"))
    }
    assert many <= MANY_ARGUMENTS, many - MANY_ARGUMENTS


def test_handlers_only_parse_ask_and_render():
    handlers = [
        (name, node)
        for name, node in functions()
        if name.startswith("api/routers/") and any("router" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    assert handlers
    assert {name for name, node in handlers if node.end_lineno - node.lineno + 1 > HANDLER_LINES} == set()


def test_no_drawers():
    modules = [path for path in tracked() if path.suffix in (".py", ".ts", ".tsx")]
    parts = {short(path): {Path(part).stem for part in path.relative_to(ROOT).parts} for path in modules}
    assert {name for name, words in parts.items() if words & BANNED_NAMES} == set()


def test_providers_are_named_where_they_are_known():
    found = {
        f"{short(path)}:{number}"
        for path in python_files()
        if not short(path).startswith(PROVIDERS_MAY_APPEAR)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PROVIDERS.search(line)
    }
    sources = [path for path in tracked() if "web/src" in short(path) and path.suffix in (".ts", ".tsx")]
    found |= {short(path) for path in sources if PROVIDERS.search(path.read_text()) and path.name != "schema.d.ts"}
    assert found == set()


def test_fixtures_are_small():
    fixtures = [path for path in tracked() if short(path).startswith("tests/") and path.suffix in (".csv", ".json")]
    rows = {short(path): len(path.read_text(errors="replace").splitlines()) for path in fixtures}
    assert {name: count for name, count in rows.items() if count > FIXTURE_ROWS and "query_examples" not in name} == {}


def test_nothing_is_left_undone():
    undone = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    files = [path for path in tracked() if path.suffix in (".py", ".ts", ".tsx", ".md") and path != Path(__file__)]
    assert {short(path) for path in files if undone.search(path.read_text(errors="replace"))} == set()


def test_no_registry_address_in_locks():
    locks = [path for path in tracked() if "lock" in path.name or path.name == ".npmrc"]
    assert locks
    bad = re.compile(
        r'"resolved": *"https?://|^ *--(extra-)?index-url|^ *--find-links|registry *= *"?https?://', re.MULTILINE
    )
    assert {short(path) for path in locks if bad.search(path.read_text())} == set()


def test_the_duckdb_connection_is_private_to_the_store():
    users = {
        short(path) for path in python_files() if re.search(r"^\s*(import duckdb|from duckdb)", path.read_text(), re.M)
    }
    assert {name for name in users if not name.startswith("warehouse/store/")} == set()


def test_stored_cost_is_summed_by_the_store_and_by_metrics_only():
    sums = re.compile(r"\bsum\(\s*(\w+\.)?(billed|effective|list|contracted)_cost")
    users = {short(path) for path in python_files() if sums.search(path.read_text())}
    assert {name for name in users if not name.startswith(("warehouse/store/", "warehouse/metrics/"))} == set()


def test_no_file_api_touches_the_warehouse():
    """Closing any descriptor of the file would drop DuckDB's lock; only recovery moves it, while it is closed."""
    users = {short(path) for path in python_files() if "warehouse.duckdb" in path.read_text()}
    assert users <= {"warehouse/store/recovery.py", "warehouse/store/store.py"}
    opened = re.compile(r"FILE\b.*\.(open|read_bytes|read_text|write_bytes|write_text)\(|copy\w*\(.*FILE\b")
    own = [path for path in python_files() if short(path).startswith("warehouse/store/")]
    assert {short(path) for path in own if opened.search(path.read_text())} == set()


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["lint-imports", "--no-cache"],
        ["mypy"],
        ["deptry", "."],
    ],
    ids=lambda command: " ".join(command),
)
def test_linters_agree(command):
    done = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
