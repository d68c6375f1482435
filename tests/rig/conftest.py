"""Tests on real USB sticks in virtual machines; see ../shared/rig/README.md.

Without the rig they are skipped with a reason; where nothing may be skipped
(MEDIABRIDGE_REQUIRE=all) a missing rig fails.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import drawing
import moments
import pytest
from required import missing

HERE = Path(__file__).resolve().parent
RIG = HERE.parents[2] / "shared" / "rig"
sys.path[:0] = [str(RIG), str(HERE)]

if TYPE_CHECKING:
    from harness import Desk
    from kept_day import KeptDay
    from prepared import Prepared
    from rig import StickBench


def _missing() -> str:
    """Say what of the rig is not there, or return nothing."""
    if not (RIG / "rig.py").exists():
        return "there is no ../shared/rig beside the project"
    if shutil.which("qemu-system-x86_64") is None:
        return "qemu is not installed: run ../shared/rig/setup"
    from rig import RigError, current_image

    try:
        current_image()
    except RigError as error:
        return str(error)
    return ""


MISSING = _missing()
if not (RIG / "rig.py").exists():
    # The other files import the rig; this one says that it is not there.
    collect_ignore = [p.name for p in HERE.glob("test_*.py") if p.name != "test_rig_is_there.py"]


FAMILIES = pytest.StashKey[dict[str, drawing.Family]]()
FILESYSTEMS = pytest.StashKey[frozenset[str]]()
SEED = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    wanted = os.environ.get("MEDIABRIDGE_RIG_MOMENTS", drawing.ALL)
    # Who asks for cases by name plays all that have it.
    wanted = drawing.ALL if config.getoption("keyword") else wanted
    config.stash[SEED] = drawing.seed_of(wanted, HERE)


def pytest_report_header(config: pytest.Config) -> str:
    return f"cases drawn by MOMENTS={config.stash[SEED]}"


def pytest_report_collectionfinish(config: pytest.Config) -> str:
    return f"prepared file systems: {' '.join(sorted(config.stash[FILESYSTEMS])) or 'none'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases that are drawn by the seed, of those of each file whose turn it is."""
    families: dict[str, drawing.Family] = {}
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.rig)
    # What takes longer than a whole commit may has no turn: who plays all plays it.
    apart = {item.nodeid for item in here if item.get_closest_marker("apart")}
    here = [item for item in here if item.nodeid not in apart]
    for item in here:
        name, family = _family_of(item)
        family = families.setdefault(name, family)
        family.cases.add(item.nodeid)
        # Beside what is played seldom nothing is prepared: it makes what it begins on itself.
        family.needs[item.nodeid] = frozenset() if family.seldom else _needs(item)
    config.stash[FAMILIES] = families
    config.stash[FILESYSTEMS] = _made(families, config.stash[SEED])
    drawn = drawing.drawn_of(families, config.stash[SEED], config.stash[FILESYSTEMS])
    left = {item.nodeid for item in here} - drawn
    left |= apart if config.stash[SEED] != drawing.ALL else set()
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
    items[:] = [item for item in items if item.nodeid not in left]


def _made(families: "Mapping[str, drawing.Family]", seed: str) -> frozenset[str]:
    """Return the file systems that are prepared: none beside a file that takes very long."""
    alone = seed != drawing.ALL and drawing.long_of(families, seed)
    return frozenset() if alone else moments.filesystems(seed)


def _family_of(item: pytest.Item) -> tuple[str, drawing.Family]:
    """Name the family of a case; a test whose cases are not drawn is one with one case."""
    # What the others begin with is no file that waits for its turn.
    file = "" if item.get_closest_marker("ahead") else item.path.name
    mark = item.get_closest_marker("drawn")
    seldom = item.get_closest_marker("seldom") is not None
    if mark is None or not isinstance(item, pytest.Function):
        return item.nodeid, drawing.Family(Fraction(1), file=file, seldom=seldom)
    name = drawing.family_of(item.originalname, item.callspec.params, mark.kwargs["over"])
    share = mark.kwargs.get("share", Fraction(0))
    # Of what is drawn thinly already, half of what is done is disturbed at each commit.
    turn = drawing.HALF if share else drawing.EIGHTH
    return name, drawing.Family(share, file=file, turn=turn, seldom=seldom)


