"""The package in a Debian without a network and a compiler: put in, used, updated, taken away."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import packaged
import pytest
from packaged import System

SUITES = os.environ.get("MEDIABRIDGE_SUITES", "bookworm").split()
NEEDED = (
    "systemd,python3,udisks2,polkitd,pkexec,dosfstools,exfatprogs,e2fsprogs,openssh-client,"
    "libudev1,sqlite3"
)
"""What the package depends on, which the system has on its medium, and a tool to look."""
STATION = "/var/lib/mediabridge"
DESK = "/var/lib/mediabridge-desk"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged.built(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module", params=SUITES)
def system(
    request: pytest.FixtureRequest,
    package: Path,
    tmp_path_factory: pytest.TempPathFactory,
    require_tool: Callable[[str], str],
) -> Iterator[System]:
    """Install the package into a new system, in which a clerk, an officer and a stranger are."""
    root = tmp_path_factory.mktemp(request.param) / "root"
    words = [require_tool("mmdebstrap"), "--variant=apt", f"--include={NEEDED}", request.param]
    subprocess.run([*words, root], check=True, capture_output=True)
    system = System(root)
    for tool in ("gcc", "cc", "pip", "pip3"):
        assert system.run(f"command -v {tool}").returncode != 0
    done = system.install(package)
    assert done.returncode == 0, done.stderr
    for name, group in (("aoki", "clerk"), ("baba", "officer")):
        system.check(f"useradd --groups mediabridge-{group} {name}")
    system.check("useradd chiba")
    return system


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (STATION, "700 mediabridge mediabridge"),
        (f"{DESK}/in", "3770 mediabridge mediabridge-clerk"),
        (f"{DESK}/out", "2750 mediabridge mediabridge-clerk"),
        ("/etc/mediabridge/station.toml", "640 root mediabridge"),
        ("/usr/lib/mediabridge/program", "755 root root"),
    ],
)
def test_folder_is_whose_the_manual_says(system: System, path: str, said: str) -> None:
    assert system.check(f"stat -c '%a %U %G' {path}").strip() == said


def test_account_of_the_station_is_no_account_to_log_in(system: System) -> None:
    assert system.check("getent passwd mediabridge").split(":")[5:] == [
        STATION,
        "/usr/sbin/nologin\n",
    ]


def test_byte_code_is_there_for_those_who_may_not_write_it(system: System) -> None:
    version = system.check("python3 -c 'import sys; print(*sys.version_info[:2], sep=str())'")
    found = system.check("ls /usr/lib/mediabridge/lib/mediabridge/__pycache__")
    assert f"config.cpython-{version.strip()}.pyc" in found


@pytest.mark.parametrize("account", ["aoki", "chiba"])
@pytest.mark.parametrize(
    "what",
    [
        f"ls {STATION}",
        f"touch {STATION}/inbox",
        f"touch {DESK}/out/forged",
        "tee -a /etc/mediabridge/station.toml < /dev/null",
        "touch /usr/lib/mediabridge/lib/mediabridge/config.py",
        "touch /usr/lib/systemd/system/mediabridge-watch.service",
    ],
)
def test_accounts_of_the_desk_reach_nothing_of_the_station(
    system: System, account: str, what: str
) -> None:
    assert system.run(what, account).returncode != 0


def test_station_cannot_change_its_own_settings_or_program(system: System) -> None:
    assert system.run("echo >> /etc/mediabridge/station.toml", "mediabridge").returncode != 0
    assert system.run("touch /usr/lib/mediabridge/program", "mediabridge").returncode != 0


def test_doctor_misses_nothing_that_a_package_can_bring(system: System) -> None:
    said = system.run("mediabridge --lang en doctor", "mediabridge").stdout
    lines = {line.split("  ")[0]: line for line in said.splitlines()}
    for check in ("cryptography", "rules for media", "right to use media", "memory dumps"):
        assert "  OK  " in lines[check], lines[check]


def test_station_lives_through_update_and_refused_downgrade_and_leaves_its_log(
    system: System, package: Path, tmp_path: Path
) -> None:
    begin = "mediabridge --lang en station init lgwan-01 --city /tmp/city"
    made = system.check(f"{begin} && mediabridge --lang en seal --empty", "mediabridge")
    assert "1" in made

    newer = packaged.of_version(package, "999", tmp_path)
    done = system.install(newer)
    assert done.returncode == 0, done.stderr
    system.check("mediabridge status", "mediabridge")

    older = system.install(package)
    assert older.returncode != 0
    assert "older than 999" in older.stderr
    assert system.check("dpkg-query -Wf '${Version} ${db:Status-Status}' mediabridge") == (
        "999 installed"
    )

    log = f"sqlite3 {STATION}/log.db 'pragma integrity_check'"
    said = system.check("dpkg --purge mediabridge")
    assert "stay in /var/lib/mediabridge" in said
    left = system.check(f"ls -A {STATION}").split()
    assert set(left) <= {"log.db", "log.db-shm", "log.db-wal", "alarms", "station.json", "trust"}
    assert {"log.db", "station.json", "trust"} <= set(left)
    assert system.check(log).strip() == "ok"
    for gone in ("/usr/lib/mediabridge", "/etc/mediabridge", "/usr/bin/mediabridge", DESK):
        assert not (system.root / gone.lstrip("/")).exists(), gone
    assert system.check("id -un mediabridge").strip() == "mediabridge"
