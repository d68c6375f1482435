"""Without libpq a hub says so; tests of the server do so, or fail where none may be skipped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hub.processes import SETTINGS
from required import require_library

from mediabridge.errors import ExitCode

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parents[1]
SERVER = Path("tests", "apply", "postgres")
# None in the place of a module is how Python is told that there is none.
BARE = "import sys, pytest; sys.modules['psycopg'] = None; sys.exit(pytest.main(sys.argv[1:]))"


def collected(require: str) -> subprocess.CompletedProcess[str]:
    """Collect the tests of the server as if psycopg were not installed."""
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-c", BARE, "-rsE", "--collect-only", "-p", "no:cacheprovider", SERVER],
        cwd=ROOT,
        env=inherited | {"MEDIABRIDGE_REQUIRE": require},
        capture_output=True,
        text=True,
        check=False,
    )


def files() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / SERVER).glob("test_*.py"))


def test_every_file_is_skipped_with_a_reason() -> None:
    done = collected("")
    assert re.search(
        rf"^SKIPPED \[{len(files())}\].*: psycopg is not installed$", done.stdout, re.MULTILINE
    )
    assert "ERROR" not in done.stdout


def test_every_file_fails_where_nothing_may_be_skipped() -> None:
    done = collected("all")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert re.findall(r"^ERROR (\S*)", done.stdout, re.MULTILINE) == [str(path) for path in files()]


NOT_FOUND = "import ctypes.util as here; here.find_library = lambda name: None"
PLACE = 'adapter = "postgresql"\nhost = "/run/nowhere"\ndatabase = "hub"\nuser = "hub"'


def test_hub_names_what_the_system_lacks(tmp_path: Path) -> None:
    """The package has psycopg; libpq is the system's, which only a hub needs."""
    require_library("psycopg_pool")
    settings = tmp_path / "hub.toml"
    paths = dict.fromkeys(("cities", "certificate", "key"), tmp_path)
    settings.write_text(SETTINGS.format(**paths, database=PLACE, more=""))
    script = f"{NOT_FOUND}; from mediabridge.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "--json", "hub", "purge", "--settings", settings],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["reason"]) == (ExitCode.CONFIGURATION, "HUB_LIBRARY")
    assert "libpq" in told["message"]
