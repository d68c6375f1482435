"""A machine with accounts of its own, polkit and pkexec, whose disk is forgotten afterwards.

The root of this machine with a layer over it, in name spaces of its own: what is written, whom
``useradd`` adds and what runs there is gone when the first process ends. The station's files lie
where ``docs/operations/accounts.md`` puts them, with the owners and modes of its table.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.terminal import Terminal, at_terminal
from required import missing

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs/operations/accounts.md").read_text("utf-8")
_NEEDED: Final = ("unshare", "nsenter", "pkexec", "dbus-daemon", "useradd", "script", "setpriv")
MODES: Final = re.compile(
    r"^\| `(?P<path>/[^`]+)` \| (?P<owner>[a-z-]+):(?P<group>[a-z-]+) \| (?P<mode>[0-7]{4}) \|",
    re.MULTILINE,
)
"""The rows of the page's table: what lies there, by hand or by the package."""

_BEGIN: Final = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/all"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/all"
all="$1/all"
mount -t proc proc "$all/proc"
mount -t tmpfs -o mode=755 tmpfs "$all/dev"
mkdir "$all/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$all/dev/pts"
for each in null zero full random urandom tty; do
    : >"$all/dev/$each"
    mount --bind "/dev/$each" "$all/dev/$each"
done
ln -s pts/ptmx "$all/dev/ptmx"
ln -s /proc/self/fd "$all/dev/fd"
mount -t tmpfs tmpfs "$all/run"
mount -t tmpfs -o mode=1777 tmpfs "$all/tmp"
mkdir -p "$all/run/dbus" "$all/usr/lib/mediabridge/project" "$all/usr/lib/mediabridge/libraries"
mount --bind "$2" "$all/usr/lib/mediabridge/project"
mount --bind "$3" "$all/usr/lib/mediabridge/libraries"
for each in project libraries; do mount -o remount,bind,ro "$all/usr/lib/mediabridge/$each"; done
exec chroot "$all" /bin/sh -c 'dbus-daemon --system --fork && echo ready && exec cat'
"""
"""polkit is started by the bus when pkexec asks for it first."""

_PROGRAM: Final = f"""\
#!{os.path.realpath(sys.executable)} -I
import sys
sys.path[:0] = ["/usr/lib/mediabridge/project", "/usr/lib/mediabridge/libraries"]
from mediabridge.cli import main
main()
"""


@dataclass
class Machine:
    """It runs until the process that its name spaces hang on ends."""

    first: int
    """The number of that process, seen from outside."""

    def command(self, account: str, *words: str) -> list[str]:
        """Return the command line that runs *words* in it, as a login of *account* would."""
        enter = ["nsenter", "--target", str(self.first), "--mount", "--pid", "--root"]
        if account == "root":
            return [*enter, "env", "--chdir=/", *words]
        become = ["setpriv", f"--reuid={account}", f"--regid={account}", "--init-groups"]
        home = f"/home/{account}" if account != "mediabridge" else "/var/lib/mediabridge"
        clean = ["env", "-i", f"--chdir={home}", f"HOME={home}", "PATH=/usr/bin:/bin:/usr/sbin"]
        return [*enter, *become, *clean, "LANG=en_US.UTF-8", "TERM=xterm", *words]

    def run(self, account: str, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run *words* with *given* as its input, and no terminal."""
        command = self.command(account, *words)
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False)

    def check(self, *words: str) -> str:
        """Run *words* as root, where they have to succeed."""
        done = self.run("root", *words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def terminal(self, account: str, *words: str) -> Iterator[Terminal]:
        """Run *words* at a terminal of *account*."""
        line = shlex.join(words)
        # Who started the tests may have it that Ctrl-C is not heard: a person at a desk has not.
        heard = ["env", "--default-signal=INT"]
        asked = self.command(account, "script", "-qec", line, "/dev/null")
        with at_terminal([*heard, *asked]) as at:
            yield at


def _install(machine: Machine) -> None:
    """Put accounts and files where the page says, with the owners and modes that it says."""
    for group in ("mediabridge-clerk", "mediabridge-officer"):
        machine.check("groupadd", "--system", group)
    home = ["--home-dir", "/var/lib/mediabridge", "--shell", "/usr/sbin/nologin"]
    groups = ["--groups", "mediabridge-clerk,mediabridge-officer"]
    machine.check("useradd", "--system", "--user-group", *home, *groups, "mediabridge")
    sources = {path.name: path for path in (ROOT / "system").rglob("*") if path.is_file()}
    for path, owner, group, mode in MODES.findall(PAGE):
        how = ["-o", owner, "-g", group, "-m", mode]
        source = sources.get(Path(path).name) if Path(path).parent.name != "sysctl.d" else None
        if source is not None:
            inside = f"/usr/lib/mediabridge/project/{source.relative_to(ROOT)}"
            machine.check("install", *how, "-D", inside, path)
        elif "." not in Path(path).name:
            machine.check("install", "-d", *how, path)
    program = "/usr/lib/mediabridge/program"
    put = machine.run("root", "sh", "-c", f"cat >{program} && chmod 755 {program}", given=_PROGRAM)
    assert put.returncode == 0, put.stderr


@contextmanager
def machine_at(folder: Path) -> Iterator[Machine]:
    """Give a machine whose layers are mounted on *folder*, with all but people."""
    absent = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if absent or os.geteuid() != 0:
        missing(", ".join(absent) or "only root makes accounts")
    places = [folder, ROOT, sysconfig.get_path("purelib")]
    begin = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _BEGIN, "sh"]
    with subprocess.Popen(
        [*begin, *map(os.fspath, places)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        try:
            if process.stdout.readline() != "ready\n":
                process.stdin.close()
                missing(process.stderr.read())
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            machine = Machine(int(children.read_text()))
            _install(machine)
            yield machine
        finally:
            process.kill()


def person(machine: Machine, account: str, *groups: str) -> None:
    """Add a person's account."""
    home = ["--create-home", "--user-group", "--shell", "/bin/bash"]
    machine.check("useradd", *home, "--groups", ",".join(groups), account)


def entering(role: str, *words: str) -> Sequence[str]:
    """Return what the launcher runs for somebody who types ``mediabridge`` and *words*."""
    return ["/usr/lib/mediabridge/enter", f"as-{role}", *words]
