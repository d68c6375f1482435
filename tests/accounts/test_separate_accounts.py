"""Real accounts, real polkit, real pkexec: the clerk's account changes nothing of the station."""

from __future__ import annotations

import configparser
import subprocess
from typing import Final

import pytest
from accounts.desk import CLERK, FILE, HOME, OFFICER, PEOPLE, STICK, TRAYS, Desk, passphrase
from accounts.force import FORCE, PLACES
from accounts.machine import ROOT, entering
from cli.terminal import QUESTION

from mediabridge.errors import ExitCode

pytestmark = pytest.mark.in_turns

ASKED: Final = "Passphrase of the key officer-1: "


def test_day_of_a_clerk_and_an_officer(desk: Desk) -> None:
    desk.lay_in()
    for words in (["collect", FILE], ["seal"]):
        done = desk.clerk(*words)
        assert done.returncode == 0, done.stderr
    assert desk.clerk("write", "--medium", STICK).returncode != 0
    approve = entering("officer", "approve", "--key", f"{OFFICER}.json")
    with desk.machine.terminal(OFFICER, *approve) as at:
        at.wait_for(QUESTION)
        at.type("y\n")
        at.wait_for(ASKED)
        at.type(f"{passphrase(desk)}\n")
        assert at.end() == 0, at.shown
    done = desk.clerk("write", "--medium", STICK)
    assert done.returncode == 0, done.stderr
    done = desk.officer("verify", STICK)
    assert done.returncode == 0, done.stderr
    (bundle,) = desk.data(desk.clerk("--json", "bundles", "list"))["data"]["bundles"]
    assert bundle["seq"] == 1


ATTACKED: Final = (
    *PLACES,
    "/usr/lib/mediabridge/project/mediabridge/cli/approve.py",
    "/usr/lib/mediabridge/libraries/pydantic/__init__.py",
    STICK,
)


def test_clerk_changes_nothing_by_force(desk: Desk) -> None:
    """Claim C112."""
    before = desk.kept()
    assert f"{HOME[1:]}/log.db" in before
    done = desk.machine.run(CLERK, "/usr/bin/python3", "-c", FORCE, *ATTACKED)
    assert (done.returncode, done.stdout) == (0, ""), done
    assert desk.kept() == before
    # The same force does change what the clerk owns: it can see a hole.
    own = desk.machine.run(CLERK, "/usr/bin/python3", "-c", FORCE, f"/home/{CLERK}/own")
    assert {"put", "away", "mkdir"} <= {line.split()[0] for line in own.stdout.splitlines()}


EVIL: Final = f"pkcs11:token=a;object=b?module-path=/home/{CLERK}/evil.so"

LED_ASTRAY: Final = (
    ("NOT_FOR_THIS_ROLE", ("approve", "--key", "officer-1.json", "--yes")),
    ("NOT_FOR_THIS_ROLE", ("trust", "update", "--medium", STICK)),
    ("NOT_FOR_THIS_ROLE", ("station", "tidy", "--yes")),
    ("NOT_FOR_THIS_ROLE", ("bundles", "void", "1", "--reason", "MEDIUM_LOST")),
    ("NOT_WITH_SEPARATE_ACCOUNTS", ("station", "init", "lgwan-01", "--city", "/srv/c")),
    ("OPTION_NOT_FOR_ROLE", ("--home", "/srv/home", "status")),
    ("OPTION_NOT_FOR_ROLE", ("status", "--home=/srv/home")),
    ("OPTION_NOT_FOR_ROLE", ("seal", "--passphrase-file", f"{HOME}/passphrase.training")),
    ("OPTION_NOT_FOR_ROLE", ("export", "--key", "officer-1.json")),
    ("OPTION_NOT_FOR_ROLE", ("write", "--medium", STICK, "--folder")),
    ("MODULE_NOT_SYSTEMS", ("seal", "--clerk-key", EVIL)),
    ("NOT_IN_TRAY", ("seal", "--clerk-key", f"{PEOPLE}/officer/{OFFICER}.json")),
    ("NOT_IN_TRAY", ("collect", f"{HOME}/log.db")),
    ("NOT_IN_TRAY", ("collect", "../officer/in/a.csv")),
    ("NOT_IN_TRAY", ("convert", FILE, f"{HOME}/station.toml")),
    ("NOT_IN_TRAY", ("convert", FILE, "../../mediabridge/tables/x.csv")),
    ("TRAY_FILE_UNUSABLE", ("collect", "nowhere.csv")),
    ("TRAY_FILE_UNUSABLE", ("collect", "link.csv")),
    ("TRAY_FILE_UNUSABLE", ("collect", "pipe.csv")),
    ("TRAY_FILE_UNUSABLE", ("collect", "closed.csv")),
    ("NOT_A_MOUNTED_MEDIUM", ("write", "--medium", "/srv")),
    ("NOT_A_MOUNTED_MEDIUM", ("write", "--medium", f"{STICK}/MEDIABRIDGE")),
    ("NOT_A_MOUNTED_MEDIUM", ("verify", f"{HOME}/outbox")),
)


