"""The package under a real systemd, at two machines without a network, as the manual says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import first_day
import pytest
from accounts.force import FORCE, PLACES
from first_day import LGWAN, REGISTRY, FirstDay
from harness import PATIENCE, ROOT
from kept_day import KeptDay
from manual import STATIONS
from rig import StickBench, VirtualMachine
from running import HOME, UNIT, books, complaints, look, now, plug_uas, until_said, watch

pytestmark = pytest.mark.apart


@pytest.fixture(scope="module")
def day(kept_day: KeptDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstDay]:
    with StickBench(tmp_path_factory.mktemp("installed")) as bench:
        yield kept_day.again(bench)


def test_first_bundle_is_applied_and_its_receipt_is_back(day: FirstDay) -> None:
    """Each line of the page was typed, and succeeded."""
    lgwan, registry = (day.stations[name] for name in STATIONS)
    assert books(lgwan) == [("in", "taken", 1), ("out", "delivered", 1)]
    assert books(registry) == [("in", "taken", 1), ("out", "written", 1)]
    said = {name: {each["event"] for each in look(day.stations[name], "log")} for name in STATIONS}
    assert said[LGWAN] >= {"bundle-written", "bundle-opened", "receipt-accepted"}
    assert said[REGISTRY] >= {"bundle-written", "bundle-opened", "bundle-applied"}


def _second_day(day: FirstDay) -> None:
    """Have people do what people do, and leave."""
    day.give("day-002/isa_notice.csv")
    for line in (
        "cp isa_notice.csv /var/lib/mediabridge-desk/in/",
        "mediabridge collect isa_notice.csv",
        "mediabridge seal",
    ):
        day.type(LGWAN, "aoki", line)
    day.type(LGWAN, "baba", "mediabridge approve --key officer-1.json")
    for station in day.stations.values():
        station.log_out_all()


def test_watch_serves_sticks_with_nobody_logged_in_and_over_a_power_cut(day: FirstDay) -> None:
    lgwan, registry = (day.stations[name] for name in STATIONS)
    _second_day(day)
    assert lgwan.machine.check("who") == ""

    # In the middle of the writing the power goes; with it the service comes back.
    since = now(lgwan)
    lgwan.machine.plug(day.stick, wait=False)
    freeze = day.stick.freeze_at_write(day.writes // 2)
    assert freeze.reached.wait(PATIENCE), "the service wrote nothing"
    lgwan.cut_power()
    day.stick.heal()
    lgwan.switch_on()
    until_said(lgwan, since, "^state=NO_MEDIUM")
    since = now(lgwan)
    day.carry(LGWAN)
    said = until_said(lgwan, since, "^state=SAFE_TO_REMOVE medium=MB-001")
    assert re.search(r"^(written|continued) .*seq=2", said, re.MULTILINE), said
    assert ("out", "written", 2) in books(lgwan)
    reasons = [each["facts"].get("reason") for each in look(lgwan, "log")]
    assert reasons.count("WRITE_INTERRUPTED") <= 1

    since = now(registry)
    day.carry(REGISTRY)
    until_said(registry, since, "^taken .*seq=2")
    until_said(registry, since, "^done ")
    day.type(REGISTRY, "aoki", "mediabridge seal")
    day.type(REGISTRY, "baba", "mediabridge approve --key officer-2.json")
    until_said(registry, since, "^state=SAFE_TO_REMOVE medium=MB-001")
    until_said(registry, since, "^written .*seq=2")
    shown = day.type(REGISTRY, "aoki", "mediabridge status").shown
    assert "Done last by mediabridge watch: " in shown
    registry.log_out_all()

    since = now(lgwan)
    day.carry(LGWAN)
    until_said(lgwan, since, "^state=SAFE_TO_REMOVE medium=MB-001")
    day.carry(None)
    assert books(lgwan) == [
        ("in", "taken", 1), ("in", "taken", 2), ("out", "delivered", 1), ("out", "delivered", 2),
    ]  # fmt: skip
    assert books(registry) == [
        ("in", "taken", 1), ("in", "taken", 2), ("out", "delivered", 1), ("out", "written", 2),
    ]  # fmt: skip


def test_units_are_well_and_nobody_was_kept_from_anything(day: FirstDay) -> None:
    for station in day.stations.values():
        for unit in ("doctor", "tidy"):
            station.machine.check(f"systemctl start mediabridge-{unit}", PATIENCE)
        assert watch(station, "ActiveState") == "active"
        assert watch(station, "NRestarts") == "0"
        assert watch(station, "StatusText").startswith("done")
        failed = station.machine.check("systemctl --failed --no-legend --plain")
        assert [line for line in failed.splitlines() if "mediabridge" in line] == []
        assert complaints(station) == []


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


def test_crashed_watch_comes_back_and_leaves_no_core(day: FirstDay) -> None:
    station = day.stations[LGWAN]
    since = now(station)
    pid = watch(station, "MainPID")
    crash = f"sysctl -w kernel.core_pattern={HOME}/core.%e && kill -SEGV {pid}"
    station.machine.check(crash)
    until_said(station, since, "^state=NO_MEDIUM")
    assert watch(station, "ActiveState") == "active"
    assert watch(station, "MainPID") != pid
    cores = f"find {HOME} -name 'core*'"
    assert station.machine.check(cores) == ""
    # Where nothing forbids it, the same account does leave one there.
    free = f"cd {HOME} && runuser -u mediabridge -- sh -c 'ulimit -c unlimited; kill -SEGV $$'"
    station.machine.run(free)
    assert station.machine.check(f"{cores} -print -delete") != ""
    # Stopped as the manual stops it, it has not failed.
    station.machine.check(f"systemctl restart {UNIT}", PATIENCE)
    assert watch(station, "Result") == "success"


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


def _usbguards_lines() -> list[str]:
    page = (ROOT / "docs/operations/media.md").read_text("utf-8")
    section = page.partition("\n## USBGuard\n")[2].partition("\n## ")[0]
    return section.partition("```sh\n")[2].partition("```")[0].splitlines()


JUDGED: Final = "grep Policy.Device.Update /var/log/usbguard/usbguard-audit.log | grep '{what}'"


def test_usbguard_with_the_rules_of_the_package_lets_sticks_in_and_no_keyboard(
    day: FirstDay,
) -> None:
    """Claim C48: as the manual has it, at the machine of the desk with its own keyboard."""
    station = day.stations[LGWAN]
    machine = station.machine
    machine.plug_keyboard()
    machine.check("until ls /dev/input/by-id/*-kbd; do sleep .2; done", PATIENCE)
    # The rig's image has it switched off altogether.
    machine.check("systemctl unmask usbguard")
    for line in _usbguards_lines():
        day.type(LGWAN, "root", line)
    machine.check("ls /dev/input/by-id/*-kbd")

    other = machine.plug_keyboard()
    wait = f"until {JUDGED.format(what='03:01:01')} | grep block; do sleep .2; done"
    machine.check(wait, PATIENCE)
    machine.check("udevadm settle")
    assert len(machine.check("ls -d /sys/bus/hid/devices/*").splitlines()) == 1
    other.unplug()

    # Speaking the one protocol or the other, which makes another device of it: the unit takes it.
    other_stick = day.bench.stick("green", serial="GREEN001")
    plug_uas(machine, other_stick)
    day.type(LGWAN, "baba", "mediabridge media register MB-002 --label green --key officer-1.json")
    station.log_out_all()
    machine.unplug(other_stick)
    taken = (
        (VirtualMachine.plug, day.stick, "MB-001", "08:06:50"),
        (plug_uas, other_stick, "MB-002", "08:06:62"),
    )
    for plug, stick, number, interface in taken:
        since = now(station)
        plug(machine, stick)
        until_said(station, since, f"^state=(READY|SAFE_TO_REMOVE) medium={number}")
        judged = machine.check(JUDGED.format(what=interface))
        assert "target.new='allow'" in judged.splitlines()[-1]
        machine.unplug(stick)
