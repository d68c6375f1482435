"""Writing to a medium: whole or not at all, proven by reading back, never through a link."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.errors import (
    MediumFullError,
    MediumIoError,
    NoMediumError,
    ReadBackError,
    TreeLinkError,
    TreeTooLargeError,
)
from mediabridge.locale import hint_of
from mediabridge.media import tree, writing

BUNDLE = "ab" * 16
FILES = {
    "header.json": b"{}",
    "keys.json": b"{}",
    "part-0000.cob": b"p" * 100,
    "part-0001.cob": b"q" * 3_000_000,
    layout.SUMS: b"sums",
    layout.STATION_SIGNATURE: b"station",
    layout.approval_name("officer-1"): b"approval",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox" / BUNDLE
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    folder = tmp_path / "medium"
    folder.mkdir()
    return folder


def _copied(source: Path, medium: Path, progress: Callable[[int], None] = lambda _: None) -> None:
    writing.write_bundle(source, medium, progress=progress)
    writing.read_back(source, medium, progress=progress)


def _content(medium: Path) -> dict[str, bytes]:
    folder = layout.bundles_folder(medium) / BUNDLE
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_copy_is_equal_and_told(source: Path, medium: Path) -> None:
    told: list[int] = []
    _copied(source, medium, told.append)
    assert _content(medium) == FILES
    # Every byte twice: written, and read back.
    assert sum(told) == 2 * sum(map(len, FILES.values()))
    assert tree.bundles_on(medium) == [BUNDLE]


def test_signatures_come_last(source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    copy = writing._copy

    def noting(one: Path, other: Path, progress: Callable[[int], None]) -> str:
        order.append(one.name)
        return copy(one, other, progress)

    monkeypatch.setattr(writing, "_copy", noting)
    writing.write_bundle(source, medium)
    assert order[-3:] == [
        layout.SUMS, layout.approval_name("officer-1"), layout.STATION_SIGNATURE
    ]  # fmt: skip


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_full_medium_is_left_alone(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C45."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(10**7, 9 * 10**6, 10**6))
    with pytest.raises(MediumFullError):
        writing.write_bundle(source, medium)
    assert list(medium.iterdir()) == []


def test_earlier_copy_makes_room_for_the_next(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free is what is free once the copy that will be replaced is gone."""
    writing.write_bundle(source, medium)
    copy = layout.bundles_folder(medium) / BUNDLE
    usage = {True: _Usage(10**8, 10**8, 0), False: _Usage(10**8, 0, 10**8)}
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage[copy.exists()])
    _copied(source, medium)
    assert _content(medium) == FILES


