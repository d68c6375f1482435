from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.translog import database
from mediabridge.translog.store import TransferLog
from tests.owners import LGWAN

ROOT = Path(__file__).parents[2]

APPENDER = """
import itertools, pathlib, sys
from mediabridge.translog import database, events
from mediabridge.translog.store import TransferLog
from tests.owners import LGWAN

with database.connect(pathlib.Path(sys.argv[1]), LGWAN) as connection:
    log = TransferLog(connection, sys.argv[2])
    for seq in itertools.count(log.size()):
        entry = events.build(
            events.Event.BUNDLE_SEALED, time="2026-04-01T00:00:00Z", station=log.station,
            actor="clerk-1", facts={"seq": seq},
        )
        print(log.append(entry), flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 20])
def test_killed_appender_loses_nothing(
    path: Path, origin: str, entry: Callable[..., bytes], acknowledged: int
) -> None:
    for _ in range(3):
        with database.connect(path, LGWAN) as connection:
            before = TransferLog(connection, origin).size()
        command = [sys.executable, "-c", APPENDER, str(path), origin]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
            assert child.stdout is not None
            for _ in range(acknowledged):
                promised = int(child.stdout.readline())
            child.kill()
        assert promised == before + acknowledged - 1
        with database.connect(path, LGWAN) as connection:
            log = TransferLog(connection, origin)
            assert log.size() > promised
            log.check()
            assert list(log.entries()) == [entry(seq) for seq in range(log.size())]
