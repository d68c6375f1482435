"""The power of the machine goes at any moment: after the next boot everything comes right.

Claim C45, C46. The station's disk loses what was not synced (``volatile_writes``).
"""

from __future__ import annotations

from functools import partial

import moments
import pytest
from harness import (
    NUMBERS,
    PATIENCE,
    Desk,
    MissedError,
    Watching,
    at_any_of,
    freeze_at_read,
    spread,
)
from prepared import Prepared, stick_of
from rig import StickBench

DISK = {"volatile_writes": 10**6}


@pytest.mark.drawn(over=moments.OVER, share=moments.SHARE)
@pytest.mark.parametrize(("filesystem", "chapter", "index", "count"), moments.CUTS)
def test_power_cut(
    desk: Desk,
    prepared: Prepared,
    bench: StickBench,
    filesystem: str,
    chapter: str,
    index: int,
    count: int,
) -> None:
    counted = prepared.counted(filesystem, chapter)
    if chapter == "import":
        moment = counted.reads * (index + 1) // (count + 1)
    else:
        moment = list(spread(counted.writes - 3, count))[index]
    cut = partial(_power_cut, desk, prepared, bench, filesystem, chapter)
    at_any_of((moment, moment - 3, moment - 6), cut)


def _power_cut(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str, chapter: str, number: int
) -> None:
    """Cut the power at the write, or after the reads, of this number; see that all comes right."""
    station = "registry" if chapter == "import" else "lgwan"
    desk.restore(f"{filesystem}-{chapter}")
    desk.machine.check("sync", PATIENCE)
    stick = stick_of(bench, prepared, filesystem, chapter)
    watching = desk.watch(station)
    watching.until_state("NO_MEDIUM")
    desk.machine.plug(stick, wait=False)
    if chapter == "import":
        freeze = freeze_at_read(stick, number, lambda _offset, _data: True)
    else:
        freeze = stick.freeze_at_write(number)
    try:
        watching.until_frozen(freeze)
    except MissedError:
        watching.order.stop()
        desk.take_out(stick)
        raise
    assert "SAFE_TO_REMOVE" not in watching.states()
    desk.machine.cut_power()
    stick.heal()

    desk.switch_on()
    watching = desk.watch(station)
    desk.machine.plug(stick)
    watching.until_event("done")
    watching.order.stop()
    desk.take_out(stick)
    _it_was_said(desk, watching, chapter, NUMBERS[filesystem])
    _all_is_right(desk, prepared, chapter)


def _it_was_said(desk: Desk, watching: Watching, chapter: str, number: str) -> None:
    """The screen ends with what is true now, and the log names what was interrupted."""
    last = watching.report(watching.states()[-1])
    if chapter == "import":
        # The registry's answer is still to come: the stick waits for it.
        assert last["sentence"] == f"Medium {number} is ready."
        return
    assert last["sentence"] == f"Medium {number} may be removed now."
    log = desk.log("lgwan")
    released = [e for e in log if e["event"] == "bundle-released"]
    interrupted = [e for e in log if e["facts"].get("reason") == "WRITE_INTERRUPTED"]
    if chapter == "write":
        assert len(interrupted) == len(released) - 1


def _all_is_right(desk: Desk, prepared: Prepared, chapter: str) -> None:
    if chapter == "write":
        assert desk.books("lgwan") == [("out", "written", 1)]
        assert desk.books("registry") == []
        assert "bundle-written" in [e["event"] for e in desk.log("lgwan")]
    elif chapter == "import":
        assert desk.books("registry") == [("in", "taken", 1)]
        assert desk.books("lgwan") == [("out", "written", 1)]
        assert desk.registry() == prepared.registry
        assert [e["event"] for e in desk.log("registry")].count("bundle-applied") == 1
    else:
        assert desk.books("lgwan") == [("in", "taken", 1), ("out", "delivered", 1)]
        assert desk.books("registry") == [("in", "taken", 1), ("out", "written", 1)]
        assert [e["event"] for e in desk.log("lgwan")].count("receipt-accepted") == 1
