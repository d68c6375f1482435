"""From empty folders to a city that works, and on to the next April, carried by sticks alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, passphrase_for, scratch
from trust.ceremony.office import Ceremony, Office, now

from mediabridge.bundle import layout
from mediabridge.clock import SystemClock
from mediabridge.errors import SignerRevokedError
from mediabridge.media.slot import FolderSlot
from mediabridge.progress import NullProgress
from mediabridge.stations import trusting
from mediabridge.stations.setup import init_station
from mediabridge.stations.sticks import visits
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile, requests
from mediabridge.trust.ceremony import changes, entries, publishing
from mediabridge.trust.ceremony.folder import Folder
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.keyfile import TRAINING_COST

PUBLISHERS = ("targets-1", "targets-2", "snapshot-1", "timestamp-1")
STATIONS = ("lgwan-01", "registry-01")


class Round:
    """The folder goes from machine to machine; nobody keeps anything but the own key."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.office = Office("live")
        self.stick = root / "stick"
        self.machines = 0

    def at_next_machine(self) -> Ceremony:
        """Copy the stick's folder to a machine that has never seen it; the stick is then empty."""
        self.machines += 1
        there = self.root / f"machine-{self.machines}"
        if self.stick.exists():
            shutil.copytree(self.stick, there)
            shutil.rmtree(self.stick)
        return Ceremony(self.office, there)

    def hand_on(self, ceremony: Ceremony) -> None:
        shutil.copytree(ceremony.path, self.stick)

    def sign(self, *names: str) -> None:
        for name in names:
            ceremony = self.at_next_machine()
            ceremony.sign(name)
            self.hand_on(ceremony)

    def publish(self, medium: Path) -> int:
        ceremony = self.at_next_machine()
        version = ceremony.publish().version
        with publishing.in_force(Folder(ceremony.path)) as there:
            trusting.put_on(FolderSlot(medium), there, NullProgress())
        self.hand_on(ceremony)
        return version


@pytest.fixture
def going() -> Iterator[Round]:
    with scratch() as root:
        yield Round(Path(root))


def first_version(going: Round, medium: Path) -> None:
    ceremony = going.at_next_machine()
    ceremony.begin()
    going.hand_on(ceremony)
    for data in going.office.everybody():
        ceremony = going.at_next_machine()
        ceremony.take_in(data)
        going.hand_on(ceremony)
    ceremony = going.at_next_machine()
    ceremony.route()
    going.hand_on(ceremony)
    going.sign("root-3", "root-1", *PUBLISHERS)
    assert going.publish(medium) == 1


def set_up(going: Round, world: World) -> None:
    """Set both stations up with the first root, by hand, and their own keys."""
    city = world.root / "city"
    (city / "keys").mkdir(parents=True)
    for name, key in going.office.made.items():
        keyfile.save(city / "keys" / f"{name}.json", key, passphrase_for(name), cost=TRAINING_COST)
    shutil.copytree(layout.trust_folder(world.medium), city / "repository")
    shutil.copyfile(going.stick / "root.json", city / "root.json")
    trust = Ceremony(going.office, going.stick).opened.published
    assert trust is not None
    (world.root / "trust-1.json").write_bytes(trust.trust.dump())
    for station in STATIONS:
        root = world.home(station).root
        init_station(root, city, station, clock=SystemClock(), mode="live")


def take_over(world: World, station: str) -> tuple[int, int]:
    with world.open(station) as opened:
        visit = visits.recognise(opened, FolderSlot(world.medium))
        before, after = trusting.take_over(opened, visit)
        return before.version, after.version


def test_a_city_begins_and_changes(going: Round) -> None:
    world = World(going.root / "world")
    world.medium.mkdir(parents=True)
    first_version(going, world.medium)
    set_up(going, world)
    world.send(isa_csv(*FIRST_NOTICES))
    assert [taken.seq for taken in world.import_()] == [1]

    ceremony = going.at_next_machine()
    coming = requests.read(going.office.holder("root-4", "root"), name="root-4")
    ceremony.change(changes.exchange("root", "root-1", (coming,)))
    ceremony.change(
        changes.to_trust(
            lambda trust: entries.revoked(trust, "officer-1", Reason.LEFT_OFFICE, now())
        )
    )
    going.hand_on(ceremony)
    going.sign("root-2", "root-3", *PUBLISHERS)
    update = going.root / "update"
    update.mkdir()
    assert going.publish(update) == 2

    # The LGWAN station has not heard of it yet, and its officer approves once more.
    world.send(isa_csv((4, 1)))
    old = world.medium
    carried = going.root / "carried"
    old.rename(carried)
    update.rename(old)
    assert take_over(world, "registry-01") == (1, 2)
    assert take_over(world, "registry-01") == (2, 2)
    assert world.log("registry-01")[-1].event is Event.TRUST_UPDATED
    old.rename(update)
    carried.rename(old)
    with pytest.raises(SignerRevokedError):
        world.import_()

    shutil.rmtree(layout.trust_folder(old))
    shutil.copytree(layout.trust_folder(update), layout.trust_folder(old))
    assert take_over(world, "lgwan-01") == (1, 2)
    with world.lgwan() as station:
        row = max(station.books.bundles("out"), key=lambda each: each.seq)
        with pytest.raises(SignerRevokedError):
            station.approve(row.bundle, world.key("officer-1"))
        station.approve(row.bundle, world.key("officer-2"))
        station.write(station.books.bundle(row.bundle) or row, old)
    assert [taken.seq for taken in world.import_()] == [2]


def test_every_machine_starts_from_the_stick_alone(going: Round) -> None:
    """A machine on which the power went has lost its copy; the stick still has the last step."""
    medium = going.root / "medium"
    medium.mkdir()
    ceremony = going.at_next_machine()
    ceremony.begin()
    ceremony.take_in(*going.office.everybody())
    ceremony.route()
    going.hand_on(ceremony)
    for name in ("root-1", "root-2", *PUBLISHERS):
        before = (going.stick / "draft.json").read_bytes()
        lost = Ceremony(going.office, going.root / f"lost-{name}")
        shutil.copytree(going.stick, lost.path)
        lost.sign(name)
        assert (going.stick / "draft.json").read_bytes() == before
        going.sign(name)
    assert going.publish(medium) == 1
