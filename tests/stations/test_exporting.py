"""The clerk's one step: it goes on from wherever an earlier one ended, with one stick for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attacks.records import isa_csv
from stations.days import Day, on
from stations.sticks import Stick

from mediabridge.bundle.manifest import Summary
from mediabridge.errors import (
    ApprovalDeclinedError,
    MediabridgeError,
    NothingToSealError,
    PassphraseError,
)
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.outgoing.approving import Approver, Shown
from mediabridge.stations.outgoing.exporting import Exported
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1))


def no_stick() -> Stick:
    raise AssertionError("no stick is asked for")  # noqa: EM101, TRY003 - a test's own words


def collect(day: Day) -> None:
    path = day.world.root / "notices.csv"
    path.write_bytes(NOTICES)
    with day.at(LGWAN) as station:
        station.collect(path)


def seen_by(day: Day, seen: list[Summary]) -> Approver:
    def approver(shown: Shown) -> Signer:
        seen.append(shown.summary)
        return day.world.key("officer-1")

    return approver


def export(day: Day, find: Callable[[], Stick], approver: Approver | None = None) -> Exported:
    with day.at(LGWAN) as station:
        return station.export(find, approver=approver)


def test_all_that_waits_goes_in_one_visit(day: Day, usb_stick: Stick) -> None:
    """What was sealed, and what was approved, by earlier steps goes with what is new."""
    bundles = [day.pack(content=isa_csv((2, 2))), day.seal()]
    collect(day)
    seen: list[Summary] = []
    done = export(day, lambda: usb_stick, seen_by(day, seen))
    assert [row.seq for row in done.written] == [1, 2, 3]
    assert [summary.seq for summary in seen] == [2, 3]
    assert seen[1].records == {"isa_notice": 1}
    assert done.waiting == []
    assert set(bundles) < set(on(usb_stick))
    assert usb_stick.calls.count("eject") == 1
    assert day.books(LGWAN) == [("out", "written", number) for number in (1, 2, 3)]


def test_without_an_officer_no_stick_is_asked_for(day: Day) -> None:
    collect(day)
    done = export(day, no_stick)
    assert (done.written, [row.seq for row in done.waiting]) == ([], [1])


def test_with_everything_written_there_is_nothing_to_do(day: Day, usb_stick: Stick) -> None:
    day.write(day.pack(content=NOTICES), usb_stick)
    assert export(day, no_stick) == Exported()


def test_with_nothing_at_all_it_is_said(day: Day) -> None:
    with pytest.raises(NothingToSealError):
        export(day, no_stick)


@pytest.mark.parametrize("error", [ApprovalDeclinedError, PassphraseError])
def test_who_declines_has_nothing_written(day: Day, error: type[MediabridgeError]) -> None:
    """Claim C21. Nor does one sealed bundle go because another waits."""
    day.pack()

    def declining(_shown: Shown) -> Signer:
        raise error(name="officer-1.json", key="officer-1", wrong=1)

    collect(day)
    with pytest.raises(error):
        export(day, no_stick, declining)
    assert day.books(LGWAN) == [("out", "approved", 1), ("out", "sealed", 2)]
    assert len(day.entries(LGWAN, Event.BUNDLE_APPROVED)) == 1


def test_answer_goes_back_on_the_stick_that_brought_the_notices(day: Day, usb_stick: Stick) -> None:
    """Both journeys, at both stations, as the two commands run them."""
    collect(day)
    export(day, lambda: usb_stick, seen_by(day, []))
    taken: list[Taken] = []
    with day.at(REGISTRY) as station:
        assert not station.import_(usb_stick, note=taken.append)
        done = station.export(lambda: usb_stick, approver=lambda _seen: day.world.key("officer-2"))
    assert [row.summary["receipts"] for row in done.written] == [1]
    with day.at(LGWAN) as station:
        assert station.import_(usb_stick, note=taken.append)
    assert [(each.sender, each.seq, each.receipts) for each in taken] == [
        (LGWAN, 1, 0),
        (REGISTRY, 1, 1),
    ]
    assert day.books(LGWAN) == [("in", "taken", 1), ("out", "delivered", 1)]
