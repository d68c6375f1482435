"""Which of the sticks is meant; none that is plugged in is passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from stations.sticks import Stick, Town, other, usb

from mediabridge.errors import MediumError, NoMediumError, SeveralMediaError
from mediabridge.media.device import Interface
from mediabridge.media.states import MediumState, StateReport
from mediabridge.stations.sticks import choosing
from mediabridge.translog.events import Entry, Event


@pytest.fixture
def sticks(here: Town, tmp_path: Path) -> list[Stick]:
    """Give three registered sticks, in three ports."""
    made = []
    for number in (1, 2, 3):
        folder = tmp_path / f"stick-{number}"
        folder.mkdir()
        device = other(usb(f"S-000{number}"), path=f"/sys/{number}")
        made.append(Stick(folder, device))
        here.register(here.lgwan, made[-1], f"USB-00{number}")
    return made


def reformat(stick: Stick) -> None:
    assert stick.device is not None
    stick.device = other(usb(stick.device.serial, uuid="FFFF-0000"), path=stick.device.path)


def add_keyboard(stick: Stick) -> None:
    assert stick.device is not None
    stick.device = other(stick.device, interfaces=(Interface(8), Interface(3)))


class Choice:
    """What came of choosing: the stick or the error, and what was logged and told."""

    def __init__(self, here: Town, sticks: Sequence[Stick]) -> None:
        told, before = here.told(here.lgwan), here.log(here.lgwan)
        self.medium, self.reason = "", ""
        try:
            self.medium = choosing.choose(here.lgwan, sticks).medium
        except MediumError as error:
            self.reason, self.error = error.reason, error
        self.told: list[StateReport] = told
        self.entries: list[Entry] = here.log(here.lgwan)[len(before) :]

    @property
    def states(self) -> list[MediumState]:
        return [each.state for each in self.told]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Each refusal in the log: which device, and why."""
        assert all(each.event is Event.MEDIUM_REFUSED for each in self.entries)
        facts = [each.facts for each in self.entries]
        return [(str(each.get("device_sha256", "")), str(each["reason"])) for each in facts]


def digest(stick: Stick) -> str:
    assert stick.device is not None
    return stick.device.sha256


def test_nothing_plugged_in(here: Town) -> None:
    choice = Choice(here, [])
    assert isinstance(choice.error, NoMediumError)
    assert choice.states == [MediumState.NO_MEDIUM]
    assert choice.entries == []


def test_the_only_one_is_meant(here: Town, sticks: list[Stick]) -> None:
    choice = Choice(here, sticks[:1])
    assert choice.medium == "USB-001"
    assert [(each.state, each.facts) for each in choice.told] == [
        (MediumState.READY, {"medium": "USB-001"})
    ]
    assert choice.entries == []


def test_several_are_for_a_person_to_choose(here: Town, sticks: list[Stick]) -> None:
    choice = Choice(here, sticks)
    assert isinstance(choice.error, SeveralMediaError)
    assert choice.error.facts == {"count": 3}
    assert choice.states == [MediumState.SEVERAL_MEDIA]
    assert choice.told[0].facts == {"count": 3}
    assert choice.refused == [("", "SEVERAL_MEDIA")]


@pytest.mark.parametrize("usable", [0, 1, 2])
def test_usable_one_is_taken_and_the_refused_are_named(
    here: Town, sticks: list[Stick], usable: int
) -> None:
    bad = [stick for number, stick in enumerate(sticks) if number != usable]
    reformat(bad[0])
    add_keyboard(bad[1])
    choice = Choice(here, sticks)
    assert choice.medium == f"USB-00{usable + 1}"
    assert choice.refused == [
        (digest(bad[0]), "REFORMATTED"),
        (digest(bad[1]), "NOT_STORAGE_ONLY"),
    ]
    assert choice.states == [
        MediumState.REFORMATTED, MediumState.NOT_STORAGE_ONLY, MediumState.READY
    ]  # fmt: skip
    assert here.shown(here.lgwan)["state"] == "READY"


def test_several_usable_beside_a_refused_one(here: Town, sticks: list[Stick]) -> None:
    reformat(sticks[1])
    choice = Choice(here, sticks)
    assert isinstance(choice.error, SeveralMediaError)
    assert choice.error.facts == {"count": 2}
    assert choice.refused == [(digest(sticks[1]), "REFORMATTED"), ("", "SEVERAL_MEDIA")]
    assert choice.states == [MediumState.REFORMATTED, MediumState.SEVERAL_MEDIA]


def test_only_refused_ones_are_each_named_once(here: Town, sticks: list[Stick]) -> None:
    reformat(sticks[0])
    add_keyboard(sticks[1])
    sticks[2].folder = sticks[2].folder / "empty"
    sticks[2].folder.mkdir()
    choice = Choice(here, sticks)
    assert choice.reason == "REFORMATTED"
    assert choice.error.facts == {"medium": "USB-001"}
    assert sorted(choice.refused) == sorted(
        [
            (digest(sticks[0]), "REFORMATTED"),
            (digest(sticks[1]), "NOT_STORAGE_ONLY"),
            (digest(sticks[2]), "REFORMATTED"),
        ]
    )
    # The screen keeps what the error says.
    assert choice.told[-1].facts == {"medium": "USB-001"}
    assert here.shown(here.lgwan) == {"state": "REFORMATTED", "facts": {"medium": "USB-001"}}


def test_only_one_and_refused(here: Town, sticks: list[Stick]) -> None:
    add_keyboard(sticks[0])
    sticks[0].calls.clear()
    choice = Choice(here, sticks[:1])
    assert choice.reason == "NOT_STORAGE_ONLY"
    assert choice.refused == [(digest(sticks[0]), "NOT_STORAGE_ONLY")]
    assert choice.states == [MediumState.NOT_STORAGE_ONLY]
    assert sticks[0].calls == []


def test_copy_beside_its_original_leaves_none_usable(here: Town, sticks: list[Stick]) -> None:
    """Nobody can say which of the two is the registered one: neither is mounted."""
    twins = sticks[:2]
    assert twins[0].device is not None
    twins[1].device = other(twins[0].device, path="/sys/other")
    for twin in twins:
        twin.calls.clear()
    choice = Choice(here, twins)
    assert choice.reason == "SERIAL_COPIED"
    assert choice.refused == [(digest(twins[0]), "SERIAL_COPIED")] * 2
    assert choice.states == [MediumState.SERIAL_COPIED] * 2
    assert [twin.calls for twin in twins] == [[], []]


def test_chosen_stick_was_only_read(here: Town, sticks: list[Stick]) -> None:
    reformat(sticks[1])
    for stick in sticks:
        stick.calls.clear()
    Choice(here, sticks[:2])
    assert [stick.calls for stick in sticks] == [["read"], ["read"], []]


def test_stick_of_the_other_station_is_known_once_chosen(here: Town, sticks: list[Stick]) -> None:
    assert here.registry.books.media.row("USB-001") is None
    choosing.choose(here.registry, sticks[:1])
    row = here.registry.books.media.row("USB-001")
    assert row is not None
    assert row.device_sha256 == digest(sticks[0])
