"""Power cut at any moment: the bundle is in the registry whole, or not at all."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mediabridge.apply.sqlite import SqliteRegistry
from tests.apply.contract.adapters import OWNER, population
from tests.apply.people import RESIDENT

pytestmark = pytest.mark.in_turns

RECORDS = 600
ROOT = Path(__file__).parents[3]

CHILD = """
import os, signal, sys
from pathlib import Path
from mediabridge.apply import apply_bundle
from mediabridge.apply.sqlite import SqliteRegistry
from tests.apply.contract.adapters import OWNER
from tests.apply.people import NAMES, NOW, bundle, notice, texts

path, moment = Path(sys.argv[1]), sys.argv[2]
# So few at once that several batches are written before the end.
sys.modules["mediabridge.apply.apply"].APPLY_BATCH = 100
registry = SqliteRegistry(path, OWNER)
# So small a cache that changed pages reach the file long before the commit.
registry._connection.execute("PRAGMA cache_size = 5")

def die(here):
    if here == moment:
        os.kill(os.getpid(), signal.SIGKILL)

def notices():
    print("started", flush=True)
    for n in range(RECORDS):
        die(f"record {n}")
        yield from texts(notice(notice_id=f"N-{n}", sequence=n, prior_card_number=f"AB{n:08d}CD",
                                card_number=f"ZZ{n:08d}CD"))

apply_bundle(registry, bundle(), notices(), now=NOW, decided_by="clerk-1",
             before_commit=lambda _counts: die("before commit"), names=NAMES)
die("after commit")
""".replace("RECORDS", str(RECORDS))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "registry.db"
    rows = (RESIDENT | {"card_number": f"AB{n:08d}CD"} for n in range(RECORDS))
    with SqliteRegistry(path, OWNER) as registry:
        registry.load_population(rows)
    return path


def start(path: Path, moment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(path), moment]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def wait(child: subprocess.Popen[str]) -> int:
    child.communicate()
    return child.returncode


def is_whole(registry: SqliteRegistry) -> bool:
    """Tell whether the bundle is there; what belongs together has to be there together."""
    changed = sum(row[13] == "2029-12-01" for row in population(registry) if len(row) > 4)
    journal = len(list(registry.journal()))
    outcomes = len(list(registry.outcomes(f"{1:032x}")))
    assert (journal, outcomes, changed) in {(0, 0, 0), (1, RECORDS, RECORDS)}
    (verdict,) = registry._connection.execute("PRAGMA integrity_check").fetchone()
    assert verdict == "ok"
    return journal == 1


@pytest.mark.parametrize(
    ("moment", "whole"),
    [("record 0", False), ("record 400", False), ("before commit", False), ("after commit", True)],
)
def test_killed_at_known_moment(path: Path, moment: str, whole: bool) -> None:
    with SqliteRegistry(path, OWNER) as registry:
        before = registry.fingerprint()
    assert wait(start(path, moment)) == -signal.SIGKILL
    with SqliteRegistry(path, OWNER) as registry:
        assert is_whole(registry) is whole
        assert (registry.fingerprint() == before) is not whole


def test_cut_leaves_a_journal(path: Path) -> None:
    assert wait(start(path, "before commit")) == -signal.SIGKILL
    assert path.with_name("registry.db-journal").stat().st_size > 0


def test_killed_at_random_moments(path: Path) -> None:
    moments = random.Random(20261123)  # noqa: S311 - not for secrets
    for _ in range(6):
        with start(path, "never") as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "started\n"
            time.sleep(moments.uniform(0, 0.25))
            child.kill()
        with SqliteRegistry(path, OWNER) as registry:
            if is_whole(registry):
                break
    else:
        assert wait(start(path, "never")) == 0
        with SqliteRegistry(path, OWNER) as registry:
            assert is_whole(registry)