@pytest.mark.parametrize("step", ["write_tree", "write_bundle", "remove_bundle"])
def test_medium_that_fills_up_all_the_same_names_its_trash(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """What was free when asked may be too little: clusters, or a folder that cannot grow."""
    (medium / ".Trash-1000").mkdir()
    (medium / ".Trash-1000" / "old").write_bytes(b"x" * 5000)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    steps = {
        "write_tree": lambda: writing.write_tree(source, medium),
        "write_bundle": lambda: writing.write_bundle(source, medium),
        "remove_bundle": lambda: writing.remove_bundle(medium, BUNDLE),
    }
    for name in ("_copy", "_remove") if step == "remove_bundle" else ("_copy",):
        monkeypatch.setattr(writing, name, full)
    with pytest.raises(MediumFullError) as refusal:
        steps[step]()
    assert ".Trash-1000" in hint_of(refusal.value)
    wanted = 1 if step == "remove_bundle" else sum(map(len, FILES.values()))
    assert refusal.value.facts["wanted"] == wanted


@pytest.mark.parametrize("change", ["flipped", "shorter", "longer", "gone"])
@pytest.mark.parametrize("name", FILES)
def test_copy_that_reads_back_differently(
    source: Path, medium: Path, name: str, change: str
) -> None:
    """Claim C45. The medium keeps something else than it was given."""
    writing.write_bundle(source, medium)
    path = layout.bundles_folder(medium) / BUNDLE / name
    data = path.read_bytes()
    changed = {"flipped": data[:-1] + bytes([data[-1] ^ 1]), "shorter": data[:-1]}
    path.unlink()
    if change != "gone":
        path.write_bytes(changed.get(change, data + b"+"))
    with pytest.raises(ReadBackError) as refusal:
        writing.read_back(source, medium)
    assert refusal.value.facts["name"] == (BUNDLE if change == "gone" else name)
    writing.remove_bundle(medium, BUNDLE)
    assert list(layout.bundles_folder(medium).iterdir()) == []


def test_error_of_the_medium_is_named(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C45. An interrupted copy is no bundle for any reader, and is replaced later."""
    fsync, calls = os.fsync, iter(range(3))

    def failing(descriptor: int) -> None:
        if next(calls, None) is None:
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(MediumIoError, match="Input/output error"):
            writing.write_bundle(source, medium)
    (left,) = layout.bundles_folder(medium).iterdir()
    assert left.name == BUNDLE + tree.PARTIAL
    assert tree.bundles_on(medium) == []
    writing.write_bundle(source, medium)
    assert _content(medium) == FILES
    assert [path.name for path in left.parent.iterdir()] == [BUNDLE]


def test_medium_that_is_not_there(source: Path, tmp_path: Path) -> None:
    with pytest.raises(MediumIoError):
        writing.write_bundle(source, tmp_path / "nowhere")


def test_second_copy_replaces_the_first(source: Path, medium: Path) -> None:
    writing.write_bundle(source, medium)
    changed = layout.bundles_folder(medium) / BUNDLE / "header.json"
    changed.write_bytes(b"somebody was here")
    writing.write_bundle(source, medium)
    assert _content(medium) == FILES


@pytest.mark.parametrize("name", [BUNDLE, BUNDLE + tree.PARTIAL])
def test_prepared_link_is_not_followed(
    source: Path, medium: Path, tmp_path: Path, name: str
) -> None:
    """Claim C6. Where the bundle will stand lies a link to a folder of the station."""
    target = tmp_path / "station"
    target.mkdir()
    (target / "kept").write_bytes(b"kept")
    folder = layout.bundles_folder(medium)
    folder.mkdir(parents=True)
    (folder / name).symlink_to(target, target_is_directory=True)
    writing.write_bundle(source, medium)
    assert _content(medium) == FILES
    assert [path.name for path in target.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "MEDIABRIDGE",
        "MEDIABRIDGE/bundles",
        "MEDIABRIDGE/trust",
        "MEDIABRIDGE/trust/metadata",
        "MEDIABRIDGE/trust/targets",
    ],
)
@pytest.mark.parametrize("kind", ["link", "file"])
def test_linked_folders_are_refused(tmp_path: Path, medium: Path, path: str, kind: str) -> None:
    """Claim C6."""
    (medium / path).parent.mkdir(parents=True, exist_ok=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if path == ".":
        medium.rmdir()
    if kind == "link":
        (medium / path).symlink_to(elsewhere, target_is_directory=True)
    else:
        (medium / path).write_bytes(b"")
    with pytest.raises(TreeLinkError):
        tree.check_folders(medium)


def test_plain_folders_are_accepted(medium: Path) -> None:
    tree.check_folders(medium)
    (medium / "MEDIABRIDGE" / "trust" / "metadata").mkdir(parents=True)
    tree.check_folders(medium)


@pytest.mark.parametrize("name", ["metadata", "targets"])
def test_crowded_trust_folder_is_refused(medium: Path, name: str) -> None:
    folder = medium / "MEDIABRIDGE" / "trust" / name
    folder.mkdir(parents=True)
    for number in range(LIMITS.trust_files):
        (folder / f"{number}.json").touch()
    tree.check_folders(medium)
    (folder / "one-more.json").touch()
    with pytest.raises(TreeTooLargeError, match="2048"):
        tree.check_folders(medium)


def test_other_names_on_the_stick_are_ignored(source: Path, medium: Path) -> None:
    for name in ("System Volume Information", ".Trash-1000", "holiday.jpg"):
        (medium / name).mkdir()
    writing.write_bundle(source, medium)
    assert tree.bundles_on(medium) == [BUNDLE]


def test_stick_without_our_folder(medium: Path) -> None:
    with pytest.raises(NoMediumError):
        tree.bundles_on(medium)


def test_trust_switches_over_last(
    tmp_path: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that comes in between finds the old trust data or the new, never a mixture."""
    repository = tmp_path / "repository"
    for name in ("metadata/2.root.json", "metadata/timestamp.json", "targets/x.trust.json"):
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    order: list[str] = []
    replace = writing._replace

    def noting(source: Path, target: Path) -> None:
        order.append(source.name)
        replace(source, target)

    monkeypatch.setattr(writing, "_replace", noting)
    target = layout.trust_folder(medium)
    writing.write_tree(repository, medium)
    assert order[-1] == "timestamp.json"
    digests = [hashlib.sha256(p.read_bytes()).digest() for p in sorted(target.rglob("*.json"))]
    wanted = [hashlib.sha256(p.read_bytes()).digest() for p in sorted(repository.rglob("*.json"))]
    assert digests == wanted


def test_leftover_that_cannot_be_removed_is_put_aside(
    source: Path, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """exFAT, pulled out, may list a folder as empty and call it not empty."""
    partial = layout.bundles_folder(medium) / (BUNDLE + tree.PARTIAL)
    partial.mkdir(parents=True)

    def rmdir(path: object, **_options: object) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty", str(path))

    with monkeypatch.context() as damaged:
        damaged.setattr(os, "rmdir", rmdir)
        _copied(source, medium)
    assert _content(medium) == FILES
    assert tree.bundles_on(medium) == [BUNDLE]
    assert tree.copies_on(medium) == [BUNDLE]
    assert len(list(layout.bundles_folder(medium).iterdir())) == 2
