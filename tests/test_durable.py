"""A file is there whole, or not at all, and what was there before is kept until then."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mediabridge import durable


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the flushes and renames, in their order, by the name of what they are made on."""
    made: list[str] = []
    fsync, replace, rename = os.fsync, os.replace, os.rename

    def noted(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        made.append("flush folder" if place.is_dir() else "flush file")
        fsync(descriptor)

    def moved(call: Any) -> Any:
        def move(*places: Any) -> None:
            made.append("move")
            call(*places)

        return move

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "replace", moved(replace))
    monkeypatch.setattr(os, "rename", moved(rename))
    return made


def test_content_is_flushed_before_the_name_and_the_name_after(
    tmp_path: Path, calls: list[str]
) -> None:
    durable.write_durably(tmp_path / "file", b"new")
    assert calls == ["flush file", "move", "flush folder"]


def test_new_file_is_flushed(tmp_path: Path, calls: list[str]) -> None:
    with durable.new_file(tmp_path / "file") as file:
        file.write(b"new")
    assert calls == ["flush file"]
    assert (tmp_path / "file").read_bytes() == b"new"


def test_what_another_wrote_is_flushed(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "file").touch()
    durable.sync_file(tmp_path / "file")
    durable.move_durably(tmp_path / "file", tmp_path / "moved")
    assert calls == ["flush file", "move", "flush folder"]


def test_new_file_takes_no_others_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileExistsError), durable.new_file(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_bytes() == b"old"


def test_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def interrupted() -> None:
        with durable.appearing(tmp_path / "file") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_only_the_owner_may_read_unless_more_is_asked(tmp_path: Path) -> None:
    for mode in (0o600, 0o644):
        with durable.appearing(tmp_path / "file", mode=mode):
            pass
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode
    with durable.appearing(tmp_path / "file"):
        pass
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
