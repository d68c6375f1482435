"""The door: what another system leaves is collected once, and lies in one place afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.records import csv_of, isa_csv, isa_notice, municipal_notice
from attacks.world import FIRST_NOTICES, World
from stations.transport.conftest import Entrance
from storage.machine import small_disk

from mediabridge.config import WATCH_RETRY_SECONDS
from mediabridge.kinds import Kind
from mediabridge.stations.transport.door import Door
from mediabridge.translog.events import Event

NOTICES = isa_csv(*FIRST_NOTICES)


def collected(world: World, name: str = "lgwan-01") -> int:
    return sum(entry.event is Event.FILE_COLLECTED for entry in world.log(name))


def test_file_is_taken_in_and_lies_in_done(entrance: Entrance) -> None:
    entrance.look()
    entrance.bring("isa.csv", NOTICES)
    assert entrance.look() == ["collected"]
    assert entrance.lies() == {"done": ["isa.csv"]}
    assert (entrance.door.done / "isa.csv").read_bytes() == NOTICES
    report = entrance.report("isa.csv", "done")
    assert (report["result"], report["records"], report["known"]) == ("collected", 3, False)
    assert entrance.look() == []


def test_each_of_several_is_taken_in(entrance: Entrance) -> None:
    for number in range(3):
        entrance.bring(f"{number}.csv", isa_csv((number + 1, 1)))
    assert entrance.look() == ["collected"] * 3
    with entrance.station() as station:
        assert sum(row.records for row in station.books.waiting_files()) == 3


@pytest.mark.parametrize(
    "name",
    [".isa.csv", "~isa.csv", "isa.csv~", "isa.csv.part", "isa.csv.PARTIAL", "isa.csv.filepart",
     "isa.csv.tmp", "isa.temp", "isa.csv.crdownload", "isa.csv.swp", "isa.csv.new", "isa.lock"],
)  # fmt: skip
def test_temporary_name_is_nobodys_file(entrance: Entrance, name: str) -> None:
    entrance.look()
    (entrance.door.incoming / name).write_bytes(NOTICES)
    assert entrance.look(4) == []
    assert entrance.lies() == {"in": [name]}
    assert entrance.door.waiting() == 0


def test_file_that_grows_is_left_alone_until_it_does_not(entrance: Entrance) -> None:
    """Against the rule, a client writes under the final name; each look finds it longer."""
    entrance.look()
    half = len(NOTICES) // 2
    with (entrance.door.incoming / "isa.csv").open("wb") as file:
        for piece in (NOTICES[:half], NOTICES[half:-1], NOTICES[-1:]):
            file.write(piece)
            file.flush()
            assert entrance.look(1) == []
            assert entrance.lies() == {"in": ["isa.csv"]}
    assert entrance.look(1) == ["collected"]
    assert collected(entrance.world) == 1


def test_refused_file_lies_in_failed_with_positions_and_no_value(entrance: Entrance) -> None:
    """Claim C122."""
    row = isa_notice(1, 1)
    content = csv_of(Kind.ISA_NOTICE, [row])
    wrong = "someone 123"
    entrance.bring("isa.csv", content.replace(row["name_roman"].encode(), wrong.encode()))
    entrance.bring("right.csv", NOTICES)
    assert entrance.look() == ["failed RECORDS_REFUSED", "collected"]
    assert entrance.lies() == {"done": ["right.csv"], "failed": ["isa.csv"]}
    report = entrance.report("isa.csv")
    assert (report["reason"], report["count"]) == ("RECORDS_REFUSED", 1)
    assert report["errors"][0]["row"] == 2
    text = (entrance.door.failed / "isa.csv.report.json").read_text()
    assert not [value for value in (wrong, *row.values()) if len(value) > 3 and value in text]


def test_file_of_a_kind_that_does_not_go_this_way_is_refused(entrance: Entrance) -> None:
    entrance.bring("juki.csv", csv_of(Kind.MUNICIPAL_NOTICE, [municipal_notice(1, 1)]))
    assert entrance.look()[0].startswith("failed ")
    assert list(entrance.lies()) == ["failed"]


def link(path: Path) -> None:
    path.symlink_to(path.parents[2] / "lgwan-01" / "station.json")


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [link, pipe])
def test_what_is_no_file_is_not_followed(entrance: Entrance, make: Callable[[Path], None]) -> None:
    """Claim C122. A link could have the station read a file of its own."""
    entrance.look()
    make(entrance.door.incoming / "isa.csv")
    assert entrance.look() == ["failed FILE_OF_WRONG_SORT"]
    assert entrance.lies() == {"failed": ["isa.csv"]}
    assert list(entrance.world.home("lgwan-01").refused.iterdir()) == []


@pytest.mark.parametrize("name", ["n" * 255, "名" * 85, "a\nb.csv", "a b;$(id).csv", "-rf", "csv."])
def test_no_name_keeps_the_other_files(entrance: Entrance, name: str) -> None:
    entrance.look()
    (entrance.door.incoming / name).write_bytes(NOTICES)
    (entrance.door.incoming / "zz.csv").write_bytes(isa_csv((9, 2)))
    assert entrance.look() == ["collected", "collected"]
    assert len(entrance.lies()["done"]) == 2


def test_folder_is_nobodys_file(entrance: Entrance) -> None:
    entrance.look()
    (entrance.door.incoming / "folder").mkdir()
    assert entrance.look() == []
    assert entrance.door.waiting() == 0


def test_same_content_again_is_known(entrance: Entrance) -> None:
    entrance.bring("isa.csv", NOTICES)
    entrance.look()
    entrance.bring("isa.csv", NOTICES)
    assert entrance.look() == ["collected"]
    assert entrance.lies() == {"done": ["isa-2.csv", "isa.csv"]}
    assert entrance.report("isa-2.csv", "done")["known"] is True
    assert collected(entrance.world) == 1


def test_name_that_is_used_again_while_the_first_is_taken_is_another_file(
    entrance: Entrance,
) -> None:
    entrance.look()
    entrance.bring("isa.csv", NOTICES)
    entrance.door.take("isa.csv")
    entrance.bring("isa.csv", isa_csv((7, 1)))
    entrance.look(3)
    assert entrance.lies() == {"done": ["isa-2.csv", "isa.csv"]}
    with entrance.station() as station:
        assert sum(row.records for row in station.books.waiting_files()) == 4


def test_without_its_folder_the_door_is_told_once(entrance: Entrance) -> None:
    entrance.look()
    gone = entrance.root.rename(entrance.root.with_name("gone"))
    entrance.open()
    assert entrance.look(3) == ["refused FILE_MISSING"]
    gone.rename(entrance.root)
    entrance.bring("isa.csv", NOTICES)
    assert entrance.look(3) == []
    entrance.later += WATCH_RETRY_SECONDS
    assert entrance.look(3) == ["collected"]


def test_scanner_that_is_down_refuses_no_file(entrance: Entrance) -> None:
    """It is not the file's fault: it waits, and one try in a while is all that is logged."""
    entrance.rules = f'[scanner]\nsocket = "{entrance.root / "clamd.ctl"}"\n'
    entrance.open()
    entrance.bring("isa.csv", NOTICES)
    assert entrance.look(5) == ["refused SCANNER_DOWN"]
    assert entrance.lies() == {"taken": ["isa.csv"]}
    assert entrance.door.waiting() == 1
    entrance.later += WATCH_RETRY_SECONDS
    # What was told already is not told again.
    assert entrance.look(5) == []
    tried = [e for e in entrance.world.log("lgwan-01") if e.event is Event.FILE_SCANNED]
    assert len(tried) == 2
    entrance.rules = ""
    entrance.open()
    assert entrance.look() == ["collected"]
    assert entrance.lies() == {"done": ["isa.csv"]}