@pytest.mark.parametrize(("reason", "words"), LED_ASTRAY)
def test_clerk_leads_the_program_nowhere(desk: Desk, reason: str, words: tuple[str, ...]) -> None:
    """Claim C113."""
    desk.lay_in()
    tray = f"{TRAYS}/in"
    lay = (
        f"cd {tray}; ln -sf {HOME}/log.db link.csv; [ -e pipe.csv ] || mkfifo pipe.csv;"
        f"cp {FILE} closed.csv; chmod 600 closed.csv"
    )
    assert desk.machine.run(CLERK, "sh", "-c", lay).returncode == 0
    before = desk.kept()
    done = desk.clerk("--json", *words)
    assert desk.data(done)["reason"] == reason, done
    assert desk.kept() == before


@pytest.mark.parametrize(
    "words",
    [
        ["/usr/lib/mediabridge/as-officer"],
        ["--user", "mediabridge", "/usr/lib/mediabridge/as-officer"],
        ["--user", "root", "/usr/lib/mediabridge/as-clerk"],
        ["--user", "mediabridge", "/usr/lib/mediabridge/program"],
        ["--user", "mediabridge", "/bin/sh"],
        ["--user", OFFICER, "/usr/lib/mediabridge/as-clerk"],
    ],
)
def test_clerk_enters_as_nothing_else(desk: Desk, words: list[str]) -> None:
    """Claim C112."""
    # A shell before it: pkexec asks polkit about its parent.
    enter = ["sh", "-c", 'pkexec --disable-internal-agent "$@"; exit $?', "sh", *words]
    done = desk.machine.run(CLERK, *enter, given="status\0")
    assert (done.returncode, done.stdout) == (127, ""), done


def test_words_come_through_the_launcher_alone(desk: Desk) -> None:
    past = ["pkexec", "--user", "mediabridge", "/usr/lib/mediabridge/as-clerk", "status"]
    with desk.machine.terminal(CLERK, "sh", "-c", f"{' '.join(past)}; exit $?") as at:
        assert at.end() == ExitCode.USAGE, at.shown


def test_nobody_enters_outside_the_groups_or_in_both(desk: Desk) -> None:
    """Claim C112."""
    for account in ("stranger-1", OFFICER):
        done = desk.machine.run(account, *entering("clerk", "status"))
        assert (done.returncode, done.stdout) == (127, ""), done
    desk.machine.check("usermod", "--append", "--groups", "mediabridge-officer", CLERK)
    try:
        for role in ("clerk", "officer"):
            done = desk.machine.run(CLERK, *entering(role, "status"))
            assert (done.returncode, done.stdout) == (127, ""), done
    finally:
        desk.machine.check("gpasswd", "--delete", CLERK, "mediabridge-officer")


