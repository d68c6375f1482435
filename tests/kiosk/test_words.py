"""Whatever a clerk may be told has words and a next step, in both languages, in safe characters.

A character of ambiguous width is drawn as one column by some terminals and as two by others.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from test_errors import LEAVES
from test_no_english_in_japanese import spoken

import mediabridge
from mediabridge.cli._table import COMMANDS
from mediabridge.clock import SystemClock
from mediabridge.errors import (
    MediabridgeError,
    PassphraseError,
    TokenLockedError,
    TokenPinError,
)
from mediabridge.kinds import Kind
from mediabridge.kiosk import layout
from mediabridge.kiosk.carry import Carry
from mediabridge.kiosk.page import Page
from mediabridge.kiosk.refused import Refused
from mediabridge.kiosk.session import Means, Session
from mediabridge.kiosk.signin import Pin, SignIn
from mediabridge.locale import Language, hint_of, said, sentence_of, set_language, text, translate
from mediabridge.media.states import Handling, MediumState, report
from mediabridge.records import codes
from mediabridge.records.fields import FIELDS, label
from mediabridge.shown.codes import code_said
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.who import StationConfig

PACKAGE = Path(mediabridge.__file__).parent
ROOMS = ("cli", "doctor", "kiosk", "locale", "media", "shown", "stations")
"""The rooms whose texts reach a desk."""
_NAMES = "|".join(sorted({each.name.split()[0] for each in COMMANDS}))
TYPED = re.compile(rf"mediabridge ({_NAMES})\b|(?<![\w-])--[a-z]")
"""A command, or an option of one, as it is typed at a shell."""
FACTS = {"medium": "USB-001", "detail": "x"}


def session() -> Session:
    """Return the session of a screen whose station nobody opens: only words are read."""
    config = StationConfig(
        station="lgwan-01", role="lgwan", mode="training", city="city", municipality_code="131016"
    )
    return Session(Means(Home(Path("nowhere")), config, LgwanStation, SystemClock()))


def ambiguous(shown: str) -> list[str]:
    return [each for each in shown if unicodedata.east_asian_width(each) == "A"]


@pytest.fixture(params=list(Language), ids=str)
def spoken_language(request: pytest.FixtureRequest, _english: None) -> Language:
    chosen: Language = request.param
    set_language(chosen)
    return chosen


def is_of(chosen: Language, shown: str) -> bool:
    kana = any("\u3041" <= each <= "\u30ff" for each in shown)
    return kana is (chosen is Language.JA)


def error_of(leaf: type[MediabridgeError]) -> MediabridgeError:
    made = leaf.__new__(leaf)
    MediabridgeError.__init__(made, **FACTS)
    return made


def body(page: Page) -> str:
    lines = page.lines()
    assert all(isinstance(each, str) for each in lines)
    return "\n".join(cast("list[str]", lines))


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.reason)
def test_reason_has_its_sentence_its_next_step_and_its_code_on_the_page(
    spoken_language: Language, leaf: type[MediabridgeError]
) -> None:
    error = error_of(leaf)
    page = Refused(session(), error)
    sentence, hint = sentence_of(error), hint_of(error)
    assert is_of(spoken_language, sentence), sentence
    assert is_of(spoken_language, hint), hint
    shown = body(page)
    assert sentence in shown or TYPED.search(sentence)
    # A next step that is typed at a shell is none here: then it says another one.
    said = text("What to do: {hint}", hint=hint)
    assert (said in shown) is not bool(TYPED.search(hint)), shown
    assert len(page.lines()[2]) > len(text("What to do: {hint}", hint=""))
    assert leaf.reason in shown
    assert TYPED.search(shown) is None, shown
    assert page.title()
    assert ambiguous(page.title() + shown) == []


@pytest.mark.parametrize("state", MediumState)
def test_state_has_its_sentence_and_its_next_step_on_the_page(
    spoken_language: Language, state: MediumState
) -> None:
    page = Carry(session())
    page._attendance.seen = seen = report(state, **FACTS)
    assert is_of(spoken_language, seen.sentence), seen.sentence
    assert is_of(spoken_language, seen.hint), seen.hint
    assert seen.sentence in page.lines()
    assert seen.hint in page.lines() or TYPED.search(seen.hint)
    assert len(page.lines()) > 1
    assert TYPED.search(body(page)) is None
    assert ambiguous(page.title() + body(page)) == []
    frame = layout.notice(page.handling(), 78)
    # What to do with one that is not in use is the next step; everything else has its frame.
    assert bool(frame) is (page.handling() is not Handling.AS_TOLD)


@pytest.mark.parametrize("leaf", [PassphraseError, TokenPinError, TokenLockedError])
@pytest.mark.usefixtures("_english")
def test_what_is_typed_to_sign_in_has_one_name(leaf: type[MediabridgeError]) -> None:
    """Whether a passphrase opens the key or a token's PIN, a clerk knows it by one word."""
    set_language(Language.JA)
    asked = Pin(SignIn(session()), "clerk-1", None)
    field = asked.field()
    assert field is not None
    refused = body(Refused(session(), error_of(leaf))).replace(leaf.reason, "")
    # What unlocks a token is a number that no clerk has.
    refused = refused.replace("SO PIN", "")
    for each in (field.label, asked.title(), body(asked), refused):
        assert "暗証番号" in each
        assert not re.search(r"(?<!暗証番号 \()(PIN|パスフレーズ)", each), each


def words() -> Iterator[str]:
    """Yield all that is shown and stands in no message: of closed lists, of codes, of fields."""
    yield from (str(said(each)) for each in (*spoken(), *Kind))
    yield from (translate(each.help) for each in COMMANDS)
    for name in codes.tables():
        yield from (code_said(name, each) for each in codes.table(name).entries)
    for kind, fields in FIELDS.items():
        for each in fields:
            yield from (label(kind, each, japanese=it) for it in (True, False))


def test_nothing_that_is_called_by_its_name_is_of_ambiguous_width(
    spoken_language: Language,
) -> None:
    found = {each: odd for each in words() if (odd := ambiguous(each))}
    assert found == {}, spoken_language


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every text of a module that is no docstring, with its line."""
    tree = ast.parse(path.read_bytes())
    alone = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in alone:
            yield each.lineno, each.value


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_of_a_room_that_shows_is_of_ambiguous_width(room: str) -> None:
    """Also what is not a message: frames, marks, separators."""
    found = [
        (path.name, line, odd)
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for line, shown in literals(path)
        if (odd := ambiguous(shown))
    ]
    assert found == []
