"""The whole day of the demo: two machines, one stick, and nobody types a path."""

from __future__ import annotations

import pytest
from harness import NOW, NUMBERS, Desk
from moments import FILESYSTEMS
from prepared import Prepared, desk_of, stick_of
from rig import StickBench


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_day_on_two_machines(prepared: Prepared, bench: StickBench, filesystem: str) -> None:
    here, there = (desk_of(bench, prepared, name) for name in ("inside", "outside"))
    for desk in (here, there):
        desk.switch_on()
        desk.restore(f"{filesystem}-write")
    stick = stick_of(bench, prepared, filesystem, "write")
    number = NUMBERS[filesystem]

    # Morning: the approved bundle goes onto the stick.
    lgwan = here.watch("lgwan")
    here.machine.plug(stick)
    lgwan.until_event("done")
    order = ["READY", "READING", "WRITING", "CHECKING", "SAFE_TO_REMOVE"]
    assert [state for state in lgwan.states() if state != "NO_MEDIUM"] == order
    assert lgwan.report("SAFE_TO_REMOVE")["sentence"] == f"Medium {number} may be removed now."
    assert here.books("lgwan") == [("out", "written", 1)]
    here.machine.unplug(stick)
    lgwan.forget()

    # On the other side it is taken in, and the stick waits for the answer.
    registry = there.watch("registry")
    there.machine.plug(stick)
    registry.until_event("done")
    assert "taken" in registry.events()
    assert registry.states()[-1] == "READY"
    assert there.registry() == prepared.registry
    registry.forget()
    there.check("registry", "collect", f"{NOW}/files/day-001/municipal_notice.csv")
    there.check("registry", "seal")
    key = f"{NOW}/city/keys/officer-2.json"
    there.check("registry", "approve", "--key", key, "--yes")
    registry.until_event("done")
    assert registry.states()[-1] == "SAFE_TO_REMOVE"
    there.machine.unplug(stick)

    # Evening: the receipt closes the books, and what has arrived is erased.
    here.machine.plug(stick)
    lgwan.until_event("done")
    assert "ERASING" in lgwan.states()
    assert lgwan.states()[-1] == "SAFE_TO_REMOVE"
    assert here.books("lgwan") == [("in", "taken", 1), ("out", "delivered", 1)]
    assert there.books("registry") == [("in", "taken", 1), ("out", "written", 1)]
    _logs_are_right(here, there, number)


def _logs_are_right(here: Desk, there: Desk, number: str) -> None:
    mine = [(e["event"], e["facts"].get("medium")) for e in here.log("lgwan")]
    for event in (
        "medium-registered", "medium-issued", "bundle-written", "medium-returned",
        "medium-erasing", "medium-erased",
    ):  # fmt: skip
        assert (event, number) in mine, event
    theirs = [(e["event"], e["facts"].get("medium")) for e in there.log("registry")]
    for event in ("medium-arrived", "bundle-opened", "bundle-written"):
        assert (event, number) in theirs, event
    assert here.failures("lgwan") == there.failures("registry") == []
