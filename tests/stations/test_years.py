"""Stations with years behind them: what lies behind costs a command nothing, and is right."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.bench.content import notices
from mediabridge.bench.desk import passphrase
from mediabridge.bench.grown import Years, grown_stations
from mediabridge.clock import SystemClock
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.stations import bundles, lookup, rerouting
from mediabridge.stations.books import BundleState
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation
from mediabridge.trust.signers import open_signer

pytestmark = pytest.mark.in_turns

YEARS = Years(days=4, records=20)

GROWING = frozenset(
    {
        "bundles", "carriages", "checkpoint", "cosigned", "decision", "entry", "finding", "held",
        "held_sign", "history", "inbox", "journal", "node", "outcome", "promise", "receipts",
        "records", "repeats", "supplements", "trips",
    }
)  # fmt: skip
OF_WHAT_IS_OPEN = frozenset({"records_returned", "repeats_rejected", "trips_open"})
"""Indexes that hold only what is open, and may be gone through."""
FROM_ITS_END = "FROM journal ORDER BY number DESC"
"""Read until an entry is known, which is the last one."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years")
    grown_stations(folder, YEARS)
    return folder


def opened(folder: Path, name: str, trace: Callable[[str], None] = lambda _: None) -> Desk:
    def traced(station: OpenStation) -> None:
        station.books._db.set_trace_callback(trace)
        station._connection.set_trace_callback(trace)
        if isinstance(station, RegistryStation):
            embedded(station).set_trace_callback(trace)

    kind = LgwanStation if name == "lgwan-01" else RegistryStation
    return kind(folder / name, clock=SystemClock(), passphrases=passphrase, opened=traced)


def embedded(station: RegistryStation) -> sqlite3.Connection:
    registry = station.registry
    assert isinstance(registry, SqliteRegistry)
    return registry._connection


def plans(station: Desk, said: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each step of the plan of each statement that was *said*, with the statement."""
    databases = [station.books._db, station._connection]
    if isinstance(station, RegistryStation):
        databases.append(embedded(station))
    for statement in dict.fromkeys(each for each in said if each.lstrip().startswith("SELECT")):
        for database in databases:
            try:
                steps = sqlite3.Connection.execute(database, f"EXPLAIN QUERY PLAN {statement}")
            except sqlite3.OperationalError:
                continue  # It was said to another one.
            yield from ((detail, statement) for *_, detail in steps.fetchall())


def walks(station: Desk, said: list[str]) -> list[tuple[str, str]]:
    found = []
    for detail, statement in plans(station, said):
        scan = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", detail)
        bounded = FROM_ITS_END in statement or (
            scan and (scan[2] in OF_WHAT_IS_OPEN or (scan[2] and " LIMIT " in statement))
        )
        if scan and scan[1] in GROWING and not bounded:
            found.append((detail, statement))
    return found


def look_at_lgwan(station: Desk) -> None:
    station.status()
    rows, whole = bundles.listed(station)
    assert (len(rows), whole) == (2 * YEARS.days, True)
    row = bundles.chosen(station, rows[1].bundle[:8], BundleState.SEALED)
    list(station.books.records_of(row.bundle))
    assert list(rerouting.returned(station)) == []
    (held,) = station.books.own_record("I-131041-00000001-0000001")
    assert (held.result, held.supplement) == ("applied", 1)


def look_at_registry(station: Desk) -> None:
    assert isinstance(station, RegistryStation)
    station.status()
    assert len(list(station.registry.held())) == 2
    lookup.look_up(station, "AB00000001CD")


@pytest.mark.parametrize(
    ("name", "look"), [("lgwan-01", look_at_lgwan), ("registry-01", look_at_registry)]
)
def test_no_command_that_looks_goes_through_all_that_ever_was(
    grown: Path, name: str, look: Callable[[Desk], None]
) -> None:
    said: list[str] = []
    with opened(grown, name, said.append) as station:
        look(station)
        found = walks(station, said)
    assert len(said) > 30
    assert found == []


def test_list_has_the_newest_and_what_is_not_answered(
    grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "BUNDLES_LISTED", 2)
    with opened(grown, "registry-01") as station:
        every = station.books.bundles()
        oldest = [row for row in every if row.direction == "out"][-1]
        assert bundles.listed(station) == (every[:2], False)
        with station.books.transaction():
            station.books.set_state(oldest.bundle, BundleState.APPROVED)
            waiting = replace(oldest, state=BundleState.APPROVED)
            assert bundles.listed(station) == ([*every[:2], waiting], False)
            station.books.set_state(oldest.bundle, oldest.state)


@pytest.mark.heavy
def test_real_day_follows_the_years(grown: Path, tmp_path: Path) -> None:
    """What lies behind is as a journey leaves it: a journey goes on from there."""
    folder = tmp_path / "here"
    shutil.copytree(grown, folder, symlinks=True)
    stick = folder / "stick"
    stick.mkdir()
    officer = open_signer(folder / "city/keys/officer-1.json", passphrase(""))
    with opened(folder, "lgwan-01") as station:
        station.log.check()
        station.mirror("registry-01").check()
        path = folder / "isa_notice.csv"
        with path.open("wb") as output:
            writer = CsvWriter(output, Kind.ISA_NOTICE, tables=station.tables)
            for notice in islice(notices(seed=1, different=20), 20):
                writer.write(notice)
        station.collect(path)
        station.export(lambda: stick, approver=lambda _shown: officer)
    with opened(folder, "registry-01") as station:
        station.log.check()
        station.import_(stick, note=lambda _taken: None)
        # The last bundle of the years was answered, and what it carried is closed.
        assert station.books.outcome_counts() == {"applied": YEARS.days * YEARS.records}
        station.export(lambda: stick, approver=lambda _shown: officer, empty=True)
    with opened(folder, "lgwan-01") as station:
        station.import_(stick, note=lambda _taken: None)
        counts = station.books.outcome_counts()
        assert sum(counts.values()) == YEARS.days * YEARS.records + 20
        assert "open" not in counts
