"""What an officer ordered is put in place by root, which believes nothing of the station's folder.

dpkg is the real one, called by the script that root's service ends with; what it changes lies
below a folder of the test's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, flip, make_world, scratch
from packages import HOME, build_database, build_package
from stations.test_backups import save
from stations.test_software import OFFICERS, REGISTRY, add, allow, send

from mediabridge.bundle import sshsig
from mediabridge.bundle.software import Sort
from mediabridge.clock import SystemClock
from mediabridge.errors import SoftwareNotReadyError, SoftwareUnfitError
from mediabridge.install import admitting, packages
from mediabridge.install.machine import Machine
from mediabridge.install.orders import Order, SignedOrder, Trouble, read_order
from mediabridge.stations import installing
from mediabridge.stations.books import SoftwareState
from mediabridge.translog.events import Event

FILES = [f"{HOME}/part-{number}" for number in range(6)]
MOMENTS = [*(("rename", number) for number in (1, 3, 5, 7, 9, 11)), ("unlink", 2), ("fsync", 4)]
"""Calls of dpkg itself at which the power goes; it renames each file of the package once."""

pytestmark = [
    pytest.mark.in_turns,
    pytest.mark.skipif(os.geteuid() != 0, reason="dpkg installs as root only"),
]


def package(folder: Path, version: str, scripts: dict[str, str] | None = None) -> Path:
    files = {name: f"{version} {name}".encode() * 50 for name in FILES}
    return build_package(folder, version, files=files, scripts=scripts)


def there(root: Path) -> set[str]:
    """Return the versions of which files are in place; several are neither the old nor the new."""
    return {(root / name).read_text().split()[0] for name in FILES}


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        world = make_world(Path(root) / "world")
        allow(world)
        yield world


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


@pytest.fixture
def machine(world: World) -> Machine:
    """Give the registry's machine with version 1.0, and an installer that is set up."""
    root, folder = world.root / "root", world.root / "installer"
    for name in ("info", "updates", "triggers"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    (root / "usr/lib").mkdir(parents=True)
    folder.mkdir()
    home = world.home(REGISTRY)
    shutil.copyfile(home.trust_root, folder / "root.json")
    (folder / "station").write_text(f"{REGISTRY}\n")
    home.settings_file.write_text(f'[software]\ninstaller = "{folder}"\n')
    home.settings_file.chmod(0o600)
    shutil.copyfile(package(world.root, "1.0"), folder / "current.deb")
    elsewhere = ("--root", str(root), "--force-script-chrootless")
    words = ("dpkg", *elsewhere, "--install", str(folder / "current.deb"))
    subprocess.run(words, check=True, capture_output=True)
    return Machine(home.root, folder, root)


def bring(world: World, path: Path, sort: Sort = Sort.PROGRAM, replaces: str = "") -> str:
    """Send a file to the registry, and take it in there; return its SHA-256."""
    sha256 = add(world, path, sort, replaces=replaces)
    send(world)
    world.import_(REGISTRY)
    return sha256


def order(world: World, sha256: str) -> Order:
    with world.registry() as station:
        row = installing.chosen(station, sha256)
        return installing.have_installed(station, row, world.key("officer-1"))


def ordered(world: World, path: Path, sort: Sort = Sort.PROGRAM, replaces: str = "") -> str:
    sha256 = bring(world, path, sort, replaces)
    save(world, REGISTRY, f"backup-{sha256[:8]}")
    order(world, sha256)
    return sha256


def words(machine: Machine) -> list[str]:
    """Return what root's service gives."""
    places = ("--folder", str(machine.folder), "--root", str(machine.root))
    home = ("--home", str(machine.home))
    return [sys.executable, "-m", "mediabridge", *home, "--json", "software", "apply", *places]


def apply(machine: Machine) -> tuple[int, dict[str, object]]:
    done = subprocess.run(words(machine), capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def placing(machine: Machine) -> tuple[str, ...]:
    """Return what root's service ends with, and the unit does at the start of the machine."""
    return ("/bin/sh", str(machine.own_placer), str(machine.folder), str(machine.root))


def recover(machine: Machine) -> int:
    return subprocess.run(placing(machine), capture_output=True, check=False).returncode


def whole(machine: Machine, version: str) -> None:
    """Assert that *version* is there as a whole, and is the next one's way back."""
    assert there(machine.root) == {version}
    assert packages.installed("mediabridge", root=machine.root) == version
    assert packages.is_audited(root=machine.root)
    assert packages.described(machine.current) == ("mediabridge", version)
    assert not machine.journal.exists()
    assert not machine.new.exists()


def state(world: World) -> list[tuple[SoftwareState, str]]:
    with world.registry() as station:
        return [(row.state, row.reason) for row in station.books.software("in")]


def told(world: World) -> list[tuple[Event, object]]:
    entries = (each for each in world.log(REGISTRY) if each.event.value.startswith("software-"))
    return [(each.event, each.facts.get("order_sha256")) for each in entries]


def test_ordered_version_is_in_place_and_the_station_says_so(
    world: World, machine: Machine
) -> None:
    ordered(world, package(world.root, "2.0"))
    named = read_order(world.home(REGISTRY).order_file)
    assert named is not None
    assert state(world) == [(SoftwareState.ORDERED, "")]
    code, said = apply(machine)
    assert (code, said["result"], said["order"]) == (0, "installed", named.order.digest)
    whole(machine, "2.0")
    assert packages.described(machine.folder / "previous.deb") == ("mediabridge", "1.0")
    assert state(world) == [(SoftwareState.INSTALLED, "")]
    assert told(world) == [
        (Event.SOFTWARE_STAGED, None),
        (Event.SOFTWARE_ORDERED, named.order.digest),
        (Event.SOFTWARE_INSTALLED, named.order.digest),
    ]
    with world.registry() as station:
        assert station.status().software == {
            "name": "mediabridge", "version": "2.0", "state": "installed", "reason": "",
        }  # fmt: skip
    assert not world.home(REGISTRY).order_file.exists()
    assert apply(machine)[1]["data"] == {"ordered": None}


def test_answer_to_one_order_is_none_to_the_next(world: World, machine: Machine) -> None:
    """Claim C128. The same file, refused once, and ordered again."""
    (machine.folder / "station").write_text("lgwan-02\n")
    sha256 = ordered(world, package(world.root, "2.0"))
    assert apply(machine)[0] != 0
    assert state(world) == [(SoftwareState.FAILED, "WRONG_DESTINATION")]
    (machine.folder / "station").write_text(f"{REGISTRY}\n")
    order(world, sha256)
    assert state(world) == [(SoftwareState.ORDERED, "")]
    assert apply(machine)[0] == 0
    assert state(world) == [(SoftwareState.INSTALLED, "")]


def test_order_that_was_answered_is_not_carried_out_again(world: World, machine: Machine) -> None:
    """Claim C128. The station's account kept it."""
    ordered(world, package(world.root, "2.0"))
    file = world.home(REGISTRY).order_file
    kept = file.read_bytes()
    (machine.folder / "station").write_text("lgwan-02\n")
    assert apply(machine)[0] != 0
    (machine.folder / "station").write_text(f"{REGISTRY}\n")
    file.write_bytes(kept)
    assert apply(machine)[1]["data"] == {"ordered": None}
    whole(machine, "1.0")


def test_order_that_was_held_back_is_none(world: World, machine: Machine) -> None:
    """Claim C128."""
    ordered(world, package(world.root, "2.0"))
    file = world.home(REGISTRY).order_file
    signed = read_order(file)
    assert signed is not None
    late = signed.order.model_copy(update={"time": "2026-01-01T00:00:00Z"})
    namespace = world.city.trust.install_namespace
    signature = sshsig.sign(late.to_bytes(), namespace=namespace, signer=world.key("officer-1"))
    file.write_bytes(SignedOrder(order=late, signature=signature.decode()).to_bytes())
    assert refused(machine) == "SOFTWARE_NOT_READY"


@pytest.mark.usefixtures("machine")
def test_what_is_no_version_of_this_program_is_put_in_place_by_hand(world: World) -> None:
    sha256 = bring(world, build_database(world.root / "daily.cvd", 27001), Sort.ANTIVIRUS)
    save(world, REGISTRY)
    with pytest.raises(SoftwareUnfitError):
        order(world, sha256)


@pytest.mark.usefixtures("machine")
def test_nothing_is_ordered_without_a_backup_of_what_came(world: World) -> None:
    save(world, REGISTRY)
    sha256 = bring(world, package(world.root, "2.0"))
    world.send()
    world.import_(REGISTRY)
    with pytest.raises(SoftwareNotReadyError):
        order(world, sha256)
    assert not world.home(REGISTRY).order_file.exists()


@pytest.mark.usefixtures("machine")
def test_nothing_is_ordered_while_a_bundle_waits_to_be_written(world: World) -> None:
    sha256 = bring(world, package(world.root, "2.0"))
    with world.registry() as station:
        station.seal(empty=True)
    save(world, REGISTRY)
    with pytest.raises(SoftwareNotReadyError):
        order(world, sha256)


@pytest.mark.usefixtures("machine")
def test_nothing_is_ordered_twice_at_once(world: World) -> None:
    sha256 = ordered(world, package(world.root, "2.0"))
    with pytest.raises(SoftwareNotReadyError):
        order(world, sha256)


@pytest.mark.usefixtures("machine")
def test_order_that_was_never_placed_is_said_to_be_none(world: World) -> None:
    """The power went after the log entry."""
    ordered(world, package(world.root, "2.0"))
    world.home(REGISTRY).order_file.unlink()
    assert state(world) == [(SoftwareState.FAILED, Trouble.NOT_PLACED.value)]


def refused(machine: Machine) -> object:
    """Assert that root refuses, and has changed nothing; return the reason."""
    signed = read_order(machine.home / "order.json")
    code, said = apply(machine)
    assert code != 0
    whole(machine, "1.0")
    if signed is not None:
        answered = json.loads(machine.result(signed.order.digest).read_text())
        assert (answered["result"], answered["reason"]) == ("failed", said["reason"])
    return said["reason"]


def test_root_does_not_go_back(world: World, machine: Machine) -> None:
    """Claim C118. What the station holds for installed says nothing here."""
    ordered(world, package(world.root, "0.9"))
    assert refused(machine) == "SOFTWARE_UNFIT"
    assert state(world) == [(SoftwareState.FAILED, "SOFTWARE_UNFIT")]


def test_root_does_not_jump(world: World, machine: Machine) -> None:
    """Claim C118."""
    ordered(world, package(world.root, "3.0"), replaces="2.0")
    assert refused(machine) == "SOFTWARE_UNFIT"


def test_machine_of_another_station_takes_nothing(world: World, machine: Machine) -> None:
    """Claim C127."""
    ordered(world, package(world.root, "2.0"))
    (machine.folder / "station").write_text("lgwan-02\n")
    assert refused(machine) == "WRONG_DESTINATION"


def test_package_for_another_kind_of_machine(world: World, machine: Machine) -> None:
    """Claim C127."""
    made = build_package(world.root, "2.0", architecture="s390x")
    ordered(world, made)
    assert refused(machine) == "SOFTWARE_UNFIT"


def test_package_that_is_not_what_it_was_called(world: World, machine: Machine) -> None:
    """Claim C127. It was described as 2.0, and both officers believed it; the file says 1.9."""
    path = package(world.root, "1.9")
    with world.lgwan() as station:
        told_wrong = station.add_software(path, Sort.PROGRAM, role="any", replaces="")
        described = told_wrong.software.model_copy(update={"version": "2.0"})
        row = station.books.software_file("out", described.sha256)
        assert row is not None
        with station.books.transaction():
            station.books.enter_software(
                type(row)("out", described, row.bundle, row.state, row.reason, row.at)
            )
    send(world)
    world.import_(REGISTRY)
    save(world, REGISTRY)
    order(world, described.sha256)
    assert refused(machine) == "SOFTWARE_CHANGED"


def exchange(home: Path, sha256: str) -> None:
    flip(home / "software" / sha256 / "payload")


def lose_an_approval(home: Path, sha256: str) -> None:
    (home / "software" / sha256 / f"SHA256SUMS.approve-{OFFICERS[1]}.sig").unlink()


def say_another_ordered_it(home: Path, _sha256: str) -> None:
    path = home / "order.json"
    path.write_text(path.read_text().replace("officer-1", "officer-2"))


def forget_the_signature(home: Path, _sha256: str) -> None:
    path = home / "order.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "signature": ""}, sort_keys=True, separators=(",", ":")))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (exchange, "SOFTWARE_CHANGED"),
        (lose_an_approval, "APPROVALS_TOO_FEW"),
        (say_another_ordered_it, "SIGNATURE_INVALID"),
        (forget_the_signature, "SIGNATURE_MALFORMED"),
    ],
)
def test_whoever_has_the_stations_account_installs_nothing_of_the_own(
    world: World,
    machine: Machine,
    changes: Callable[[Path, str], None],
    reason: str,
) -> None:
    """Claim C127."""
    sha256 = ordered(world, package(world.root, "2.0"))
    changes(machine.home, sha256)
    assert refused(machine) == reason


