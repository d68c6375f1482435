"""Writing to a medium: whole or not at all, read back, never through a link."""

import os
from collections import namedtuple
from pathlib import Path

import pytest

from mediabridge.bundle import layout
from mediabridge.errors import (
    MediumFullError,
    MediumIoError,
    NoMediumError,
    ReadBackError,
    TreeLinkError,
    TreeUnexpectedError,
)
from mediabridge.media import tree, writing

BUNDLE = "ab" * 16
NAMES = [
    *layout.listed_files(2), layout.SUMS, layout.STATION_SIGNATURE, layout.approval_name("officer-1"),
]  # fmt: skip
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's answer


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox" / BUNDLE
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_bundle_arrives_whole(source: Path, medium: Path) -> None:
    told: list[int] = []
    writing.write_bundle(source, medium, progress=told.append)
    arrived = layout.bundles_folder(medium) / BUNDLE
    assert {path.name: path.read_bytes() for path in arrived.iterdir()} == {
        path.name: path.read_bytes() for path in source.iterdir()
    }
    assert sum(told) == 2 * sum(path.stat().st_size for path in source.iterdir())
    assert tree.bundles_on(medium) == [BUNDLE]


def test_signatures_are_written_last(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real = writing._copy
    monkeypatch.setattr(writing, "_copy", lambda s, t, p: (order.append(t.name), real(s, t, p))[1])
    writing.write_bundle(source, medium)
    assert order[-3:] == [layout.SUMS, layout.approval_name("officer-1"), layout.STATION_SIGNATURE]


def test_interrupted_copy_is_no_bundle(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing._copy

    def copy(plain: Path, target: Path, progress: object) -> str:
        if target.name == layout.SUMS:
            raise OSError(5, "Input/output error")
        return real(plain, target, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "_copy", copy)
    with pytest.raises(MediumIoError):
        writing.write_bundle(source, medium)
    assert tree.bundles_on(medium) == []
    monkeypatch.setattr(writing, "_copy", real)
    writing.write_bundle(source, medium)
    assert tree.bundles_on(medium) == [BUNDLE]
    assert not list(layout.bundles_folder(medium).glob("*.partial"))


def test_lying_medium_is_noticed(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        moved = real(self, target)
        if moved.name == BUNDLE:
            part = moved / layout.part_name(1)
            part.write_bytes(part.read_bytes()[:-1] + b"?")
        return moved

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(ReadBackError):
        writing.write_bundle(source, medium)
    assert tree.bundles_on(medium) == []


def test_full_medium_is_left_alone(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 5000, 5000))
    with pytest.raises(MediumFullError):
        writing.write_bundle(source, medium)
    assert not list(medium.iterdir())


@pytest.mark.parametrize("folder", ["MEDIABRIDGE", "MEDIABRIDGE/bundles", "MEDIABRIDGE/trust",
                                    "MEDIABRIDGE/trust/metadata", "MEDIABRIDGE/trust/targets"])  # fmt: skip
def test_linked_folder_is_refused(tmp_path: Path, medium: Path, folder: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (medium / folder).parent.mkdir(parents=True, exist_ok=True)
    (medium / folder).symlink_to(elsewhere)
    with pytest.raises(TreeLinkError):
        tree.refuse_linked_folders(medium)


def test_absent_folders_are_no_fault(medium: Path) -> None:
    tree.refuse_linked_folders(medium)
    with pytest.raises(NoMediumError):
        tree.bundles_on(medium)


def test_stray_name_is_refused(medium: Path) -> None:
    layout.bundles_folder(medium).mkdir(parents=True)
    (medium / layout.ROOT / "autorun.inf").write_bytes(b"")
    with pytest.raises(TreeUnexpectedError):
        tree.bundles_on(medium)


def test_other_folders_are_ignored(medium: Path) -> None:
    layout.bundles_folder(medium).mkdir(parents=True)
    (medium / "System Volume Information").mkdir()
    os.mkfifo(medium / "pipe")
    assert tree.bundles_on(medium) == []
