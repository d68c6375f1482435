"""``station backup`` and ``station restore``, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks.world import CITY_DOMAIN, World, passphrase_for
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.trust import escrow, keyfile
from mediabridge.trust.keyfile import TRAINING_COST

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def world(day: Day) -> World:
    return day.world


@pytest.fixture
def ask(world: World, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Give what answers one command, which has to end with *code*."""

    def answer(home: str, *words: str | Path, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert run(["--home", str(world.root / home), "--json", *map(str, words)]) == code
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    return answer


def shares_of(world: World) -> list[Path]:
    """Split the city's escrow key among three holders, two of whom are needed."""
    key = keyfile.load(world.city.key_path("escrow-recipient"), passphrase_for("escrow-recipient"))
    names = ("safe-1", "safe-2", "safe-3")
    folder = world.city.folder / "held"
    folder.mkdir()
    for share in escrow.split(key, city=CITY_DOMAIN, holders=names, needed=2):
        keyfile.save(folder / f"{share.id}.json", share, b"training", cost=TRAINING_COST)
    return [folder / f"{name}.json" for name in names]


def restoring(world: World, *more: str | Path) -> list[str | Path]:
    root = world.city.folder / "root.json"
    return ["station", "restore", world.root / "backup", "--root", root, *more]


def test_saved_and_restored_with_shares(world: World, ask: Ask) -> None:
    """Claim C68: two of three holders, and the station waits for its peer."""
    saved = ask("lgwan-01", "station", "backup", "-o", world.root / "backup")["data"]
    first, _second, third = shares_of(world)
    given = ("--share", first, "--share", third)
    restored = ask("again", *restoring(world, *given))["data"]
    assert restored["station"] == "lgwan-01"
    assert restored["compare_with"] == ["registry-01"]
    assert {name: restored[name] for name in ("backup", "log_size", "log_root", "files")} == {
        name: saved[name] for name in ("backup", "log_size", "log_root", "files")
    }
    # The passphrase of training is no part of a backup.
    words = world.city.folder / "passphrase.training"
    refused = ask("again", "seal", "--empty", "--passphrase-file", words, code=70)
    assert refused["reason"] == "STATION_RESTORED"
    status = ask("again", "status", code=70)
    assert status["reason"] == "STATION_RESTORED"
    assert status["data"]["to_compare"] == ["registry-01"]


def test_too_few_shares_restore_nothing(world: World, ask: Ask) -> None:
    """Claim C68."""
    ask("lgwan-01", "station", "backup", "-o", world.root / "backup")
    first, *_ = shares_of(world)
    refused = ask("again", *restoring(world, "--share", first), code=60)
    assert refused["reason"] == "SHARES_TOO_FEW"
    assert not (world.root / "again").exists()


def test_key_is_given_in_one_way(world: World, ask: Ask) -> None:
    ask("lgwan-01", "station", "backup", "-o", world.root / "backup")
    key = world.city.key_path("escrow-recipient")
    both = ("--escrow-key", key, "--share", key)
    for given in ((), both):
        assert ask("again", *restoring(world, *given), code=2)["reason"] == "USAGE"
    assert ask("again", *restoring(world, "--escrow-key", key))["reason"] == "DONE"


def test_full_folder_and_missing_backup_are_wrong_usage(world: World, ask: Ask) -> None:
    """Nothing is replaced, and the name that was typed is said."""
    full = world.root / "full"
    full.mkdir()
    (full / "mine").write_bytes(b"mine")
    refused = ask("lgwan-01", "station", "backup", "-o", full, code=2)
    assert (refused["reason"], "full" in json.dumps(refused)) == ("FOLDER_NOT_EMPTY", True)
    key = ("--escrow-key", world.city.key_path("escrow-recipient"))
    refused = ask("again", *restoring(world, *key), code=2)
    assert refused["reason"] == "FILE_MISSING"
    ask("lgwan-01", "station", "backup", "-o", world.root / "backup")
    refused = ask("lgwan-01", *restoring(world, *key), code=2)
    assert refused["reason"] == "FOLDER_NOT_EMPTY"
    assert [path.name for path in full.iterdir()] == ["mine"]


def test_status_says_that_a_station_was_restored(
    world: World, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("lgwan-01", "station", "backup", "-o", world.root / "backup")
    ask("again", *restoring(world, "--escrow-key", world.city.key_path("escrow-recipient")))
    assert run(["--home", str(world.root / "again"), "--lang", "en", "status"]) == 70
    shown = capsys.readouterr().out
    assert "RESTORED from a backup; still to be compared with: registry-01" in shown
