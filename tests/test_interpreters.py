"""Which other interpreters the tests run on: found by where they are kept, and tried."""

import os
from pathlib import Path

import pytest

from tools.interpreters import drawn, first, others


def put(path: Path, version: str, *, fails: bool = False) -> Path:
    """Put something at *path* that answers as an interpreter of this version would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\nexit {int(fails)}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folders = [tmp_path / "first", tmp_path / "second"]
    return {"PATH": os.pathsep.join(map(str, folders)), "HOME": str(tmp_path / "home")}


def test_oldest_is_the_promised_one() -> None:
    assert first() == 11


def test_none_is_found_where_there_is_none(environment: dict[str, str], tmp_path: Path) -> None:
    assert others(environment, 11, tmp_path) == {}


def test_one_of_each_version_but_the_own(environment: dict[str, str], tmp_path: Path) -> None:
    put(tmp_path / "first" / "python3.10", "3 10 final")
    eleven = put(tmp_path / "first" / "python3.11", "3 11 final")
    put(tmp_path / "first" / "python3.12", "3 12 final")
    put(tmp_path / "second" / "python3.11", "3 11 final")
    put(tmp_path / "second" / "python3", "3 13 final")
    thirteen = put(tmp_path / "second" / "python3.13", "3 13 final")
    assert others(environment, 12, tmp_path) == {11: eleven, 13: thirteen}


@pytest.mark.parametrize(
    "kept",
    [
        "home/.pyenv/versions/3.12.9",
        "home/.local/share/uv/python/x",
        "home/.asdf/installs/python/3.12.9",
        "home/.local/share/mise/installs/python/3.12",
        "usr/local",
        "opt/python3.12",
        "opt/python/3.12.9",
    ],
)
def test_where_people_keep_them(environment: dict[str, str], tmp_path: Path, kept: str) -> None:
    path = put(tmp_path / kept / "bin" / "python3.12", "3 12 final")
    assert others(environment, 11, tmp_path) == {12: path}


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("PYENV_ROOT", "versions/a"),
        ("UV_PYTHON_INSTALL_DIR", "a"),
        ("ASDF_DATA_DIR", "installs/python/a"),
        ("MISE_DATA_DIR", "installs/python/a"),
        ("XDG_DATA_HOME", "uv/python/a"),
        ("XDG_DATA_HOME", "mise/installs/python/a"),
    ],
)
def test_version_manager_elsewhere(
    environment: dict[str, str], tmp_path: Path, name: str, below: str
) -> None:
    path = put(tmp_path / "elsewhere" / below / "bin" / "python3.12", "3 12 final")
    assert others(environment | {name: str(tmp_path / "elsewhere")}, 11, tmp_path) == {12: path}


def test_what_does_not_work_is_passed_over(environment: dict[str, str], tmp_path: Path) -> None:
    # A shim of a version that is not selected; a machine's Python without venv.
    put(tmp_path / "first" / "python3.12", "not selected", fails=True)
    twelve = put(tmp_path / "second" / "python3.12", "3 12 final")
    put(tmp_path / "second" / "python3.13", "3 13 candidate")
    put(tmp_path / "second" / "python3.14", "3 9 final")
    assert others(environment, 11, tmp_path) == {12: twelve}


FOUND = {12: Path("/a/python3.12"), 13: Path("/b/python3.13"), 14: Path("/c/python3.14")}


def test_without_a_seed_all_are_played() -> None:
    assert drawn(FOUND, "") == list(FOUND.values())
    assert drawn({}, "abc") == []


def test_each_comes_round_and_a_seed_always_draws_the_same() -> None:
    seeds = [f"commit {number}" for number in range(60)]
    lots = [drawn(FOUND, seed) for seed in seeds]
    assert {len(lot) for lot in lots} == {1}
    assert {path for (path,) in lots} == set(FOUND.values())
    assert lots == [drawn(FOUND, seed) for seed in seeds]
