"""The bench of audits verifies what stations would have, and stands beside what it names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from mediabridge.bench import Figure, Missing, audit, audit_station, carried, gotlog
from mediabridge.bench.carried import ENTRIES, Carried
from mediabridge.bench.commands import Taken
from mediabridge.bench.spent import CommandFailedError
from mediabridge.standalone import verify_log
from mediabridge.translog import database
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.store import TransferLog

BUNDLES = 30

pytestmark = pytest.mark.in_turns


@pytest.fixture
def world(tmp_path: Path) -> Carried:
    made = Carried(tmp_path)
    made.carry(BUNDLES - 5, every=10)
    made.carry(5, every=10)
    return made


def test_what_is_carried_at_once_is_what_a_journey_leaves(world: Carried) -> None:
    origins = [f"city.training.example/log/{each}" for each in ("lgwan-01", "registry-01")]
    with database.look(world.home / "log.db") as connection:
        logs = [TransferLog(connection, origins[0]), PeerMirror(connection, origins[1])]
        for log in logs:
            # Every entry is read as a peer's entry would be, and every promise held against them.
            log.check()
        documents = [json.loads(entry) for log in logs for entry in log.entries()]
        sizes = [[each.size for each in log.promises() if not each.witness] for log in logs]
    assert len(documents) == 2 + BUNDLES * ENTRIES
    assert len(sizes[0]) == len(set(sizes[0])) == 4
    told = Counter(each["facts"].get("bundle") for each in documents)
    # That a file is collected is said before its bundle has a number.
    assert told.pop(None) == 2 + BUNDLES
    assert len(told) == BUNDLES
    assert set(told.values()) == {ENTRIES - 1}
    # Nothing of a pattern is left in any entry.
    assert not any(mark in json.dumps(documents) for mark in (carried._BUNDLE, carried._FILE, "%("))
    assert [each["facts"]["seq"] for each in documents if each["event"] == "bundle-applied"] == [
        *range(1, BUNDLES // 2 + 1),
        *range(1, BUNDLES // 2 + 1),
    ]


def test_its_pack_holds(world: Carried, tmp_path: Path) -> None:
    assert world.export(tmp_path / "pack") == 2 + BUNDLES * ENTRIES
    outcome = verify_log.verify([tmp_path / "pack"])
    assert verify_log.VERDICTS[outcome.verdict] == "HOLDS"
    assert sum(log.events["receipt-issued"] for log in outcome.logs) == BUNDLES


def test_go_is_given_the_keys_of_each_log(world: Carried, tmp_path: Path) -> None:
    world.export(tmp_path / "pack")
    for checked in (False, True):
        asked = list(gotlog.commands(Path("go"), tmp_path / "pack", checked=checked))
        named = [[word.partition("+")[0].rpartition("/")[2] for word in each[2:]] for each in asked]
        stations = ["lgwan-01", "registry-01"]
        assert named == [
            [one, one, other, *([one] if checked else [])]
            for one, other in (stations, stations[::-1])
        ]


@pytest.mark.parametrize("many", [0, audit._MANY])
def test_what_is_promised_depends_on_how_much_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Of a few entries the start of the program is most: next to nothing is promised of them."""
    asked: list[Sequence[str]] = []

    def took(command: Sequence[str], _folder: Path) -> float:
        asked.append(command)
        return 0.1 * len(asked)

    def at_station(name: str, words: Sequence[str], *_: object) -> Taken:
        asked.append([name, *words])
        return Taken(0.1 * len(asked), 50)

    monkeypatch.setattr(audit, "processor_seconds", took)
    monkeypatch.setattr(audit_station, "taken", at_station)
    monkeypatch.setattr(audit, "_MANY", many)
    monkeypatch.setattr(gotlog, "build", lambda _: None)
    found = list(audit.run(tmp_path, 1, 3, tell=lambda _: None))
    assert Missing("verifying beside Go", gotlog.NEEDED) in found
    figures = [each for each in found if isinstance(each, Figure)]
    assert not any("Go" in each.floor_name for each in figures)
    promised = {each.bound for each in figures}
    more = {audit_station.NEW_BOUND, audit_station.FLAT_BOUND, audit_station.MEMORY_BOUND}
    # What writing lines may take at most does not depend on how many there are.
    assert promised == {audit.MEMORY_BOUND, 1.0} | ({None} if many else more)
    most = [each for each in figures if each.floor_name == "bound"]
    assert [(each.name.split()[2], each.measured, each.floor) for each in most] == [
        (form, 50, audit_station.LINES_MIB) for form in ("--ecs", "--ocsf")
    ]
    other = {"audit report", "audit export --ecs", "audit export --ocsf"}
    verified = [each for each in asked if each[0] not in other]
    # Three rounds of the start and of three packs, and one station as a whole.
    assert len([each for each in verified if "--only-new" not in each]) == 3 * 4 + 1
    # Both logs have a checkpoint that was kept: three rounds of three packs, and two stations.
    new = [each.count("--known") for each in verified if "--only-new" in each]
    assert new == [2] * (3 * 3 + 3 * 2)
    assert [sum(each[0] == name for each in asked) for name in sorted(other)] == [2] * 3


def test_what_does_not_verify_is_no_figure(world: Carried, tmp_path: Path) -> None:
    world.export(tmp_path / "pack")
    (tmp_path / "pack/logs/lgwan-01/checkpoint").unlink()
    pack = audit._Pack(tmp_path / "pack", 1, ())
    with pytest.raises(CommandFailedError, match="cannot be judged"):
        audit._taken({"whole": [[*pack.whole, "--lang", "en"]]}, tmp_path, 1)
