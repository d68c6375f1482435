"""Sticks that fail: errors, losses, flipped bits, and sticks that are not as they should be.

Claim C45. Each asserts what was said, what the log and the books say, and that a stick
that works again, or another one, brings everything right.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from attacks.records import csv_of, isa_notice
from harness import (
    NOW,
    Desk,
    Watching,
    copy_of,
    encrypted,
    freeze_at_read,
    io_error,
    written_since_now,
)
from medium import PARTITION_START, Stick
from moments import FILESYSTEMS
from prepared import SERIALS, Prepared, stick_of
from rig import StickBench

from mediabridge.kinds import Kind

WRITTEN = [("out", "written", 1)]
APPROVED = [("out", "approved", 1)]
TROUBLE = {"IO_ERROR", "READ_BACK_MISMATCH", "BAD_FILESYSTEM", "READ_ONLY", "FAKE_CAPACITY"}
"""What a stick that fails may be called; which one depends on the file system's driver."""


def _waiting(desk: Desk, chapter: str, station: str = "lgwan") -> Watching:
    desk.restore(chapter)
    watching = desk.watch(station)
    watching.until_state("NO_MEDIUM")
    watching.forget()
    return watching


def _refused(desk: Desk, watching: Watching, states: set[str], station: str = "lgwan") -> str:
    """One of *states* was told, with words, and is in the log; nothing was called safe."""
    watching.until_event("refused")
    found = states & set(watching.states())
    assert found, watching.said()
    assert "SAFE_TO_REMOVE" not in watching.states()
    state = found.pop()
    assert watching.report(state)["sentence"]
    assert watching.report(state)["hint"]
    assert state in desk.failures(station)
    return state


