"""Staging: one reading, hashed on the way; an error of the medium is said as such."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from mediabridge.bundle import layout
from mediabridge.errors import MediumIoError, PulledOutError, TreeTooLargeError, TreeUnexpectedError
from mediabridge.media import staging

BUNDLE = "ab" * 16
FILES = {
    "header.json": b"{}",
    "keys.json": b"{}",
    "part-0000.cob": b"",
    "part-0001.cob": b"q" * 1_500_000,
    layout.SUMS: b"sums",
    layout.STATION_SIGNATURE: b"station",
}


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    folder = layout.bundles_folder(tmp_path / "medium") / BUNDLE
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return tmp_path / "medium"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


def test_staged_copy_is_hashed(medium: Path, target: Path) -> None:
    told: list[int] = []
    sealed = staging.stage(medium, BUNDLE, target, progress=told.append)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == FILES
    listed = [name for name in FILES if name.startswith(("header", "keys", "part"))]
    assert sealed.digests == {n: hashlib.sha256(FILES[n]).hexdigest() for n in listed}
    assert sealed.sizes == {name: len(FILES[name]) for name in listed}
    assert sealed.signatures == {layout.STATION_SIGNATURE: b"station"}
    assert sum(told) == staging.size_of(medium, BUNDLE) == sum(map(len, FILES.values()))


def test_unreadable_sector_is_named(
    medium: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(staging, "_pump", failing)
    with pytest.raises(MediumIoError, match="Input/output error"):
        staging.stage(medium, BUNDLE, target)


@pytest.mark.parametrize("look", [staging.size_of, staging.stage])
def test_stick_pulled_out_is_named(
    medium: Path, target: Path, monkeypatch: pytest.MonkeyPatch, look: Any
) -> None:
    """The folder answers, then the device is gone."""

    def failing(*_arguments: Any, **_options: Any) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr(os, "stat", failing)
    with pytest.raises(PulledOutError):
        look(medium, BUNDLE, *([target] if look is staging.stage else []))


def test_small_file_is_read(medium: Path) -> None:
    assert staging.read_small(medium, BUNDLE, layout.SUMS) == b"sums"


def test_small_file_that_is_missing(medium: Path) -> None:
    with pytest.raises(TreeUnexpectedError, match=r"medium\.json"):
        staging.read_small(medium, BUNDLE, "medium.json")


def test_small_file_that_is_large(medium: Path) -> None:
    with pytest.raises(TreeTooLargeError):
        staging.read_small(medium, BUNDLE, "part-0001.cob")
