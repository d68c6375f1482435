"""Devices and sticks that were made to do harm, on real USB.

Claim C45, C46. Each asserts what the clerk is told, what the log says, and that nothing
was taken from the device or written to it.
"""

from __future__ import annotations

import json

import pytest
from harness import NOW, NUMBERS, STATE, Desk, Order, Watching, copy_of
from medium import SECTOR, Stick
from moments import FILESYSTEMS
from prepared import SERIALS, Prepared, stick_of
from rig import Gadget, StickBench, UsbIdentity

from mediabridge.errors import ExitCode

UNTOUCHED = [("out", "approved", 1)]
"""The books of the LGWAN station as long as nothing was written."""


@pytest.fixture
def lgwan(desk: Desk) -> Watching:
    """Return the LGWAN station, with an approved bundle, waiting for a stick."""
    return _waiting(desk, "vfat")


def _waiting(desk: Desk, filesystem: str) -> Watching:
    desk.restore(f"{filesystem}-write")
    watching = desk.watch("lgwan")
    watching.until_state("NO_MEDIUM")
    return watching


def _refused(desk: Desk, watching: Watching, state: str, station: str = "lgwan") -> None:
    """The device was refused with *state*, in words, in the log, and nothing happened."""
    watching.until_event("refused")
    assert state in watching.states()
    assert not {"WRITING", "SAFE_TO_REMOVE"} & set(watching.states())
    assert watching.report(state)["sentence"]
    assert watching.report(state)["hint"]
    assert state in desk.failures(station)
    watching.order.stop()


OPENINGS = (b'{"', b"-----BEGIN")
"""How medium.json and its signature begin, the only files on a stick that is new."""


def _content_read(stick: Stick) -> list[int]:
    """Return where files are read from now on, by the sectors in which they begin.

    Not with FAT: there udev looks into the root folder for a label, and medium.json lies
    in the same page. On ext4 it reads nothing but the tables at the beginning.
    """
    places: list[int] = []

    def note(offset: int, data: bytes) -> bytes:
        sectors = range(0, len(data), SECTOR)
        places.extend(offset + at for at in sectors if data.startswith(OPENINGS, at))
        return data

    stick.distort = note
    return places


def _plug_gadget(desk: Desk, stick: Stick, *, keyboard: bool) -> Gadget:
    identity = UsbIdentity("46f4", "0001", serial=stick.serial)
    return desk.machine.plug_gadget(identity, storage=stick, keyboard=keyboard)


