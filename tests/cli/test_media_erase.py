"""``media erase``: an officer's decision, asked for, and proven."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.plugged import Plugged
from stations.days import Day, failing, on
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.cli import media_erase
from mediabridge.errors import MediumIoError
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTHING = {"bundles": [], "foreign": [], "droppings": 0, "medium": "USB-001", "safe": True}


@pytest.fixture
def bundles(day: Day, plugged: Plugged, stick: Stick) -> list[str]:
    """Give two bundles on the stick that is plugged in; one of nobody's and unfinished."""
    mine = day.pack()
    day.write(mine, stick)
    (layout.bundles_folder(stick.folder) / ("ef" * 16 + ".partial")).mkdir()
    plugged.sticks = [stick]
    return sorted([mine, "ef" * 16])


def erase(plugged: Plugged, *words: str, key: str = "officer-1", code: int = 0) -> dict[str, Any]:
    path = plugged.day.world.city.key_path(key)
    out = plugged.call("--json", "media", "erase", "--key", str(path), *words, code=code)
    found: dict[str, Any] = json.loads(out)
    return found


def test_every_bundle_goes(day: Day, plugged: Plugged, stick: Stick, bundles: list[str]) -> None:
    data = erase(plugged, "--yes")["data"]
    assert data == {**NOTHING, "bundles": bundles}
    assert on(stick) == []
    assert stick.calls[-1] == "eject"
    before, after = day.entries(LGWAN, Event.MEDIUM_ERASING, Event.MEDIUM_ERASED)
    assert (before.actor, before.facts["bundles"]) == ("officer-1", bundles)
    assert after.actor == "officer-1"
    # It can be used afterwards, and what has not arrived is written again by itself.
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.serve(LGWAN, stick).safe
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_nothing_on_it_is_nothing_to_ask(day: Day, plugged: Plugged, stick: Stick) -> None:
    plugged.sticks = [stick]
    assert erase(plugged)["data"] == NOTHING
    assert "write" not in stick.calls
    assert day.entries(LGWAN, Event.MEDIUM_ERASING) == []


def test_nobody_can_be_asked(plugged: Plugged, stick: Stick, bundles: list[str]) -> None:
    assert erase(plugged, code=2)["reason"] == "NOT_INTERACTIVE"
    assert len(on(stick)) == len(bundles)


def test_officer_who_says_no(
    day: Day,
    plugged: Plugged,
    stick: Stick,
    bundles: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(media_erase, "confirm", lambda *_words, **facts: asked.append(facts))
    assert erase(plugged, code=60)["ok"] is False
    assert asked == [{"count": 2, "medium": "USB-001", "open": 1}]
    assert len(on(stick)) == len(bundles)
    assert "eject" not in stick.calls
    assert day.entries(LGWAN, Event.MEDIUM_ERASING) == []


def test_clerk_may_not(day: Day, plugged: Plugged, stick: Stick, bundles: list[str]) -> None:
    before = list(stick.calls)
    assert erase(plugged, "--yes", key="clerk-1", code=10)["reason"] == "SIGNER_ROLE"
    assert len(on(stick)) == len(bundles)
    assert stick.calls == before
    assert day.entries(LGWAN, Event.MEDIUM_ERASING) == []


def test_nothing_plugged_in(plugged: Plugged) -> None:
    assert erase(plugged, "--yes", code=30)["reason"] == "NO_MEDIUM"


@pytest.mark.usefixtures("bundles")
def test_failing_stick_is_not_called_erased(day: Day, plugged: Plugged, stick: Stick) -> None:
    stick.at_mount = failing(MediumIoError(detail="EIO"), "write")
    found = erase(plugged, "--yes", code=30)
    assert (found["ok"], found["reason"]) == (False, "IO_ERROR")
    assert day.entries(LGWAN, Event.MEDIUM_ERASED) == []
    assert "eject" not in stick.calls


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Bundles erased and read back as erased: 2"), ("ja", "2")]
)
@pytest.mark.usefixtures("bundles")
def test_person_reads_how_many(plugged: Plugged, lang: str, words: str) -> None:
    path = plugged.day.world.city.key_path("officer-1")
    shown = plugged.call("media", "erase", "--key", str(path), "--yes", lang=lang)
    assert words in shown
    assert ("erased" in shown) == (lang == "en")
