"""A day over the line, and what cut lines leave of it; the hub is honest."""

from __future__ import annotations

import shutil

import pytest
from attacks.records import isa_csv, municipal_csv
from line.over import AGENCY, LGWAN, NOTICES, REGISTRY, Line

from mediabridge.errors import LineDownError, LineNotSetError
from mediabridge.line.pace import Pace
from mediabridge.line.upload import announcement
from mediabridge.media.trips import CarriageState
from mediabridge.stations.books import BundleState
from mediabridge.stations.line.connecting import rule_of
from mediabridge.stations.line.syncing import Synced, sync
from mediabridge.translog.events import Event


def fine(done: Synced) -> Synced:
    assert done.problems == []
    return done


def fetched(line: Line) -> int:
    """Return how many parts the hub was asked for."""
    asked = [path for method, path, _ in line.hub.requests if method == "GET"]
    return sum("/files/" in path for path in asked)


def test_a_day_by_line_and_stick_has_one_outcome_for_each_record(line: Line) -> None:
    stick = line.world.root / "stick"
    line.collect(AGENCY)
    sent = fine(line.sync(AGENCY)).sent
    assert [row.seq for row in sent.written] == [1]
    assert [taken.outcomes for taken in fine(line.sync(LGWAN)).fetched.taken] == [{"applied": 3}]
    line.export(LGWAN, stick)
    line.take(REGISTRY, stick)
    line.collect(REGISTRY, municipal_csv((1, 4), (2, 5)))
    line.export(REGISTRY, stick)
    line.take(LGWAN, stick)
    for station in (LGWAN, AGENCY, LGWAN, AGENCY):
        fine(line.sync(station))
    line.export(LGWAN, stick)
    line.take(REGISTRY, stick)
    assert line.outcomes(AGENCY) == {"applied": 3}
    assert line.outcomes(LGWAN) == {"applied": 4, "held": 1}
    assert line.outcomes(REGISTRY) == {"applied": 2}
    for station in (AGENCY, LGWAN, REGISTRY):
        with line.world.open(station) as opened:
            assert opened.status().done
    assert {each.state for each in line.hub.kept.values()} == {"taken"}
    assert line.spool(AGENCY) == line.spool(LGWAN) == line.spool(LGWAN, "out") == []
    assert line.sync(LGWAN).is_empty


def test_books_and_log_say_that_it_went_by_the_line(line: Line) -> None:
    """And no stick that anybody registers can be called as it is."""
    line.collect(AGENCY)
    line.sync(AGENCY)
    line.sync(LGWAN)
    with line.world.agency() as agency:
        (copy,) = agency.books.media.carriages(state=CarriageState.WRITTEN)
        assert copy.medium == "line"
        assert agency.books.media.open_trips() == []
    for station, event in ((AGENCY, Event.BUNDLE_WRITTEN), (LGWAN, Event.BUNDLE_VERIFIED)):
        (entry,) = [each for each in line.world.log(station) if each.event is event]
        assert entry.facts["medium"] == "line"


def test_nothing_counts_as_sent_while_the_hub_cannot_be_reached(line: Line) -> None:
    line.collect(AGENCY)
    line.hub.cut = lambda _method, path: path.endswith("/complete")
    done = line.sync(AGENCY)
    assert isinstance(done.cut, LineDownError)
    assert done.sent.written == []
    with line.world.agency() as agency:
        (row,) = agency.status().under_way
        assert row.state is BundleState.APPROVED
    assert line.count(AGENCY, Event.BUNDLE_WRITTEN) == 0
    line.hub.cut = lambda _method, _path: False
    assert [row.seq for row in fine(line.sync(AGENCY)).sent.written] == [1]
    assert len(fine(line.sync(LGWAN)).fetched.taken) == 1


