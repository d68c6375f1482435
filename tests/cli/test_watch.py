"""``watch``: plugged in, done, told; it ends when somebody says so, and only then."""

from __future__ import annotations

import signal

import pytest
from attacks.records import isa_csv
from cli.plugged import Plugged, Step, done, nothing, states
from stations.days import Day, failing, on
from stations.sticks import Stick, usb

from mediabridge import locking
from mediabridge.errors import MediumIoError
from mediabridge.media.device import Disk, Interface, UsbDevice
from mediabridge.stations.desk import Desk
from mediabridge.translog.events import Event

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1))
WRITTEN = ["READY", "READING", "WRITING", "CHECKING", "SAFE_TO_REMOVE"]
READER = UsbDevice(
    "/sys/r", "05e3", "0749", interfaces=(Interface(8, 6, 80),), disks=(Disk("/dev/sdy", 1, 0),)
)
KEYBOARD = UsbDevice("/sys/k", "046d", "c31c", interfaces=(Interface(3, 1, 1),))


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ends_without_an_error_when_it_is_stopped(plugged: Plugged, told: signal.Signals) -> None:
    """Nothing was interrupted: whoever ends it, a person or the machine, has what was wanted."""
    events = plugged.watch(nothing, nothing, lambda: signal.raise_signal(told))
    assert states(events) == ["NO_MEDIUM"]
    assert done(events) == []
    assert plugged.err == ""
    with plugged.day.at(LGWAN):
        pass  # Nobody holds the station any more.


@pytest.mark.parametrize(("lang", "words"), [("en", "Plug in a"), ("ja", "差し込んで")])
def test_speaks_to_the_person_in_their_language(plugged: Plugged, lang: str, words: str) -> None:
    first, hint, end = plugged.call("watch", lang=lang).splitlines()
    assert "[NO_MEDIUM]" in first
    assert words in hint
    assert (end == "Watching has ended.") == (lang == "en")


def test_every_line_is_an_object_with_its_schema(day: Day, plugged: Plugged, stick: Stick) -> None:
    bundle = day.pack(content=NOTICES)
    events = plugged.watch(plugged.plug(stick), nothing, nothing)
    assert states(events) == ["NO_MEDIUM", *WRITTEN]
    assert done(events) == ["written", "done"]
    for event in events:
        if "state" in event:
            assert set(event) == {"schema", "station", "mode", "state", "sentence", "hint", "facts"}
    written, end = events[-2:]
    assert (written["bundle"], written["seq"]) == (bundle, 1)
    assert (end["safe"], end["medium"], end["station"]) == (True, "USB-001", LGWAN)
    assert day.books(LGWAN) == [("out", "written", 1)]
    assert stick.calls.count("eject") == 1


def test_stick_is_served_once_until_it_is_plugged_in_again(plugged: Plugged, stick: Stick) -> None:
    served = ["READY", "READING", "SAFE_TO_REMOVE"]
    steps = (plugged.plug(stick), nothing, plugged.plug(), nothing, plugged.plug(stick), nothing)
    events = plugged.watch(*steps)
    # Switched off, it vanishes before anybody pulls it out: what was said of it stays.
    assert states(events) == ["NO_MEDIUM", *served, *served]
    assert done(events) == ["nothing", "done", "nothing", "done"]


def test_stick_that_brought_nothing_is_not_let_go_in_silence(
    plugged: Plugged, stick: Stick
) -> None:
    """Claim C51. The clerk who expected a bundle learns that there was none."""
    plugged.steps = [plugged.plug(stick), nothing]
    shown = plugged.call("watch", lang="ja")
    assert "この端末あてのものはなく、書き込むものもありません" in shown
    plugged.day.pack()
    plugged.steps = [nothing]
    assert "この端末あてのものはなく" not in plugged.call("watch", lang="ja")


