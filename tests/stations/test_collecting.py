"""Collecting: a right file is taken in once, a wrong one is set aside whole."""

import json
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World

from mediabridge.bench.remaining import Watched
from mediabridge.errors import KindNotCarriedError, NothingToSealError, RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.records.convert import convert
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS, label
from mediabridge.records.tables import shipped
from mediabridge.stations.outgoing.collecting import check_file
from mediabridge.stations.reading import kind_of_file
from mediabridge.translog.events import Event

SECRET = b"SECRETNAME"


def test_same_file_counts_once(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1), (2, 2)))
    with world.lgwan() as station:
        first, second = station.collect(path), station.collect(path)
        waiting = station.books.waiting_files()
    assert (first.records, first.known, second.known) == (2, False, True)
    assert [row.records for row in waiting] == [2]
    events = [entry.event for entry in world.log("lgwan-01")]
    assert events.count(Event.FILE_COLLECTED) == 1


def test_xml_and_csv_are_the_same_records(world: World) -> None:
    path, xml = world.root / "isa.csv", world.root / "isa.xml"
    path.write_bytes(isa_csv((1, 1), (2, 2)))
    convert(path, xml, tables=shipped())
    with world.lgwan() as station:
        assert not station.collect(path).known
        assert station.collect(xml).known


def test_refused_file_is_set_aside(world: World) -> None:
    path = world.root / "isa.csv"
    broken = isa_csv((1, 1), (2, 2)).replace(b"2029-", SECRET)
    path.write_bytes(broken)
    home = world.home("lgwan-01")
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refusal:
        station.collect(path)
    assert refusal.value.facts["count"] == len(refusal.value.errors) == 2
    (copy,) = home.refused.glob("*.csv")
    (report,) = home.refused.glob("*.json")
    assert copy.read_bytes() == broken
    assert SECRET not in report.read_bytes()
    assert json.loads(report.read_bytes())["total"] == 2
    assert not list(home.inbox.iterdir())
    entry = world.log("lgwan-01")[-1]
    assert (entry.event, entry.facts["errors"]) == (Event.FILE_REFUSED, 2)
    assert SECRET not in b"".join(world.log_bytes("lgwan-01"))


def test_reading_and_entering_tell_how_far_they_are(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1), (2, 2)))
    with world.lgwan() as station:
        station.progress = heard = Watched(seconds=lambda: 0.0)
        station.collect(path)
        size = path.stat().st_size
        assert [(step.total, step.ticks[-1][1]) for step in heard.steps] == [(size, size), (2, 2)]
        path.write_bytes(isa_csv((1, 1), (2, 2)).replace(b"2029-", SECRET))
        with pytest.raises(RecordsRefusedError):
            station.collect(path)
        size = path.stat().st_size
        assert [(step.total, step.ticks[-1][1]) for step in heard.steps[2:]] == [(size, size)] * 2


def test_repeated_record_is_refused(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1), (1, 1)))
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refusal:
        station.collect(path)
    assert [error.reason.value for error in refusal.value.errors] == ["RECORD_REPEATED"]


def test_some_of_a_file_that_came_before_are_known_in_both(world: World) -> None:
    path = world.root / "isa.csv"
    bundles = []
    with world.lgwan() as station:
        for rows in [((1, 1), (2, 2)), ((2, 2), (3, 3), (1, 4)), ((3, 3),)]:
            path.write_bytes(isa_csv(*rows))
            assert station.collect(path).records == len(rows)
            bundles.append(station.seal().bundle)
        carried = [list(station.books.carried_by(each)) for each in bundles]
        counts = station.books.outcome_counts()
    assert [sum(times for _, _, times in each) for each in carried] == [2, 3, 1]
    assert counts == {"open": 3}, "a record counts once, in the file that brought it first"


def test_other_municipality_is_refused(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)).replace(b"131041", b"131016"))
    with world.lgwan() as station, pytest.raises(RecordsRefusedError) as refusal:
        station.collect(path)
    assert [error.reason.value for error in refusal.value.errors] == ["OTHER_MUNICIPALITY"]


def test_kind_without_route_is_refused(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    with world.registry() as station, pytest.raises(KindNotCarriedError):
        station.collect(path, kind=Kind.ISA_NOTICE)


def test_kind_is_told_by_a_header_in_the_encoding_that_was_declared(tmp_path: Path) -> None:
    path, kind = tmp_path / "all.csv", Kind.ISA_POPULATION
    header = ",".join(label(kind, each, japanese=True) for each in FIELDS[kind])
    path.write_bytes(f"{header}\r\n".encode("cp932"))
    kinds = [Kind.ISA_NOTICE, kind]
    assert kind_of_file(path, kinds) is Kind.ISA_NOTICE
    assert kind_of_file(path, kinds, Encoding.CP932) is kind


def test_nothing_collected_nothing_sealed(world: World) -> None:
    with world.lgwan() as station, pytest.raises(NothingToSealError):
        station.seal()


def test_end_that_loses_nothing_is_taken_in_with_a_notice(world: World) -> None:
    path, plain = world.root / "isa.csv", world.root / "plain.csv"
    plain.write_bytes(isa_csv((1, 1)))
    path.write_bytes(isa_csv((1, 1)) + b"\r\n\x1a")
    with world.lgwan() as station:
        checked, done = check_file(station, path), station.collect(path)
        assert station.collect(plain).known, "the records are the same"
    wanted = ["BLANK_LINES_AT_END", "CTRL_Z_AT_END"]
    assert [each.reason.value for each in checked.notices.kept] == wanted
    assert [each.reason.value for each in done.notices.kept] == wanted
