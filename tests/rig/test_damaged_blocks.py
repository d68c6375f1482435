"""Blocks that a real stick lost beneath its file system: mended by parity, or refused.

Claim C85. A byte that was flipped is given as if nothing were; a sector that is gone is an
error of the device, which the kernel passes on for all that it read in the same request.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attacks.records import csv_of, isa_notice
from harness import LIBRARIES, NOW, NUMBERS, PATIENCE, PYTHON, ROOT, Desk, copy_of, io_error
from medium import Stick
from prepared import SERIALS, Prepared, stick_of
from rig import StickBench

from mediabridge.config import PARITY_BLOCK_BYTES
from mediabridge.kinds import Kind

FILESYSTEM = "vfat"
STAGE = "with-parity"
PERCENT = 20
MARK = 64
"""Bytes by which a place of the bundle is found on the stick."""

SECTOR = 512


@dataclass(frozen=True)
class Sent:
    """A stick with a bundle that has parity, and where the blocks of its records lie."""

    image: Path
    bundle: str
    blocks: tuple[int, ...]
    """Where each block of the part with the records begins on the stick."""


_SENT: dict[Path, Sent] = {}
"""By the folder of the machine: what it wrote, once for the tests of this file."""


@pytest.fixture
def sent(desk: Desk, prepared: Prepared, bench: StickBench, _machine_folder: Path) -> Sent:
    """Give a stick with a bundle, and both homes as they were when it left."""
    if _machine_folder not in _SENT:
        _SENT[_machine_folder] = _send(desk, prepared, bench, _machine_folder)
    desk.restore(STAGE)
    return _SENT[_machine_folder]


@pytest.fixture(scope="module")
def _machine_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sent")


def _send(desk: Desk, prepared: Prepared, bench: StickBench, folder: Path) -> Sent:
    desk.restore(f"{FILESYSTEM}-write")
    script = ROOT / "tests" / "rig" / "give_parity.py"
    python = f"PYTHONPATH={ROOT}:{LIBRARIES} {PYTHON} {script} {NOW} {PERCENT}"
    desk.machine.check(f"su station -s /bin/sh -c '{python}'", PATIENCE)
    path = f"{NOW}/day.csv"
    desk.machine.check(f"cat > {path} && chown station {path}", stdin=_day())
    desk.check("lgwan", "collect", path)
    bundle = str(desk.check("lgwan", "seal")["bundle"])
    key = f"{NOW}/city/keys/officer-1.json"
    desk.check("lgwan", "approve", bundle, "--key", key, "--yes")
    part = f"{NOW}/lgwan/outbox/{bundle}/part-0001.cob"
    marks = _marks(desk, part)
    stick = stick_of(bench, prepared, FILESYSTEM, "write", "sent")
    assert "SAFE_TO_REMOVE" in desk.visit("lgwan", stick).states()
    desk.keep(STAGE)
    content = stick.path.read_bytes()
    blocks = tuple(content.index(mark) for mark in marks)
    return Sent(copy_of(stick.path, folder / "sent.img"), bundle, blocks)


def _day() -> bytes:
    """Return notices that fill some dozens of blocks when they are compressed."""
    drawn = Random(7)  # noqa: S311 - the same text every time
    rows = [
        isa_notice(number, number)
        | {"remarks": "".join(chr(0x4E00 + drawn.randrange(0x5000)) for _ in range(200))}
        for number in range(1, 301)
    ]
    return csv_of(Kind.ISA_NOTICE, rows)


def _marks(desk: Desk, part: str) -> list[bytes]:
    """Return how each whole block of *part* begins."""
    size = int(desk.machine.check(f"stat -c %s {part}"))
    assert size > 16 * PARITY_BLOCK_BYTES
    places = range(0, size - MARK, PARITY_BLOCK_BYTES)
    dump = "; ".join(f"od -An -v -tx1 -w{MARK} -j{place} -N{MARK} {part}" for place in places)
    return [bytes.fromhex(line) for line in desk.machine.check(dump).splitlines()]


def _flip(image: Path, *places: int) -> None:
    with image.open("r+b") as file:
        for place in places:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 4]))


def _refuse(stick: Stick, place: int) -> None:
    """Let every read of the sector at *place* fail from now on."""
    first = place // SECTOR * SECTOR

    def distort(offset: int, data: bytes) -> bytes:
        meets = offset < first + SECTOR and first < offset + len(data)
        return io_error(data) if meets else data

    stick.distort = distort


def _stick(bench: StickBench, sent: Sent) -> Stick:
    image = copy_of(sent.image, bench.folder / "stick.img")
    return Stick(image, serial=SERIALS[FILESYSTEM])


def _of_bundle(desk: Desk, sent: Sent) -> list[dict[str, Any]]:
    return [each for each in desk.log("registry") if each["facts"].get("bundle") == sent.bundle]


@pytest.mark.drawn(over=["damage"])
@pytest.mark.parametrize("damage", ["flipped", "unreadable", "both"])
def test_what_the_stick_lost_is_mended(
    desk: Desk, sent: Sent, bench: StickBench, damage: str
) -> None:
    stick = _stick(bench, sent)
    if damage != "unreadable":
        _flip(stick.path, sent.blocks[2] + 100, sent.blocks[9] + 4000)
    if damage != "flipped":
        _refuse(stick, sent.blocks[14])
    watching = desk.visit("registry", stick)
    assert "done" in watching.events(), watching.said()
    assert desk.books("registry") == [("in", "taken", 1), ("in", "taken", 2)]
    events = _of_bundle(desk, sent)
    names = [each["event"] for each in events]
    assert names.index("bundle-repaired") < names.index("bundle-verified")
    facts = events[names.index("bundle-repaired")]["facts"]
    assert (facts["medium"], facts["files"]) == (NUMBERS[FILESYSTEM], 1)
    least = {"flipped": 2, "unreadable": 1, "both": 3}[damage]
    assert least <= facts["damaged"] <= (2 if damage == "flipped" else len(sent.blocks))
    assert str(facts["damaged"]) in watching.report("DAMAGED")["sentence"]
    assert watching.report("DAMAGED")["hint"]
    health = desk.check("registry", "media", "show", NUMBERS[FILESYSTEM])["health"]
    assert health["recommend_retire"]
    assert "take out of service" in desk.run("registry", "media", "list").out


def test_more_than_parity_makes_good_is_refused(desk: Desk, sent: Sent, bench: StickBench) -> None:
    """The clerk is told what to do; a stick that is well brings everything right."""
    stick = _stick(bench, sent)
    _flip(stick.path, *sent.blocks)
    watching = desk.visit("registry", stick)
    told = next(each for each in watching.said() if each.get("event") == "refused")
    assert told["reason"] == "HASH_MISMATCH"
    assert "Ask the sending station to write the bundle again." in told["hint"]
    assert desk.books("registry") == [("in", "taken", 1)]
    assert [each["event"] for each in _of_bundle(desk, sent)] == ["bundle-refused"]
    well = desk.visit("registry", _stick(bench, sent))
    assert "done" in well.events(), well.said()
    assert desk.books("registry") == [("in", "taken", 1), ("in", "taken", 2)]
