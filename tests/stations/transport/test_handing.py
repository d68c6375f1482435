"""What came for the other system appears in the door, whole and once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attacks.records import csv_of, isa_csv, municipal_notice
from attacks.world import World
from stations.transport.conftest import Entrance

from mediabridge.kinds import Kind

NAME = "registry-01-00000001"
CITY = csv_of(Kind.MUNICIPAL_NOTICE, [municipal_notice(1, 1), municipal_notice(2, 2)])


def answer(world: World) -> None:
    """Bring the city's notices to the LGWAN station."""
    world.send(isa_csv((1, 1)))
    world.import_()
    world.send(CITY, station="registry-01", officers=("officer-2",))
    world.import_("lgwan-01")


def out(entrance: Entrance) -> dict[str, list[str]]:
    """Return the folders that lie in ``out``, and what is in each."""
    folders = entrance.door.out.iterdir()
    return {folder.name: sorted(file.name for file in folder.iterdir()) for folder in folders}


def test_what_came_lies_in_out(entrance: Entrance) -> None:
    entrance.look()
    answer(entrance.world)
    assert entrance.look() == [f"put out {NAME}"]
    ((name, files),) = out(entrance).items()
    assert (name, files) == (NAME, ["municipal_notice-0001.csv"])
    delivered = entrance.world.home("lgwan-01").delivered / name / files[0]
    assert (entrance.door.out / name / files[0]).read_bytes() == delivered.read_bytes()


def test_what_was_fetched_does_not_come_again(entrance: Entrance) -> None:
    """Claim C123. Nor after a new start, nor at a station that came from a backup."""
    entrance.look()
    answer(entrance.world)
    entrance.look()
    (entrance.door.out / NAME).rename(entrance.root / "fetched")
    entrance.open()
    assert entrance.look() == []
    assert out(entrance) == {}


def test_what_a_crash_left_unnoted_is_noted(entrance: Entrance) -> None:
    entrance.look()
    answer(entrance.world)
    entrance.look()
    (entrance.door.handed / NAME).unlink()
    entrance.open()
    assert entrance.look() == []
    assert (entrance.door.handed / NAME).exists()


def test_other_folder_of_its_name_is_no_proof(entrance: Entrance) -> None:
    """Claim C123. What stands in the way is told, not taken for what came."""
    entrance.look()
    answer(entrance.world)
    (entrance.door.out / NAME).mkdir()
    (entrance.door.out / NAME / "municipal_notice-0001.csv").write_text("other")
    assert entrance.look() == ["refused FOLDER_NOT_EMPTY"]
    assert not (entrance.door.handed / NAME).exists()


def test_answer_without_notices_puts_nothing_out(entrance: Entrance) -> None:
    entrance.look()
    world = entrance.world
    world.send(isa_csv((1, 1)))
    world.import_()
    world.send(station="registry-01", officers=("officer-2",))
    world.import_("lgwan-01")
    assert entrance.look() == []
    assert out(entrance) == {}


@pytest.mark.parametrize(("mode", "wanted"), [(0o2770, 0o640), (0o700, 0o600)])
def test_group_of_the_other_system_reads_where_the_folder_says_so(
    entrance: Entrance, mode: int, wanted: int
) -> None:
    entrance.look()
    group = 5555 if mode & 0o2000 and os.geteuid() == 0 else os.getegid()
    os.chown(entrance.door.out, -1, group)
    entrance.door.out.chmod(mode)
    answer(entrance.world)
    entrance.look()
    files: list[Path] = list((entrance.door.out / NAME).iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [wanted]
    # The setting of that bit is what the service may not do.
    folder = (entrance.door.out / NAME).stat()
    assert (folder.st_mode & 0o7777, folder.st_gid) == (mode & 0o770, group)
