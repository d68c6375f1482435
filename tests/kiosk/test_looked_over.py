"""Whoever looks over the shoulder while keys are pressed at random would notice what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from kiosk.keys import Hand
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, collected
from stations.days import Day
from stations.sticks import Stick

from mediabridge.kiosk.home import Home
from mediabridge.kiosk.page import Choice
from mediabridge.kiosk.prepare import Prepare

pytestmark = pytest.mark.in_turns


def pressed(day: Day, port: Port, stick: Stick, *tokens: Sequence[str]) -> None:
    """Press *tokens* at the LGWAN side under the eye that looks at the random ones."""
    collected(day)

    async def journey(seat: Seat) -> None:
        hand = Hand(seat, day, LGWAN, port, stick, Random())  # noqa: S311 - nothing is drawn
        await seat.sign_in()
        for each in tokens:
            await seat.ready()
            await hand.do(*each)

    play(session_of(day), journey)


def unconfirmed(page: Prepare) -> list[Choice]:
    return [Choice("7", "Yes", page._seal), Choice("0", "No", page.session.home)]


def test_answer_that_asks_for_no_confirmation_is_found(
    day: Day, port: Port, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Prepare, "choices", unconfirmed)
    with pytest.raises(AssertionError, match="View"):
        pressed(day, port, stick, ["2"], ["7"])


def at_once(page: Home) -> Iterator[Choice]:
    yield Choice("2", "Make ready", Prepare(page.session, page.view)._seal)


def test_keys_that_are_taken_too_early_are_found(
    day: Day, port: Port, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page before does at once what the next one should have asked for."""
    monkeypatch.setattr(Home, "_clerks", at_once)
    with pytest.raises(AssertionError, match="View"):
        pressed(day, port, stick, ["2", "7"])


def test_page_that_fails_is_found(
    day: Day, port: Port, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_page: Prepare, _told: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Prepare, "_sealed", fails)
    with pytest.raises(AssertionError, match="Prepare: 7"):
        pressed(day, port, stick, ["2"], ["7"])


def test_screen_that_ends_is_found(
    day: Day, port: Port, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_page: Prepare) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(Prepare, "title", fails)
    with pytest.raises((AssertionError, ZeroDivisionError)):
        pressed(day, port, stick, ["2"])
