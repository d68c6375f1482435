"""Sealing: what is counted and hashed is what really goes into the bundle."""

from __future__ import annotations

import errno
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
from mediabridge.translog.checkpoint import open_checkpoint
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey
from mediabridge.translog.recovery import Recovery

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
    told = {entry.event for entry in world.log("lgwan-01")}
    assert {Event.BUNDLE_SEALING, Event.BUNDLE_SEALED} & told == set()


def test_file_set_aside_is_kept(world: World) -> None:
    with world.lgwan() as station:
        file = collected(world, station)
        exchanged(station, file)
        with pytest.raises(CollectedChangedError):
            station.seal()
        (kept,) = station.home.refused.iterdir()
        wanted = hashlib.sha256(deletions()).hexdigest()
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == wanted


def begun(world: World) -> list[str]:
    """Return the bundles whose sealing was begun, as the log has it."""
    log = world.log("lgwan-01")
    return [str(each.facts["bundle"]) for each in log if each.event is Event.BUNDLE_SEALING]


def given_up(world: World) -> list[dict[str, object]]:
    log = world.log("lgwan-01")
    return [dict(each.facts) for each in log if each.event is Event.JOURNEY_RECOVERED]


def fails(*_all: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, "no space")


@pytest.mark.parametrize("place", ["seal", "move_durably"])
def test_sealing_that_came_to_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Claim C114. Its number is used again, the log says so first, and the receiver takes that."""
    with world.lgwan() as station:
        collected(world, station)
        for _ in range(2):
            with monkeypatch.context() as full:
                full.setattr(sealing, place, fails)
                with pytest.raises(OSError, match="no space"):
                    station.seal()
        # The second was not begun before the log said what became of the first.
        told = [each.event for each in world.log("lgwan-01")]
        again = told.index(Event.JOURNEY_RECOVERED)
        assert told[again + 1] is Event.BUNDLE_SEALING
        assert len(given_up(world)) == 1
    with world.lgwan() as station:
        first, second = begun(world)
        reason = Recovery.SEAL_INTERRUPTED
        assert given_up(world) == [{"bundle": each, "reason": reason} for each in (first, second)]
    with world.lgwan() as station:
        assert len(given_up(world)) == 2
        row = station.seal()
        assert row.seq == 1
        assert begun(world) == [first, second, row.bundle]
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundles("out")[0], world.medium)
    (taken,) = world.import_()
    assert taken.outcomes == {"applied": 2}


def test_the_log_in_a_bundle_covers_its_own_sealing(world: World) -> None:
    """Claim C114. The station's newest checkpoint ends with the entry; the digest comes later."""
    with world.lgwan() as station:
        collected(world, station)
        row = station.seal()
        key = Vkey.of(station.log_signer)
        signed = station.log.newest_checkpoint()
        assert signed is not None
        size = open_checkpoint(signed, key).size
    last, after = world.log("lgwan-01")[size - 1 : size + 1]
    assert (last.event, last.facts["bundle"]) == (Event.BUNDLE_SEALING, row.bundle)
    lines = f"{hashlib.sha256(EXTENSIONS).hexdigest()}  isa_notice-0001.csv\n"
    assert last.facts == {
        "bundle": row.bundle,
        "route_from": "lgwan-01",
        "route_to": "registry-01",
        "seq": 1,
        "prev": "0" * 64,
        "records": 2,
        "kinds": ["isa_notice:2"],
        "files": 1,
        "receipts": 0,
        "content": hashlib.sha256(lines.encode()).hexdigest(),
    }
    assert (after.event, after.facts["sums"]) == (Event.BUNDLE_SEALED, row.sums_sha256)