def test_stick_that_is_pulled_out_while_it_waits_is_missed(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    day.seal()
    events = plugged.watch(plugged.plug(stick), nothing, plugged.plug(), nothing)
    assert states(events)[-1] == "NO_MEDIUM"


def test_person_reads_what_was_done(day: Day, plugged: Plugged, stick: Stick) -> None:
    day.pack(content=NOTICES)
    plugged.steps = [plugged.plug(stick), nothing]
    shown = plugged.call("watch")
    assert "Bundle number 1 is on the medium and was read back." in shown
    assert "Medium USB-001 may be removed now. [SAFE_TO_REMOVE]\n  Pull it out." in shown
    assert "{" not in shown


def test_answer_is_written_as_soon_as_it_is_approved(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    steps = (plugged.plug(stick), nothing, lambda: day.pack(REGISTRY), nothing, nothing)
    events = plugged.watch(*steps, at=REGISTRY)
    assert done(events) == ["taken", "done", "written", "done"]
    assert [each["safe"] for each in events if each.get("event") == "done"] == [False, True]
    assert states(events)[-3:] == ["WRITING", "CHECKING", "SAFE_TO_REMOVE"]
    taken = next(each for each in events if each.get("event") == "taken")
    assert (taken["seq"], taken["from"], taken["outcomes"]) == (1, LGWAN, {"applied": 1})


def test_bundle_sealed_only_is_waited_for(day: Day, plugged: Plugged, stick: Stick) -> None:
    bundle = day.seal()
    steps = (plugged.plug(stick), nothing, lambda: day.approve(bundle), nothing)
    events = plugged.watch(*steps)
    assert done(events) == ["done", "written", "done"]
    assert on(stick) == [bundle]


def test_repetition_is_told(day: Day, plugged: Plugged, stick: Stick) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    steps = (plugged.plug(stick), plugged.plug(), plugged.plug(stick), nothing)
    assert done(plugged.watch(*steps, at=REGISTRY)) == ["taken", "done", "repeated", "done"]


def test_refused_stick_does_not_end_the_watch(day: Day, plugged: Plugged, stick: Stick) -> None:
    stranger = Stick(day.world.medium, usb("S-0009"))
    events = plugged.watch(plugged.plug(stranger), nothing, plugged.plug(stick), nothing)
    refused, empty, end = (each for each in events if "event" in each)
    assert empty["event"] == "nothing"
    assert (refused["event"], refused["reason"]) == ("refused", "UNREGISTERED")
    assert refused["sentence"]
    assert refused["hint"]
    assert end["safe"]
    assert states(events) == [
        "NO_MEDIUM", "UNREGISTERED", "READY", "READING", "SAFE_TO_REMOVE"
    ]  # fmt: skip
    assert len(day.entries(LGWAN, Event.MEDIUM_REFUSED)) == 1


def test_failing_stick_is_told_and_tried_again_when_it_is_back(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    day.pack()
    stick.at_mount = failing(MediumIoError(detail="EIO"), "write")
    events = plugged.watch(
        plugged.plug(stick), nothing, plugged.plug(), plugged.plug(stick), nothing
    )
    assert done(events) == ["refused", "continued", "written", "done"]
    assert states(events) == [
        "NO_MEDIUM", "READY", "READING", "WRITING", "IO_ERROR", "NO_MEDIUM", *WRITTEN
    ]  # fmt: skip


def test_taken_is_told_though_the_writing_fails(day: Day, plugged: Plugged, stick: Stick) -> None:
    """Claim C45."""
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    day.pack(REGISTRY)
    stick.at_mount = failing(MediumIoError(detail="EIO"), "write")
    events = plugged.watch(plugged.plug(stick), nothing, at=REGISTRY)
    assert done(events) == ["taken", "refused"]
    assert "SAFE_TO_REMOVE" not in states(events)


def test_several_sticks_wait_for_a_person(day: Day, plugged: Plugged, stick: Stick) -> None:
    other = day.stick(2)
    day.pack()
    events = plugged.watch(plugged.plug(stick, other), nothing, plugged.plug(other), nothing)
    assert done(events) == ["refused", "written", "done"]
    assert states(events) == ["NO_MEDIUM", "SEVERAL_MEDIA", *WRITTEN]
    assert "write" not in stick.calls


def test_card_reader_without_a_card_is_nothing(day: Day, plugged: Plugged, stick: Stick) -> None:
    """It stands at the desk for years; only what is put into it, or beside it, is a medium."""
    day.pack()
    plugged.others = (READER,)
    log = day.world.log_bytes(LGWAN)
    assert states(plugged.watch(nothing, nothing)) == ["NO_MEDIUM"]
    assert day.world.log_bytes(LGWAN) == log
    assert states(plugged.watch(plugged.plug(stick), nothing)) == ["NO_MEDIUM", *WRITTEN]
    assert day.entries(LGWAN, Event.MEDIUM_REFUSED) == []


def test_keyboard_is_named_once_for_each_arrival(day: Day, plugged: Plugged, stick: Stick) -> None:
    """Claim C48. A stick that comes while it is there is no reason to name it again."""

    def others(*devices: UsbDevice) -> Step:
        return lambda: setattr(plugged, "others", devices)

    steps = (others(KEYBOARD), nothing, plugged.plug(stick), nothing, others(), others(KEYBOARD))
    events = plugged.watch(*steps, nothing)
    served = ["READY", "READING", "SAFE_TO_REMOVE"]
    named = [each for each in states(events) if each not in served]
    assert named == ["NO_MEDIUM", "NOT_STORAGE_ONLY", "NOT_STORAGE_ONLY"]
    logged = [entry.facts for entry in day.entries(LGWAN, Event.MEDIUM_REFUSED)]
    assert logged == [{"reason": "NOT_STORAGE_ONLY", "device_sha256": KEYBOARD.sha256}] * 2


def test_keyboard_beside_a_waiting_stick_does_not_have_it_read_again(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    steps = (plugged.plug(stick), nothing, lambda: setattr(plugged, "others", (KEYBOARD,)))
    events = plugged.watch(*steps, lambda: day.pack(REGISTRY), nothing, at=REGISTRY)
    assert done(events) == ["taken", "done", "written", "done"]
    assert states(events).count("READING") == 1
    assert "NOT_STORAGE_ONLY" in states(events)


def test_station_in_use_is_waited_for(
    day: Day, plugged: Plugged, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command works here when the stick is plugged in; its turn comes afterwards."""
    monkeypatch.setattr(locking, "STATION_WAIT_SECONDS", 0)
    busy: list[Desk] = []

    def begin() -> None:
        busy.append(day.at(LGWAN).__enter__())
        plugged.plug(stick)()

    def end() -> None:
        busy[0].__exit__(None, None, None)

    events = plugged.watch(begin, nothing, end, nothing)
    assert done(events) == ["nothing", "done"]
    assert states(events) == ["NO_MEDIUM", "READY", "READING", "SAFE_TO_REMOVE"]


def test_interrupted_while_writing_is_continued(day: Day, plugged: Plugged, stick: Stick) -> None:
    """Claim C45. Ctrl-C at the worst moment: nothing counts as written, and it goes on later."""
    day.pack(content=NOTICES)

    def press(call: str) -> None:
        if call == "write":
            signal.raise_signal(signal.SIGINT)

    stick.at_mount = press
    events = plugged.watch(plugged.plug(stick), code=130)
    assert done(events) == []
    assert "SAFE_TO_REMOVE" not in states(events)
    assert day.books(LGWAN) == [("out", "approved", 1)]
    stick.at_mount = lambda _call: None
    again = plugged.watch(plugged.plug(stick), nothing)
    assert done(again) == ["continued", "written", "done"]
    reasons = [entry.facts["reason"] for entry in day.entries(LGWAN, Event.JOURNEY_RECOVERED)]
    assert reasons == ["WRITE_INTERRUPTED"]


def test_stick_that_was_there_before_is_served_at_once(
    day: Day, plugged: Plugged, stick: Stick
) -> None:
    day.pack()
    plugged.sticks = [stick]
    assert states(plugged.watch()) == WRITTEN


def test_nobody_is_named(plugged: Plugged, stick: Stick) -> None:
    """A wrong operator is said for each stick; the watch goes on."""
    plugged.steps = [plugged.plug(stick), nothing]
    shown = plugged.call("watch", "--operator", "nobody")
    assert "--operator must be one of" in shown
    assert stick.calls == ["read", "eject"]
