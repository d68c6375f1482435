"""The package, and machines to install it into: one for each system that it is for."""

import os
from collections.abc import Callable
from pathlib import Path

import packaged
import pytest
from accounts.desk import CLERK, OFFICER
from packaged import System

SUITES = os.environ.get("MEDIABRIDGE_SUITES", "bookworm").split()
KEPT = os.environ.get("MEDIABRIDGE_SYSTEMS")
"""A folder in which new systems stay, and are used again; what is updated since is not in them."""
NEEDED = (
    "systemd,python3,udisks2,polkitd,pkexec,dosfstools,exfatprogs,e2fsprogs,openssh-client,"
    "libudev1,sqlite3"
)
"""What the package depends on, which the system has on its medium, and a tool to look."""


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged.built(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="session", params=SUITES)
def bare(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    require_tool: Callable[[str], str],
) -> System:
    """Give a system without the package, without pip and without a compiler; to be copied."""
    suite = str(request.param)
    folder = Path(KEPT) / suite if KEPT else tmp_path_factory.mktemp(suite)
    system = System(folder / "root")
    if not system.root.exists():
        folder.mkdir(parents=True, exist_ok=True)
        packaged.new_system(require_tool("mmdebstrap"), suite, system.root, NEEDED)
    for tool in ("gcc", "cc", "pip", "pip3"):
        assert system.run(f"command -v {tool}").returncode != 0
    version = system.check("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'")
    assert version.strip() == packaged.PYTHONS[suite]
    return system


@pytest.fixture(scope="session")
def system(bare: System, package: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    """Install the package into a new system, in which two clerks, an officer and a stranger are."""
    system = bare.copied(tmp_path_factory.mktemp("installed") / "root")
    done = system.install(package)
    assert done.returncode == 0, done.stderr
    for name, group in ((CLERK, "clerk"), ("clerk-2", "clerk"), (OFFICER, "officer")):
        system.check(f"useradd --create-home --groups mediabridge-{group} {name}")
    system.check("useradd --create-home chiba")
    return system
