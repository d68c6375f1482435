"""Machines without a network in which the Debian package is installed, as the IT staff do it.

A :class:`Station` has the system of the rig's image, and a disk of its own: there is ``/var``, and
what is written below ``/usr``, ``/etc``, ``/home`` and ``/root``. So what is installed and
configured outlives a power cut, as on a machine with one disk. The image is smaller than any
Debian that somebody installs; what those have, and what else the package depends on, comes as it
does on a machine without a network: from a medium with Debian's packages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import packaged
import pytest
from harness import PATIENCE
from medium import Disk
from rig import GuestProcess, StickBench, VirtualMachine, current_image

Answers = Sequence[tuple[str, Callable[[re.Match[str]], str]]]
"""By the pattern of a question that stands on the screen: what a person types."""

HERE: Final = Path(__file__).parent
MEDIUM: Final = "/srv/medium"
DISK: Final = "/srv/disk"
EVERY_DEBIAN: Final = ("apt", "adduser")
"""What a Debian that somebody installs has, and the rig's image has not."""
WANTED: Final = (*EVERY_DEBIAN, "pkexec", "openssh-client")
_SITTING: Final = "/run/sitting"
_LAID_OVER: Final = ("usr", "etc", "home", "root")

_LAY_OVER: Final = f"""
set -e
# Databases lie on a disk, as they do everywhere, and on no layer over one.
test -d {DISK}/var || {{ cp -a /var {DISK}/new && mv {DISK}/new {DISK}/var; }}
mount --bind {DISK}/var /var
for each in {" ".join(_LAID_OVER)}; do
    mkdir -p {DISK}/$each/upper {DISK}/$each/work
    mount -t overlay -o lowerdir=/$each,upperdir={DISK}/$each/upper,workdir={DISK}/$each/work \
        overlay /$each
done
cat /proc/sys/kernel/random/uuid > /run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id
systemctl daemon-reload
systemctl restart systemd-journald dbus systemd-udevd polkit udisks2
systemctl start multi-user.target
udevadm settle
"""
"""Their folders are others now: whoever watches them for changes looks again.

All machines go on from one snapshot, so from the same boot by its number; the journal would put
what was said after a power cut among what was said before, by the time since the boot.
"""

_GIVEN: Final = f"""
set -e
ls {MEDIUM}/debian/*.deb > /dev/null
dpkg --install $(cat {MEDIUM}/debian/every-debian | sed 's,^,{MEDIUM}/debian/,')
printf 'deb [trusted=yes] file:%s ./\\n' {MEDIUM}/debian > /etc/apt/sources.list
rm -rf /etc/apt/sources.list.d
apt-get -q update
printf 'LANG=en_US.UTF-8\\n' > /etc/default/locale
"""
"""In the place of ``apt-cdrom add``, whose medium is a disc."""


def debian_medium(folder: Path) -> Path:
    """Lay Debian's packages that the image lacks, and ours, into *folder*, and return it."""
    debian = folder / "debian"
    (debian / "partial").mkdir(parents=True)
    status = folder / "status"
    # What the image has, apt is told by the image's own list.
    image = current_image() / "root.ext4"
    _run("debugfs", "-R", f"dump /var/lib/dpkg/status {status}", image)
    options = (
        f"Dir::State::status={status}", f"Dir::Cache::archives={debian}",
        "APT::Install-Recommends=false", "APT::Sandbox::User=root", "Debug::NoLocking=true",
    )  # fmt: skip
    apt = ("apt-get", "-qq", *(word for each in options for word in ("-o", each)))
    before = set[str]()
    for wanted in (EVERY_DEBIAN, WANTED):
        _run(*apt, "--download-only", "--yes", "install", *wanted)
        names = sorted(path.name for path in debian.glob("*.deb"))
        if not before:
            before = set(names)
            (debian / "every-debian").write_text("\n".join(names), "utf-8")
    (debian / "partial").rmdir()
    index = _run("dpkg-scanpackages", "--multiversion", ".", cwd=debian)
    (debian / "Packages").write_text(index, "utf-8")
    shutil.move(packaged.built(folder / "built"), folder)
    return folder


def _run(*words: str | os.PathLike[str], cwd: Path | None = None) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


_CLOCK: Final = r"PS0='begun=$EPOCHREALTIME\n' PROMPT_COMMAND='echo ended=$? at=$EPOCHREALTIME'"
"""The shell says when a command begins and ends, and with which code."""


@dataclass(frozen=True)
class Typed:
    """What came of a line: its exit code, how long it took, and what was shown."""

    code: int
    seconds: float
    """By the clock of the machine, and with the answers."""
    worked: float
    """Of these, the seconds of a processor here: other work beside the rig does not add to them."""
    shown: str

    @classmethod
    def of(cls, shown: str, worked: float) -> Typed:
        """Read what the shell says of the time beside what was *shown*."""
        begun = re.search(r"^begun=([0-9.]+)$", shown, re.MULTILINE)
        ended = re.search(r"ended=([0-9]+) at=([0-9.]+)$", shown, re.MULTILINE)
        assert begun, shown
        assert ended, shown
        return cls(int(ended[1]), float(ended[2]) - float(begun[1]), worked, shown)


