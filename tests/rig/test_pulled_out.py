"""Pulled out at any moment: nothing half is accepted, nothing false is said, all is recovered.

Claim C45. The stick is frozen at the n-th sector write, or after the n-th read of content, and
pulled out then; n is spread over the writes that an undisturbed day was seen to take.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import moments
import pytest
from harness import (
    Desk,
    Watching,
    at_any_of,
    copy_of,
    freeze_at_read,
    other_than,
    spread,
    written_since_now,
)
from medium import Freeze, Stick
from prepared import SERIALS, Prepared, stick_of
from rig import StickBench

STATION = {"write": "lgwan", "read-back": "lgwan", "import": "registry", "erase": "lgwan"}
CHAPTER = {"write": "write", "read-back": "write", "import": "import", "erase": "erase"}
READING = {"read-back": "CHECKING", "import": "READING"}
"""The state in which a stick is pulled out between two reads."""

READS = {"read-back": (1, 4, 7, 9), "import": (1, 2, 3, 5)}
"""After how many reads of content; what is small and lies side by side is read at once.

One of ten is left at the last: after that one the station is letting the stick go already.
"""


@pytest.mark.drawn(over=moments.OVER, share=moments.SHARE)
@pytest.mark.parametrize(("filesystem", "doing", "index", "count"), moments.PULLS)
def test_pulled_out(
    desk: Desk,
    prepared: Prepared,
    bench: StickBench,
    filesystem: str,
    doing: str,
    index: int,
    count: int,
) -> None:
    counted = prepared.counted(filesystem, CHAPTER[doing])
    pulled_out = partial(_pulled_out, desk, prepared, bench, filesystem, doing)
    if doing in {"write", "erase"}:
        moment = list(spread(counted.writes - 3, count))[index]
        at_any_of((moment, moment - 3, moment - 6), pulled_out)
    else:
        moment = READS[doing][index]
        at_any_of((moment, moment - 1, moment - 2), pulled_out)


def _pulled_out(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str, doing: str, number: int
) -> None:
    station, chapter = STATION[doing], CHAPTER[doing]
    desk.restore(f"{filesystem}-{chapter}")
    stick = stick_of(bench, prepared, filesystem, chapter)
    watching = desk.watch(station)
    try:
        if doing in {"write", "erase"}:
            _pull_at_write(desk, stick, watching, number)
        else:
            before = prepared.image(filesystem, "write")
            counts = other_than(before) if doing == "import" else written_since_now(stick)
            _pull_at_read(desk, stick, watching, number, counts)
            assert READING[doing] in watching.states()
        _it_was_said(desk, watching, station)
        if doing == "write":
            # Only one station has the stick.
            watching.order.stop()
            _half_a_bundle_is_no_bundle(desk, prepared, stick, bench.folder, filesystem)
            watching = desk.watch(station)
        watching.forget()
        desk.machine.plug(stick)
        watching.until_event("done")
    finally:
        watching.order.stop()
        desk.take_out(stick)
    _all_is_right(desk, doing, watching)


def _pull_at_write(desk: Desk, stick: Stick, watching: Watching, number: int) -> None:
    """Pull the stick at its n-th write."""
    _plug(desk, stick, watching)
    _pull(desk, stick, watching, stick.freeze_at_write(number))


def _pull_at_read(
    desk: Desk,
    stick: Stick,
    watching: Watching,
    number: int,
    counts: Callable[[int, bytes], bool],
) -> None:
    """Pull the stick after its n-th read that counts."""
    _plug(desk, stick, watching)
    _pull(desk, stick, watching, freeze_at_read(stick, number, counts))
    stick.heal()


def _plug(desk: Desk, stick: Stick, watching: Watching) -> None:
    watching.until_state("NO_MEDIUM")
    watching.forget()
    desk.machine.plug(stick, wait=False)


def _pull(desk: Desk, stick: Stick, watching: Watching, freeze: Freeze) -> None:
    """Pull the stick when it stands still."""
    watching.until_frozen(freeze)
    desk.machine.unplug(stick)
    watching.until_state("NO_MEDIUM")


def _it_was_said(desk: Desk, watching: Watching, station: str) -> None:
    """A stick that was pulled out was never safe to remove; screen and log say what happened."""
    assert "SAFE_TO_REMOVE" not in watching.states()
    report = watching.report("PULLED_OUT")
    assert report["sentence"] == "The medium was pulled out too early."
    assert "Insert it again" in report["hint"]
    assert "PULLED_OUT" in desk.failures(station)


def _half_a_bundle_is_no_bundle(
    desk: Desk, prepared: Prepared, stick: Stick, folder: Path, filesystem: str
) -> None:
    """The other station takes from the pulled stick a whole bundle or nothing."""
    twin = Stick(copy_of(stick.path, folder / "twin.img"), serial=SERIALS[filesystem])
    device = desk.machine.plug(twin)
    names = _names(desk, device)
    desk.machine.unplug(twin)
    # What no reader takes for a bundle by its name needs no reader: test_simulated_stick.py.
    if names is not None and all(name.endswith(".partial") for name in names):
        return
    books, registry = desk.books("registry"), desk.registry()
    watching = desk.visit("registry", twin)
    if "taken" in watching.events():
        assert names is not None
        assert watching.events()[-1] == "done"
        assert desk.registry() == prepared.registry
    else:
        assert desk.books("registry") == books
        assert desk.registry() == registry


def _names(desk: Desk, device: str) -> list[str] | None:
    """Return what lies among the bundles; None where the stick cannot be mounted or listed."""
    bundles = "find /mnt/MEDIABRIDGE -mindepth 2 -maxdepth 2 -path '*/bundles/*' -printf '%f\\n'"
    look = f"mount -o ro {device}1 /mnt || exit; {bundles}; code=$?; umount /mnt; exit $code"
    result = desk.machine.run(look)
    return None if result.code else result.stdout.split()


def _all_is_right(desk: Desk, doing: str, watching: Watching) -> None:
    """Plugging it in again was enough: states, books and log of both stations."""
    books: dict[str, Callable[[], object]] = {
        "lgwan": lambda: desk.books("lgwan"),
        "registry": lambda: desk.books("registry"),
    }
    if doing in {"write", "read-back"}:
        assert watching.states()[-1] == "SAFE_TO_REMOVE"
        assert books["lgwan"]() == [("out", "written", 1)]
        # What the pulled stick was shown to in between may have found it whole.
        assert books["registry"]() in ([], [("in", "taken", 1)])
        # Pulled out between the last read and the release, it was written already.
        assert [e["event"] for e in desk.log("lgwan")].count("bundle-written") == 1
    elif doing == "import":
        assert books["registry"]() == [("in", "taken", 1)]
        assert books["lgwan"]() == [("out", "written", 1)]
        applied = [e for e in desk.log("registry") if e["event"] == "bundle-applied"]
        assert len(applied) == 1
    else:
        assert watching.states()[-1] == "SAFE_TO_REMOVE"
        assert books["lgwan"]() == [("in", "taken", 1), ("out", "delivered", 1)]
        assert books["registry"]() == [("in", "taken", 1), ("out", "written", 1)]
        assert [e["event"] for e in desk.log("lgwan")].count("receipt-accepted") == 1
        # Pulled out after the last of it was deleted, there is nothing to erase any more.
        gone = [e for e in desk.log("lgwan") if e["facts"].get("reason") == "DELIVERED_COPY_GONE"]
        assert gone or "medium-erased" in [e["event"] for e in desk.log("lgwan")]