def _works_again(desk: Desk, watching: Watching, stick: Stick) -> None:
    """With a stick that works, the bundle gets written."""
    watching.forget()
    desk.machine.plug(stick)
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(stick)
    assert watching.states()[-1] == "SAFE_TO_REMOVE"
    assert desk.books("lgwan") == WRITTEN
    assert desk.log("lgwan")[-1]["event"] == "bundle-written"


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_read_errors_at_import(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str
) -> None:
    watching = _waiting(desk, f"{filesystem}-import", "registry")
    before = desk.registry()
    stick = stick_of(bench, prepared, filesystem, "import")
    stick.distort = lambda _offset, data: io_error(data) if encrypted(data) else data
    desk.machine.plug(stick)
    _refused(desk, watching, TROUBLE, "registry")
    desk.machine.unplug(stick)
    assert desk.books("registry") == []
    assert desk.registry() == before
    stick.heal()
    watching.until_state("NO_MEDIUM")
    watching.forget()
    desk.machine.plug(stick)
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(stick)
    assert desk.books("registry") == [("in", "taken", 1)]
    assert desk.registry() == prepared.registry


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_read_back_is_from_the_device(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str
) -> None:
    """All that was written of the bundle is asked of the stick again, not of the page cache."""
    watching = _waiting(desk, f"{filesystem}-write")
    stick = stick_of(bench, prepared, filesystem, "write")
    stick.record()
    read: set[int] = set()

    def note(offset: int, data: bytes) -> bytes:
        read.update(range(offset // 512, (offset + len(data)) // 512))
        return data

    stick.distort = note
    desk.machine.plug(stick)
    watching.until_state("CHECKING")
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(stick)
    written = {
        sector
        for write in stick._journal or []
        if encrypted(write.data)
        for sector in range(write.offset // 512, (write.offset + len(write.data)) // 512)
    }
    assert written
    assert written <= read


def test_slow(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    """A megabyte a second is told as slow, beside the speed the stick was registered with."""
    desk.restore("vfat-write")
    path = f"{NOW}/large.csv"
    desk.machine.check(f"cat > {path} && chown station {path}", stdin=_large_day())
    desk.check("lgwan", "collect", path)
    desk.check("lgwan", "seal")
    desk.check("lgwan", "approve", "--key", f"{NOW}/city/keys/officer-1.json", "--yes")
    stick = stick_of(bench, prepared, "vfat", "write")
    stick.bytes_per_second = 1_000_000
    watching = desk.watch("lgwan")
    desk.machine.plug(stick)
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(stick)
    assert "has become slow" in watching.report("SLOW")["sentence"]
    assert watching.report("SLOW")["hint"]
    assert watching.states()[-1] == "SAFE_TO_REMOVE"
    assert desk.books("lgwan") == [("out", "written", 1), ("out", "written", 2)]
    assert desk.log("lgwan")[-1]["event"] == "bundle-written"


def _large_day() -> bytes:
    """Return notices that stay over a megabyte when they are compressed."""
    drawn = Random(7)  # noqa: S311 - the same text every time
    rows = [
        isa_notice(number, number)
        | {"remarks": "".join(chr(0x4E00 + drawn.randrange(0x5000)) for _ in range(200))}
        for number in range(1, 4001)
    ]
    return csv_of(Kind.ISA_NOTICE, rows)


def _unformatted(image: Path) -> None:
    image.write_bytes(bytes(48 * 2**20))


def _ntfs(image: Path) -> None:
    boot = bytearray(512)
    boot[0:11] = b"\xeb\x52\x90NTFS    "
    # 512 bytes a sector, 8 sectors a cluster, media byte, sectors, clusters of $MFT.
    boot[0x0B:0x0D], boot[0x0D], boot[0x15] = (512).to_bytes(2, "little"), 8, 0xF8
    boot[0x28:0x30] = (47 * 2048 - 1).to_bytes(8, "little")
    boot[0x30:0x38], boot[0x38:0x40] = (4).to_bytes(8, "little"), (8).to_bytes(8, "little")
    boot[0x40], boot[0x44], boot[0x48:0x50] = 0xF6, 1, b"\x01\x02\x03\x04\x05\x06\x07\x08"
    boot[510:512] = b"\x55\xaa"
    with image.open("r+b") as file:
        file.seek(PARTITION_START)
        file.write(bytes(2**20))
        file.seek(PARTITION_START)
        file.write(boot)
        for record in (4, 8):
            file.seek(PARTITION_START + record * 4096)
            file.write(b"FILE")


def _two_partitions(image: Path) -> None:
    with image.open("r+b") as file:
        file.seek(446)
        first = bytearray(file.read(16))
        first[12:16] = (45 * 2048).to_bytes(4, "little")
        second = bytes([0, 0, 0, 0, first[4], 0, 0, 0])
        second += (46 * 2048).to_bytes(4, "little") + (2048).to_bytes(4, "little")
        file.seek(446)
        file.write(bytes(first) + second)


def _damaged_boot_sector(image: Path) -> None:
    with image.open("r+b") as file:
        file.seek(PARTITION_START + 11)
        file.write(b"\xff" * 79)


UNUSABLE = {
    "unformatted": (_unformatted, {"BAD_FILESYSTEM"}),
    "ntfs": (_ntfs, {"BAD_FILESYSTEM"}),
    "several partitions": (_two_partitions, {"BAD_FILESYSTEM"}),
    "damaged boot sector": (_damaged_boot_sector, {"BAD_FILESYSTEM", "IO_ERROR"}),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_unusable(desk: Desk, prepared: Prepared, bench: StickBench, what: str) -> None:
    spoil, states = UNUSABLE[what]
    watching = _waiting(desk, "vfat-write")
    stick = stick_of(bench, prepared, "vfat", "write")
    spoil(stick.path)
    desk.machine.plug(stick)
    _refused(desk, watching, states)
    desk.machine.unplug(stick)
    assert desk.books("lgwan") == APPROVED
    watching.until_state("NO_MEDIUM")
    _works_again(desk, watching, stick_of(bench, prepared, "vfat", "write", "fresh"))


def test_damaged_fat_is_repaired(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    """The allocation table does not fit its second copy: repaired before anything is written."""
    stick = stick_of(bench, prepared, "vfat", "write")
    with stick.path.open("r+b") as image:
        image.seek(PARTITION_START)
        boot = image.read(512)
        reserved, table = (
            int.from_bytes(boot[14:16], "little"),
            int.from_bytes(boot[36:40], "little"),
        )
        # Entries far behind everything that is in use, in the second copy only.
        image.seek(PARTITION_START + (reserved + table + table // 2) * 512)
        image.write(bytes(range(1, 255)))
    watching = _waiting(desk, "vfat-write")
    _works_again(desk, watching, stick)
    repaired = [e for e in desk.log("lgwan") if e["facts"].get("reason") == "FILESYSTEM_REPAIRED"]
    assert [each["facts"]["medium"] for each in repaired] == ["MB-001"]


@pytest.mark.parametrize("partitioned", [True, False])
def test_label_with_spaces_and_rare_characters(
    desk: Desk, bench: StickBench, partitioned: bool
) -> None:
    """Also without a partition table; unregistered it is refused, registered it is used."""
    watching = _waiting(desk, "vfat-write")
    stick = bench.stick("label", "48M", "exfat", label="𠮷 の 媒体", partitioned=partitioned)
    stick.serial = "RIGLABEL1"
    desk.machine.plug(stick)
    _refused(desk, watching, {"UNREGISTERED"})
    watching.order.stop()
    assert desk.books("lgwan") == APPROVED
    key = ("--key", f"{NOW}/city/keys/officer-1.json", "--quick")
    desk.check("lgwan", "media", "register", "MB-009", "--label", "𠮷 の 媒体", *key)
    desk.machine.unplug(stick)
    watching = desk.watch("lgwan")
    _works_again(desk, watching, stick)
    assert desk.log("lgwan")[-1]["facts"]["medium"] == "MB-009"


def test_formatted_again(desk: Desk, bench: StickBench) -> None:
    watching = _waiting(desk, "vfat-write")
    stick = bench.stick("again", "48M", "exfat")
    stick.serial = SERIALS["vfat"]
    desk.machine.plug(stick)
    _refused(desk, watching, {"REFORMATTED"})
    watching.order.stop()
    desk.machine.unplug(stick)
    assert desk.books("lgwan") == APPROVED


@pytest.mark.begins_on("vfat", "exfat")
def test_two_sticks_at_once(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    watching = _waiting(desk, "exfat-write")
    watching.order.stop()
    sticks = [stick_of(bench, prepared, each, "write", each) for each in ("vfat", "exfat")]
    for stick in sticks:
        desk.machine.plug(stick)
    watching = desk.watch("lgwan")
    watching.until_event("refused")
    assert watching.report("SEVERAL_MEDIA")["sentence"]
    assert desk.failures("lgwan") == ["SEVERAL_MEDIA"]
    assert "WRITING" not in watching.states()
    watching.forget()
    desk.machine.unplug(sticks[0])
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(sticks[1])
    assert watching.states()[-1] == "SAFE_TO_REMOVE"
    assert desk.books("lgwan") == WRITTEN


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_swapped_before_read_back(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str
) -> None:
    """Another stick that gives the same names is no proof for the one that was written."""
    watching = _waiting(desk, f"{filesystem}-write")
    stick = stick_of(bench, prepared, filesystem, "write")
    twin = Stick(
        copy_of(prepared.image(filesystem, "import"), bench.folder / "twin.img"),
        serial=SERIALS[filesystem],
    )
    reads = written_since_now(stick)
    desk.machine.plug(stick, wait=False)
    freeze = freeze_at_read(stick, 1, reads)
    watching.until_frozen(freeze)
    desk.machine.unplug(stick)
    desk.machine.plug(twin)
    watching.until_event("refused")
    assert "CHECKING" in watching.states()
    assert "PULLED_OUT" in desk.failures("lgwan")
    watching.until_event("done")
    watching.order.stop()
    desk.machine.unplug(twin)
    # The bundle was written onto the twin as well, and that copy was read back.
    assert watching.states().count("WRITING") == 2
    assert desk.books("lgwan") == WRITTEN


@pytest.mark.parametrize("real", [24 * 2**20, None])
def test_capacity_at_registration(desk: Desk, bench: StickBench, real: int | None) -> None:
    """Every free byte is written and read back; half of them on a counterfeit are not there."""
    desk.restore("vfat-write")
    stick = bench.stick("new", "48M", "vfat", serial="RIGNEW1")
    stick.real_size = real
    desk.machine.plug(stick)
    key = f"{NOW}/city/keys/officer-1.json"
    order = desk.run("lgwan", "media", "register", "MB-009", "--label", "new", "--key", key)
    desk.machine.unplug(stick)
    events = [each["event"] for each in desk.log("lgwan")]
    if real is None:
        assert order.wait() == 0, order.err
        assert "Medium MB-009 may be removed now." in order.out + order.err
        assert events[-1] == "medium-registered"
        assert desk.failures("lgwan") == []
    else:
        assert order.wait() != 0
        assert "It is counterfeit or broken." in order.err
        assert desk.failures("lgwan") == ["FAKE_CAPACITY"]
        assert events[-1] == "medium-failed"
    listed = desk.check("lgwan", "media", "list")
    assert ("MB-009" in json.dumps(listed)) == (real is None)


def _regions(prepared: Prepared, filesystem: str) -> dict[str, int]:
    """Return a byte of each region of the stick that carries a bundle."""
    image = prepared.image(filesystem, "import").read_bytes()
    before = prepared.image(filesystem, "write").read_bytes()
    changed = [
        place
        for place in range(PARTITION_START, len(image), 512)
        if image[place : place + 512] != before[place : place + 512]
    ]

    def starting(text: bytes) -> list[int]:
        return [place for place in changed if image[place : place + len(text)] == text]

    keys = starting(b'{"format":1,"wraps"')[-1]
    signature = starting(b"-----BEGIN SSH SIGNATURE")[-1]
    parts = [
        place
        for place in changed
        if keys + 4096 < place < signature and encrypted(image[place : place + 512])
    ]
    return {
        "boot sector": PARTITION_START + (1024 if filesystem == "ext4" else 0) + 24,
        "file system": changed[0] + 40,
        "trust": starting(b'{"signatures"')[0] + 20,
        "header": starting(b'{"bundle":')[-1] + 20,
        "keys": keys + 25,
        "first part": parts[0] + 100,
        "last part": parts[-1] + 300,
        "signature": signature + 60,
    }


OUTSIDE = ["boot sector", "file system", "trust"]
"""What carries the bundle without being part of it; what is taken in spite of it is whole."""

REGIONS = [*OUTSIDE, "header", "keys", "first part", "last part", "signature"]


FLIPS = [
    *[("vfat", region) for region in REGIONS],
    # What is in a bundle is the same on every file system; what is around it is not.
    *[(each, region) for each in ("exfat", "ext4") for region in OUTSIDE],
]


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize(("filesystem", "region"), FLIPS)
def test_bit_flipped_between_stations(
    desk: Desk, prepared: Prepared, bench: StickBench, region: str, filesystem: str
) -> None:
    """A flipped bit is refused, or touches nothing: what is taken is what was sent."""
    stick = stick_of(bench, prepared, filesystem, "import")
    place = _regions(prepared, filesystem)[region]
    with stick.path.open("r+b") as image:
        image.seek(place)
        byte = image.read(1)[0]
        image.seek(place)
        image.write(bytes([byte ^ 4]))
    watching = _waiting(desk, f"{filesystem}-import", "registry")
    before = desk.registry()
    desk.machine.plug(stick)
    watching.until_event("done", "refused")
    watching.order.stop()
    desk.machine.unplug(stick)
    if "taken" in watching.events():
        assert region in OUTSIDE
        assert watching.events()[-1] == "done"
        assert desk.books("registry") == [("in", "taken", 1)]
        assert desk.registry() == prepared.registry
    else:
        if watching.events()[-1] == "done":
            # Around a bundle a flip may hide it; the clerk is told that nothing came.
            assert region in OUTSIDE
            assert "nothing" in watching.events()
        else:
            _it_was_said(desk, watching)
        assert ("in", "taken", 1) not in desk.books("registry")
        assert desk.registry() == before


def _it_was_said(desk: Desk, watching: Watching) -> None:
    """Why it was refused is said in words, and is in the log."""
    told = next(each for each in reversed(watching.said()) if each.get("event") == "refused")
    assert told["sentence"]
    assert told["hint"]
    refusals = ("bundle-refused", "medium-refused", "medium-failed")
    logged = [e["facts"]["reason"] for e in desk.log("registry") if e["event"] in refusals]
    assert logged == [told["reason"]]
