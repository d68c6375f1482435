"""What ``make mutants`` is told still stands; the mutants themselves take too long for here."""

import tomllib
from pathlib import Path

import pytest

from tools.mutants.targets import TARGETS

ROOT = Path(__file__).parents[1]
SURVIVORS = tomllib.loads((ROOT / "tools/mutants/survivors.toml").read_text("utf-8"))["survivor"]


@pytest.mark.parametrize("file", TARGETS)
def test_target_and_its_tests_are_there(file: str) -> None:
    assert [each for each in (file, *TARGETS[file]) if not (ROOT / each).exists()] == []


def test_all_of_verify_and_receipt_is_mutated() -> None:
    for folder in ("verify", "receipt"):
        modules = {f"mediabridge/{folder}/{path.name}" for path in _modules(folder)}
        assert modules <= set(TARGETS)


def _modules(folder: str) -> list[Path]:
    found = (ROOT / "mediabridge" / folder).rglob("*.py")
    return [path for path in found if path.name != "__init__.py"]


@pytest.mark.parametrize("entry", SURVIVORS, ids=lambda entry: entry["function"])
def test_listed_survivor_is_of_this_code(entry: dict[str, str]) -> None:
    assert entry["file"] in TARGETS
    assert entry["reason"].strip()
    lines = [line.strip() for line in (ROOT / entry["file"]).read_text("utf-8").splitlines()]
    assert [line for line in entry["was"].splitlines() if line not in lines] == []
