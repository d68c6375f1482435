"""A release has one version, wherever it is written, and its changes are told."""

import re
import tomllib
from pathlib import Path

from mediabridge import __version__

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
