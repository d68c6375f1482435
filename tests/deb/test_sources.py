"""What the package is made of, as far as it can be seen without building it."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from mediabridge.config import INSTALLED_HOME, INSTALLED_SETTINGS
from mediabridge.stations.settings_model import Lines
from tools import deb

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "packaging" / "debian"
SETTINGS = ROOT / "system/etc/station.toml"
TYPES_ALONE = "_typeshed"
"""A module of type checkers, which no interpreter loads."""
IMPORTS = re.compile(
    r"^ *(?:from (\w+)[\w.]* import |import (\w+)[\w.]*(?: as \w+)?(?: +#.*)?$)", re.MULTILINE
)
OF_NO_COMMAND = {"test", "fuzz", "lint", "mutants"}
"""Extras for whoever works on the program; every other one is what some command needs."""


def test_every_file_of_the_system_is_in_the_package() -> None:
    lines = (DEBIAN / "mediabridge.install").read_text("utf-8").splitlines()
    patterns = [line.split()[0] for line in lines if line.startswith("system/")]
    packed = {path for pattern in patterns for path in ROOT.glob(pattern)}
    there = {path for path in (ROOT / "system").rglob("*") if path.is_file()}
    assert there - packed == set()


def test_control_is_for_the_interpreters_whose_libraries_are_packed() -> None:
    control = (DEBIAN / "control").read_text("utf-8")
    (least,) = re.findall(r"python3 \(>= 3\.(\d+)\)", control)
    (beyond,) = re.findall(r"python3 \(<< 3\.(\d+)\)", control)
    assert [f"3.{minor}" for minor in range(int(least), int(beyond))] == list(deb.PYTHONS)
    installed = (DEBIAN / "mediabridge.install").read_text("utf-8")
    assert re.findall(r"^lib-(\S+) ", installed, re.MULTILINE) == list(deb.PYTHONS)


def test_wheels_need_no_newer_library_of_the_system_than_control_asks_for() -> None:
    (wanted,) = re.findall(r"libc6 \(>= 2\.(\d+)\)", (DEBIAN / "control").read_text("utf-8"))
    assert int(wanted) == max(deb.GLIBCS)


def test_libraries_of_every_command_are_packed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {*project["optional-dependencies"]} - OF_NO_COMMAND == {*deb.LOCKS} - {"runtime"}
    locks = "".join((ROOT / f"requirements/{name}.txt").read_text("utf-8") for name in deb.LOCKS)
    packed = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", locks, re.MULTILINE)}
    known = packages_distributions()
    needed = {
        module: {canonicalize_name(each) for each in known.get(module, [module])}
        for module in imported() - sys.stdlib_module_names - {"mediabridge", TYPES_ALONE}
    }
    assert {module for module, names in needed.items() if not names & packed} == set()


def imported() -> set[str]:
    """Return what modules of the program import, wherever they do, by the first part of a name."""
    texts = (path.read_text("utf-8") for path in (ROOT / "mediabridge").rglob("*.py"))
    return {first or second for text in texts for first, second in IMPORTS.findall(text)}


def test_settings_settle_nothing_until_a_line_is_uncommented() -> None:
    assert tomllib.loads(SETTINGS.read_text("utf-8")) == {}


def test_every_line_that_can_be_uncommented_is_one_that_the_station_takes() -> None:
    lines = SETTINGS.read_text("utf-8").splitlines()
    chosen = [line[1:] for line in lines if re.match(r"#(\[|[a-z0-9_-]+ +=)", line)]
    read = Lines.model_validate(tomllib.loads("\n".join(chosen)))
    assert read.model_fields_set == set(Lines.model_fields)


def test_account_and_folders_are_those_of_the_program() -> None:
    users = (ROOT / "system/sysusers/mediabridge.conf").read_text("utf-8")
    assert re.search(rf"^u mediabridge - \"[^\"]+\" {INSTALLED_HOME} ", users, re.MULTILINE)
    folders = (ROOT / "system/tmpfiles/mediabridge.conf").read_text("utf-8")
    line = rf"^d {INSTALLED_HOME} +0700 mediabridge mediabridge "
    assert re.search(line, folders, re.MULTILINE)
    lines = (DEBIAN / "mediabridge.install").read_text("utf-8")
    assert f"system/etc/station.toml {str(INSTALLED_SETTINGS.parent)[1:]}/\n" in lines


@pytest.mark.parametrize(
    ("words", "account", "groups", "started"),
    [
        ("status", "aoki", "aoki mediabridge-clerk", "ENTER as-clerk status"),
        (
            "approve",
            "baba",
            "baba mediabridge-officer",
            "ENTER as-officer approve",
        ),
        ("--home own status", "aoki", "aoki mediabridge-clerk", "PROGRAM --home own status"),
        ("status", "mediabridge", "mediabridge mediabridge-clerk", "PROGRAM status"),
        ("demo", "chiba", "chiba users", "PROGRAM demo"),
        ("--home=own status", "root", "root", "PROGRAM --home=own status"),
        ("status", "root", "root", ""),
    ],
)
def test_command_starts_the_station_as_what_a_person_is(
    tmp_path: Path, words: str, account: str, groups: str, started: str
) -> None:
    said = tmp_path / "bin"
    said.mkdir()
    fakes = {"id": f'[ "$1" = -un ] && echo {account} || echo {groups}'}
    fakes |= {"ENTER": 'echo "ENTER $@"', "PROGRAM": 'echo "PROGRAM $@"'}
    for name, line in fakes.items():
        (said / name).write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        (said / name).chmod(0o755)
    command = (ROOT / "packaging/mediabridge").read_text("utf-8")
    command = command.replace("/usr/lib/mediabridge/enter", "ENTER")
    command = command.replace("/usr/lib/mediabridge/program", "PROGRAM")
    done = subprocess.run(
        ["/bin/sh", "-c", command, "mediabridge", *words.split()],
        env={"PATH": f"{said}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.rstrip("\n") == started
    assert (done.returncode, bool(done.stderr)) == ((70, True) if not started else (0, False))
