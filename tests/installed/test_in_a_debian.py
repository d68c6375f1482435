"""The package in each system without a network and a compiler: what is there, and whose it is."""

import pytest
from accounts.desk import CLERK, HOME, OFFICER, TRAYS
from accounts.machine import MODES, PAGE
from packaged import System


@pytest.mark.parametrize(
    ("path", "owner", "group", "mode"),
    [
        *MODES.findall(PAGE),
        ("/etc/mediabridge/station.toml", "root", "mediabridge", "0640"),
        ("/usr/lib/mediabridge/program", "root", "root", "0755"),
    ],
)
def test_path_is_whose_the_page_on_accounts_says(
    system: System, path: str, owner: str, group: str, mode: str
) -> None:
    said = system.check(f"stat -c '%04a %U %G' {path}")
    assert said.split() == [mode, owner, group]


def test_account_of_the_station_is_no_account_to_log_in(system: System) -> None:
    assert system.check("getent passwd mediabridge").split(":")[5:] == [
        HOME,
        "/usr/sbin/nologin\n",
    ]


def test_byte_code_is_there_for_those_who_may_not_write_it(system: System) -> None:
    """Of all that this system's Python loads, and of nothing that only another one would."""
    said = system.check("python3 -c 'import sys; print(*sys.version_info[:2], sep=chr(46))'")
    version = said.strip()
    within = system.root / "usr/lib/mediabridge"
    loaded = {within / "lib", within / f"lib-{version}"}
    suffix = f".cpython-{version.replace('.', '')}.pyc"
    for folder in within.glob("lib*"):
        sources = {path.parent / path.stem for path in folder.rglob("*.py")}
        compiled = {
            path.parent.parent / path.name.removesuffix(suffix) for path in folder.rglob("*.pyc")
        }
        assert compiled == (sources if folder in loaded else set())
    assert within / "lib/mediabridge/config.py" in set(within.glob("lib/mediabridge/*.py"))


@pytest.mark.parametrize("account", [CLERK, OFFICER, "chiba"])
@pytest.mark.parametrize(
    "what",
    [
        f"ls {HOME}",
        f"touch {HOME}/inbox",
        f"touch {TRAYS}/out/forged",
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
