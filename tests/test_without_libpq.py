"""Without libpq the tests of the server say so, and fail where nothing may be skipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
