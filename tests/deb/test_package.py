"""The package, built: what is in it, whose it is, and that it runs with nothing else."""

import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import packaged
import pytest
from hub.processes import SETTINGS

pytestmark = [pytest.mark.in_turns, pytest.mark.heavy]

NO_CODE_FROM_DATA = """
import ctypes, os, sys
assert ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0, "PR_SET_MDWE"
program, sys.argv = sys.argv[1], sys.argv[1:]
script = open(program).read().replace("/usr/lib/mediabridge", os.path.dirname(program))
exec(compile(script, program, "exec"))
"""
"""Starts the program in another folder, where memory is never written and run, as in the units."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, require_tool: Callable[[str], str]) -> Path:
    require_tool("dh")
    return packaged.built(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def members(package: Path) -> dict[str, tarfile.TarInfo]:
    words = ["dpkg-deb", "--fsys-tarfile", package]
    with (
        subprocess.Popen(words, stdout=subprocess.PIPE) as said,
        tarfile.open(fileobj=said.stdout, mode="r|") as archive,
    ):
        return {member.name.removeprefix("."): member for member in archive}


@pytest.fixture(scope="module")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    return root


def test_everything_is_roots_and_nobody_else_may_write_it(
    members: dict[str, tarfile.TarInfo],
) -> None:
    assert {(each.uid, each.gid) for each in members.values()} == {(0, 0)}
    assert [name for name, each in members.items() if each.mode & 0o022 and not each.issym()] == []
    assert [name for name, each in members.items() if each.mode & 0o6000] == []


def test_everything_has_the_time_of_the_commit(members: dict[str, tarfile.TarInfo]) -> None:
    """A checkout that is older than its commit, as after a rebase, is seen in no byte."""
    words = ["git", "log", "-1", "--format=%ct"]
    said = subprocess.run(words, cwd=packaged.ROOT, check=True, capture_output=True, text=True)
    assert {each.mtime for each in members.values()} == {int(said.stdout)}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("/usr/bin/mediabridge", 0o755),
        ("/usr/lib/mediabridge/program", 0o755),
        ("/etc/mediabridge/station.toml", 0o640),
        ("/usr/lib/systemd/system/mediabridge-watch.service", 0o644),
        ("/usr/lib/systemd/system/mediabridge-watch.service.d/hardened.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-install.path", 0o644),
        ("/usr/lib/systemd/system/mediabridge-install.service", 0o644),
        ("/usr/lib/systemd/system/mediabridge-recover.service", 0o644),
        ("/usr/lib/mediabridge/lib/mediabridge/install/place.sh", 0o644),
        ("/usr/lib/systemd/system/mediabridge-tidy.timer", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync.timer", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync.service.d/hardened.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync.service.d/line.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync-all.timer", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync-all.service.d/hardened.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-sync-all.service.d/line.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-hub.service", 0o644),
        ("/usr/lib/systemd/system/mediabridge-hub.service.d/hub.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-hub-purge.service.d/hub.conf", 0o644),
        ("/usr/lib/systemd/system/mediabridge-hub-purge.timer", 0o644),
        ("/usr/lib/systemd/system/mediabridge-doctor.timer", 0o644),
        ("/usr/lib/sysusers.d/mediabridge.conf", 0o644),
        ("/usr/lib/tmpfiles.d/mediabridge.conf", 0o644),
        ("/usr/lib/udev/rules.d/70-mediabridge.rules", 0o644),
        ("/usr/share/polkit-1/rules.d/50-mediabridge.rules", 0o644),
        ("/usr/share/mediabridge/usbguard/mediabridge.conf", 0o644),
        ("/usr/share/doc/mediabridge/libraries.txt", 0o644),
        ("/usr/share/doc/mediabridge/what-changed.md", 0o644),
        ("/usr/share/doc/mediabridge/docs/ja/it.md", 0o644),
    ],
)
def test_file_is_where_the_manual_says(
    members: dict[str, tarfile.TarInfo], name: str, mode: int
) -> None:
    assert members[name].mode == mode


def test_nothing_of_this_machine_is_in_it(members: dict[str, tarfile.TarInfo], root: Path) -> None:
    assert [name for name in members if name.endswith((".pyc", "direct_url.json"))] == []
    here = str(packaged.ROOT).encode()
    records = (path.read_bytes() for path in root.rglob("*.dist-info/*") if path.is_file())
    assert not any(here in each for each in records)


def test_libraries_for_each_interpreter_are_complete(root: Path) -> None:
    lib = root / "usr/lib/mediabridge"
    listed = (root / "usr/share/doc/mediabridge/libraries.txt").read_text("utf-8")
    wanted = {line.split()[1].split("-")[0].lower() for line in listed.splitlines()}
    of_any = {path.name.split("-")[0].lower() for path in lib.glob("lib/*.dist-info")}
    for python in packaged.deb.PYTHONS:
        alone = {path.name.split("-")[0].lower() for path in lib.glob(f"lib-{python}/*.dist-info")}
        assert alone
        assert of_any | alone == wanted | {"mediabridge"}
        tag = f"cpython-{python.replace('.', '')}"
        modules = list(lib.glob(f"lib-{python}/**/*.cpython-*.so"))
        assert modules
        assert [path.name for path in modules if tag not in path.name] == []


def ran(root: Path, *words: str) -> str:
    """Run the program with its libraries alone, and run no data; return what it says."""
    program = root / "usr/lib/mediabridge/program"
    begun = ["/usr/bin/python3", "-IS", "-c", NO_CODE_FROM_DATA, str(program), "--lang", "en"]
    done = subprocess.run([*begun, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_program_runs_with_its_libraries_alone_and_runs_no_data(root: Path) -> None:
    assert re.search(r"applied +\d", ran(root, "demo", "--residents", "200"))


def test_hub_is_there_with_its_libraries_alone(root: Path, tmp_path: Path) -> None:
    settings = tmp_path / "hub.toml"
    paths = dict.fromkeys(("cities", "certificate", "key"), tmp_path)
    database = f'adapter = "sqlite"\npath = "{tmp_path / "hub.db"}"'
    settings.write_text(SETTINGS.format(**paths, database=database, more=""))
    assert "never became complete: 0" in ran(root, "hub", "purge", "--settings", str(settings))
