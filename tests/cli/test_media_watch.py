"""``media watch``: what is plugged in, each time it changes; it uses nothing."""

from __future__ import annotations

import re

import pytest
from cli.plugged import Plugged, nothing, states
from stations.days import Day
from stations.sticks import Stick, other, usb

from mediabridge import locking
from mediabridge.media.device import Interface, UsbDevice
from mediabridge.media.states import MediumState
from mediabridge.stations.home import Home

pytestmark = pytest.mark.in_turns

LGWAN = "lgwan-01"
WATCH = "media watch"
KEYBOARD = UsbDevice("/sys/k", "046d", "c31c", interfaces=(Interface(3, 1, 1),))


def test_each_change_is_one_object(plugged: Plugged, stick: Stick) -> None:
    steps = (nothing, plugged.plug(stick), nothing, nothing, plugged.plug(), nothing)
    events = plugged.watch(*steps, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "READY", "NO_MEDIUM"]
    ready = events[1]
    assert set(ready) == {"schema", "station", "mode", "state", "sentence", "hint", "facts"}
    assert ready["facts"] == {"medium": "USB-001"}


def test_nothing_is_used_or_logged(day: Day, plugged: Plugged, stick: Stick) -> None:
    day.pack()
    stick.device = other(usb("S-0001", uuid="FFFF-0000"), path="/sys/1")
    before = day.world.log_bytes(LGWAN)
    events = plugged.watch(plugged.plug(stick), nothing, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "REFORMATTED"]
    assert stick.calls == ["read"]
    assert day.world.log_bytes(LGWAN) == before


def test_every_stick_is_named(day: Day, plugged: Plugged, stick: Stick) -> None:
    stranger = Stick(day.world.medium, other(usb("S-0009"), path="/sys/9"))
    events = plugged.watch(plugged.plug(stick, stranger), nothing, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "READY", "UNREGISTERED"]


def test_copied_stick_and_its_original_are_both_named(plugged: Plugged, stick: Stick) -> None:
    twin = Stick(stick.folder, other(usb("S-0001", uuid="ABCD-0001"), path="/sys/2"))
    events = plugged.watch(
        plugged.plug(stick), nothing, plugged.plug(stick, twin), nothing, command=WATCH
    )
    assert states(events) == ["NO_MEDIUM", "READY", "SERIAL_COPIED", "SERIAL_COPIED"]


def test_keyboard_is_named(plugged: Plugged) -> None:
    """Claim C48."""

    def arrive() -> None:
        plugged.others = (KEYBOARD,)

    events = plugged.watch(arrive, nothing, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "NOT_STORAGE_ONLY"]


def test_what_another_command_does_is_shown(day: Day, plugged: Plugged, stick: Stick) -> None:
    def tell(state: MediumState) -> None:
        with day.at(LGWAN) as station:
            station.tell(state, medium="USB-001")

    steps = (
        plugged.plug(stick),
        nothing,
        lambda: tell(MediumState.WRITING),
        nothing,
        lambda: tell(MediumState.SAFE_TO_REMOVE),
        nothing,
    )
    events = plugged.watch(*steps, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "READY", "WRITING", "SAFE_TO_REMOVE"]
    assert events[-1]["sentence"] == "Medium USB-001 may be removed now."


def test_switched_off_it_is_gone_and_may_be_removed(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    """A stick without power is not on the bus any more; somebody has still to pull it out."""

    def let_go() -> None:
        with day.at(LGWAN) as station:
            station.tell(MediumState.SAFE_TO_REMOVE, medium="USB-001")

    steps = (plugged.plug(stick), nothing, plugged.plug(), let_go, nothing, nothing)
    shown = states(plugged.watch(*steps, command=WATCH))
    assert shown == ["NO_MEDIUM", "READY", "NO_MEDIUM", "SAFE_TO_REMOVE"]
    steps = (plugged.plug(stick), let_go, plugged.plug(), nothing, plugged.plug(stick), nothing)
    shown = states(plugged.watch(*steps, command=WATCH))
    assert shown == ["NO_MEDIUM", "READY", "SAFE_TO_REMOVE", "READY"]


@pytest.mark.parametrize("state", [MediumState.SAFE_TO_REMOVE, MediumState.CHECKING])
def test_what_was_told_of_an_earlier_visit_is_not_shown(
    day: Day, plugged: Plugged, stick: Stick, state: MediumState
) -> None:
    """Claim C45. Nothing was done with the stick that is plugged in now."""
    with day.at(LGWAN) as station:
        station.tell(state, medium="USB-001")
    events = plugged.watch(plugged.plug(stick), nothing, nothing, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "READY"]


def test_station_in_use_shows_what_it_tells(
    day: Day, plugged: Plugged, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "STATION_WAIT_SECONDS", 0)
    with day.at(LGWAN) as station:
        station.tell(MediumState.WRITING, medium="USB-001")
        events = plugged.watch(plugged.plug(stick), nothing, command=WATCH)
    assert states(events) == ["NO_MEDIUM", "WRITING"]
    assert stick.calls == []


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"null", b'{"state": "WRITING"}', b'{"state": "X", "facts": {}}', b"\xff",
     b'{"state": "WRITING", "facts": 1}'],
)  # fmt: skip
def test_damaged_hint_is_no_hint(day: Day, plugged: Plugged, stick: Stick, damaged: bytes) -> None:
    path = Home(day.world.home(LGWAN).root).medium_state
    steps = (plugged.plug(stick), nothing, lambda: path.write_bytes(damaged), nothing)
    assert states(plugged.watch(*steps, command=WATCH)) == ["NO_MEDIUM", "READY"]


@pytest.mark.parametrize(("lang", "words"), [("en", "is ready"), ("ja", "使えます")])
def test_person_reads_it_in_their_language(
    plugged: Plugged, stick: Stick, lang: str, words: str
) -> None:
    plugged.steps = [plugged.plug(stick), nothing]
    shown = plugged.call("media", "watch", lang=lang)
    assert words in shown
    assert re.findall(r"\[([A-Z_]+)\]$", shown, re.MULTILINE) == ["NO_MEDIUM", "READY"]
