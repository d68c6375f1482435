"""``media put-aside``: what does not belong there is shown, asked about, and moved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.plugged import Plugged
from stations.days import Day
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.cli import media_put_aside
from mediabridge.translog.events import Event

LGWAN = "lgwan-01"
NAME = "memo\x1b[2J\u202e.txt"
SHOWN = "memo\\x1b[2J\\u202e.txt"


@pytest.fixture
def exchange(plugged: Plugged, stick: Stick) -> None:
    """Leave a foreign file and a dropping on the stick, and plug it in."""
    folder = stick.folder / layout.ROOT
    folder.mkdir(exist_ok=True)
    for name in (NAME, ".DS_Store"):
        (folder / name).write_bytes(b"x")
    plugged.sticks = [stick]


def words(plugged: Plugged, *more: str, key: str = "officer-1") -> list[str]:
    path = plugged.day.world.city.key_path(key)
    return ["media", "put-aside", "--key", str(path), *more]


def put_aside(plugged: Plugged, *more: str, code: int = 0, key: str = "officer-1") -> Any:
    return json.loads(plugged.call("--json", *words(plugged, *more, key=key), code=code))


@pytest.mark.usefixtures("exchange")
def test_yes_beforehand(day: Day, plugged: Plugged, stick: Stick) -> None:
    said = put_aside(plugged, "--yes")
    wanted = {"foreign": [NAME], "droppings": 1, "medium": "USB-001", "safe": True}
    assert said["data"] == wanted
    assert len(list((stick.folder / layout.ASIDE).rglob(NAME))) == 1
    assert len(day.entries(LGWAN, Event.FOREIGN_PUT_ASIDE)) == 1
    assert stick.calls[-1] == "eject"


@pytest.mark.usefixtures("exchange")
def test_nobody_can_be_asked(day: Day, plugged: Plugged, stick: Stick) -> None:
    assert put_aside(plugged, code=2)["reason"] == "NOT_INTERACTIVE"
    assert (stick.folder / layout.ROOT / NAME).exists()
    assert day.entries(LGWAN, Event.FOREIGN_PUT_ASIDE) == []


@pytest.mark.usefixtures("exchange")
def test_clerk_may_not(plugged: Plugged, stick: Stick) -> None:
    assert put_aside(plugged, "--yes", key="clerk-1", code=10)["reason"] == "SIGNER_ROLE"
    assert (stick.folder / layout.ROOT / NAME).exists()


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("en", "Move what does not belong there (1) out of the exchange folder of medium USB-001?"),
        ("ja", "媒体 USB-001 の交換用のフォルダーから"),
    ],
)
@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.usefixtures("exchange")
def test_officer_is_asked_in_words(
    plugged: Plugged,
    stick: Stick,
    monkeypatch: pytest.MonkeyPatch,
    *,
    lang: str,
    question: str,
    answer: bool,
) -> None:
    """Names are shown before the question, so that nothing in them steers the screen."""
    asked: list[str] = []

    def confirm(_context: object, msgid: str, /, **facts: Any) -> bool:
        asked.append(media_put_aside.text(msgid, **facts))
        return answer

    monkeypatch.setattr(media_put_aside, "confirm", confirm)
    plugged.call(*words(plugged), lang=lang, code=0 if answer else 60)
    assert question in asked[0]
    assert layout.ASIDE in asked[0]
    assert SHOWN in plugged.err
    assert "\x1b" not in plugged.err
    assert (stick.folder / layout.ROOT / NAME).exists() != answer


@pytest.mark.usefixtures("exchange")
def test_writing_names_it_and_putting_aside_helps(day: Day, plugged: Plugged) -> None:
    day.pack()
    plugged.call("write", code=30)
    assert SHOWN in plugged.err
    assert "media put-aside" in plugged.err
    put_aside(plugged, "--yes")
    plugged.call("write")
    assert day.books(LGWAN) == [("out", "written", 1)]
