"""docs/ja/ceremony.md, followed word by word at a terminal, to a city that works and changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cli.terminal import at_terminal

from mediabridge.locale import Language, speaking, translate
from mediabridge.trust import accepted
from mediabridge.trust.ceremony.roles import Role

pytestmark = pytest.mark.in_turns

PAGE = Path(__file__).parent.parent.parent / "docs" / "ja" / "ceremony.md"
TYPED = "tsukue-no-ue-no-aoi-hako-7"


@dataclass
class Office:
    """One folder in place of everybody's machine; the page, block by block."""

    folder: Path
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = PAGE.read_text(encoding="utf-8")
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        here = self.folder / "bin"
        here.mkdir()
        (here / "mediabridge").symlink_to(Path(sys.executable).parent / "mediabridge")
        self.path = f"{here}:{os.environ['PATH']}"

    def type(self, line: str) -> str:
        """Type *line* into a shell, answer what is asked, and return what was shown."""
        answers = [
            (r"(?:パスフレーズ|もう一度同じもの)[^\n]*: ", lambda _found: TYPED),
            (r"\[y = はい / n = いいえ\] ", lambda _found: "y"),
            (r"確認票の ([0-9, ]+) 番の言葉[^\n]*: ", self._words_of),
        ]
        environment = {**os.environ, "PATH": self.path, "LANG": "ja_JP.UTF-8", "LC_ALL": ""}
        line = line.replace("/media/stick", str(self.stick))
        command = [shutil.which("sh") or "sh", "-c", line]
        with at_terminal(command, folder=self.folder, environment=environment) as at:
            code = at.converse(answers)
        assert code == 0, f"{line}\n{at.shown}"
        return at.shown

    def _words_of(self, found: re.Match[str]) -> str:
        return " ".join(self.words[int(number) - 1] for number in found[1].split(","))

    def follow(self, heading: str, about: str = "", **instead: str) -> None:
        """Type the lines below *heading* that are about a name; *instead* of a name, another."""
        below = self.text.split(f"## {heading}", 1)[1].split("\n## ")[0]
        blocks = re.findall(r"```sh\n(.*?)```", below, re.DOTALL)
        for line in "".join(blocks).splitlines():
            if about in line:
                self.type(_instead(line, instead))

    def table(self) -> list[str]:
        """Return the commands in the table of changes."""
        return re.findall(r"\| `(mediabridge trust [^`]*)` \|", self.text)


def _instead(line: str, others: Mapping[str, str]) -> str:
    for name, other in others.items():
        line = re.sub(rf"\b{name.replace('_', '-')}\b", other, line)
    return line


def test_the_page_calls_the_roles_what_the_screen_calls_them() -> None:
    page = PAGE.read_text(encoding="utf-8")
    with speaking(Language.JA):
        for role in Role:
            assert translate(role.sentence).replace("(", " (") in page


def requests(office: Office) -> None:
    for number in (1, 2, 3):
        office.follow("1.", "root-1", root_1=f"root-{number}")
    office.follow("1.", "targets-1")
    office.follow("1.", "targets-1", targets_1="targets-2")
    for role in ("snapshot", "timestamp"):
        # The longer name first: the shorter one is a part of it.
        office.follow("1.", "targets-1", targets_1=f"{role}-1", targets=role)
    office.follow("1.", "officer-1")
    office.follow("1.", "officer-1", officer_1="clerk-1", officer="clerk")
    office.follow("1.", "escrow-1")
    office.follow("1.", "--home lgwan")
    office.follow("1.", "--home lgwan", lgwan_01="registry-01", lgwan="registry")


@pytest.mark.heavy
def test_the_page_leads_to_a_city_that_changes(tmp_path: Path) -> None:
    office = Office(tmp_path)
    requests(office)
    office.follow("2.", "init")
    office.follow("1.", "officer-1", officer_1="officer-2")
    office.follow("2.", "add")
    office.type("mediabridge trust sign ceremony --key root-3.json --key root-3-lattice.json")
    office.follow("3.")
    office.follow("4.")
    shown = office.type(
        "mediabridge --json station form --root ceremony/root.json --out again.html"
    )
    office.words = json.loads(shown[shown.index("{") :])["data"]["words"]
    for home in ("lgwan", "registry"):
        office.follow("5.", lgwan=home)

    office.follow("1.", "officer-1", officer_1="officer-3")
    office.follow("1.", "root-1", root_1="root-4")
    # One key is revoked once; a draft that is only renewed or thrown away comes last.
    once = [each for each in office.table() if not re.search("KEY_LOST|renew|discard", each)]
    for command in once:
        office.type(command)
    for name in ("root-2", "root-3"):
        office.type(f"mediabridge trust sign ceremony --key {name}.json --key {name}-lattice.json")
    office.type("mediabridge trust sign ceremony --key targets-1.json --key targets-2.json")
    office.type("mediabridge trust sign ceremony --key snapshot-1.json --key timestamp-1.json")
    office.type("mediabridge trust publish ceremony --medium /media/stick")
    for home in ("lgwan", "registry"):
        office.follow("変更する (異動、紛失、鍵の交換)", lgwan=home)
        trust = accepted.current(tmp_path / home / "trust" / "cache")
        assert (trust.version, trust.mode) == (2, "live")
        assert [each.reason for each in trust.revoked] == ["LEFT_OFFICE"]
        assert trust.media_officers == ("officer-2", "officer-3")
    for command in office.table():
        if re.search("renew|discard", command):
            office.type(command)
    assert not (tmp_path / "ceremony" / "draft.json").exists()
