"""``audit export --ecs`` and ``--ocsf``: each entry of every log once, found again in the pack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, make_world, scratch

from mediabridge.cli._app import run
from mediabridge.stations import siem, tracing
from mediabridge.translog.finding import Followed

LGWAN, REGISTRY = "lgwan-01", "registry-01"
"""Each is at the other's disposal as a mirror."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Give a world in which one bundle went there, and the answer came back; not to be changed."""
    with scratch() as root:
        made = make_world(Path(root, "world"))
        made.send(isa_csv((1, 1), (2, 2), (3, 99)))
        made.import_()
        made.send(station=REGISTRY)
        made.import_(LGWAN)
        yield made


def export(world: World, *words: str | Path) -> int:
    home = str(world.home(LGWAN).root)
    return run(["--home", home, "--lang", "en", "audit", "export", *map(str, words)])


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


PLACE: dict[str, Callable[[dict[str, Any]], tuple[str, int, str]]] = {
    "ecs": lambda line: (
        line["labels"]["log"],
        line["event"]["sequence"],
        line["event"]["action"],
    ),
    "ocsf": lambda line: (
        line["metadata"]["log_name"],
        line["metadata"]["sequence"],
        line["metadata"]["event_code"],
    ),
}
"""Which log, which entry and which event a line is about."""


def entries_of(pack: Path, log: str) -> Iterator[bytes]:
    """Yield the entries of a log that has fewer than a bundle of entries in either place."""
    for place in ("tile", "after/tile"):
        for bundle in (pack / "logs" / log / place / "entries").glob("000.p/*"):
            data = bundle.read_bytes()
            while data:
                length = 2 + int.from_bytes(data[:2], "big")
                yield data[2:length]
                data = data[length:]


@pytest.mark.parametrize("form", PLACE)
def test_every_entry_of_the_pack_is_a_line(world: World, tmp_path: Path, form: str) -> None:
    assert export(world, tmp_path / "pack") == 0
    assert export(world, f"--{form}", tmp_path / "lines") == 0
    packed = [
        (log, index, json.loads(entry)["event"])
        for log in (LGWAN, REGISTRY)
        for index, entry in enumerate(entries_of(tmp_path / "pack", log))
    ]
    assert [PLACE[form](line) for line in lines_of(tmp_path / "lines")] == packed
    assert {log for log, _, _ in packed} == {LGWAN, REGISTRY}
    assert len(packed) > 15


def test_both_are_written_at_once_and_the_same_again(world: World, tmp_path: Path) -> None:
    both = ("--ecs", tmp_path / "ecs", "--ocsf", tmp_path / "ocsf")
    assert export(world, *both) == 0
    first = [(tmp_path / form).read_bytes() for form in PLACE]
    (tmp_path / "ecs").write_bytes(b"older")
    assert export(world, *both) == 0
    assert [(tmp_path / form).read_bytes() for form in PLACE] == first
    assert first[0].count(b"\n") == first[1].count(b"\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either PACK is needed, or --ecs, --ocsf or both"),
        (["pack", "--ecs", "a"], "either PACK is needed, or --ecs, --ocsf or both"),
        (["pack", "--ocsf", "a"], "either PACK is needed, or --ecs, --ocsf or both"),
        (["--ecs", "a", "--ocsf", "a"], "each file needs a name of its own"),
    ],
    ids=str,
)
def test_wrong_combinations_are_refused(
    *,
    world: World,
    tmp_path: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export(world, *words) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_written_whole_does_not_appear(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(entry: Any, index: int, log: str) -> dict[str, Any]:
        if (log, index) == (REGISTRY, 3):
            raise OSError(28, "No space left on device")
        return {"entry": entry.time}

    (tmp_path / "ecs").write_bytes(b"older")
    monkeypatch.setattr(siem, "FORMS", {**siem.FORMS, "ocsf": torn})
    assert export(world, "--ecs", tmp_path / "ecs", "--ocsf", tmp_path / "ocsf") != 0
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"ecs": b"older"}


def test_a_branch_that_was_left_begins_where_it_differs(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.lgwan() as station:
        branch = Followed(station.log, 1, station.log.size() - 2)
        monkeypatch.setattr(tracing, "logs", lambda _: iter([branch]))
        with (tmp_path / "lines").open("wb") as file:
            assert siem.export(station, {"ecs": file}) == 2
        size = station.log.size()
    assert [PLACE["ecs"](line)[:2] for line in lines_of(tmp_path / "lines")] == [
        (f"{LGWAN}-left-1", size - 2),
        (f"{LGWAN}-left-1", size - 1),
    ]
