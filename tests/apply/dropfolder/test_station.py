"""A day with a vendor's system: handed over, answered so, settled when the vendor says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_sent_world, scratch

from mediabridge.errors import AlreadyAppliedError, NoRegisterHereError
from mediabridge.stations.lookup import look_up
from tests.apply.dropfolder.conftest import EXAMPLES

RESULTS = "NYUKAN_00000001_KEKKA.csv"


@pytest.fixture(scope="module")
def sent() -> Iterator[World]:
    with scratch() as root:
        yield make_sent_world(Path(root))


@pytest.fixture
def world(sent: World, tmp_path: Path) -> Iterator[World]:
    """A world with a bundle on the stick, and a vendor's folders beside the registry station."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    with scratch() as root:
        made = copy_of(sent, Path(root, "world"))
        home = made.home("registry-01")
        home.registry.unlink()
        home.settings_file.write_text(
            f'[registry]\nadapter = "dropfolder"\nfolder = "{tmp_path / "in"}"\n'
            f'profile = "{EXAMPLES / "dropfolder-csv.toml"}"\nresults = "{tmp_path / "out"}"\n'
        )
        home.settings_file.chmod(0o600)
        yield made


def home_again(world: World) -> dict[str, tuple[str | None, str | None]]:
    """Carry back what is due; return what the LGWAN station then knows of each record."""
    world.send(station="registry-01")
    world.import_("lgwan-01")
    with world.lgwan() as station:
        return {each.record: (each.result, each.reason) for each in station.books._own("1")}


def test_nothing_is_called_applied_before_the_vendor_says_so(world: World, tmp_path: Path) -> None:
    """Claim C95."""
    (taken,) = world.import_()
    assert taken.outcomes == {"handed_over": 3}
    (file,) = (path for path in (tmp_path / "in").iterdir() if path.is_file())
    lines = file.read_bytes().decode("cp932").split("\r\n")[1:4]
    first, second, third = (line.split('"')[1] for line in lines)
    with pytest.raises(AlreadyAppliedError):
        world.import_()
    assert home_again(world) == dict.fromkeys((first, second, third), ("handed_over", None))

    answer = ["通知番号,処理結果", f"{first},00", f"{third},10"]
    (tmp_path / "out" / RESULTS).write_bytes("\r\n".join(answer).encode("cp932"))
    assert home_again(world) == {
        first: ("applied", None),
        second: ("handed_over", None),
        third: ("not_found", "RECEIVING_SYSTEM"),
    }
    logged = [entry.facts for entry in world.log() if entry.event == "record-decided"]
    assert [(facts["result"], facts["supplement"]) for facts in logged] == [
        ("applied", 1), ("not_found", 2),
    ]  # fmt: skip


def test_nobody_is_looked_up_where_nobody_is(world: World) -> None:
    with world.registry() as station, pytest.raises(NoRegisterHereError):
        look_up(station, "AB00000001CD")
