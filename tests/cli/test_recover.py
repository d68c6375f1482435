"""``mediabridge recover``: split at a ceremony, opened in an emergency, tried once a year."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import (
    CITY_DOMAIN,
    FIRST_NOTICES,
    World,
    copy_of,
    make_sent_world,
    passphrase_for,
    scratch,
)
from cli.terminal import QUESTION, at_terminal
from stations.recovery.emergency import HOLDERS, split_city_key

from mediabridge.cli._app import run
from mediabridge.spelling import to_base64
from mediabridge.stations.recovery import splitting
from mediabridge.trust import escrow, keyfile, requests
from mediabridge.trust.ceremony import entries
from mediabridge.trust.ceremony.entries import Validity
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.keyfile import TRAINING_COST

pytestmark = pytest.mark.in_turns

WORDS = "a sentence that nobody knows"
Answer = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    """Give a training city: its passphrase lies beside its keys, and at its stations."""
    with scratch() as root:
        world = make_sent_world(Path(root))
        for folder in (world.city.folder, world.home("lgwan-01").root):
            path = folder / "passphrase.training"
            path.write_text("training\n")
            path.chmod(0o600)
        yield world


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


@pytest.fixture
def answer(world: World, capsys: pytest.CaptureFixture[str]) -> Answer:
    home = world.home("lgwan-01").root

    def call(*words: str | Path, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert run(["--home", str(home), "--json", *map(str, words)]) == code
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return {**said, **said.get("data", {})}

    return call


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = dict(splitting.split.__kwdefaults__)
    monkeypatch.setattr(splitting.split, "__kwdefaults__", {**defaults, "cost": TRAINING_COST})


def holding(path: Path, text: str = WORDS) -> Path:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return path


def splitting_words(out: Path, *more: str | Path) -> list[str | Path]:
    named = [word for name in HOLDERS for word in ("--holder", name)]
    return [
        "recover",
        "split",
        *named,
        "--city",
        CITY_DOMAIN,
        "--mode",
        "training",
        "-o",
        out,
        *more,
    ]


def opening_words(world: World, out: Path, *more: str | Path) -> list[str | Path]:
    """Return the command that opens the bundle on the stick, as a training city can."""
    city = world.city
    return [
        *("recover", "open", world.medium, "--root", city.folder / "root.json"),
        *("--share", city.folder / "shares" / "safe-1.json"),
        *("--share", city.folder / "shares" / "head-office.json"),
        *("--approval-key", city.key_path("officer-1")),
        *("--approval-key", city.key_path("officer-2")),
        *("--reason", "STATION_LOST", "-o", out, *more),
    ]


def test_training_city_is_recovered(world: World, answer: Answer, tmp_path: Path) -> None:
    """From the key in one file that a training city has, by way of shares, to the records."""
    words = holding(tmp_path / "words")
    whole = tmp_path / "keys" / "escrow-recipient.json"
    whole.parent.mkdir()
    shutil.copy(world.city.key_path("escrow-recipient"), whole)
    key = keyfile.load(whole, passphrase_for("escrow-recipient"))
    keyfile.save(whole, key, WORDS.encode(), cost=TRAINING_COST, replace=True)
    shares = tmp_path / "shares"
    made = answer(*splitting_words(shares, "--key", whole, "--passphrase-file", words))
    assert made["digest"] is None
    assert sorted(path.name for path in shares.iterdir()) == [f"{name}.json" for name in HOLDERS]
    for name in ("officer-1", "officer-2"):
        signer = keyfile.load(world.city.key_path(name), passphrase_for(name))
        keyfile.save(tmp_path / f"{name}.json", signer, WORDS.encode(), cost=TRAINING_COST)
    said = answer(
        *("recover", "open", world.medium, "--root", world.city.folder / "root.json"),
        *("--share", shares / "head-office.json", "--share", shares / "mayor-office.json"),
        *("--approval-key", tmp_path / "officer-1.json"),
        *("--approval-key", tmp_path / "officer-2.json"),
        *("--reason", "RECIPIENT_KEY_LOST", "-o", tmp_path / "out"),
        *("--passphrase-file", words, "--yes"),
    )
    assert said["records"] == {"isa_notice": len(FIRST_NOTICES)}
    assert said["officers"] == ["officer-1", "officer-2"]
    contents = [path.read_bytes() for path in (tmp_path / "out").iterdir()]
    assert isa_csv(*FIRST_NOTICES) in contents


def test_new_escrow_key_is_nowhere_whole(world: World, answer: Answer, tmp_path: Path) -> None:
    """Claim C71. What the folder holds is shares, and a request that a ceremony takes."""
    words, out = holding(tmp_path / "words"), tmp_path / "shares"
    made = answer(*splitting_words(out, "--passphrase-file", words))
    request = requests.read((out / splitting.REQUEST).read_bytes(), name="request")
    assert (request.digest, request.role, request.id) == (made["digest"], "escrow", ESCROW)
    shares = [keyfile.load(out / f"{name}.json", WORDS.encode()) for name in HOLDERS]
    whole = escrow.combine(shares, city=CITY_DOMAIN)
    assert whole.public == request.keys["recipient"]
    # In base64, 63 bytes end where a group of letters ends.
    secret = whole.secret[:63]
    spelt = [secret, secret.hex().encode(), to_base64(secret).encode()]
    for path in out.iterdir():
        assert not any(form in path.read_bytes() for form in spelt)
    now = datetime.now(UTC)
    entered = entries.added(world.city.trust, request.model_copy(update={"id": "escrow-2"}),
                            Validity(now, now + timedelta(days=1)))  # fmt: skip
    keys = [each.key for each in entered.recipients_for("lgwan-01") if each.station == ESCROW]
    assert whole.public in keys


@pytest.mark.parametrize("words", ["short", "aaaaaaaaaaaaaaaa"])
def test_weak_passphrase_makes_no_share(answer: Answer, tmp_path: Path, words: str) -> None:
    out = tmp_path / "shares"
    file = holding(tmp_path / "words", words)
    said = answer(*splitting_words(out, "--passphrase-file", file), code=70)
    assert said["reason"] == "PASSPHRASE_WEAK"
    assert [path.name for path in tmp_path.iterdir()] == ["words"]


def test_split_replaces_nothing(answer: Answer, tmp_path: Path) -> None:
    out = tmp_path / "shares"
    (out / "mine").mkdir(parents=True)
    file = holding(tmp_path / "words")
    said = answer(*splitting_words(out, "--passphrase-file", file), code=2)
    assert said["reason"] == "FOLDER_NOT_EMPTY"
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_wrong_passphrase_of_a_share_leaves_nothing(
    world: World, answer: Answer, tmp_path: Path
) -> None:
    split_city_key(world)
    path = world.city.folder / "shares" / "safe-1.json"
    share = keyfile.load(path, b"training")
    keyfile.save(path, share, b"another", cost=TRAINING_COST, replace=True)
    said = answer(*opening_words(world, tmp_path / "out", "--yes"), code=70)
    assert said["reason"] == "PASSPHRASE_WRONG"
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_asked_where_nobody_sits(world: World, answer: Answer, tmp_path: Path) -> None:
    split_city_key(world)
    said = answer(*opening_words(world, tmp_path / "out"), code=2)
    assert said["reason"] == "NOT_INTERACTIVE"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("key", "code"), [("n\n", 60), ("y\n", 0)])
def test_people_see_what_they_open(world: World, tmp_path: Path, key: str, code: int) -> None:
    """Claim C73. Directly above the question: which bundle, who approved it, who is needed."""
    split_city_key(world)
    out = tmp_path / "out"
    words = [str(word) for word in opening_words(world, out)]
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", *words]
    with at_terminal(command) as person:
        person.wait_for(QUESTION)
        asked = person.screen
        person.type(key)
        assert person.end() == code, person.shown
    for shown in (world.bundle.name, "lgwan-01 > registry-01", "officer-1", *HOLDERS):
        assert shown in asked
    assert "The receiving station is lost" in asked
    assert "[training] bundle from lgwan-01 to registry-01" in asked
    assert out.exists() == (code == 0)


def test_drill_at_the_command_line(world: World, answer: Answer, tmp_path: Path) -> None:
    shares = split_city_key(world)
    given = ("--share", shares / "safe-1.json", "--share", shares / "head-office.json")
    said = answer("recover", "drill", *given)
    assert said["bundles"] == [world.bundle.name]
    assert said["holders"] == ["head-office", "safe-1"]
    assert answer("recover", "drill", *given[:2], code=60)["reason"] == "SHARES_TOO_FEW"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["shares", "one file", "neither", "both", "one share"])
def test_station_is_restored_with_the_shares(
    world: World, answer: Answer, tmp_path: Path, given: str
) -> None:
    shares, whole = split_city_key(world), world.city.key_path("escrow-recipient")
    answer("station", "backup", "-o", tmp_path / "backup")
    two = ("--share", shares / "safe-1.json", "--share", shares / "head-office.json")
    one = ("--escrow-key", whole)
    words, code, reason = {
        "shares": (two, 0, "DONE"),
        "one file": (one, 0, "DONE"),
        "neither": ((), 2, "USAGE"),
        "both": ((*two, *one), 2, "USAGE"),
        "one share": (two[:2], 60, "SHARES_TOO_FEW"),
    }[given]
    root = world.city.folder / "root.json"
    new = tmp_path / "new"
    place = ("--home", new, "station", "restore", tmp_path / "backup", "--root", root)
    assert answer(*place, *words, code=code)["reason"] == reason
    assert (new / "station.json").exists() == (code == 0)
