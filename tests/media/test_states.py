"""The closed vocabulary: each state has its words, in both languages, and is documented."""

import re
from pathlib import Path

import pytest

from mediabridge.locale import Language, set_language
from mediabridge.media.states import MediumState, refusal_of, report

PAGE = Path(__file__).parents[2] / "docs" / "ja" / "media.md"
GOES_ON = {
    "OVERDUE", "DROPPINGS", "VOLUME_DIRTY", "MEDIA_FAILURE", "DAMAGED", "SLOW",
    "READY", "READING", "WRITING", "CHECKING", "ERASING", "SAFE_TO_REMOVE",
}  # fmt: skip


@pytest.mark.parametrize("state", MediumState)
def test_state_has_words(state: MediumState) -> None:
    seen = report(state, medium="MB-001")
    english = seen.sentence, seen.hint
    set_language(Language.JA)
    assert all(english)
    assert seen.sentence != english[0]
    assert seen.hint != english[1]


@pytest.mark.parametrize("state", MediumState)
def test_refusing_state_is_an_error(state: MediumState) -> None:
    refusal = refusal_of(state)
    assert (refusal is None) == (state in GOES_ON)
    if refusal is not None:
        assert refusal.reason == state
        assert report(state, medium="MB-001").error().reason == state
    else:
        with pytest.raises(ValueError, match=state):
            report(state).error()


def test_every_state_is_in_the_manual() -> None:
    explained = set(
        re.findall(r"^\| `([A-Z_]+)` \| [^|]+ \| [^|]+ \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    )
    assert explained == set(MediumState)
