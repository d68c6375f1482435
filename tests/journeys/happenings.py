"""What happened before a command of :mod:`journeys.commands`, besides the stages of a day."""

from __future__ import annotations

import json
import os
import shutil

from attacks.records import csv_of, entry, isa_csv, municipal_notice
from attacks.world import FIRST_NOTICES, World
from packages import build_package
from stations.days import Day
from stations.test_backups import save
from stations.test_continuing import told
from stations.test_setback import clear_stick, morning, set_back
from stations.test_voiding import lose, put_back, void

from mediabridge import errors
from mediabridge.apply.population.findings import FindingKind
from mediabridge.bundle import layout
from mediabridge.bundle.software import Sort
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.stations import held
from mediabridge.stations.population import deciding, looking
from mediabridge.stations.sticks import custody
from mediabridge.trust.ceremony import entries
from tests.apply.contract.test_changes import write as write_change

LGWAN, REGISTRY = "lgwan-01", "registry-01"
HELD = "N-0003"
"""The notice of the day for a card that nobody here has."""
NUMBER = "USB-001"


def nothing(_world: World) -> None:
    """Let the day take its course."""


def bring_a_file(world: World) -> None:
    """Put the file of the day where it is collected."""
    (world.root / "isa.csv").write_bytes(isa_csv(*FIRST_NOTICES))


def change_residents(world: World) -> None:
    """The city's own system changes residents, and takes one change back."""
    with world.registry() as station:
        moved = [json.dumps(municipal_notice(number, number)) for number in (1, 2, 3)]
        write_change(station.registry, moved[0])
        wrong = write_change(station.registry, moved[1])
        write_change(station.registry, moved[2], wrong)


def lose_the_stick(world: World) -> None:
    """Take away the stick with the first bundle."""
    shutil.rmtree(world.bundles)


def come_from_a_backup(world: World) -> None:
    """Set the LGWAN station back, and let its peer tell which number it lacks."""
    save(world, LGWAN, "lgwan-backup")
    clear_stick(world)
    morning(world, 4)
    set_back(world)
    told(world)


def approve_the_answer(world: World) -> None:
    """Leave the bundle of the registry station ready to be written."""
    with world.registry() as station:
        (row,) = station.books.bundles("out")
        station.approve(row.bundle, world.key("officer-1"))


def refuse_files_long_ago(world: World) -> None:
    """Leave three refused files that no rule keeps any more."""
    for number in range(3):
        path = world.home(LGWAN).refused / f"{number:064x}.csv"
        path.write_text("refused", encoding="ascii")
        os.utime(path, (0, 0))


# --- out of turn -------------------------------------------------------------------------


def come_early(world: World) -> None:
    """Put the second bundle on the stick; the first has not come."""
    world.send(isa_csv((1, 1)))
    lose(world)
    world.send(isa_csv((2, 2)))


def wait_for_the_first(world: World) -> None:
    """Have the second bundle kept, and the first one on the stick."""
    world.send(isa_csv((1, 1)))
    first = lose(world)
    world.send(isa_csv((2, 2)))
    try:
        world.import_()
    except errors.BundleParkedError:
        put_back(world, first)


def declare_void(world: World) -> None:
    """Put a bundle on the stick that follows one which officers declared void."""
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1)
    world.send(isa_csv((2, 2)))


# --- decisions ---------------------------------------------------------------------------


def look(world: World) -> str:
    """Return the version of the held notice that a clerk looks at."""
    with world.registry() as station:
        return held.chosen(station, HELD).version


def decide(world: World) -> None:
    """Apply the held notice to a person, so that a later decision has to take that back."""
    wish = held.Wish(Result.APPLIED, look(world), person=3)
    with world.registry() as station:
        held.decide(station, HELD, wish, operator=None, second=None)


# --- full populations ---------------------------------------------------------------------


def bring_a_population(world: World) -> None:
    """Put an extract on the stick that has somebody new, and lacks two of the register."""
    rows = [entry(number, total=4) for number in (1, 2, 3)]
    rows.append(entry(9, total=4, name_roman="TRAN THI BINH"))
    world.send(csv_of(Kind.ISA_POPULATION, rows), officers=("officer-1", "officer-2"))


def compare_a_population(world: World) -> None:
    """Have that extract compared with the register."""
    bring_a_population(world)
    world.import_()


def look_at_the_new(world: World) -> str:
    """Return the version of those whom the register lacks."""
    return _version(world, FindingKind.MISSING)


def look_at_the_old(world: World) -> str:
    """Return the version of those whom the extract lacks."""
    return _version(world, FindingKind.EXTRA)


def _version(world: World, kind: FindingKind) -> str:
    with world.registry() as station:
        found = deciding.asked(station, looking.named(station, None), kind, None)
    return found.seen.version


# --- sticks ------------------------------------------------------------------------------


def register(world: World) -> None:
    """Give the LGWAN station a stick of a device, besides the folder."""
    Day(world).stick()


def carry_on_a_stick(world: World) -> None:
    """Put the approved bundle on that stick, which thereby is on a trip."""
    day = Day(world)
    with world.lgwan() as station:
        (row,) = station.books.bundles("out")
    day.write(row.bundle, day.stick())


def tell_of_a_trip(world: World) -> None:
    """Let the other station know that a stick is on its way, by what came on another one."""
    day = Day(world)
    day.stick()
    with world.lgwan() as station:
        custody.issue(station, NUMBER, to="clerk-1")
    another = day.stick(2)
    day.write(day.pack(), another)
    day.serve(REGISTRY, another)


def leave_a_memo(world: World) -> None:
    """Have something on the stick that does not belong there."""
    (world.medium / layout.ROOT / "memo.txt").write_text("memo")


def publish_trust(world: World) -> None:
    """Bring the next version of the trust data on the stick."""
    world.publish()


def let_software_travel(world: World) -> None:
    """Have a ceremony let software travel to the registry, and bring a package to send."""
    trust = entries.routed(world.city.trust, "lgwan-01", "registry-01", 1, software=2)
    world.publish(routes=trust.routes)
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    build_package(world.root, "99.1")


def bring_software(world: World) -> None:
    """Have two officers send a package."""
    let_software_travel(world)
    world.send()
    with world.lgwan() as station:
        package = world.root / "mediabridge_99.1_all.deb"
        station.add_software(package, Sort.PROGRAM, role="any", replaces="")
        row = station.seal()
        for officer in ("officer-1", "officer-2"):
            station.approve(row.bundle, world.key(officer))
        station.write(station.books.bundle(row.bundle) or row, world.medium)


def have_software_waiting(world: World) -> None:
    """Have the registry keep a package, and a backup of all."""
    bring_software(world)
    world.import_(REGISTRY)
    save(world, REGISTRY, "registry-backup")


def look_at_software(world: World) -> str:
    """Return the file that waits to be installed."""
    with world.registry() as station:
        (row,) = station.books.software("in")
    return row.described.sha256