@pytest.mark.parametrize("missing", ["root.json", "station", "current.deb"])
def test_without_what_a_person_put_there_nothing_is_installed(
    world: World, machine: Machine, missing: str
) -> None:
    """Claim C127."""
    ordered(world, package(world.root, "2.0"))
    held = (machine.folder / missing).read_bytes()
    (machine.folder / missing).unlink()
    code, said = apply(machine)
    assert (code != 0, said["reason"]) == (True, "INSTALLER_NOT_SET_UP")
    (machine.folder / missing).write_bytes(held)
    whole(machine, "1.0")


def test_package_that_is_not_of_the_installed_version_is_no_way_back(
    world: World, machine: Machine
) -> None:
    ordered(world, package(world.root, "2.0"))
    right = machine.current.read_bytes()
    shutil.copyfile(package(world.root, "1.1"), machine.current)
    assert apply(machine)[1]["reason"] == "INSTALLER_NOT_SET_UP"
    machine.current.write_bytes(right)
    whole(machine, "1.0")


def test_trust_data_of_another_root_is_not_taken(world: World, machine: Machine) -> None:
    """Claim C127. The station's folder may hold any; root goes by a root of its own."""
    ordered(world, package(world.root, "2.0"))
    with scratch() as other:
        stranger = make_world(Path(other) / "world")
        shutil.copyfile(stranger.home(REGISTRY).trust_root, machine.folder / "root.json")
    assert str(refused(machine)).startswith("TRUST_")


