"""Built twice, in two folders, from one state of the files; and what lintian says of it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import packaged

OVERRIDES = packaged.ROOT / "packaging/debian/mediabridge.lintian-overrides"
LISTED = re.compile(r"^mediabridge: (\S+)", re.MULTILINE)


def test_same_files_give_the_same_bytes_wherever_they_lie(package: Path, tmp_path: Path) -> None:
    other = packaged.built_elsewhere(tmp_path / "another" / "folder")
    assert other.name == package.name
    assert other.read_bytes() == package.read_bytes()


def test_lintian_finds_nothing_but_what_is_listed_with_its_reason(
    package: Path, require_tool: Callable[[str], str]
) -> None:
    words = [require_tool("lintian"), "--fail-on", "none", "--tag-display-limit", "0"]
    # Root may ask it, too; the profile is Debian's, wherever it runs.
    done = subprocess.run(
        [*words, "--allow-root", "--profile", "debian", "--show-overrides", package],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    said = [line.split() for line in done.stdout.splitlines() if not line.startswith("N:")]
    assert {first for first, *_ in said} == {"O:"}, done.stdout
    # What is listed and not found any more is taken off the list.
    assert {tag for _, _, tag, *_ in said} == set(LISTED.findall(OVERRIDES.read_text("utf-8")))
