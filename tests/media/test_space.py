"""Free space: checked to the byte, and the trash folders that hold it are named."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from mediabridge.errors import MediumFullError
from mediabridge.locale import hint_of, sentence_of
from mediabridge.media import space


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def _nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    free = space.RESERVE_BYTES + 1000
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9 - free, free))


def test_fits_to_the_byte(tmp_path: Path) -> None:
    space.check_space(tmp_path, 1000)
    with pytest.raises(MediumFullError) as refusal:
        space.check_space(tmp_path, 1001)
    assert "trash" not in hint_of(refusal.value)


@pytest.mark.parametrize("name", [".Trash", ".Trash-1000", ".Trashes", "$RECYCLE.BIN", "RECYCLER"])
def test_trash_is_named(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "files"
    folder.mkdir(parents=True)
    (folder / "old").write_bytes(b"x" * 5000)
    (tmp_path / "kept").write_bytes(b"x" * 300)
    with pytest.raises(MediumFullError) as refusal:
        space.check_space(tmp_path, 2000)
    assert f"({name}) hold 5000 bytes" in hint_of(refusal.value)
    assert "kept" not in hint_of(refusal.value)
    assert str(space.RESERVE_BYTES + 2000) in sentence_of(refusal.value)
