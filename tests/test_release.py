"""A release has one version, wherever it is written; its changes are told; it can be made again."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from mediabridge import __version__
from tools import messages

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parent.parent


def test_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_newest_changes_are_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(
        r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d|not released yet)\)$", changelog, re.MULTILINE
    )
    assert len(headings) == changelog.count("\n## ")
    assert headings[0][0] == __version__
    assert all(day != "not released yet" for _version, day in headings[1:])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Build the artefacts twice, from two copies of what git keeps of the program."""
    folders = []
    for name in ("one", "other"):
        tree = tmp_path_factory.mktemp(name)
        for each in (".gitignore", "LICENSE", "README.md", "pyproject.toml"):
            shutil.copy(ROOT / each, tree)
        left_out = shutil.ignore_patterns("__pycache__", "*.mo")
        for each in ("mediabridge", "tools"):
            shutil.copytree(ROOT / each, tree / each, ignore=left_out)
        environment = os.environ | {"SOURCE_DATE_EPOCH": "1800000000"}
        command = [sys.executable, "-m", "hatchling", "build"]
        subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True)
        folders.append(tree / "dist")
    return folders


def test_artefacts_hold_the_compiled_catalogues(built: list[Path]) -> None:
    (wheel,) = built[0].glob("*.whl")
    (archive,) = built[0].glob("*.tar.gz")
    for path in messages.CATALOGUES.values():
        _po, compiled = messages.rendered(
            messages.updated(path.parts[-3], path, messages.find_messages())
        )
        name = path.with_suffix(".mo").relative_to(ROOT)
        with zipfile.ZipFile(wheel) as opened:
            assert opened.read(str(name)) == compiled
        with tarfile.open(archive) as opened:
            packed = opened.extractfile(f"mediabridge-{__version__}/{name}")
            assert packed is not None
            assert packed.read() == compiled


def test_same_tree_gives_the_same_artefacts(built: list[Path]) -> None:
    one, other = ({path.name: path.read_bytes() for path in each.iterdir()} for each in built)
    assert sorted(Path(name).suffix for name in one) == [".gz", ".whl"]
    assert one == other
