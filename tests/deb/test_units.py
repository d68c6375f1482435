"""The units of the package: what systemd says of them, and that none was forgotten."""

import configparser
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.cli.hub import _USUAL
from mediabridge.config import INSTALLED_HOME
from mediabridge.errors import ExitCode

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "system" / "systemd"
STATION = (
    "mediabridge-doctor", "mediabridge-sync", "mediabridge-sync-all", "mediabridge-tidy",
    "mediabridge-watch",
)  # fmt: skip
"""Services that work in the folder of a station, or of each station of an agency."""
LINE = ("mediabridge-sync", "mediabridge-sync-all")
"""Those of them that may have a network."""
OFFICES = "/var/lib/mediabridge-offices"
"""Where an agency has a station for each office."""
HUB = ("mediabridge-hub", "mediabridge-hub-purge")
"""Services of a hub, on a machine that is no station's."""
AS_ROOT = ("mediabridge-install", "mediabridge-recover")
"""Services that change the system, and therefore are root's (docs/operations/hardening.md)."""
SCREEN = "mediabridge-kiosk@desk"
"""The kiosk on the machine's own screen; pkexec leads from there into the station's folder."""
TENTHS = dict.fromkeys(STATION, 2) | dict.fromkeys((*LINE, *HUB), 11) | {SCREEN: 65}
"""The exposure that systemd-analyze finds, in tenths; the page explains each point of it."""
INSTALLED = re.compile(r"^(system/systemd/\S+) (?:usr/)?lib/systemd/system/(\S*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the units where the package lays them."""
    root = tmp_path_factory.mktemp("root")
    lines = (ROOT / "packaging/debian/mediabridge.install").read_text("utf-8")
    for pattern, below in INSTALLED.findall(lines):
        target = root / "usr/lib/systemd/system" / below
        target.mkdir(parents=True, exist_ok=True)
        for path in ROOT.glob(pattern):
            shutil.copy(path, target)
    return root


@pytest.mark.parametrize("unit", TENTHS)
def test_exposure_is_no_more_than_the_page_says(
    root: Path, unit: str, require_tool: Callable[[str], str]
) -> None:
    words = ("security", "--offline=true", f"--root={root}", "--no-pager", f"{unit}.service")
    done = subprocess.run(
        [require_tool("systemd-analyze"), *words, f"--threshold={TENTHS[unit]}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_page_explains_each_point_that_is_left(
    root: Path, require_tool: Callable[[str], str]
) -> None:
    page = (ROOT / "docs/operations/hardening.md").read_text("utf-8")
    left = set()
    for unit in TENTHS:
        words = ("security", "--offline=true", f"--root={root}", "--no-pager", f"{unit}.service")
        tool = require_tool("systemd-analyze")
        said = subprocess.run([tool, *words], capture_output=True, text=True, check=False).stdout
        left |= {line.split()[1] for line in said.splitlines() if line.startswith("✗")}
    assert left
    assert {point for point in left if f"`{point}`" not in page} == set()


@pytest.mark.parametrize("unit", STATION)
def test_service_is_the_stations_account_and_is_hardened(root: Path, unit: str) -> None:
    assert common_lines(root, unit, "hardened.conf")["user"] == "mediabridge"


@pytest.mark.parametrize("unit", HUB)
def test_service_of_a_hub_has_an_account_of_its_own_and_no_station_beside_it(
    root: Path, unit: str
) -> None:
    common = common_lines(root, unit, "hub.conf")
    assert (common["user"], common["statedirectory"]) == ("mediabridge-hub", "mediabridge-hub")
    assert {*common} & {"readwritepaths", "cachedirectory", "logsdirectory"} == set()
    users = (ROOT / "system/sysusers/mediabridge.conf").read_text("utf-8")
    assert re.search(r"^u mediabridge-hub .* /var/lib/mediabridge-hub ", users, re.MULTILINE)
    # Of two lines of one name the parser keeps one.
    conditions = re.findall(r"^ConditionPathExists=(.*)$", text_of(unit), re.MULTILINE)
    assert conditions == [str(_USUAL), f"!{INSTALLED_HOME}/station.json"]
    assert f" --settings {_USUAL}\n" in text_of(unit)


def common_lines(root: Path, unit: str, name: str) -> configparser.SectionProxy:
    """Return the lines of the drop-in *name* of a *unit*, none of which stands in the unit, too.

    It would stand beside that of the common file, or against it.
    """
    assert (root / f"usr/lib/systemd/system/{unit}.service.d/{name}").is_file()
    read = configparser.RawConfigParser(strict=False)
    read.read(UNITS / f"{unit}.service", "utf-8")
    assert read["Service"]["ExecStart"].startswith("/usr/lib/mediabridge/program ")
    common = configparser.RawConfigParser(strict=False)
    common.read(UNITS / name, "utf-8")
    assert set(read["Service"]) & set(common["Service"]) == set()
    return common["Service"]


def text_of(unit: str) -> str:
    return (UNITS / f"{unit}.service").read_text("utf-8")


def test_those_of_a_station_that_may_have_a_network_open_nothing_else(root: Path) -> None:
    paths = [*root.rglob("line.conf")]
    assert {path.parent.name for path in paths} == {f"{unit}.service.d" for unit in LINE}
    # Drop-ins count in the order of their names: the lines of the last are in force.
    assert [max(path.parent.iterdir()) for path in paths] == paths
    lines = re.findall(r"^([A-Z]\w*)=(.*)$", (UNITS / "line.conf").read_text("utf-8"), re.MULTILINE)
    assert lines == [
        ("PrivateNetwork", "no"),
        ("IPAddressDeny", ""),
        ("RestrictAddressFamilies", ""),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
    ]


@pytest.mark.parametrize("unit", STATION)
def test_program_is_not_exchanged_under_a_service_that_runs(unit: str) -> None:
    script = (ROOT / "mediabridge/install/place.sh").read_text("utf-8")
    (stopped,) = re.findall(r"units stop ((?:.*\\\n)*.*)", script)
    assert f"{unit}.service" in stopped
    for first in AS_ROOT:
        before = " ".join(re.findall(r"^Before=(.*)$", text_of(first), re.MULTILINE))
        assert f"{unit}.service" in before.split()


def test_service_for_all_offices_has_their_folder_and_purging_knows_it() -> None:
    text = text_of("mediabridge-sync-all")
    assert f"program sync --all {OFFICES}\n" in text
    assert f"\nStateDirectory={Path(OFFICES).name}\n" in text
    assert OFFICES in (ROOT / "packaging/debian/mediabridge.postrm").read_text("utf-8")
    for page in ("operations/line.md", "ja/line.md"):
        assert OFFICES in (ROOT / "docs" / page).read_text("utf-8")


@pytest.mark.parametrize(
    "unit", ["mediabridge-sync.timer", "mediabridge-sync-all.timer", "mediabridge-hub.service"]
)
def test_nothing_with_a_network_is_switched_on_by_the_package(unit: str) -> None:
    rules = (ROOT / "packaging/debian/rules").read_text("utf-8").replace("\\\n", "")
    (line,) = (each for each in rules.splitlines() if "dh_installsystemd" in each and unit in each)
    assert "--no-enable" in line


def test_nothing_of_run_can_be_written() -> None:
    """With ProtectKernelTunables, systemd 252 leaves it out of what ProtectSystem=strict closes."""
    common = configparser.RawConfigParser(strict=False)
    common.read(UNITS / "hardened.conf", "utf-8")
    assert common["Service"]["ReadOnlyPaths"] == "/run"


@pytest.mark.parametrize(
    ("unit", "status"),
    [
        ("mediabridge-watch", ExitCode.INTERRUPTED),
        ("mediabridge-sync", ExitCode.INTERRUPTED),
        ("mediabridge-sync-all", ExitCode.INTERRUPTED),
        ("mediabridge-hub", ExitCode.TERMINATED),
    ],
)
def test_what_is_stopped_in_the_middle_has_not_failed(unit: str, status: int) -> None:
    read = configparser.RawConfigParser(strict=False)
    read.read(UNITS / f"{unit}.service", "utf-8")
    assert int(read["Service"]["SuccessExitStatus"]) == status


@pytest.mark.parametrize("unit", AS_ROOT)
def test_service_of_root_has_no_network_and_is_not_ended_in_the_middle(unit: str) -> None:
    read = configparser.RawConfigParser(strict=False)
    read.read(UNITS / f"{unit}.service", "utf-8")
    said = read["Service"]
    assert (said["PrivateNetwork"], said["RestrictAddressFamilies"]) == ("yes", "AF_UNIX")
    assert (said["KillMode"], said["TimeoutStopSec"]) == ("process", "infinity")


def test_what_recovers_needs_nothing_of_the_package() -> None:
    """Claim C129. But the unit itself, which dpkg exchanges whole."""
    text = (UNITS / "mediabridge-recover.service").read_text("utf-8")
    script = (ROOT / "mediabridge/install/place.sh").read_text("utf-8")
    for each in (text, script):
        assert "/usr/lib/mediabridge" not in each
    assert "python" not in script


def test_every_service_of_the_program_is_known_here() -> None:
    as_station = {
        path.stem
        for path in UNITS.glob("*.service")
        if "/usr/lib/mediabridge/program" in path.read_text("utf-8") and path.stem not in AS_ROOT
    }
    assert as_station == {*STATION, *HUB}


def screen() -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.read(UNITS / "mediabridge-kiosk@.service", "utf-8")
    return read


def test_nothing_of_the_screens_unit_keeps_pkexec_from_entering() -> None:
    """Where User= is set, each of these forbids setuid programs, whatever else the unit says."""
    implying = {
        "LockPersonality", "MemoryDenyWriteExecute", "NoNewPrivileges", "PrivateDevices",
        "ProtectClock", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules",
        "ProtectKernelTunables", "RestrictAddressFamilies", "RestrictFileSystems",
        "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures",
        "SystemCallFilter", "SystemCallLog",
    }  # fmt: skip
    assert {name.lower() for name in implying} & {*screen()["Service"]} == set()


def test_screen_is_begun_anew_whoever_closes_it() -> None:
    assert screen()["Service"]["Restart"] == "always"
    assert screen()["Unit"]["StartLimitIntervalSec"] == "0"


SCREENS = ROOT / "system/screen"
ACTIONS = re.compile(r"^([a-z-]+)=(.*)$", re.MULTILINE)


def test_terminal_of_the_screen_is_understood(require_tool: Callable[[str], str]) -> None:
    words = (require_tool("foot"), "--check-config", f"--config={SCREENS / 'foot.ini'}")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_terminal_of_the_screen_has_no_key_of_its_own(require_tool: Callable[[str], str]) -> None:
    """Of this machine's foot, by the file in which its authors list each key; a new one fails."""
    require_tool("foot")
    listed = Path("/etc/xdg/foot/foot.ini").read_text("utf-8")
    ours = (SCREENS / "foot.ini").read_text("utf-8")
    for section in ("key-bindings", "mouse-bindings"):
        known, closed = (_section(text, section) for text in (listed, ours))
        bound = {name for name, keys in known.items() if not keys.strip().endswith("none")}
        assert bound - {"noop", "selection-override-modifiers"} <= {*closed}, section
        assert {*closed.values()} == {"none"}, section


def _section(said: str, name: str) -> dict[str, str]:
    """Return the lines of section *name*, also where they are commented out as what is usual."""
    (body,) = re.findall(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", said, re.MULTILINE | re.DOTALL)
    return dict(ACTIONS.findall(re.sub(r"^# ?", "", body, flags=re.MULTILINE)))
