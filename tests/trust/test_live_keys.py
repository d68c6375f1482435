"""No key that is cheap to guess at belongs to a live city."""

import json
from pathlib import Path

import pytest

from mediabridge.bundle.terms import Mode
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.errors import KeyFileError
from mediabridge.trust import keyfile, signers
from mediabridge.trust.city import create_city
from mediabridge.trust.keyfile import STANDARD_COST, TRAINING_COST, Cost

WORDS = b"correct horse battery"


@pytest.fixture(autouse=True)
def _as_it_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "LIVE_COST", STANDARD_COST)


@pytest.fixture
def cheap(tmp_path: Path) -> Path:
    path = tmp_path / "officer-1.json"
    keyfile.save(path, signers.new_ssh_key("officer-1"), WORDS, cost=TRAINING_COST)
    (tmp_path / "words").write_bytes(WORDS)
    (tmp_path / "words").chmod(0o600)
    return path


def ask(key: Path, mode: Mode) -> int:
    there = key.parent
    words = ["trust", "request", "officer-1", "officer", "--city", "city.example.jp"]
    options = ["--mode", mode.value, "--key", key, "-o", there / "request.json"]
    return run([*words, *map(str, options), "--passphrase-file", str(there / "words")])


def test_live_city_is_not_asked_for_a_cheap_key(
    cheap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C60."""
    assert ask(cheap, Mode.LIVE) == 70
    assert "too cheap for a live city" in capsys.readouterr().err
    assert not (cheap.parent / "request.json").exists()
    # In training it serves; so does the same key once it has a passphrase at full cost.
    assert ask(cheap, Mode.TRAINING) == 0
    keyfile.save(cheap, keyfile.load(cheap, WORDS), WORDS, replace=True)
    assert ask(cheap, Mode.LIVE) == 0


@pytest.mark.parametrize(
    "cost",
    [
        TRAINING_COST,
        Cost(STANDARD_COST.memory_kib - 1, STANDARD_COST.iterations, 16),
        Cost(STANDARD_COST.memory_kib, STANDARD_COST.iterations - 1, 16),
    ],
)
def test_no_part_of_the_cost_makes_up_for_another(cost: Cost, cheap: Path) -> None:
    """Claim C60."""
    key = signers.new_ssh_key("officer-1")
    keyfile.save(cheap, key, WORDS, cost=cost, replace=True)
    with pytest.raises(KeyFileError, match="too cheap"):
        keyfile.require_live(cheap)


def test_live_city_is_not_made_with_cheap_keys(tmp_path: Path) -> None:
    """Claim C60."""
    with pytest.raises(ValueError, match="live city"):
        create_city(
            tmp_path / "city",
            city="city.example.jp",
            municipality_code="131041",
            clock=SystemClock(),
            passphrase_for=lambda _key: WORDS,
            mode="live",
            cost=TRAINING_COST,
        )
    assert not (tmp_path / "city").exists()


def test_keys_show_says_what_a_guess_costs(cheap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "keys", "show", str(cheap)]) == 0
    shown = json.loads(capsys.readouterr().out)["data"]["cost"]
    assert shown == {"memory_kib": 1024, "iterations": 1, "lanes": 1}
    assert run(["keys", "show", str(cheap)]) == 0
    assert "Argon2id with 1 MiB, passes: 1, lanes: 1" in capsys.readouterr().out
