"""``--medium`` names a folder: a link of the operator's, or a folder of the station's own disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import as_medium
from cli.terminal import LGWAN, QUESTION, terminal
from stations.days import Day
from storage.machine import small_disk

from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

pytestmark = pytest.mark.in_turns

REGISTRY = "registry-01"
NOTICES = isa_csv((1, 1))

COMMANDS = [
    (LGWAN, "write"),
    (LGWAN, "export", "--operator", "clerk-1"),
    (LGWAN, "media", "erase", "--yes"),
    (LGWAN, "media", "put-aside", "--yes"),
    (REGISTRY, "import"),
]


def said(
    day: Day, capsys: pytest.CaptureFixture[str], at: str, *words: str, code: int = 0
) -> dict[str, Any]:
    key = ["--key", str(day.world.city.key_path("officer-1"))] if words[0] == "media" else []
    assert run(["--home", str(day.world.home(at).root), "--json", *words, *key]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def packed(day: Day) -> str:
    return day.pack(content=NOTICES)


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(("at", "words"), [(at, words) for at, *words in COMMANDS])
def test_folder_of_the_own_disk_is_no_medium(
    day: Day, capsys: pytest.CaptureFixture[str], at: str, words: list[str], *, inside: bool
) -> None:
    """Claim C57."""
    folder = day.world.home(at).root / "delivered" if inside else day.world.medium
    refused = said(day, capsys, at, *words, "--medium", str(folder), code=ExitCode.MEDIUM)
    assert (refused["reason"], refused["data"]) == ("OWN_DISK", {"name": folder.name})
    assert "--folder" in refused["hint"]
    assert list(folder.iterdir()) == []
    assert day.books(LGWAN) == [("out", "approved", 1)]


def test_folder_that_is_meant_is_taken(
    day: Day, packed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = as_medium(day.world.medium)
    assert said(day, capsys, LGWAN, "write", *folder)["data"]["bundle"] == packed
    assert said(day, capsys, REGISTRY, "import", *folder)["data"]["safe"] is False
    erased = said(day, capsys, LGWAN, "media", "erase", "--yes", *folder)["data"]
    assert erased["bundles"] == [packed]


@pytest.mark.parametrize(
    ("answer", "code", "state"),
    [("y", ExitCode.DONE, "written"), ("n", ExitCode.MEDIUM, "approved")],
)
@pytest.mark.usefixtures("packed")
def test_person_is_asked(day: Day, answer: str, code: int, state: str) -> None:
    """Claim C57."""
    with terminal(day, "write", "--medium", str(day.world.medium)) as at:
        at.wait_for(QUESTION)
        assert "own disk" in at.shown
        at.type(f"{answer}\n")
        assert at.end() == code
    assert day.books(LGWAN) == [("out", state, 1)]


def test_other_file_system_is_nothing_to_ask(
    day: Day, packed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk", kib=8192) as disk:
        done = said(day, capsys, LGWAN, "write", "--medium", str(disk.folder))
        assert done["data"]["bundle"] == packed
        assert (layout.bundles_folder(disk.folder) / packed).is_dir()


@pytest.mark.usefixtures("packed")
def test_file_system_inside_the_home_is_no_medium(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C57. Whatever is mounted there is the station's."""
    with small_disk(day.world.home(LGWAN).root / "disk") as disk:
        words = ("write", "--medium", str(disk.folder))
        assert said(day, capsys, LGWAN, *words, code=30)["reason"] == "OWN_DISK"


def test_link_of_the_operator_is_followed(
    day: Day, packed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "stick"
    link.symlink_to(day.world.medium)
    assert said(day, capsys, LGWAN, "write", *as_medium(link))["data"]["bundle"] == packed
    shown = said(day, capsys, LGWAN, "verify", str(link))["data"]["bundles"]
    assert [each["bundle"] for each in shown] == [packed]
    root = str(day.world.home(LGWAN).trust_root)
    words = ("trust", "allowed-signers", str(tmp_path / "out"), "--root", root)
    assert said(day, capsys, LGWAN, *words, "--medium", str(link))["data"]["signers"] > 0
    assert said(day, capsys, REGISTRY, "import", *as_medium(link))["data"]["bundles"]
    words = ("media", "erase", "--yes", *as_medium(link))
    assert said(day, capsys, LGWAN, *words)["data"]["bundles"] == [packed]


def test_link_of_the_operator_is_no_way_around_the_question(
    day: Day, packed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C57."""
    assert packed
    link = tmp_path / "stick"
    link.symlink_to(day.world.medium)
    words = ("write", "--medium", str(link))
    assert said(day, capsys, LGWAN, *words, code=30)["reason"] == "OWN_DISK"


def test_link_below_the_folder_is_not_followed(
    day: Day, packed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C6. The stranger's links stay what they were, behind a link of the operator."""
    assert packed
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "stick"
    elsewhere.mkdir()
    link.symlink_to(day.world.medium)
    (day.world.medium / layout.ROOT).symlink_to(elsewhere)
    words = ("write", *as_medium(link))
    assert said(day, capsys, LGWAN, *words, code=10)["reason"] == "TREE_LINK"
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("leads_to", ["itself", "nothing"])
def test_link_that_leads_to_no_folder_is_no_medium(
    day: Day, packed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], leads_to: str
) -> None:
    assert packed
    link = tmp_path / "itself"
    link.symlink_to(tmp_path / leads_to)
    for words in (["write", *as_medium(link)], ["verify", str(link)]):
        assert said(day, capsys, LGWAN, *words, code=30)["reason"] == "NO_MEDIUM"


def test_folder_cannot_be_registered_even_if_the_machine_runs_from_usb(
    day: Day, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_for(_folder: Path) -> None:
        pytest.fail("the station's own disk must not be looked at as a stick")

    monkeypatch.setattr("mediabridge.media.detect.device_of", looked_for)
    words = ("media", "register", "USB-009", "--label", "x")
    refused = said(day, capsys, LGWAN, *words, "--medium", str(day.world.medium), code=2)
    assert refused["reason"] == "USAGE"