def _prompt(account: str) -> str:
    return rf"^{account}@\S+:\S*[$#] \Z"


@dataclass
class Sitting:
    """A person at a login of the own account: what is on the screen, and what is typed."""

    machine: VirtualMachine
    account: str
    pipe: str
    process: GuestProcess
    seen: int = 0

    def type(self, keys: str) -> None:
        """Type *keys*; nothing shown before counts for :meth:`wait_for` any more."""
        self.seen = len(self.shown)
        self.machine.check(f"cat > {self.pipe}", PATIENCE, stdin=keys.encode())

    @property
    def shown(self) -> str:
        """All that was shown so far, without colours and the title of a window."""
        marks = r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r"
        return re.sub(marks, "", self.process.stdout)

    @property
    def fresh(self) -> str:
        """What was shown since the last typing."""
        return self.shown[self.seen :]

    def wait_for(self, *patterns: str) -> tuple[int, re.Match[str]]:
        """Wait until one of *patterns* is on the screen; return which, and the match."""
        found: list[tuple[int, re.Match[str]]] = []

        def look() -> object:
            for number, pattern in enumerate(patterns):
                if match := re.search(pattern, self.fresh, re.MULTILINE):
                    found.append((number, match))
                    return True
            assert self.process._code is None, self.shown
            return None

        try:
            self.process._wait_until(look, PATIENCE)
        except TimeoutError:
            pytest.fail(f"none of {patterns} is shown:\n{self.shown}")
        return found[-1]

    def leave(self) -> None:
        """End the login."""
        self.process.signal()


@dataclass
class Station:
    """One machine, and who sits at it."""

    machine: VirtualMachine
    sittings: int = 0
    ahead: int = 0
    """How many days later it is here than it is."""
    _logins: dict[str, Sitting] = field(default_factory=dict)

    @classmethod
    def on(cls, bench: StickBench, name: str, medium: Path, disk: Disk | None = None) -> Station:
        """Return a machine that is still off; *disk* is one that :meth:`begin` was given before."""
        disk = disk or bench.disk(f"{name}-disk", "1G")
        return cls(bench.machine(name, shares={MEDIUM: medium}, disks={DISK: disk}))

    def switch_on(self) -> None:
        """Boot it; what was on its disk is there again, and what is enabled is started."""
        self._logins.clear()
        self.machine.boot()
        # Shares and disks of the rig are 9p and SCSI: no card of a network is in the machine.
        assert self.machine.check("ls /sys/class/net").split() == ["lo"]
        # Before what is enabled begins: no station is told that the time went back.
        self.machine.check(f"date --set '+{self.ahead} days'")
        self.machine.check(_LAY_OVER, PATIENCE)
        script = (HERE / "sitting.py").read_bytes()
        self.machine.check(f"cat > {_SITTING}.py", stdin=script)

    def begin(self, *people: str) -> None:
        """Make it what IT staff have before them: a small Debian, its medium, people's accounts."""
        self.machine.check(_GIVEN, PATIENCE)
        for person in people:
            self.machine.check(f"useradd --create-home --shell /bin/bash {person}")

    def next_day(self) -> None:
        """Let it be a day later."""
        self.machine.check("date --set '+1 day'")
        self.ahead += 1

    def cut_power(self) -> None:
        """Switch it off hard."""
        self.machine.cut_power()

    def login(self, account: str) -> Sitting:
        """Return where *account* sits; it logs in when it has not."""
        if account not in self._logins:
            self.sittings += 1
            pipe = f"{_SITTING}-{self.sittings}"
            script = f"python3 {_SITTING}.py {account} {pipe}"
            sitting = Sitting(self.machine, account, pipe, self.machine.start(script))
            sitting.wait_for(_prompt(account))
            sitting.type(f"{_CLOCK}\n")
            sitting.wait_for(_prompt(account))
            self._logins[account] = sitting
        return self._logins[account]

    def log_out(self, account: str) -> None:
        """End the login, as after a change of groups."""
        if account in self._logins:
            self._logins.pop(account).leave()

    def log_out_all(self) -> None:
        """Leave nobody at the machine."""
        for account in tuple(self._logins):
            self.log_out(account)

    def type(self, account: str, line: str, answers: Answers = ()) -> Typed:
        """Have *account* type *line* and answer all questions; return what came of it."""
        sitting = self.login(account)
        begun, worked = len(sitting.shown), self._worked()
        sitting.type(f"{line}\n")
        patterns = [_prompt(account), *(pattern for pattern, _ in answers)]
        while True:
            number, match = sitting.wait_for(*patterns)
            if number == 0:
                break
            sitting.type(f"{answers[number - 1][1](match)}\n")
        return Typed.of(sitting.shown[begun:], self._worked() - worked)

    def _worked(self) -> float:
        """Return the seconds of a processor that the machine has had since it was switched on."""
        process = self.machine._running._process.pid
        told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