HAUNTED: Final = r"""
cp /usr/lib/*/libz.so.1 ~/evil.so
mkdir -p ~/lib/mediabridge ~/.local/lib
for name in lib/sitecustomize lib/usercustomize lib/json lib/mediabridge/__init__; do
    echo 'open("/srv/haunted", "w")' > ~/$name.py
done
cd ~/lib
umask 000
export LD_PRELOAD=$HOME/evil.so LD_LIBRARY_PATH=$HOME PYTHONPATH=$HOME/lib PYTHONHOME=$HOME/lib
export PYTHONSTARTUP=$HOME/lib/json.py PYTHONINSPECT=1 MEDIABRIDGE_HOME=$HOME
export MEDIABRIDGE_ROLE=officer
export PKEXEC_UID=0 PATH=$HOME:$PATH BASH_ENV=$HOME/lib/json.py ENV=$HOME/lib/json.py
export TMPDIR=$HOME CREDENTIALS_DIRECTORY=$HOME
exec /usr/lib/mediabridge/enter as-clerk keys new clerk-9 --kind clerk -o clerk-9.json
"""

HELD: Final = r"""
import ctypes, os, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
tried = {
    "attach": lambda: libc.ptrace(16, pid, None, None) == 0,
    "seize": lambda: libc.ptrace(0x4206, pid, None, None) == 0,
    "memory": lambda: open(f"/proc/{pid}/mem", "rb"),
    "environment": lambda: open(f"/proc/{pid}/environ").read(),
    "descriptors": lambda: os.listdir(f"/proc/{pid}/fd"),
    "signal": lambda: os.kill(pid, 0) is None,
}
for name in sys.argv[2:] or tried:
    try:
        if tried[name]():
            print(name)
    except OSError:
        pass
"""


def _running(desk: Desk) -> str:
    """Return the number of the program that waits, as it is known in the machine."""
    found = desk.machine.check("sh", "-c", "pgrep -u mediabridge -f /usr/lib/mediabridge/program")
    (pid,) = found.split()
    return pid


def test_program_takes_nothing_of_the_caller(desk: Desk) -> None:
    """Claim C112."""
    with desk.machine.terminal(CLERK, "sh", "-c", HAUNTED) as at:
        at.wait_for("assphrase")
        pid = _running(desk)
        seen = desk.machine.check("cat", f"/proc/{pid}/environ", f"/proc/{pid}/maps")
        umask = desk.machine.check("grep", "Umask", f"/proc/{pid}/status").split()[1]
        at.type("\x03")
        assert at.end() == ExitCode.INTERRUPTED, at.shown
    assert "LANG=en_US.UTF-8" in seen
    assert "MEDIABRIDGE_ROLE=clerk" in seen
    for word in ("LD_", "PYTHON", "MEDIABRIDGE_HOME", f"/home/{CLERK}", "PKEXEC_UID=0"):
        assert word not in seen
    assert umask == "0077"
    assert desk.machine.run("root", "test", "-e", "/srv/haunted").returncode != 0
    # The spell works where nothing guards against it.
    own = "exec python3 -c 'import json'"
    desk.machine.run(
        CLERK, "sh", "-c", HAUNTED.rpartition("exec")[0].replace("PYTHONHOME", "X") + own
    )
    desk.machine.check("rm", "/srv/haunted")


def test_clerk_holds_no_program_of_the_station(desk: Desk) -> None:
    """Claim C112."""
    asked = entering("officer", "keys", "new", "officer-9", "--kind", "officer", "-o", "o.json")
    with desk.machine.terminal(OFFICER, *asked) as at:
        at.wait_for("assphrase")
        pid = _running(desk)
        clerk = desk.machine.run(CLERK, "/usr/bin/python3", "-c", HELD, pid)
        able = ("memory", "environment", "descriptors", "signal")
        root = desk.machine.check("/usr/bin/python3", "-c", HELD, pid, *able)
        at.type("\x03")
        assert at.end() == ExitCode.INTERRUPTED
    assert (clerk.returncode, clerk.stdout) == (0, "")
    # The same attempts succeed for whoever may: they can see a hole.
    assert tuple(root.split()) == able


