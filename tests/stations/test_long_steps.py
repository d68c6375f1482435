"""What takes long tells how far it is, comes to its end exactly, and never goes beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World

from mediabridge.bench.remaining import Watched
from mediabridge.progress import told
from mediabridge.sqlite import Owner, copy_whole
from mediabridge.stations.books import Books
from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.station import OpenStation


def watching(station: OpenStation) -> Watched:
    station.progress = heard = Watched(seconds=lambda: 0.0)
    return heard


def labels(heard: Watched) -> list[str]:
    """Return the steps that were told, each of which has come to its end and not beyond."""
    for step in heard.steps:
        done = [each for _at, each in step.ticks]
        assert done == sorted(done), step.label
        assert done[-1] == step.total, step.label
    return [step.label for step in heard.steps]


def test_a_day_out_and_home_tells_every_step_to_its_end(world: World) -> None:
    path = world.root / "file.csv"
    path.write_bytes(isa_csv(*FIRST_NOTICES))
    with world.lgwan() as station:
        heard = watching(station)
        station.collect(path)
        row = station.approve(station.seal().bundle, world.key("officer-1"))
        station.write(row, world.medium)
    assert labels(heard) == [
        "Checking every record",
        "Entering the records into the books",
        "Counting what is sealed",
        "Compressing",
        "Encrypting",
        "Writing to the medium",
        "Reading back from the medium",
    ]
    with world.registry() as station:
        heard = watching(station)
        station.import_(world.medium, note=lambda _taken: None)
    taking = ["Copying from the medium", "Decrypting"]
    receipts = ["Checking the receipts", "Closing the books by the receipts"]
    assert [each for each in labels(heard) if each not in receipts] == [
        *taking,
        "Checking every record",
        "Applying the records",
        "Writing the receipt",
    ]
    world.send(station="registry-01")
    with world.lgwan() as station:
        heard = watching(station)
        station.import_(world.medium, note=lambda _taken: None)
    assert set(labels(heard)) >= {*taking, *receipts}


def test_what_is_taken_many_at_once_is_told_when_it_is_done() -> None:
    heard: list[int] = []
    things: Iterator[int] = told(range(25), heard.append, 25, at_once=10)
    for _ in range(10):
        next(things)
    # They are only in hand.
    assert heard == []
    next(things)
    assert heard == [10]
    assert len(list(things)) == 14
    assert heard == [10, 10, 5]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a database of several pieces."""
    path = tmp_path / "station.db"
    books = Books(path, Owner("training", "city.training.example", "lgwan-01"))
    with books.transaction():
        for number in range(10):
            books.set_fact(f"fact-{number}-" + "x" * 2**20, number)
    books.close()
    return path


def test_a_copied_database_is_told_to_its_last_byte(large: Path, tmp_path: Path) -> None:
    heard: list[int] = []
    copy_whole(large, tmp_path / "copy", BOOKS, heard.append)
    assert sum(heard) == large.stat().st_size
    assert len(heard) > 2
    assert min(heard) > 0
