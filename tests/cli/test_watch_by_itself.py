"""What runs by itself decides nothing: it reaches no step of a command that is a person's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES
from cli.plugged import Plugged, done, nothing
from journeys.commands import LEFT_OUT
from stations.days import Day
from stations.sticks import Stick, usb

from mediabridge.cli._table import COMMANDS
from mediabridge.stations.books import BundleState
from mediabridge.stations.sticks import losing

LGWAN, REGISTRY = "lgwan-01", "registry-01"

ITSELF: Final = {
    "collect": "outgoing.collecting.collect_file",
    "seal": "outgoing.sealing.seal_bundle",
    "write": "outgoing.releasing.write_bundle",
    "import": "incoming.importing.take_all",
    "watch": "chores.Chores.look",
}
"""What it is for, and the step of each."""

PERSONS: Final = {
    "approve": (
        "outgoing.approving.have_approved", "outgoing.approving.approve_shown",
        "outgoing.rejecting.reject_shown",
    ),
    "export": ("desk.Desk.export", "outgoing.approving.approve_shown"),
    "bundles void": ("voiding.draft", "voiding.declare"),
    "bundles reissue": ("outgoing.reissuing.seal_again",),
    "held resolve": ("held.decide", "registry.RegistryStation.decide"),
    "population apply": ("population.deciding.decide",),
    "population reject": ("population.deciding.decide",),
    "lookup": ("lookup.look_up",),
    "software add": ("outgoing.software.add_software",),
    "software install": ("installing.have_installed",),
    "media register": ("sticks.enrolling.register_medium",),
    # Writing to a stick that is not on a trip begins one.
    "media issue": (),
    "media hand-over": ("sticks.custody.hand_over",),
    "media arrive": ("sticks.custody.arrive",),
    "media return": ("sticks.custody.give_back",),
    "media lost": ("sticks.losing.report_lost",),
    "media retire": ("sticks.custody.retire",),
    "media put-aside": ("sticks.clearing.put_aside",),
    "media erase": (),
    "trust update": (),
    "station recipient": ("rotation.asking.ask_for_key",),
    "station witness": ("retiring.ask_for_witness",),
    "station clock": ("timekeeping.confirm_clock",),
    "station continue": ("setback.continue_after",),
    "station tidy": ("retention.removing.remove",),
    "station backup": ("backups.saving.back_up",),
}  # fmt: skip
"""What people do at a station, and the steps by which it is done, besides the command's own code.

Whoever adds a command that changes what a station keeps says here, or above, which it is.
"""

PERSONS_AS_WELL: Final = {
    name for why, names in LEFT_OUT.items() if "change nothing" not in why for name in names
} - ITSELF.keys()
"""Those that make a station or a key, or belong to a ceremony."""


def code_of(step: str) -> CodeType:
    """Return the code of a function or method below ``mediabridge.stations``."""
    words = step.split(".")
    for cut in range(len(words) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(("mediabridge.stations", *words[:cut])))
        except ModuleNotFoundError:
            continue
        for word in words[cut:]:
            found = getattr(found, word)
        code = found.__code__
        assert isinstance(code, CodeType)
        return code
    raise LookupError(step)


@contextmanager
def seen() -> Iterator[set[CodeType]]:
    """Give the code of every function that is called in the block."""
    found: set[CodeType] = set()

    def called(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            found.add(frame.f_code)

    sys.setprofile(called)
    try:
        yield found
    finally:
        sys.setprofile(None)


def test_every_command_is_a_persons_or_not() -> None:
    looking = {name for why, names in LEFT_OUT.items() if "change nothing" in why for name in names}
    commands = {entry.name for entry in COMMANDS if entry.module}
    sorts = (set(ITSELF), set(PERSONS), PERSONS_AS_WELL - set(PERSONS), looking)
    assert set().union(*sorts) == commands
    assert sum(map(len, sorts)) == len(commands)


@pytest.fixture
def doors(day: Day) -> dict[str, Path]:
    """Give a door to each station, which then does all that it may."""
    made = {}
    for name in (LGWAN, REGISTRY):
        made[name] = day.world.root / f"door-{name}"
        made[name].mkdir()
        settings = day.world.home(name).settings_file
        settings.write_text(f'[transport]\nfolder = "{made[name]}"\n[watch]\nseal = "sequential"\n')
        settings.chmod(0o600)
    return made


def bring(door: Path, name: str, content: bytes) -> None:
    (door / name).write_bytes(content)
    (door / name).rename(door / "in" / name)


def test_day_reaches_no_step_of_a_persons(
    day: Day, plugged: Plugged, stick: Stick, doors: dict[str, Path]
) -> None:
    """Claim C126. There is something for a person in every corner, and it stays there."""
    lost, stranger = day.stick(3), Stick(day.world.medium, usb("S-0009"))
    with day.at(LGWAN) as station:
        losing.report_lost(station, "USB-003")
    happened: list[str] = []
    with seen() as reached:
        steps = (
            nothing, lambda: bring(doors[LGWAN], "1.csv", isa_csv(*FIRST_NOTICES)),
            lambda: bring(doors[LGWAN], "2.csv", b"spoilt"), nothing, nothing,
            plugged.plug(stranger), nothing, plugged.plug(lost), nothing,
            plugged.plug(stick), nothing, nothing,
        )  # fmt: skip
        happened += done(plugged.watch(*steps))
    with day.at(LGWAN) as station:
        (row,) = station.books.bundles_in(BundleState.SEALED)
    day.approve(row.bundle)
    with seen() as more:
        happened += done(plugged.watch(plugged.plug(stick), nothing))
        happened += done(plugged.watch(plugged.plug(stick), nothing, nothing, at=REGISTRY))
    with day.at(REGISTRY) as station:
        status = station.status()
        assert (status.held, status.to_approve) == (1, 1)
    reached |= more
    assert {"collected", "failed", "sealed", "refused", "written", "taken"} <= set(happened)
    assert {code_of(step) for step in ITSELF.values()} <= reached
    steps_of = {step for names in PERSONS.values() for step in names}
    assert {step for step in steps_of if code_of(step) in reached} == set()
    modules = {e.name: e.module for e in COMMANDS if e.name in PERSONS or e.name in PERSONS_AS_WELL}
    shared = {entry.module for entry in COMMANDS if entry.name in ITSELF}
    files = {str(code.co_filename) for code in reached}
    commands = {
        name for name, module in modules.items()
        if module not in shared and any(f.endswith(f"/cli/{module}.py") for f in files)
    }  # fmt: skip
    assert commands == set()