def test_what_was_collected_is_what_is_sealed(desk: Desk) -> None:
    """Claim C112."""
    desk.lay_in("today.csv", "/srv/files/day-002/isa_notice.csv")
    before = desk.data(desk.clerk("--json", "collect", "--check", "today.csv"))["data"]["taken"]
    assert desk.clerk("collect", "today.csv").returncode == 0
    kept = desk.machine.check("sh", "-c", f"sha256sum {HOME}/inbox/*.csv")
    swap = f"cp /srv/files/day-001/{FILE} {TRAYS}/in/today.csv"
    assert desk.machine.run(CLERK, "sh", "-c", swap).returncode == 0
    assert desk.machine.check("sh", "-c", f"sha256sum {HOME}/inbox/*.csv") == kept
    assert desk.clerk("seal").returncode == 0
    (waiting, *_) = desk.data(desk.clerk("--json", "bundles", "list"))["data"]["bundles"]
    sealed = desk.kept()
    # Between the sealing and the officer's look, and while the officer looks.
    approve = entering("officer", "approve", "--key", f"{OFFICER}.json")
    with desk.machine.terminal(OFFICER, *approve) as at:
        at.wait_for(QUESTION)
        done = desk.machine.run(CLERK, "/usr/bin/python3", "-c", FORCE, *ATTACKED)
        assert (done.returncode, done.stdout) == (0, ""), done
        assert desk.kept() == sealed
        at.type("y\n")
        at.wait_for(ASKED)
        at.type(f"{passphrase(desk)}\n")
        assert at.end() == 0, at.shown
    assert before[0]["records"] > 0
    assert waiting["seq"] >= 1


BORROWED: Final = """
import os, subprocess, sys
clerk, officer = int(sys.argv[1]), sys.argv[2]
os.seteuid(clerk)
master, slave = os.openpty()
os.seteuid(0)
done = subprocess.Popen(
    sys.argv[3:], user=officer, group=officer, extra_groups=[], stdin=slave, stdout=slave,
    stderr=slave, start_new_session=True, cwd="/", env={"LANG": "en_US.UTF-8", "PATH": "/usr/bin"},
)
os.close(slave)
try:
    while shown := os.read(master, 65536):
        sys.stdout.buffer.write(shown)
except OSError:
    pass
sys.exit(done.wait())
"""


def test_officer_at_the_clerks_terminal_is_refused(desk: Desk) -> None:
    """Claim C112."""
    words = entering("officer", "approve", "--key", f"{OFFICER}.json")
    for account, reason in ((CLERK, "This terminal belongs to another account"), (OFFICER, "")):
        number = desk.machine.check("id", "-u", account).strip()
        tried = ["/usr/bin/python3", "-c", BORROWED, number, OFFICER, *words]
        done = desk.machine.run("root", *tried)
        assert reason in done.stdout, done
        assert bool(reason) == ("This terminal" in done.stdout), done


LISTENER: Final = """
import os, socket
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind("/dev/log")
os.chmod("/dev/log", 0o666)
if os.fork():
    os._exit(0)
for each in (0, 1, 2):
    os.close(each)
with open("/run/told", "ab", 0) as log:
    while True:
        log.write(told.recv(65536) + b"\\n")
"""


def test_words_stand_in_no_log_of_the_system(desk: Desk) -> None:
    """Claim C113."""
    desk.machine.check("/usr/bin/python3", "-c", LISTENER)
    desk.clerk("lookup", "AB12345678CD")
    told = desk.machine.check("cat", "/run/told")
    assert "as-clerk" in told
    assert CLERK in told
    assert "AB12345678CD" not in told
    assert "lookup" not in told


def test_pkexec_needs_no_more_than_the_screens_unit_leaves(desk: Desk) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(ROOT / "system/systemd/mediabridge-kiosk@.service", "utf-8")
    left = unit["Service"]["CapabilityBoundingSet"].lower().replace("cap_", "+").split()
    login = desk.machine.command(CLERK, *entering("clerk", "media", "list"))
    # What stands before it goes into the machine, and needs the rights of root to do so.
    become = login.index("setpriv")
    bounded = [*login[:become], "setpriv", f"--bounding-set=-all,{','.join(left)}"]
    done = subprocess.run([*bounded, *login[become:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
