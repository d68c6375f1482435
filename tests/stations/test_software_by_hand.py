"""Installing what came, as the manual says it: its own lines, with the real dpkg below a folder."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from attacks.world import World, flip
from packages import build_package
from stations.test_software import REGISTRY, add, allow, send

DOCS = Path(__file__).parents[2] / "docs"
LINES = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CUT = '#!/bin/sh\n[ -e "$DPKG_ROOT/cut" ] || { : >"$DPKG_ROOT/cut"; kill -9 $PPID; }\n'
"""Ends dpkg in the middle of its work, the first time."""

pytestmark = [
    pytest.mark.in_turns,
    pytest.mark.skipif(os.geteuid() != 0, reason="dpkg installs as root only"),
]


def quoted(page: str) -> tuple[str, str]:
    """Return the lines of *page* that make a verified copy, and the line that installs it."""
    said = LINES.findall((DOCS / page).read_text("utf-8"))
    compare, install, *_ = (lines for lines in said if "/root/staged" in lines)
    return compare, install


def came(world: World, tmp_path: Path, scripts: Mapping[str, str] | None = None) -> str:
    allow(world)
    sha256 = add(world, build_package(tmp_path, "99.1", scripts=scripts))
    send(world)
    world.import_(REGISTRY)
    for name in ("info", "updates", "triggers"):
        (tmp_path / "root/var/lib/dpkg" / name).mkdir(parents=True)
    (tmp_path / "root/var/lib/dpkg/status").touch()
    return sha256


def by_hand(world: World, tmp_path: Path, sha256: str, lines: str) -> int:
    """Give *lines* as the manual has them, but for where things are."""
    elsewhere = f"dpkg --root={tmp_path / 'root'} --force-script-chrootless --install"
    changes = {
        "SHA256=...": f"SHA256={sha256}",
        "/var/lib/mediabridge/": f"{world.home(REGISTRY).root}/",
        "/root/staged": str(tmp_path / "staged"),
        "dpkg --install": elsewhere,
    }
    for said, here in changes.items():
        lines = lines.replace(said, here)
    words = ("bash", "-e", "-c", lines)
    return subprocess.run(words, capture_output=True, check=False).returncode


def status(tmp_path: Path) -> str:
    """Return what dpkg says of the package, and its version; empty for a package it never saw."""
    shown = ("--show", "--showformat=${db:Status-Status} ${Version}", "mediabridge")
    words = ("dpkg-query", f"--admindir={tmp_path / 'root/var/lib/dpkg'}", *shown)
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def test_both_manuals_have_the_same_lines() -> None:
    assert quoted("operations/update.md") == quoted("ja/update.md")


def test_lines_of_the_manual_install_what_was_approved(world: World, tmp_path: Path) -> None:
    sha256 = came(world, tmp_path)
    for lines in quoted("operations/update.md"):
        assert by_hand(world, tmp_path, sha256, lines) == 0
    assert status(tmp_path) == "installed 99.1"


def test_lines_of_the_manual_stop_at_what_was_exchanged(world: World, tmp_path: Path) -> None:
    sha256 = came(world, tmp_path)
    flip(world.home(REGISTRY).software / sha256 / "payload")
    compare, _ = quoted("operations/update.md")
    assert by_hand(world, tmp_path, sha256, compare) != 0


@pytest.mark.parametrize("moment", ["preinst", "postinst"])
def test_the_same_line_finishes_what_a_power_cut_left(
    world: World, tmp_path: Path, moment: str
) -> None:
    sha256 = came(world, tmp_path, {moment: CUT})
    compare, install = quoted("operations/update.md")
    assert by_hand(world, tmp_path, sha256, compare) == 0
    assert by_hand(world, tmp_path, sha256, install) != 0
    assert status(tmp_path) != "installed 99.1"
    assert by_hand(world, tmp_path, sha256, install) == 0
    assert status(tmp_path) == "installed 99.1"