@pytest.mark.begins_on("ext4")
def test_disk_with_keyboard(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    """Nobody looks what is on it, not even who it says it is."""
    watching = _waiting(desk, "ext4")
    evil = stick_of(bench, prepared, "ext4", "write")
    read = _content_read(evil)
    gadget = _plug_gadget(desk, evil, keyboard=True)
    written = evil.writes
    _refused(desk, watching, "NOT_STORAGE_ONLY")
    assert "a keyboard or mouse" in watching.report("NOT_STORAGE_ONLY")["sentence"]
    assert evil.writes == written
    assert read == []
    gadget.unplug()
    assert desk.books("lgwan") == UNTOUCHED


@pytest.mark.begins_on("ext4")
def test_disk_without_keyboard_is_looked_at(
    desk: Desk, prepared: Prepared, bench: StickBench
) -> None:
    """The same device without its keyboard is read: so would the other have been seen to be."""
    watching = _waiting(desk, "ext4")
    stick = stick_of(bench, prepared, "ext4", "write")
    read = _content_read(stick)
    gadget = _plug_gadget(desk, stick, keyboard=False)
    watching.until_event("done", "refused")
    watching.order.stop()
    assert "NOT_STORAGE_ONLY" not in watching.states()
    assert read
    gadget.unplug()


def test_keyboard_alone(desk: Desk, lgwan: Watching) -> None:
    keyboard = desk.machine.plug_keyboard()
    lgwan.until_state("NOT_STORAGE_ONLY")
    assert "keyboard" in lgwan.report("NOT_STORAGE_ONLY")["sentence"]
    assert lgwan.report("NOT_STORAGE_ONLY")["hint"]
    lgwan.order.stop()
    keyboard.unplug()
    assert desk.failures("lgwan") == ["NOT_STORAGE_ONLY"]
    assert desk.books("lgwan") == UNTOUCHED


def test_serial_changes_between_plugs(
    desk: Desk, lgwan: Watching, prepared: Prepared, bench: StickBench
) -> None:
    stick = stick_of(bench, prepared, "vfat", "write")
    stick.serial = "RIGCHANGED"
    desk.machine.plug(stick)
    _refused(desk, lgwan, "IDENTITY_COPIED")
    desk.machine.unplug(stick)
    assert desk.books("lgwan") == UNTOUCHED


def test_serial_copied_onto_another_size(
    desk: Desk, lgwan: Watching, prepared: Prepared, bench: StickBench
) -> None:
    image = copy_of(prepared.image("vfat", "write"), bench.folder / "clone.img")
    with image.open("r+b") as larger:
        larger.truncate(64 * 2**20)
    clone = Stick(image, serial=SERIALS["vfat"])
    desk.machine.plug(clone)
    _refused(desk, lgwan, "SERIAL_COPIED")
    desk.machine.unplug(clone)
    assert desk.books("lgwan") == UNTOUCHED


def test_original_and_clone_at_once(
    desk: Desk, lgwan: Watching, prepared: Prepared, bench: StickBench
) -> None:
    lgwan.order.stop()
    twins = [stick_of(bench, prepared, "vfat", "write", name) for name in ("one", "two")]
    for twin in twins:
        desk.machine.plug(twin)
    watching = desk.watch("lgwan")
    _refused(desk, watching, "SERIAL_COPIED")
    for twin in twins:
        desk.machine.unplug(twin)
    assert desk.books("lgwan") == UNTOUCHED


def _bundle_folder(desk: Desk, device: str) -> str:
    """Mount the stick in the machine as root and return its folder of bundles."""
    desk.machine.check(f"mkdir -p /mnt/evil && mount {device}1 /mnt/evil")
    return "/mnt/evil/MEDIABRIDGE/bundles"


def _made_hostile(desk: Desk, stick: Stick, script: str) -> None:
    """Run *script* in the folder of bundles of the stick, as somebody elsewhere would."""
    device = desk.machine.plug(stick)
    folder = _bundle_folder(desk, device)
    desk.machine.check(f"set -e; cd {folder}; {script}; cd /; umount /mnt/evil", 600)
    desk.machine.unplug(stick)


HOSTILE = {
    "link to a folder": ("mv * /tmp/away; ln -s /etc $(ls /tmp/away)", {"TREE_LINK"}),
    "link for a part": ("cd *; for f in *; do ln -sf /etc/passwd $f; done", {"TREE_LINK"}),
    "device node": (
        "cd *; for f in *; do rm $f; mknod $f c 1 5; done",
        {"TREE_LINK", "TREE_UNEXPECTED"},
    ),
    "fifo": (
        "cd *; for f in *; do rm $f; mkfifo $f; done",
        {"TREE_LINK", "TREE_UNEXPECTED"},
    ),
    "sparse giant": ("cd *; for f in *; do truncate -s 1T $f; done", {"TREE_TOO_LARGE"}),
}


@pytest.mark.begins_on("ext4")
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_tree(desk: Desk, prepared: Prepared, bench: StickBench, what: str) -> None:
    script, reasons = HOSTILE[what]
    stick = stick_of(bench, prepared, "ext4", "import")
    desk.machine.check("rm -rf /tmp/away; mkdir -p /tmp/away")
    _made_hostile(desk, stick, script)
    desk.restore("ext4-import")
    before = desk.registry()
    watching = desk.watch("registry")
    desk.machine.plug(stick)
    watching.until_event("refused")
    assert "taken" not in watching.events()
    assert _reason(watching) in reasons
    assert "bundle-refused" in [entry["event"] for entry in desk.log("registry")]
    watching.order.stop()
    desk.machine.unplug(stick)
    assert desk.books("registry") == []
    assert desk.registry() == before


def _reason(watching: Watching) -> str:
    """Return why it was refused; the clerk is told as well."""
    told = next(each for each in reversed(watching.said()) if each.get("event") == "refused")
    return str(told["reason"])


LEFT = (
    "touch .DS_Store ._header.json desktop.ini Thumbs.db FSCK0000.REC &&"
    " mkdir -p 'System Volume Information' '$RECYCLE.BIN' .fseventsd .Trash-1000"
)
"""Nine names that desktops and fsck leave."""


def _leave(desk: Desk, stick: Stick) -> int:
    """Leave something in every folder of the exchange, as other machines would; say how much."""
    device = desk.machine.plug(stick)
    folder = _bundle_folder(desk, device)
    exchange = folder.removesuffix("/bundles")
    script = f"for at in {exchange} {folder} {folder}/*/; do (cd $at && {LEFT} && pwd); done"
    left = desk.machine.check(f"{script} 2>/dev/null; umount /mnt/evil").splitlines()
    desk.machine.unplug(stick)
    return 9 * len(left)


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_what_desktops_leave_costs_no_trip(
    desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str
) -> None:
    """Claim C58. Before each step some desktop has looked at it; the day is like any other."""
    desk.restore(f"{filesystem}-write")
    stick = stick_of(bench, prepared, filesystem, "write")
    counts = [_leave(desk, stick)]
    written = desk.visit("lgwan", stick)
    assert {"CHECKING", "DROPPINGS", "SAFE_TO_REMOVE"} <= set(written.states())
    assert desk.books("lgwan") == [("out", "written", 1)]

    counts.append(_leave(desk, stick))
    taken = desk.visit("registry", stick)
    assert "taken" in taken.events(), taken.said()
    assert "DROPPINGS" in taken.states()
    assert desk.registry() == prepared.registry
    desk.check("registry", "collect", f"{NOW}/files/day-001/municipal_notice.csv")
    desk.check("registry", "seal")
    desk.check("registry", "approve", "--key", f"{NOW}/city/keys/officer-2.json", "--yes")
    assert desk.visit("registry", stick).states()[-1] == "SAFE_TO_REMOVE"

    _leave(desk, stick)
    assert desk.visit("lgwan", stick).states()[-1] == "SAFE_TO_REMOVE"
    assert desk.books("lgwan") == [("in", "taken", 1), ("out", "delivered", 1)]
    assert desk.books("registry") == [("in", "taken", 1), ("out", "written", 1)]
    assert desk.failures("lgwan") == desk.failures("registry") == []
    passed = [_passed(desk, station)[0] for station in ("lgwan", "registry")]
    assert passed == counts == [9, 27]


def _passed(desk: Desk, station: str) -> list[int]:
    """Return how much the station passed over, each time that it said so."""
    noted = (each for each in desk.log(station) if each["event"] == "droppings-passed")
    return [each["facts"]["droppings"] for each in noted]


GROWN = f"{STATE}/grown"
LARGE = 32 * 2**20
"""Bytes of the part that grows: it takes a second to read, and stays within what a part may be."""


@pytest.mark.begins_on("ext4")
def test_file_that_grows_while_read(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    """In a folder that somebody else answers for, others may write while it is read."""
    stick = stick_of(bench, prepared, "ext4", "import")
    desk.restore("ext4-import")
    before = desk.registry()
    bundles = _bundle_folder(desk, desk.machine.plug(stick))
    # A copy off the stick: what is mounted from USB, the station would mount by itself.
    copy = f"rm -rf {GROWN}; mkdir {GROWN}; cp -a {bundles}/.. {GROWN}/MEDIABRIDGE"
    desk.machine.check(f"set -e; {copy}; umount /mnt/evil")
    desk.machine.unplug(stick)
    part = desk.machine.check(f"ls {GROWN}/MEDIABRIDGE/bundles/*/part-0001.cob").strip()
    desk.machine.check(f"cp -p {part} /tmp/part; truncate -s {LARGE} {part}")
    growing = desk.machine.start(f"while :; do echo grown >> {part}; done")
    imported = desk.run("registry", "import", "--medium", GROWN, "--folder", "--json")
    growing.signal(9)
    assert growing.wait().code == -9, "it grew until the end"
    _changed_while_read(desk, imported)
    assert desk.books("registry") == []
    assert desk.registry() == before
    # Nothing else was wrong with it.
    desk.machine.check(f"cp -p /tmp/part {part}")
    desk.check("registry", "import", "--medium", GROWN, "--folder")
    assert desk.registry() == prepared.registry
    desk.machine.check(f"rm -r {GROWN}")


def _changed_while_read(desk: Desk, imported: Order) -> None:
    """The import ended with the reason, in words and in the log."""
    assert imported.wait() == ExitCode.BUNDLE_CONTENT
    said = json.loads(imported.out)
    assert said["reason"] == "MEDIUM_CHANGED"
    entry = desk.log("registry")[-1]
    assert (entry["event"], entry["facts"]["reason"]) == ("bundle-refused", "MEDIUM_CHANGED")


JUNK = 200_000


@pytest.mark.parametrize("filesystem", ["ext4"])
def test_junk_files(desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str) -> None:
    """200,000 names beside the bundle: refused, long before all of them are looked at."""
    stick = stick_of(bench, prepared, filesystem, "import")
    # Links, which need no inode: a file may have 65,000 names on ext4.
    script = (
        '/usr/bin/python3 -S -c "import os\n'
        f"for n in range({JUNK}):\n"
        "    if n % 60000 == 0: open('junk-%d' % n, 'w').close()\n"
        "    else: os.link('junk-%d' % (n // 60000 * 60000), 'junk-%d' % n)\n"
        f'" && [ $(ls -f | grep -c junk) = {JUNK} ]'
    )
    _made_hostile(desk, stick, script)
    desk.restore(f"{filesystem}-import")
    before = desk.registry()
    watching = desk.watch("registry")
    desk.machine.plug(stick)
    watching.until_event("refused")
    watching.order.stop()
    desk.machine.unplug(stick)
    assert _reason(watching) == "TREE_TOO_LARGE"
    assert desk.log("registry")[-1]["event"] == "bundle-refused"
    assert desk.books("registry") == []
    assert desk.registry() == before


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_answers_differ(desk: Desk, prepared: Prepared, bench: StickBench, filesystem: str) -> None:
    """A stick that answers each read of a part differently is refused; an honest one is taken."""
    stick = stick_of(bench, prepared, filesystem, "import")
    desk.restore(f"{filesystem}-import")
    before = desk.registry()
    asked: dict[int, int] = {}

    def lie(offset: int, data: bytes) -> bytes:
        asked[offset] = asked.get(offset, 0) + 1
        if len(set(data[:4096])) < 200:
            return data  # only what looks encrypted; the file system stays readable
        return bytes([data[0] ^ (asked[offset] & 0xFF or 1)]) + data[1:]

    stick.distort = lie
    watching = desk.watch("registry")
    desk.machine.plug(stick)
    watching.until_event("refused")
    assert "taken" not in watching.events()
    assert desk.books("registry") in ([], [("in", "refused", 1)])
    assert desk.registry() == before
    # What it carries was refused, so it was switched off: nothing is said when it goes.
    assert watching.states()[-1] == "SAFE_TO_REMOVE"
    watching.forget()
    desk.machine.unplug(stick)
    stick.heal()
    desk.machine.plug(stick)
    watching.until_event("done", "refused")
    watching.order.stop()
    desk.machine.unplug(stick)
    assert "taken" in watching.events()
    assert watching.report("READY")["facts"]["medium"] == NUMBERS[filesystem]
