"""``doctor --send``: what leaves the station is shown before, and is codes and versions."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World
from cli.terminal import at_terminal
from line.over import LGWAN
from required import require_library

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

require_library("fastapi")
require_library("psycopg_pool")

from line.served_city import city_hub, connect_to  # noqa: E402 - needs them

from tests.hub.processes import Process  # noqa: E402

pytestmark = pytest.mark.in_turns

CODE = re.compile(r"[A-Z][A-Z0-9_]+|[a-z-]+\.(look|wrong)", re.ASCII)


@pytest.fixture
def hub(world: World) -> Iterator[Process]:
    process = Process(city_hub(world))
    connect_to(world, process.port)
    yield process
    process.stop()


def stored(world: World, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(world.root / "hub/hub.db")) as hub:
        return hub.execute(query).fetchall()


def words(world: World, *more: str) -> list[str]:
    home = world.home(LGWAN).root
    secret = Path(home / "passphrase.training")
    secret.write_text("training\n")
    secret.chmod(0o600)
    return ["--home", os.fspath(home), *more]


@pytest.mark.usefixtures("hub")
def test_report_is_shown_asked_about_and_kept_by_the_hub(world: World) -> None:
    # Found wrong, with a reason; the line needs no such key.
    (world.home(LGWAN).keys / f"{LGWAN}-witness.json").unlink()
    command = [sys.executable, "-m", "mediabridge", *words(world, "--lang", "en")]
    for answer in ("n", "y"):
        with at_terminal([*command, "doctor", "--send"]) as person:
            code = person.answer_all("Shall it be sent? [y = yes / n = no]", f"{answer}\n")
            assert code == ExitCode.CONFIGURATION
            shown = person.shown.replace("\r", "")
        assert stored(world, "SELECT count(*) FROM fault") == [(int(answer == "y"),)]
    before, _question, after = shown.partition("Shall it be sent?")
    assert "Sent to the hub." in after
    kept = stored(world, "SELECT code, times FROM fault_code")
    assert kept
    for code, times in kept:
        assert CODE.fullmatch(code)
        assert re.search(rf"^{re.escape(code)} +{times}$", before, re.MULTILINE), before
    (versions,) = stored(world, "SELECT station, program, system, python FROM fault")
    assert versions[0] == LGWAN
    for each in versions:
        assert each in before


@pytest.mark.usefixtures("hub")
def test_program_has_to_say_yes_beforehand_and_reads_what_went(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    run(words(world, "--json", "doctor", "--send"))
    assert json.loads(capsys.readouterr().out)["reason"] == "NOT_INTERACTIVE"
    run(words(world, "--json", "doctor", "--send", "--yes"))
    sent = json.loads(capsys.readouterr().out)["data"]["sent"]
    kept = stored(world, "SELECT code, times FROM fault_code")
    assert sorted((each["code"], each["count"]) for each in sent["faults"]) == sorted(kept)
    assert sent.keys() == {"at", "program", "system", "python", "faults"}


def test_without_a_line_nothing_is_asked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(words(world, "--json", "doctor", "--send", "--yes")) == ExitCode.MEDIUM
    assert json.loads(capsys.readouterr().out)["reason"] == "LINE_NOT_SET"
