"""What may lie on a stick: exactly the files of the layout, plain, and not too large."""

import os
import socket
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from attacks.forge import Forge
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge.bundle import layout
from mediabridge.bundle.stages import SealedBundle
from mediabridge.config import LIMITS
from mediabridge.errors import (
    HashMismatchError,
    MediabridgeError,
    MediumChangedError,
    SignatureInvalidError,
    SignatureMalformedError,
    SumsMalformedError,
    TreeLinkError,
    TreeTooLargeError,
    TreeUnexpectedError,
)
from mediabridge.media import staging
from mediabridge.media.rescue import Read
from mediabridge.translog.events import Event

FILES = ["header.json", "keys.json", "part-0000.cob", "part-0001.cob"]
ALL_FILES = [
    *FILES,
    layout.SUMS,
    layout.STATION_SIGNATURE,
    layout.approval_name("officer-1"),
]


def _flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0x01
    path.write_bytes(data)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_flipped_bit_in_listed_file(world: World, name: str, place: str) -> None:
    """Claim C2."""
    path = world.bundle / name
    size = path.stat().st_size
    _flip(path, {"first": 0, "middle": size // 2, "last": size - 1}[place])
    assert_refused(world, HashMismatchError)


@pytest.mark.parametrize(
    ("position", "error"),
    [
        # A hexadecimal digit becomes another one, or none; a space or line feed something else.
        (1, SignatureInvalidError),
        (64, SumsMalformedError),
        (-1, SumsMalformedError),
    ],
)
def test_flipped_bit_in_list(world: World, position: int, error: type[MediabridgeError]) -> None:
    """Claim C3."""
    path = world.bundle / layout.SUMS
    data = bytearray(path.read_bytes())
    data[position] = {1: ord("1") if data[1] == ord("0") else ord("0")}.get(position, 0x21)
    path.write_bytes(data)
    assert_refused(world, error)


@pytest.mark.parametrize("name", ALL_FILES[5:])
@pytest.mark.parametrize(
    ("position", "error"), [(0, SignatureMalformedError), (300, SignatureInvalidError)]
)
def test_flipped_bit_in_signature(
    world: World, name: str, position: int, error: type[MediabridgeError]
) -> None:
    """Claim C3."""
    path = world.bundle / name
    data = bytearray(path.read_bytes())
    # Within the 64 bytes of the signature, another letter of base64 is another signature.
    data[position] = ord("A") if data[position] != ord("A") else ord("B")
    path.write_bytes(data)
    assert_refused(world, error)


@pytest.mark.parametrize("name", ALL_FILES[:-1])
def test_missing_file(world: World, name: str) -> None:
    """Claim C5."""
    (world.bundle / name).unlink()
    assert_refused(world, TreeUnexpectedError)


@pytest.mark.parametrize(
    "name",
    [
        "readme.txt",
        "autorun.inf",
        ".hidden",
        "HEADER.JSON",
        "header.json ",
        "header.json\n",
        "header.json\u202e",
        "part-00000.cob",
        "part-000０.cob",
        "part-0002.cob.partial",
        "..\\part-0002.cob",
        "-rf",
        "$(reboot)",
        "SHA256SUMS.approve-.sig",
        "SHA256SUMS.approve-Officer-2.sig",
        "SHA256SUMS.approve-..sig",
        "SHA256SUMS.approve-officer-2.sig.bak",
        "SHA256SUMS.sig",
        "\udcff\udcfe",
        "a" * 200,
    ],
)
def test_extra_file(world: World, name: str) -> None:
    """Claims C5, C7 and C47."""
    (world.bundle / name).write_bytes(b"x")
    assert_refused(world, TreeUnexpectedError)


def test_extra_part(world: World) -> None:
    """Claim C5. A part that nobody signed."""
    part = (world.bundle / "part-0001.cob").read_bytes()
    (world.bundle / "part-0002.cob").write_bytes(part)
    assert_refused(world, TreeUnexpectedError)


def test_extra_part_signed(world: World, forge: Forge) -> None:
    """Claim C5. A part that station and officer signed, but that the header does not count."""
    part = (world.bundle / "part-0001.cob").read_bytes()
    (world.bundle / "part-0002.cob").write_bytes(part)
    forge.resign(world.bundle)
    assert_refused(world, TreeUnexpectedError)


@pytest.mark.parametrize(
    ("name", "new"), [("part-0001.cob", "part-0002.cob"), ("keys.json", "Keys.json")]
)
def test_renamed_file(world: World, name: str, new: str) -> None:
    """Claim C5."""
    (world.bundle / name).rename(world.bundle / new)
    assert_refused(world, TreeUnexpectedError)


def test_exchanged_names(world: World) -> None:
    """Claim C2."""
    bundle = world.bundle
    (bundle / "part-0000.cob").rename(world.root / "aside")
    (bundle / "part-0001.cob").rename(bundle / "part-0000.cob")
    (world.root / "aside").rename(bundle / "part-0001.cob")
    assert_refused(world, HashMismatchError)


def test_bundle_under_another_name(world: World) -> None:
    """Claim C5."""
    world.bundle.rename(world.bundles / ("0" * 32))
    assert_refused(world, TreeUnexpectedError)


@pytest.mark.parametrize("name", ALL_FILES)
def test_symbolic_link(world: World, name: str) -> None:
    """Claim C6."""
    path = world.bundle / name
    path.rename(world.root / "elsewhere")
    path.symlink_to(world.root / "elsewhere")
    assert_refused(world, TreeLinkError)


@pytest.mark.parametrize("name", ALL_FILES)
def test_hard_link(world: World, name: str) -> None:
    """Claim C6."""
    os.link(world.bundle / name, world.root / "elsewhere")
    assert_refused(world, TreeLinkError)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    # A socket's own path may be too long for its address.
    short = path.parents[4] / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(short.parent)
        try:
            listener.bind(short.name)
        finally:
            os.chdir(here)
    short.rename(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("name", ALL_FILES)
@pytest.mark.parametrize("make", [_fifo, _socket, _device, _folder])
def test_no_plain_file(world: World, name: str, make: Callable[[Path], None]) -> None:
    """Claim C6."""
    path = world.bundle / name
    path.unlink()
    make(path)
    assert_refused(world, TreeLinkError)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device node")
@pytest.mark.parametrize("name", ["header.json", layout.SUMS, "part-0001.cob"])
def test_device_node(world: World, name: str) -> None:
    """Claim C6."""
    path = world.bundle / name
    path.unlink()
    try:
        os.mknod(path, 0o020666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container may not make device nodes")
    assert_refused(world, TreeLinkError)


@pytest.mark.parametrize("level", ["medium", "MEDIABRIDGE", "bundles", "bundle"])
def test_folder_that_is_a_link(world: World, level: str) -> None:
    """Claim C6."""
    path = {
        "medium": world.medium,
        "MEDIABRIDGE": world.medium / "MEDIABRIDGE",
        "bundles": world.bundles,
        "bundle": world.bundle,
    }[level]
    path.rename(world.root / "elsewhere")
    path.symlink_to(world.root / "elsewhere", target_is_directory=True)
    assert_refused(world, TreeLinkError)


def test_folder_that_is_a_file(world: World) -> None:
    """Claim C6."""
    (world.bundles / ("0" * 32)).write_bytes(b"")
    assert_refused(world, TreeLinkError)


@pytest.mark.parametrize(
    "name", ["0" * 31, "0" * 33, "F" * 32, "latest", "0" * 31 + "\n", "0" * 31 + "０"]
)
def test_odd_name_among_bundles(world: World, name: str) -> None:
    """Claim C7."""
    (world.bundles / name).mkdir()
    assert_refused(world, TreeUnexpectedError)


def test_odd_name_beside_bundles(world: World) -> None:
    """Claim C5."""
    (world.medium / "MEDIABRIDGE" / "update.sh").write_bytes(b"")
    assert_refused(world, TreeUnexpectedError)


# --- what desktops leave ----------------------------------------------------------------------

LEFT_FILES = [".DS_Store", "._part-0001.cob", "desktop.ini", "Thumbs.db", "FSCK0000.REC"]
LEFT_FOLDERS = [".Spotlight-V100", "System Volume Information", "$RECYCLE.BIN", "FOUND.000"]
LEVELS = ["", "bundles", "bundle"]


def _at(world: World, level: str) -> Path:
    exchange = world.medium / layout.ROOT
    return {"": exchange, "bundles": world.bundles, "bundle": world.bundle}[level]


def _leave_all(world: World) -> list[Path]:
    left = []
    for folder in [_at(world, level) for level in LEVELS]:
        for name in LEFT_FILES:
            (folder / name).write_bytes(b"left")
        for name in LEFT_FOLDERS:
            (folder / name).mkdir()
            # Inside, anything may lie: nobody enters it.
            (folder / name / "header.json").symlink_to("/etc/passwd")
        left += [folder / name for name in [*LEFT_FILES, *LEFT_FOLDERS]]
    return left


def test_what_desktops_leave_costs_no_trip(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C58. It is passed over at every level, unopened, and counted in the log."""
    left = {path.name for path in _leave_all(world)}
    opened: list[str] = []
    real = os.open

    def noting(path: Any, *more: Any, **options: Any) -> int:
        opened.append(os.path.basename(os.fspath(path)))  # noqa: PTH119 - may be bytes
        return real(path, *more, **options)

    monkeypatch.setattr(os, "open", noting)
    (taken,) = world.import_()
    assert taken.outcomes == {"applied": 2, "held": 1}
    assert "header.json" in opened
    assert left.isdisjoint(opened)
    (noted,) = [each for each in world.log() if each.event is Event.DROPPINGS_PASSED]
    assert noted.facts == {"droppings": len(LEVELS) * len(left)}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "name",
    [
        "autorun.inf",
        ".DS_Store.",
        "\uff0eDS_Store",
        "de\u017fktop.ini",
        "Thumbs\uff0edb",
        "FSC\u212a0000.REC",
        ".Directory",
    ],
)
def test_name_that_only_looks_like_a_desktops(world: World, level: str, name: str) -> None:
    """Claim C58."""
    (_at(world, level) / name).write_bytes(b"x")
    assert_refused(world, TreeUnexpectedError)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("make", [_fifo, _device, _folder])
def test_desktops_name_on_something_else(
    world: World, level: str, make: Callable[[Path], None]
) -> None:
    """Claim C58. A link to an innocent file, too, since it may lead elsewhere the next moment."""
    make(_at(world, level) / ".DS_Store")
    assert_refused(world, TreeUnexpectedError)


@pytest.mark.parametrize("name", ["part-0001.cob", "header.json", layout.STATION_SIGNATURE])
def test_part_hidden_behind_a_desktops_name(world: World, name: str) -> None:
    """Claim C58. What is passed over stands for nothing that is signed."""
    (world.bundle / name).rename(world.bundle / f"._{name}")
    assert_refused(world, TreeUnexpectedError)


def test_desktops_name_in_the_signed_list(world: World, forge: Forge) -> None:
    """Claim C58. Station and officer signed a list that names it; there is no such line."""
    bundle = world.bundle
    (bundle / ".DS_Store").write_bytes(b"x")
    sums = bundle / layout.SUMS
    sums.write_bytes(f"{'0' * 64}  .DS_Store\n".encode() + sums.read_bytes())
    forge.sign_all(bundle)
    assert_refused(world, SumsMalformedError)


def test_too_many_of_desktops_names(world: World) -> None:
    """Claims C9 and C58. Passed over or not, names are counted."""
    for number in range(LIMITS.names_in_folder + 1):
        (world.bundle / f"._{number}").touch()
    assert_refused(world, TreeTooLargeError)


@pytest.mark.parametrize(
    "name", ["header.json", "keys.json", layout.SUMS, layout.STATION_SIGNATURE]
)
def test_oversized_small_file(world: World, name: str) -> None:
    """Claim C9."""
    os.truncate(world.bundle / name, LIMITS.small_file_bytes + 1)
    assert_refused(world, TreeTooLargeError)


def test_oversized_part(world: World) -> None:
    """Claim C9. A hole costs the stick nothing; the reader must not fill its disk with it."""
    os.truncate(world.bundle / "part-0001.cob", LIMITS.part_bytes + 1)
    assert_refused(world, TreeTooLargeError)


def test_largest_signature(world: World) -> None:
    """Claim C9."""
    path = world.bundle / layout.STATION_SIGNATURE
    path.write_bytes(path.read_bytes().ljust(4097, b"\n"))
    assert_refused(world, SignatureMalformedError)


def test_too_many_parts(world: World) -> None:
    """Claim C9."""
    for index in range(2, LIMITS.parts + 1):
        (world.bundle / layout.part_name(index)).write_bytes(b"")
    assert_refused(world, TreeTooLargeError)


def test_too_many_approvals(world: World) -> None:
    """Claim C9."""
    signature = (world.bundle / layout.approval_name("officer-1")).read_bytes()
    for number in range(LIMITS.approvals):
        (world.bundle / layout.approval_name(f"o-{number}")).write_bytes(signature)
    assert_refused(world, TreeTooLargeError)


def test_too_many_names_in_bundle(world: World) -> None:
    """Claim C9."""
    for number in range(LIMITS.names_in_folder + 1):
        (world.bundle / f"x{number}").touch()
    assert_refused(world, TreeTooLargeError)


def test_too_many_bundles(world: World) -> None:
    """Claim C9."""
    for number in range(LIMITS.bundles_on_medium):
        (world.bundles / f"{number:032x}").mkdir()
    assert_refused(world, TreeTooLargeError)


@pytest.mark.parametrize("trick", ["before", "after"])
def test_file_that_grows_while_read(
    world: World, monkeypatch: pytest.MonkeyPatch, trick: str
) -> None:
    """Claim C8."""
    pump = staging._pump
    part = world.bundle / "part-0001.cob"

    def growing(source: RawIOBase, output: BinaryIO, announced: int, read: Read) -> tuple[str, int]:
        if trick == "before":
            _append(part)
        result = pump(source, output, announced, read)
        if trick == "after":
            _append(part)
        return result

    monkeypatch.setattr(staging, "_pump", growing)
    assert_refused(world, MediumChangedError)


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def test_file_that_shrinks_while_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C8."""
    pump = staging._pump
    part = world.bundle / "part-0001.cob"

    def shrinking(
        source: RawIOBase, output: BinaryIO, announced: int, read: Read
    ) -> tuple[str, int]:
        os.truncate(part, 100)
        return pump(source, output, announced, read)

    monkeypatch.setattr(staging, "_pump", shrinking)
    assert_refused(world, MediumChangedError)


def test_name_that_appears_while_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C8."""
    pump = staging._pump
    extra = world.bundle / layout.approval_name("officer-2")

    def adding(source: RawIOBase, output: BinaryIO, announced: int, read: Read) -> tuple[str, int]:
        extra.touch()
        return pump(source, output, announced, read)

    monkeypatch.setattr(staging, "_pump", adding)
    assert_refused(world, MediumChangedError)


def test_second_reading_has_no_effect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C8. Whatever the stick says after it was copied, nobody asks it again."""
    stage = staging.stage

    def swapping(medium: Path, name: str, target: Path, **options: Any) -> SealedBundle:
        sealed = stage(medium, name, target, **options)
        for path in world.bundle.iterdir():
            path.write_bytes(b"another answer")
        return sealed

    monkeypatch.setattr(staging, "stage", swapping)
    assert world.import_()[0].outcomes == {"applied": 2, "held": 1}