def test_machine_on_which_another_package_is_half_there_is_left_alone(
    world: World, machine: Machine
) -> None:
    """Claim C127."""
    broken = build_package(
        world.root, "1.0", name="some-tool", files={"usr/tool": b"x"},
        scripts={"postinst": "#!/bin/sh\nexit 1\n"},
    )  # fmt: skip
    elsewhere = ("--root", str(machine.root), "--force-script-chrootless")
    install = ("dpkg", *elsewhere, "--install", str(broken))
    assert subprocess.run(install, capture_output=True, check=False).returncode != 0
    ordered(world, package(world.root, "2.0"))
    assert apply(machine)[1]["reason"] == "SOFTWARE_NOT_READY"
    assert there(machine.root) == {"1.0"}
    assert not machine.journal.exists()


@pytest.mark.parametrize("script", ["preinst", "postinst"])
def test_package_that_cannot_be_put_in_gives_way_to_the_one_before(
    world: World, machine: Machine, script: str
) -> None:
    """Claim C129."""
    broken = package(world.root, "2.0", scripts={script: "#!/bin/sh\nexit 1\n"})
    ordered(world, broken)
    _, said = apply(machine)
    assert (said["result"], said["reason"]) == ("failed", Trouble.ROLLED_BACK.value)
    whole(machine, "1.0")
    assert state(world) == [(SoftwareState.FAILED, Trouble.ROLLED_BACK.value)]


