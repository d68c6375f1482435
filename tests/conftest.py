"""What every test shares: a fixed language, and what may be skipped where."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import drawing
import pytest
from hypothesis import HealthCheck, settings
from required import REQUIRE_ALL, missing

from mediabridge.cli import _screen
from mediabridge.locale import Language, moments, set_language, show_times_in
from mediabridge.shown.codes import name_codes_of
from mediabridge.trust import keyfile

# Live cities of the tests have keys that open fast; test_live_keys.py puts it back.
keyfile.LIVE_COST = keyfile.TRAINING_COST

ANY_TIME = "2026-11-20T00:00:00Z"
UTC_FORM = re.compile(r"[0-9]T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
FILES_OF = os.environ.get("MEDIABRIDGE_ONE_IN_32", "")
"""The seed that draws which of the files, one in 32, are played; empty for all."""
TURNS_OF = drawing.seed_of(os.environ.get("MEDIABRIDGE_TURNS", drawing.ALL), Path(__file__).parent)
"""The seed that draws which twentieth is played of the files that take long."""

PLAYED = "points played, points there are, commands ended"
"""The property in which a test says how much of a large set it played."""

# No test says anything about time: on a busy machine an example may take as long as it takes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_report_header() -> str:
    return f"files that take long: drawn by {TURNS_OF}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = _of_other_runs(items) | _of_other_turns(items)
    config.hook.pytest_deselected(items=[each for each in items if _file_of(each) in left])
    items[:] = [each for each in items if _file_of(each) not in left]
    if REQUIRE_ALL:
        return
    skip = pytest.mark.skip(reason="heavy: runs with MEDIABRIDGE_REQUIRE=all")
    for item in items:
        if "heavy" in item.keywords:
            item.add_marker(skip)


def _of_other_runs(items: list[pytest.Item]) -> set[str]:
    if not FILES_OF:
        return set()
    files = set(map(_file_of, items))
    return files - drawing.files_drawn(files, FILES_OF, drawing.ONE_IN_32)


def _of_other_turns(items: list[pytest.Item]) -> set[str]:
    long = {_file_of(each) for each in items if "in_turns" in each.keywords}
    return long - drawing.files_drawn(long, TURNS_OF, drawing.TWENTIETH)


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at how many points commands were disturbed, wherever the tests of it ran."""
    reports = terminalreporter.getreports("passed")
    told = [dict(each.user_properties).get(PLAYED) for each in reports]
    if played := [each for each in told if each]:
        here, there, ended = map(sum, zip(*played, strict=True))
        line = f"commands disturbed at {here} of {there} points; {ended} of them ended one"
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    set_language(Language.EN)
    show_times_in(None)
    name_codes_of(None)
    yield
    set_language(Language.EN)
    show_times_in(None)
    name_codes_of(None)


@pytest.fixture(autouse=True)
def _as_wide_as_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the window it is started in."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _screens_have_local_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever test makes a screen show a time in the form of the files."""
    printable = _screen.printable

    def checked(line: str, *, lines: bool = False) -> str:
        assert moments.local(ANY_TIME) is None or not UTC_FORM.search(line), line
        return printable(line, lines=lines)

    monkeypatch.setattr(_screen, "printable", checked)


@pytest.fixture(scope="session")
def require_tool() -> Callable[[str], str]:
    """Give the path of a tool; without it skip, or fail where nothing may be skipped."""

    def path_of(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            missing(f"{name} is not installed")
        return path

    return path_of


@pytest.fixture(scope="session")
def clamd(require_tool: Callable[[str], str]) -> str:
    """Give the path of ClamAV's daemon, which stands where not everybody looks for programs."""
    found = shutil.which("clamd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    return found or require_tool("clamd")