def test_an_upload_that_was_cut_goes_on_at_its_byte(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediabridge.line.upload.LINE_PART_BYTES", 4096)
    line.collect(AGENCY)
    line.hub.cut = lambda method, _path: method == "PUT" and len(line.hub.requests) > 3
    assert isinstance(line.sync(AGENCY).cut, LineDownError)
    (kept,) = line.hub.kept.values()
    there = sum(map(len, kept.content.values()))
    whole = sum(file.size for file in kept.announced.files)
    assert 0 < there < whole
    line.hub.cut = lambda _method, _path: False
    line.hub.requests.clear()
    fine(line.sync(AGENCY))
    # Nothing that had come is sent once more.
    again = sum(size for method, _path, size in line.hub.requests if method == "PUT")
    assert again == whole - there
    assert len(fine(line.sync(LGWAN)).fetched.taken) == 1


def test_a_download_that_was_cut_goes_on_at_its_byte(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediabridge.line.download.LINE_PART_BYTES", 4096)
    line.collect(AGENCY)
    line.sync(AGENCY)
    gets = [0]

    def cut(method: str, path: str) -> bool:
        gets[0] += method == "GET" and "/files/" in path
        return gets[0] > 3

    line.hub.cut = cut
    done = line.sync(LGWAN)
    assert isinstance(done.cut, LineDownError)
    assert done.fetched.taken == []
    assert line.spool(LGWAN)[0].endswith(".partial")
    line.hub.cut = lambda _method, _path: False
    parts = sum(
        -(-len(content) // 4096)
        for kept in line.hub.kept.values()
        for content in kept.content.values()
    )
    line.hub.requests.clear()
    assert len(fine(line.sync(LGWAN)).fetched.taken) == 1
    assert fetched(line) == parts - 3


def test_a_bundle_that_got_another_approval_meanwhile_replaces_what_had_not_come_whole(
    line: Line,
) -> None:
    line.collect(AGENCY)
    line.hub.cut = lambda method, _path: method == "PUT"
    line.sync(AGENCY)
    with line.world.agency() as agency:
        (row,) = agency.books.bundles_in(BundleState.APPROVED)
        agency.approve(row.bundle, line.world.key("officer-1"))
    line.hub.cut = lambda _method, _path: False
    fine(line.sync(AGENCY))
    (kept,) = line.hub.kept.values()
    assert kept.state == "complete"
    assert kept.announced == announcement(line.world.home(AGENCY).outbox / row.bundle)


def test_what_the_hub_has_whole_counts_as_written_after_a_crash(line: Line) -> None:
    """The crash came after the hub had it and before the books; then it got another approval."""
    line.collect(AGENCY)
    line.sync(AGENCY)
    with line.world.agency() as agency:
        (row,) = agency.books.bundles_in(BundleState.WRITTEN)
        with agency.books.transaction():
            agency.books.set_state(row.bundle, BundleState.APPROVED)
        agency.approve(row.bundle, line.world.key("officer-1"))
    assert [each.seq for each in fine(line.sync(AGENCY)).sent.written] == [1]
    assert len(fine(line.sync(LGWAN)).fetched.taken) == 1


def test_a_hub_that_lost_its_database_gets_again_what_has_no_receipt(line: Line) -> None:
    line.collect(AGENCY)
    line.sync(AGENCY)
    line.hub.kept.clear()
    done = fine(line.sync(AGENCY))
    assert [row.seq for row in done.sent.again] == [1]
    assert len(fine(line.sync(LGWAN)).fetched.taken) == 1
    line.hub.kept.clear()
    line.sync(AGENCY)
    # To its receiver that is a repetition.
    assert fine(line.sync(LGWAN)).fetched.taken == []
    assert line.waiting(LGWAN) == {"isa_notice": 3}


def test_what_comes_early_is_taken_when_what_was_missing_has_come(line: Line) -> None:
    for number in (1, 2):
        line.collect(AGENCY, isa_csv((number, number)))
        line.sync(AGENCY)
    first, second = sorted(line.hub.kept.values(), key=lambda each: each.announced.seq)
    first.state = "taken"
    done = line.sync(LGWAN)
    assert [error.facts["missing"] for error in done.fetched.early] == ["1"]
    assert second.state == "complete"
    first.state = "complete"
    assert [taken.seq for taken in fine(line.sync(LGWAN)).fetched.taken] == [1, 2]
    line.sync(LGWAN)
    assert (first.state, second.state) == ("taken", "taken")


def test_a_crash_before_the_hub_was_told_takes_nothing_twice(line: Line) -> None:
    line.collect(AGENCY)
    line.sync(AGENCY)
    line.hub.cut = lambda _method, path: path.endswith("/taken")
    assert len(line.sync(LGWAN).fetched.taken) == 1
    shutil.rmtree(line.world.home(LGWAN).line)
    line.hub.cut = lambda _method, _path: False
    line.hub.requests.clear()
    assert fine(line.sync(LGWAN)).fetched.taken == []
    assert fetched(line) == 0
    assert line.waiting(LGWAN) == {"isa_notice": 3}


def test_a_slow_line_is_used_no_faster_than_it_may_be(line: Line) -> None:
    """By a clock of the test's: as many seconds pass as the bytes take at 128 kbit/s."""
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(128, seconds=lambda: now[0], wait=wait)
    line.collect(AGENCY)
    fine(line.sync(AGENCY, pace))
    sent = sum(size for _method, _path, size in line.hub.requests)
    assert now[0] >= sent * 8 / 128_000


def test_without_the_lines_of_the_settings_no_line_leads_from_a_station(line: Line) -> None:
    with pytest.raises(LineNotSetError):
        sync(line.world.lgwan)
    with line.world.registry() as registry, pytest.raises(LineNotSetError):
        rule_of(registry.home)


def test_what_the_registry_is_sent_does_not_go_by_the_line(line: Line) -> None:
    line.collect(LGWAN, NOTICES)
    done = fine(line.sync(LGWAN))
    assert done.sent.sealed == []
    assert line.waiting(LGWAN) == {"isa_notice": 3}