def test_copy_that_the_disk_spoilt_is_not_installed(
    world: World, machine: Machine, require_tool: Callable[[str], str]
) -> None:
    """Claim C129. Between the power cut and the next start."""
    ordered(world, package(world.root, "2.0"))
    cut_the_power(machine, require_tool("strace"), "rename", 1)
    flip(machine.new)
    assert recover(machine) == 0
    whole(machine, "1.0")
    assert state(world) == [(SoftwareState.FAILED, Trouble.ROLLED_BACK.value)]


def test_where_neither_can_be_put_in_nothing_is_said_and_it_is_tried_again(
    world: World, machine: Machine, require_tool: Callable[[str], str]
) -> None:
    """Claim C129."""
    ordered(world, package(world.root, "2.0"))
    cut_the_power(machine, require_tool("strace"), "rename", 7)
    new, old = machine.new.read_bytes(), machine.current.read_bytes()
    flip(machine.new)
    flip(machine.current)
    assert recover(machine) != 0
    assert machine.journal.exists()
    assert state(world) == [(SoftwareState.ORDERED, "")]
    machine.new.write_bytes(new)
    machine.current.write_bytes(old)
    assert recover(machine) == 0
    whole(machine, "2.0")


class PowerCutError(Exception):
    """The machine is off."""


def cut_the_power(machine: Machine, strace: str, call: str, number: int) -> None:
    """Do as root's service does until dpkg makes the *number*-th *call*; then end all at once."""
    trace = machine.folder / "trace"
    tracing = (
        strace, "-f", "-qq", "-o", str(trace), "-e", f"trace={call}",
        "-e", f"inject={call}:signal=STOP:when={number}",
    )  # fmt: skip

    def place(machine: Machine) -> None:
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running = subprocess.Popen((*tracing, *placing(machine)), start_new_session=True, **told)
        while running.poll() is None:
            if trace.exists() and "stopped by SIGSTOP" in trace.read_text():
                os.killpg(running.pid, signal.SIGKILL)
                # Until the last of them is gone, with its locks.
                running.communicate()
                raise PowerCutError
        pytest.fail(f"dpkg made no {call} number {number}")

    signed = admitting.ordered(machine)
    assert signed is not None
    with pytest.raises(PowerCutError):
        admitting.admit(machine, signed, SystemClock(), place)
    assert machine.journal.exists()


@pytest.mark.parametrize(("call", "number"), MOMENTS)
def test_power_cut_leaves_the_old_or_the_new_once_the_machine_is_up(
    world: World, machine: Machine, require_tool: Callable[[str], str], call: str, number: int
) -> None:
    """Claim C129."""
    ordered(world, package(world.root, "2.0"))
    cut_the_power(machine, require_tool("strace"), call, number)
    assert recover(machine) == 0
    whole(machine, "2.0")
    assert state(world) == [(SoftwareState.INSTALLED, "")]