def _needs(item: pytest.Item) -> frozenset[str]:
    """Tell on which file systems a case begins with what was prepared: on FAT, if it does not say.

    A case with a parameter ``filesystem`` begins on that one, one with the mark ``begins_on`` on
    those of the mark.
    """
    if not isinstance(item, pytest.Function) or "prepared" not in item.fixturenames:
        return frozenset()
    mark = item.get_closest_marker("begins_on")
    if mark is not None:
        return frozenset(mark.args)
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return frozenset({str(parameters.get("filesystem", "vfat"))})


@pytest.fixture
def cases(request: pytest.FixtureRequest) -> set[str]:
    """Every case that a run may leave out."""
    families = request.config.stash[FAMILIES]
    return set().union(*(family.cases for family in families.values()))


@pytest.fixture
def played(request: pytest.FixtureRequest) -> "Callable[[str], set[str]]":
    """Return which cases a run with a seed plays."""
    families = request.config.stash[FAMILIES]
    return lambda seed: drawing.drawn_of(families, seed, _made(families, seed))


@pytest.fixture(autouse=True)
def _rig() -> None:
    if MISSING:
        missing(MISSING)


@pytest.fixture
def bench(tmp_path: Path) -> "Iterator[StickBench]":
    from rig import StickBench

    with StickBench(tmp_path) as bench:
        yield bench


@pytest.fixture(scope="session")
def filesystems(request: pytest.FixtureRequest) -> frozenset[str]:
    """On which file systems this run begins, or those that follow it: others take minutes each."""
    if any(item.get_closest_marker("ahead") for item in request.session.items):
        return request.config.stash[FILESYSTEMS]
    return frozenset[str]().union(*map(_needs, request.session.items))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, filesystems: frozenset[str]) -> "Prepared":
    """What the tests begin with; made by the first of several test processes."""
    from prepared import Prepared, prepare

    with _by_the_first(tmp_path_factory, "prepared") as common:
        folder = common / "-".join(["prepared", *sorted(filesystems)])
        done = (folder / "counts.json").exists()
        return Prepared(folder) if done else prepare(folder, sorted(filesystems))


@pytest.fixture(scope="session")
def kept_day(tmp_path_factory: pytest.TempPathFactory) -> "KeptDay":
    """The first day at two machines, played by the first of several test processes."""
    from kept_day import KeptDay

    with _by_the_first(tmp_path_factory, "kept-day") as common:
        day = KeptDay(common / "kept-day")
        if not day.is_whole:
            shutil.rmtree(day.folder, ignore_errors=True)
            day.folder.mkdir()
            day.play()
        print(f"\n{day.told}")
        return day


@contextmanager
def _by_the_first(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Give the folder that all test processes have in common, to one at a time."""
    # With several processes, each has its own base folder below a common one.
    common = tmp_path_factory.getbasetemp()
    common = common.parent if "PYTEST_XDIST_WORKER" in os.environ else common
    # While writing tests: a folder in which it stays from one run to the next.
    common = Path(os.environ.get("MEDIABRIDGE_RIG_PREPARED") or common)
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield common


@pytest.fixture(scope="module")
def _machine(
    prepared: "Prepared", tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> "Iterator[Desk]":
    """One machine for all tests of a file; its disk forgets what was not synced, if they say so."""
    from prepared import desk_of
    from rig import StickBench

    options = getattr(request.module, "DISK", {})
    with StickBench(tmp_path_factory.mktemp("desk")) as bench:
        yield desk_of(bench, prepared, **options)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> "Iterator[None]":
    """Let a failed test spoil no other: what it left running ends with its machine's power."""
    report = yield
    desk = getattr(item, "funcargs", {}).get("desk")
    if report.failed and hasattr(desk, "machine"):
        desk.machine.cut_power()
    return report


@pytest.fixture
def desk(_machine: "Desk") -> "Desk":
    """Return the machine of the file, switched on and as no failed test before can spoil it."""
    if set(_machine.machine._plugged) != set(_machine.machine._disks.values()):
        # It is off, or a stick beside its own disks is still in.
        _machine.machine.cut_power()
        _machine.switch_on()
    return _machine
