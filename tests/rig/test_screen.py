"""The kiosk on a machine's own screen, switched on as the manual has it: seen, and used by keys."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import packaged
import pytest
from accounts.desk import CLERK, PEOPLE
from harness import ROOT
from packaged import System
from screened import Screened, disk_of

pytestmark = pytest.mark.apart

SUITES: Final = os.environ.get("MEDIABRIDGE_SUITES", "bookworm").split()
KEPT: Final = os.environ.get("MEDIABRIDGE_SYSTEMS")
PAGE: Final = (ROOT / "docs/operations/screen.md").read_text("utf-8")
UNIT: Final = "mediabridge-kiosk@desk"
INSTALLED: Final = (
    "systemd-sysv,dbus,udev,linux-image-amd64,initramfs-tools,systemd,python3,udisks2,polkitd,"
    "pkexec,dosfstools,exfatprogs,e2fsprogs,openssh-client,libudev1,libpam-systemd"
)
"""What is there before the page: a small system with a kernel, and what the package depends on."""
CITY: Final = f"{PEOPLE}/city"
QUESTION: Final = "your staff number and press Enter"
SETTLED_SECONDS: Final = 20
"""By then a way out would have shown: an emulated machine has drawn it."""


def _lines() -> list[str]:
    """Return what root types: first what is installed."""
    section = PAGE.partition("\n## Switching it on\n")[2]
    return section.partition("```sh\n")[2].partition("```")[0].splitlines()


@pytest.fixture(scope="module", params=SUITES)
def machine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    require_tool: Callable[[str], str],
) -> Iterator[Screened]:
    """Give a machine of each system, with a screen, at which the page was followed."""
    require_tool("tesseract")
    suite, folder = str(request.param), tmp_path_factory.mktemp("screen")
    system = _bare(suite, folder, require_tool("mmdebstrap")).copied(folder / "installed")
    done = system.install(packaged.built(folder / "deb"))
    assert done.returncode == 0, done.stderr
    system.check(f"mediabridge station init lgwan-01 --city {CITY}", "mediabridge")
    system.check(f"mv {CITY}/keys/{CLERK}.json {PEOPLE}/clerk/", "mediabridge")
    machine = Screened(system.root / "boot", disk_of(system, folder / "disk.img"), folder)
    try:
        machine.switch_on()
        for line in _lines()[1:]:
            machine.check(line)
        yield machine
    finally:
        machine.switch_off()


def _bare(suite: str, folder: Path, mmdebstrap: str) -> System:
    install, _, wanted = _lines()[0].partition("apt install ")
    assert install == ""
    system = System((Path(KEPT) / f"{suite}-screen" if KEPT else folder / "bare") / "root")
    if not system.root.exists():
        system.root.parent.mkdir(parents=True, exist_ok=True)
        packages = f"{INSTALLED},{wanted.replace(' ', ',')}"
        packaged.new_system(mmdebstrap, suite, system.root, packages)
    return system


def running(machine: Screened) -> dict[str, set[str]]:
    """Return which programs run in the account of the desk, and which under pkexec's door."""
    who = "for each in /proc/[0-9]*; do stat -c %U $each; readlink $each/exe; done 2> /dev/null"
    found: dict[str, set[str]] = {}
    for name, program in re.findall(r"^(\w[\w-]*)\n(/.*)$", machine.check(who), re.MULTILINE):
        found.setdefault(name, set()).add(Path(program).name)
    return {name: found.get(name, set()) for name in ("desk", "mediabridge")}


def test_kiosk_stands_on_the_screen_and_a_clerk_signs_in(machine: Screened) -> None:
    machine.see("English")
    machine.picture("1-japanese")
    machine.press("f2")
    machine.see(QUESTION)
    machine.type(CLERK)
    machine.see("PIN (passphrase) of your own key")
    machine.type(machine.check(f"cat {CITY}/passphrase.training").strip())
    # Small and large letters, and the mark that is elsewhere on other keyboards, were right.
    machine.see("would you like to do")
    machine.picture("2-signed-in")
    machine.press("f4")
    machine.see(QUESTION)


WAYS_OUT: Final = (
    "ctrl-alt-f2", "ctrl-alt-f3", "alt-f2", "ctrl-alt-delete", "alt-sysrq-b", "ctrl-alt-backspace",
    "alt-esc", "alt-f4", "alt-tab", "meta_l-ret", "meta_l-d", "ctrl-shift-n", "ctrl-shift-t",
    "ctrl-shift-r", "ctrl-shift-o", "ctrl-shift-u", "ctrl-alt-t", "ctrl-z", "ctrl-backslash",
)  # fmt: skip


def test_no_key_leads_out_of_it(machine: Screened) -> None:
    machine.see(QUESTION)
    before = running(machine), machine.check("cat /proc/sys/kernel/random/boot_id")
    assert machine.check("cat /proc/sys/kernel/sysrq").strip() == "0"
    assert {"cage", "foot"} <= before[0]["desk"]
    for keys in WAYS_OUT:
        machine.press(keys)
    time.sleep(SETTLED_SECONDS)
    machine.picture("3-after-all-ways-out")
    machine.see(QUESTION)
    assert machine.check("cat /sys/class/tty/tty0/active").strip() == "tty1"
    assert (running(machine), machine.check("cat /proc/sys/kernel/random/boot_id")) == before


def test_closed_it_begins_anew(machine: Screened) -> None:
    window = machine.check(f"systemctl show -P InvocationID {UNIT}")
    machine.press("ctrl-c")
    changed = f"until [ $(systemctl show -P InvocationID {UNIT}) != {window.strip()} ]"
    machine.check(f"{changed}; do sleep 1; done")
    machine.see("English")
    assert machine.check(f"systemctl is-active {UNIT}").strip() == "active"


def test_after_a_start_of_the_machine_it_is_there_by_itself(machine: Screened) -> None:
    assert machine.check(f"systemctl is-enabled {UNIT}").strip() == "enabled"
    machine.check("sync")
    machine.switch_off()
    machine.switch_on()
    machine.see("English")
    machine.picture("4-after-a-start")
