"""What has no receipt rides again, oldest first and all that fits, until the receipt is in."""

from __future__ import annotations

import pytest
from attacks.records import isa_csv
from stations.days import Day, on
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.config import MIB
from mediabridge.errors import AlreadyAppliedError
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing import riding
from mediabridge.stations.sticks import visits
from mediabridge.translog.events import Event

LGWAN, REGISTRY = "lgwan-01", "registry-01"


def send(day: Day, stick: Stick, number: int) -> str:
    """Send one bundle the way the clerk does; return it."""
    bundle = day.pack(content=isa_csv((number, number)))
    with day.at(LGWAN) as station:
        done = station.export(lambda: stick)
    assert [row.bundle for row in done.written] == [bundle]
    return bundle


def test_lost_stick_heals_itself(day: Day) -> None:
    """Nobody noticed that the first stick is gone: what was on it comes with the second."""
    lost, second = day.stick(1), day.stick(2)
    first = send(day, lost, 1)
    later = send(day, second, 2)
    assert on(second) == sorted([first, later])
    assert [taken.seq for taken in day.serve(REGISTRY, second).taken] == [1, 2]
    # The lost one turns up: a repetition, and nothing else.
    assert day.serve(REGISTRY, lost).repeated


def test_what_is_on_this_stick_is_not_written_again(day: Day) -> None:
    stick = day.stick(1)
    first = send(day, stick, 1)
    before = {
        path: path.stat().st_mtime_ns
        for path in (layout.bundles_folder(stick.folder) / first).iterdir()
    }
    with day.at(LGWAN) as station:
        bundle = station.seal(empty=True).bundle
        station.approve(bundle, day.world.key("officer-1"))
        assert station.export(lambda: stick).again == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_receipt_ends_it(day: Day) -> None:
    first, second = day.stick(1), day.stick(2)
    send(day, first, 1)
    day.serve(REGISTRY, first)
    day.pack(REGISTRY)
    day.serve(REGISTRY, first)
    day.serve(LGWAN, first)
    bundle = send(day, second, 2)
    assert on(second) == [bundle]


def test_oldest_first_and_all_that_fit(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    lost, again = day.stick(1), day.stick(2)
    bundles = [send(day, lost, number) for number in (1, 2, 3)]
    with day.at(LGWAN) as station:
        size = riding.size_of(station.home.outbox / bundles[0])
        tree = riding.writing.tree_size(station.trust_copy)
    room = riding.RESERVE_BYTES + tree + 2 * size + size // 2
    usage = type("Usage", (), {"free": room})()
    monkeypatch.setattr(riding.shutil, "disk_usage", lambda _folder: usage)
    with day.at(LGWAN) as station:
        visit = visits.recognise(station, again)
        rows = riding.ride_again(station, visit, AtDesk("clerk-1"))
    assert [row.seq for row in rows] == [1, 2]
    assert size < MIB


def test_receipts_ride_again_too(day: Day) -> None:
    """Nothing acknowledges a receipt; what carries them goes again until it has arrived."""
    out, lost, back = day.stick(1), day.stick(2), day.stick(3)
    send(day, out, 1)
    day.serve(REGISTRY, out)
    day.write(day.pack(REGISTRY), lost, REGISTRY)
    assert [row.seq for row in day.serve(REGISTRY, back).again] == [1]
    assert day.serve(LGWAN, back).taken[0].receipts == 1
    with day.at(LGWAN) as station:
        assert station.books.outcome_counts() == {"applied": 1}


@pytest.mark.parametrize("by_hand", [False, True])
def test_repetition_is_answered_by_the_same_receipt(
    day: Day, capsys: pytest.CaptureFixture[str], *, by_hand: bool
) -> None:
    """The stick with the answer is lost, and what it answered comes once more."""
    out, lost, again = day.stick(1), day.stick(2), day.stick(3)
    bundle = send(day, out, 1)
    day.serve(REGISTRY, out)
    answer = day.pack(REGISTRY)
    day.write(answer, lost, REGISTRY)
    day.write(bundle, again)
    if by_hand:
        _answer_by_hand(day, again, answer, capsys)
    else:
        served = day.serve(REGISTRY, again)
        assert (served.repeated, [row.bundle for row in served.again]) == (True, [answer])
    assert day.serve(LGWAN, again).taken[0].receipts == 1
    (issued,) = day.entries(REGISTRY, Event.RECEIPT_ISSUED)
    (accepted,) = day.entries(LGWAN, Event.RECEIPT_ACCEPTED)
    assert issued.facts["receipt"] == accepted.facts["receipt"]
    assert day.books(LGWAN) == [("in", "taken", 1), ("out", "delivered", 1)]


def _answer_by_hand(
    day: Day, stick: Stick, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Do what each screen says, from the one that says that it came before."""
    with day.at(REGISTRY) as station, pytest.raises(AlreadyAppliedError) as repeated:
        station.import_(stick, note=lambda _taken: None)
    assert "mediabridge export" in repeated.value.hint
    capsys.readouterr()
    assert run(["--home", str(day.world.home(REGISTRY).root), "--lang", "en", "export"]) == 0
    assert f"mediabridge write {answer[:8]}" in " ".join(capsys.readouterr().out.split())
    day.write(answer, stick, REGISTRY)
