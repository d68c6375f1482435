"""What a manual shows as one block can be pasted as one block, into a terminal with a shell."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.terminal import QUESTION, at_terminal

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "keys" / "README.md",
    *sorted((ROOT / "docs").glob("ja/*.md")),
    *sorted((ROOT / "docs").glob("operations/*.md")),
]
ASKS = re.compile(
    r"^mediabridge .*( --key |media (erase|put-aside)|station (clock|enrol|init .*--live)"
    r"|keys (new|passphrase)"
    r"|trust (init|add|remove|revoke|route|media|rotate|renew|discard|publish))",
    re.MULTILINE,
)
"""Command lines at which a person may be asked: what stands below them would be thrown away."""

PASTED = {"off": "{}", "on": "\x1b[200~{}\x1b[201~"}
"""How a terminal hands over what is pasted, by readline's enable-bracketed-paste."""


def blocks_of(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read_at_once(block: str) -> bool:
    """Tell whether a shell reads the whole block before it runs any line that asks."""
    before, bracket, rest = block.partition("(set -e\n")
    return bool(bracket) and rest.endswith("\n)\n") and not ASKS.search(before)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_nothing_stands_below_a_question(page: Path) -> None:
    for block in blocks_of(page, "sh"):
        asking = [line for line in block.splitlines()[:-1] if ASKS.match(line)]
        assert asking == [] or read_at_once(block)


@pytest.mark.parametrize("bracketed", PASTED)
def test_readme_journey_by_hand_is_pasted_whole(
    tmp_path: Path, require_tool: Callable[[str], str], bracketed: str
) -> None:
    (journey,) = [each for each in blocks_of(ROOT / "README.md", "sh") if "station init" in each]
    (outcome,) = [each for each in blocks_of(ROOT / "README.md", "text") if "moved out" in each]
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    inputrc = tmp_path / "inputrc"
    inputrc.write_text(f"set enable-bracketed-paste {bracketed}\n")
    environment = {
        "HOME": str(tmp_path),
        "INPUTRC": str(inputrc),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/bin:/bin",
        "PS1": "at your service> ",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
    }
    shell = [require_tool("setsid"), "--ctty", require_tool("bash"), "--norc", "--noprofile", "-i"]
    with at_terminal(shell, folder=tmp_path, environment=environment) as at:
        at.wait_for(environment["PS1"])
        at.type(PASTED[bracketed].format(journey).replace("\n", "\r") + "\r")
        # Read last. A question throws it away, and it is typed again below the answer: so the
        # shell ends, whatever became of the lines.
        at.type("exit\r")
        assert at.answer_all(QUESTION, "y\rexit\r") == 0
    assert at.shown.count(QUESTION) == journey.count(" --key ")
    assert outcome in at.shown.replace("\r", "")