def test_full_disk_leaves_the_file_for_later(world: World) -> None:
    """Wherever the room ends, the file is in one place and is taken in once when there is room."""
    entrance = Entrance(world)
    entrance.look()
    entrance.bring("isa.csv", NOTICES)
    home = world.home("lgwan-01").root
    aside = home.rename(home.with_name("aside"))
    with small_disk(home, kib=1024, inodes=500) as disk:
        shutil.copytree(aside, home, symlinks=True, dirs_exist_ok=True)
        refused = 0
        for step in range(0, 60, 6):
            disk.fill(leave=step * 16_384)
            refused += any(line.startswith("refused") for line in entrance.look(3))
            disk.make_room()
            entrance.later += WATCH_RETRY_SECONDS
            if entrance.lies() == {"done": ["isa.csv"]}:
                break
            assert entrance.lies() == {"taken": ["isa.csv"]}
        entrance.look(3)
        assert refused
        assert entrance.lies() == {"done": ["isa.csv"]}
        assert collected(world) <= 1 + refused


def folders() -> Iterator[str]:
    yield from ("in", "done", "failed", "out", ".mediabridge")


def test_door_makes_its_folders_and_closes_its_own(entrance: Entrance) -> None:
    entrance.look()
    assert {path.name for path in entrance.root.iterdir()} == set(folders())
    assert (entrance.root / ".mediabridge").stat().st_mode & 0o077 == 0
    assert Door(entrance.root).settled() == []
