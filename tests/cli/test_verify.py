"""``mediabridge verify``: a bundle wherever it lies, with a station or with the city's root."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attacks.world import World, flip, make_sent_world, scratch

from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock


@pytest.fixture
def sent() -> Iterator[World]:
    """A station with a bundle on the stick."""
    with scratch() as root:
        yield make_sent_world(Path(root))


def verify(
    capsys: pytest.CaptureFixture[str], home: Path, *words: Path | str, code: int = 0
) -> dict[str, object]:
    assert run(["--home", str(home), "--json", "verify", *map(str, words)]) == code
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def places(world: World, tmp_path: Path) -> list[Path]:
    """Return every place where the page for auditors says that a bundle may lie."""
    copied = tmp_path / "laptop" / world.bundle.name
    shutil.copytree(world.bundle, copied)
    link = tmp_path / "link"
    link.symlink_to(copied, target_is_directory=True)
    outbox = world.home("lgwan-01").outbox / world.bundle.name
    return [world.medium, world.bundle, outbox, copied, link]


def test_bundle_is_verified_wherever_it_lies(
    sent: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At a station, which has trust data of its own."""
    home = sent.home("registry-01").root
    for place in places(sent, tmp_path):
        data = verify(capsys, home, place)["data"]
        assert isinstance(data, dict)
        assert [each["bundle"] for each in data["bundles"]] == [sent.bundle.name], place


def test_auditor_needs_no_station(
    sent: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ("--root", sent.home("lgwan-01").trust_root)
    nowhere = tmp_path / "none"
    on_medium, alone = [], []
    for place in places(sent, tmp_path):
        (on_medium if layout.ROOT in str(place) or place == sent.medium else alone).append(place)
    assert len(on_medium) == 2
    for place in on_medium:
        verify(capsys, nowhere, place, *root)
    for place in alone:
        assert verify(capsys, nowhere, place, *root, code=2)["reason"] == "USAGE", place
        verify(capsys, nowhere, place, *root, "--medium", sent.medium)


def test_damaged_copy_is_refused(
    sent: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / sent.bundle.name
    shutil.copytree(sent.bundle, copied)
    part = copied / layout.part_name(0)
    flip(part)
    found = verify(capsys, sent.home("registry-01").root, copied, code=10)
    assert found["reason"] == "HASH_MISMATCH"


def test_link_on_a_medium_is_not_followed(
    sent: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C6. What lies on a stick is the stick's, even the name that was typed."""
    elsewhere = tmp_path / sent.bundle.name
    bundle = sent.bundle
    shutil.move(bundle, elsewhere)
    bundle.symlink_to(elsewhere, target_is_directory=True)
    found = verify(capsys, sent.home("registry-01").root, bundle, code=10)
    assert found["reason"] == "TREE_LINK"


@pytest.mark.parametrize("year", [1970, 2099])
def test_wrong_clock_of_a_station_refuses_no_good_bundle(
    sent: World, year: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C55."""
    wrong = datetime(year, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(SystemClock, "now", lambda _self: wrong)
    data = verify(capsys, sent.home("registry-01").root, sent.bundle)["data"]
    assert isinstance(data, dict)
    assert [each["bundle"] for each in data["bundles"]] == [sent.bundle.name]
