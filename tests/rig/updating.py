"""A machine whose package and station outlive a power cut, and two versions of the package.

The rig's machines forget their system when they are off. So what a package changes lies in layers
on a disk of the machine's own, over the folders of its image, and what an operating system starts
at boot is started once they are there.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness import PATIENCE
from medium import Disk
from rig import StickBench, VirtualMachine
from slimming import PROGRAM

OLD, NEW = "0.1.0", "0.2.0"
LAYERS: Final = "/srv/layers"
GIVEN: Final = "/srv/given"
FOLDER: Final = "/var/lib/mediabridge-install"
STATION: Final = "/var/lib/mediabridge"
OFFICER: Final = "officer-1"
_CITY: Final = f"{STATION}/city"
"""An officer's key, in the station's own folder, since one account does all here."""

_AS_STATION: Final = "runuser -u mediabridge -- mediabridge"

_STAND_IN: Final = """\
[Service]
Type=exec
LoadCredentialEncrypted=
ExecStart=
ExecStart=/bin/sh -c '/usr/lib/mediabridge/program --version && exec sleep infinity'
"""
"""In the place of the watch, whose many modules are not in these packages: it tells which version
began, if that one could begin at all, and goes on until it is stopped."""

START: Final = f"""
for each in usr etc var; do
    mkdir -p {LAYERS}/$each {LAYERS}/$each.work
    upper={LAYERS}/$each
    mount -t overlay overlay -o lowerdir=/$each,upperdir=$upper,workdir=$upper.work /$each
done
systemctl daemon-reload
systemctl --no-block start paths.target timers.target multi-user.target
"""
"""What is on the disk takes its place, and what would be started at boot is."""

SETTLED: Final = (
    "until [ -z \"$(systemctl list-jobs --no-legend 'mediabridge-*')\" ]; do sleep 5; done"
)
ANSWERED: Final = f"until ls {FOLDER}/results/*.json && [ ! -e {FOLDER}/journal ]; do sleep 5; done"


@dataclass(frozen=True)
class Updated:
    """A machine that is on, and what it says."""

    machine: VirtualMachine

    def check(self, command: str) -> str:
        """Run *command* as root, which succeeds."""
        return self.machine.check(command, PATIENCE)

    def ask(self, *words: str) -> dict[str, Any]:
        """Give a command as the station's account; return what it answers."""
        line = f"{_AS_STATION} --json {shlex.join(words)}"
        answer: dict[str, Any] = json.loads(self.machine.run(line, PATIENCE).stdout)
        return answer

    def order(self, sha256: str) -> None:
        """Have an officer order the file that came, and see that it is the new version."""
        key = f"{_CITY}/keys/{OFFICER}.json"
        answer = self.ask("software", "install", sha256, "--key", key, "--yes")
        assert answer["ok"], answer

    def wait_for_answer(self) -> None:
        """Wait until root has answered an order, and all is started that is started then."""
        self.check(f"{ANSWERED}; {SETTLED}")

    @property
    def version(self) -> str:
        """The one version that is there as a whole, as dpkg and the program both say."""
        shown = "--showformat='${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${Version}'"
        *said, version = self.check(f"dpkg-query --show {shown} mediabridge").split()
        assert said == ["install", "ok", "installed"]
        assert self.check("dpkg --audit") == ""
        # Root changed no file but the settings.
        assert [each for each in self.check("dpkg --verify mediabridge || true").splitlines()
                if "/etc/" not in each] == []  # fmt: skip
        left = f"find /{PROGRAM} /etc /usr/lib/systemd /usr/bin -name '*.dpkg-new'"
        assert self.check(f"{left} -o -name '*.dpkg-tmp'") == ""
        assert self.check(f"{_AS_STATION} --version") == f"mediabridge {version}\n"
        return version

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the station's log has about software, with the reason where there is one."""
        # Not by the program, whose start takes such a machine a quarter of a minute.
        log = self.check(f"python3 -S {GIVEN}/look.py {STATION} log").splitlines()
        entries = [each for each in map(json.loads, log) if each["event"].startswith("software-")]
        return [(each["event"], each["facts"].get("reason", "")) for each in entries]

    @property
    def found(self) -> dict[str, str]:
        """What the doctor says of each thing that it looks at."""
        return {each["check"]: each["state"] for each in self.ask("doctor")["data"]["findings"]}


def boot(bench: StickBench, name: str, disk: Disk, given: Path) -> Updated:
    """Return a machine that is on, with all that its disk holds in its place and started."""
    machine = bench.machine(name, disks={LAYERS: disk}, shares={GIVEN: given})
    machine.boot()
    machine.check(START, PATIENCE)
    machine.check(SETTLED, PATIENCE)
    return Updated(machine)


def install(up: Updated, station: str) -> None:
    """Install the old version and set all up, as update.md says, for a station of the host's."""
    up.check(
        f"""
        set -e
        # The image was made in a hurry; a station's dpkg waits for its disk.
        rm /etc/dpkg/dpkg.cfg.d/99mmdebstrap
        dpkg --install {GIVEN}/old.deb
        tar -x -C {STATION} -f {GIVEN}/station.tar
        chown -R mediabridge:mediabridge {STATION}
        install -m 644 {STATION}/trust/root.json {FOLDER}/root.json
        echo {station} > {FOLDER}/station
        install -m 644 {GIVEN}/old.deb {FOLDER}/current.deb
        mkdir -p /etc/systemd/system/mediabridge-watch.service.d
        cat > /etc/systemd/system/mediabridge-watch.service.d/stand-in.conf << END
{_STAND_IN}END
        systemctl enable mediabridge-watch.service
        sync
        """
    )
