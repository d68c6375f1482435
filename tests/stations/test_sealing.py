"""Sealing: what is counted and hashed is what really goes into the bundle."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks.records import csv_of, isa_csv, isa_notice
from attacks.world import World

from mediabridge.bundle import seal as bundle_seal
from mediabridge.bundle.seal import Draft
from mediabridge.errors import CollectedChangedError
from mediabridge.kinds import Kind
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing import sealing
from mediabridge.translog.events import Event

EXTENSIONS = isa_csv((1, 1), (2, 2))


def deletions() -> bytes:
    rows = [{**isa_notice(n, n), "event_code": "N09", "operation_hint": "deletion"} for n in (1, 2)]
    return csv_of(Kind.ISA_NOTICE, rows)


def collected(world: World, station: LgwanStation) -> Path:
    path = world.root / "isa.csv"
    path.write_bytes(EXTENSIONS)
    return station.home.inbox / f"{station.collect(path).file}.csv"


def exchanged(_station: LgwanStation, file: Path) -> None:
    file.write_bytes(deletions())


def cut_off(_station: LgwanStation, file: Path) -> None:
    file.write_bytes(EXTENSIONS[:-10])


def gone(_station: LgwanStation, file: Path) -> None:
    file.unlink()


def endless(_station: LgwanStation, file: Path) -> None:
    file.write_bytes(b'"' + b"x" * 3_000_000)


def other_events(station: LgwanStation, _file: Path) -> None:
    with station.books.transaction():
        station.books._db.execute("UPDATE inbox SET events = ?", (json.dumps({"N09": 2}),))


def other_records(station: LgwanStation, _file: Path) -> None:
    with station.books.transaction():
        station.books._db.execute("UPDATE inbox SET records = 3")


def a_pipe(_station: LgwanStation, file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


Change = Callable[[LgwanStation, Path], None]


@pytest.mark.parametrize(
    "change", [exchanged, cut_off, gone, endless, a_pipe, other_events, other_records]
)
def test_collected_file_that_changed_is_not_sealed(world: World, change: Change) -> None:
    """Claim C31. Two extensions were collected; nothing else is shown or sealed as such."""
    with world.lgwan() as station:
        change(station, collected(world, station))
        with pytest.raises(CollectedChangedError):
            station.seal()
        assert list(station.home.outbox.iterdir()) == list(station.home.inbox.iterdir()) == []
        assert not station.books.bundles()
        # It blocks nothing: the right file is collected anew.
        collected(world, station)
        assert station.seal().summary["events"] == {"N02": 2}
    refused = [entry for entry in world.log("lgwan-01") if entry.event is Event.FILE_REFUSED]
    assert [entry.facts["reason"] for entry in refused] == ["COLLECTED_CHANGED"]


def test_file_exchanged_after_counting_is_not_sealed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C31. The last look is at the bytes that went into the bundle."""

    def exchanging(sources: list[bundle_seal.Source], data: Path, **more: Any) -> Draft:
        sources[0].path.write_bytes(deletions())
        return bundle_seal.compress(sources, data, **more)

    with world.lgwan() as station:
        collected(world, station)
        monkeypatch.setattr(sealing, "compress", exchanging)
        with pytest.raises(CollectedChangedError):
            station.seal()
        assert list(station.home.outbox.iterdir()) == []
    assert Event.BUNDLE_SEALED not in [entry.event for entry in world.log("lgwan-01")]


def test_file_set_aside_is_kept(world: World) -> None:
    with world.lgwan() as station:
        file = collected(world, station)
        exchanged(station, file)
        with pytest.raises(CollectedChangedError):
            station.seal()
        (kept,) = station.home.refused.iterdir()
        wanted = hashlib.sha256(deletions()).hexdigest()
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == wanted
