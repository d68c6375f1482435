"""The package under a real systemd, at two machines without a network, as the manual says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import first_day
import pytest
import taken
from accounts.force import FORCE, PLACES
from first_day import LGWAN, REGISTRY, FirstDay
from harness import PATIENCE
from manual import STATIONS
from rig import StickBench
from running import HOME, UNIT, books, look, watch

pytestmark = pytest.mark.apart


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstDay]:
    folder = tmp_path_factory.mktemp("installed")
    with StickBench(folder) as bench:
        day = first_day.fresh(bench, folder)
        try:
            day.play()
        finally:
            print(f"\n{taken.told(day.taken)}")
        yield day


def test_first_bundle_is_applied_and_its_receipt_is_back(day: FirstDay) -> None:
    """Each line of the page was typed, and succeeded."""
    lgwan, registry = (day.stations[name] for name in STATIONS)
    assert books(lgwan) == [("in", "taken", 1), ("out", "delivered", 1)]
    assert books(registry) == [("in", "taken", 1), ("out", "written", 1)]
    said = {name: {each["event"] for each in look(day.stations[name], "log")} for name in STATIONS}
    assert said[LGWAN] >= {"bundle-written", "bundle-opened", "receipt-accepted"}
    assert said[REGISTRY] >= {"bundle-written", "bundle-opened", "bundle-applied"}


def test_running_watch_has_no_network_no_rights_and_no_file_to_write(day: FirstDay) -> None:
    station = day.stations[LGWAN]
    pid = watch(station, "MainPID")
    assert int(pid) > 1
    links = station.machine.check(f"cat /proc/{pid}/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in links] == ["lo"]
    status = station.machine.check(f"cat /proc/{pid}/status")
    said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {said[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (said["NoNewPrivs"], said["Seccomp"]) == ("1", "2")
    assert int(said["VmLck"].split()[0]) > 0
    mounts = station.machine.check(f"cat /proc/{pid}/mountinfo").splitlines()
    writable = {line.split()[4] for line in mounts if line.split()[5].split(",")[0] == "rw"}
    ours = {HOME, first_day.DESK, "/tmp", "/var/tmp"}
    assert {each for each in writable if not each.startswith(("/dev", "/proc"))} == ours


KEPT: Final = f"""
cd / && find {HOME} /var/lib/mediabridge-people {first_day.DESK} /etc /usr/lib/mediabridge \
    /usr/bin/mediabridge /usr/lib/systemd /usr/lib/udev /usr/share/polkit-1 /usr/lib/sysctl.d \
    /usr/lib/tmpfiles.d ! -name lock ! -name '*-shm' ! -name '*-wal' \
    -printf '%p %m %u %g %y %s\\n' | LC_ALL=C sort
find {HOME} /var/lib/mediabridge-people /etc -type f ! -name '*-shm' ! -name '*-wal' \
    -exec sha256sum {{}} + | LC_ALL=C sort
systemctl show -p ActiveState,MainPID,FragmentPath,DropInPaths {UNIT}
"""

ATTACKED: Final = (
    *PLACES,
    *(f"{HOME}/{name}" for name in ("receipts", "work", "delivered", "watched.json")),
    "/etc/mediabridge/station.toml",
    "/etc/systemd/system/multi-user.target.wants/mediabridge-watch.service",
    "/etc/credstore.encrypted/mediabridge-passphrase",
    "/etc/udev/rules.d/99-mine.rules",
    "/run/systemd/system/mediabridge-watch.service.d",
    "/usr/lib/systemd/system/mediabridge-watch.service.d/hardened.conf",
)

TRIED: Final = (
    "systemctl stop mediabridge-watch",
    "systemctl kill mediabridge-watch",
    "systemctl disable mediabridge-watch",
    "systemctl mask mediabridge-watch",
    "systemctl set-property mediabridge-watch PrivateNetwork=no",
    "systemctl set-environment PYTHONPATH=/home/aoki",
    "systemctl daemon-reload",
    "systemctl start mediabridge-tidy",
    "systemctl poweroff",
    "systemd-run --uid=mediabridge --wait id",
    "systemd-creds decrypt /etc/credstore.encrypted/mediabridge-passphrase -",
    "cat /run/credentials/mediabridge-watch.service/mediabridge-passphrase",
    "kill $(systemctl show -P MainPID mediabridge-watch)",
    "pkexec --disable-internal-agent /bin/sh -c id",
    "pkexec --disable-internal-agent --user mediabridge /bin/sh -c id",
    "pkexec --disable-internal-agent --user mediabridge /usr/lib/mediabridge/as-officer",
    "dpkg --install /srv/medium/debian/pkexec_*.deb",
    "apt-get remove --yes mediabridge",
    "udevadm control --reload",
    "date --set 2030-01-01",
    "mediabridge approve --key officer-1.json",
    "mediabridge trust update --medium /mnt",
    "mediabridge station tidy --yes",
    f"mediabridge collect {HOME}/log.db",
    "mediabridge --home /home/aoki/own status",
)


def test_clerk_changes_nothing_by_force_or_through_the_system(day: FirstDay) -> None:
    """Claims C112 and C113."""
    station = day.stations[LGWAN]
    station.login("aoki")
    station.machine.check(f"systemctl is-active {UNIT}")
    before = station.machine.check(KEPT, PATIENCE)
    assert f"{HOME}/log.db" in before
    force = f"runuser -u aoki -- env HOME=/home/aoki python3 - {' '.join(ATTACKED)}"
    assert station.machine.check(force, PATIENCE, stdin=FORCE.encode()) == ""
    # Without a terminal nobody is asked for an administrator's password, which is not known.
    lines = (f"({line}) < /dev/null > /dev/null 2>&1; echo $? '{line}'" for line in TRIED)
    put = "cat > /home/aoki/tried && chown aoki: /home/aoki/tried"
    station.machine.check(put, stdin="\n".join([*lines, ""]).encode())
    shown = day.tried(LGWAN, "aoki", "sh tried").shown
    came = re.findall(r"^([0-9]+) (.*)$", shown, re.MULTILINE)
    assert [line for _, line in came] == list(TRIED), shown
    assert [line for code, line in came if code == "0"] == []
    assert station.machine.check(KEPT, PATIENCE) == before
    # The same force does change what the clerk owns: it can see a hole.
    own = "runuser -u aoki -- env HOME=/home/aoki python3 - /home/aoki/own"
    assert "put /home/aoki/own" in station.machine.check(own, PATIENCE, stdin=FORCE.encode())
