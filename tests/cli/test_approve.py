"""An officer at a real terminal: the whole summary first, then the question, then the answer."""

from __future__ import annotations

import pytest
from attacks.records import csv_of, entries_csv, isa_csv, isa_notice
from cli.terminal import LGWAN, QUESTION, terminal
from stations.days import Day

from mediabridge.errors import ExitCode
from mediabridge.kinds import Kind
from mediabridge.records.notices import Notice
from mediabridge.shown.approval import EXCEPTIONS

pytestmark = pytest.mark.in_turns


def officer(day: Day, name: str = "officer-1") -> list[str]:
    return ["--key", str(day.world.city.key_path(name))]


COMMANDS = [["approve"], ["export", "--operator", "clerk-1"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_what_was_typed_before_the_question_is_no_answer(day: Day, command: list[str]) -> None:
    """Claim C56."""
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, *command, *officer(day), typed="y\ny\n") as at:
        at.wait_for(QUESTION)
        at.type("n\n")
        assert at.end() == ExitCode.APPROVAL
    assert day.books(LGWAN) == [("out", "sealed", 1)]


def test_answer_to_the_question_counts(day: Day) -> None:
    """Claim C56. The control: the same person, with patience."""
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, "approve", *officer(day)) as at:
        at.wait_for(QUESTION)
        at.type("y\n")
        assert at.end() == ExitCode.DONE
    assert day.books(LGWAN) == [("out", "approved", 1)]


def test_summary_is_whole_before_the_question(day: Day) -> None:
    """Claim C56."""
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, "approve", *officer(day)) as at:
        at.wait_for(QUESTION)
        before = at.shown.partition(QUESTION)[0]
        assert "content (SHA-256)" in before
        assert "event N02" in before


def test_what_matters_is_on_a_small_screen_beside_the_question(day: Day) -> None:
    """Claim C56. Three usual days, then one with two deletions among many reasons."""
    for number in range(1, 4):
        day.seal(content=isa_csv((number, 1)))
    rows = [
        {**isa_notice(10 + n, n), "event_code": "N09", "operation_hint": "deletion"} for n in (1, 2)
    ]
    day.seal(content=csv_of(Kind.ISA_NOTICE, [*rows, isa_notice(20, 3)]))
    with day.at(LGWAN) as station:
        newest = station.books.bundles("out")[0].bundle
    with terminal(day, "approve", newest, *officer(day)) as at:
        at.wait_for(QUESTION)
        for words in (
            "lgwan-01 > registry-01, number 4, prepared by clerk-1, records: 3",
            "Can delete somebody from the register: N09: 2",
            "Records: 3; in the bundles before: 1 to 1",
            "Far more than ever in the bundles before (most so far): N09: 2 (0)",
        ):
            assert words in at.screen


def test_population_is_no_days_notices(day: Day) -> None:
    """Claim C56. What it is, how many, of which day, and how many officers it takes."""
    day.seal(content=entries_csv(1, 2, 3))
    with terminal(day, "approve", *officer(day)) as at:
        at.wait_for(QUESTION)
        before, screen = at.shown.partition(QUESTION)[0], " ".join(at.screen.split())
        at.type("y\n")
        assert at.end() == ExitCode.DONE
    for words in (
        "lgwan-01 > registry-01, number 1, prepared by clerk-1, records: 3",
        "Not a day's notices: the full population of the city, as of 2026-05-0",
        "Officers who have to approve it: 2; for a day's notices: 1",
    ):
        assert words in screen
    assert "records: full population of the city" in before
    assert "category 1 mid- to long-term resident" in before
    assert day.books(LGWAN) == [("out", "sealed", 1)]


@pytest.mark.parametrize("asked", range(1, 3))
def test_officer_hears_that_another_one_has_to_approve(day: Day, asked: int) -> None:
    """The same officer twice is one officer still."""
    day.seal(content=entries_csv(1, 2, 3))
    for _ in range(asked):
        with terminal(day, "approve", "--yes", *officer(day)) as at:
            assert at.end() == ExitCode.DONE
    said = "another officer; approved so far by: officer-1."
    assert said in " ".join(at.shown.split())
    with terminal(day, "approve", "--yes", *officer(day, "officer-2")) as at:
        assert at.end() == ExitCode.DONE
    assert "another officer" not in at.shown
    assert day.books(LGWAN) == [("out", "approved", 1)]


def test_seal_says_that_a_population_waits(day: Day) -> None:
    path = day.world.root / "population.csv"
    path.write_bytes(entries_csv(1, 2, 3))
    with day.at(LGWAN) as station:
        station.collect(path)
        path.write_bytes(isa_csv((1, 1)))
        station.collect(path)
    words = "Something waits that goes into a bundle of its own: seal once more."
    for more in (True, False):
        with terminal(day, "seal", "--operator", "clerk-1") as at:
            assert at.end() == ExitCode.DONE
        assert (words in at.shown) is more


def test_clock_is_confirmed_at_the_terminal(day: Day) -> None:
    """Claim C55."""
    with terminal(day, "station", "clock", "--operator", "clerk-1", typed="y\n") as at:
        at.wait_for(QUESTION)
        at.type("y\n")
        assert at.end() == ExitCode.DONE
    assert [entry.actor for entry in day.world.log(LGWAN) if entry.event == "clock-confirmed"] == [
        "clerk-1"
    ]


REJECT = ["approve", "--reject", "WRONG_CONTENT", "--remark", "wrong\x1b[2J day"]


def test_rejected_bundle_is_gone_and_status_says_why(day: Day) -> None:
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, *REJECT, *officer(day)) as at:
        at.wait_for(QUESTION)
        assert "Shall this be sent back to whoever prepared it?" in at.shown
        assert "event N02" in at.shown
        at.type("y\n")
        assert at.end() == ExitCode.DONE
    assert day.books(LGWAN) == []
    with terminal(day, "status") as at:
        assert at.end() == ExitCode.DONE
    assert "officer-1 sent bundle number 1 for registry-01 back to clerk-1" in at.shown
    assert "\x1b[2J" not in at.shown


def test_whoever_says_no_to_the_rejection_changes_nothing(day: Day) -> None:
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, *REJECT, *officer(day)) as at:
        at.wait_for(QUESTION)
        at.type("n\n")
        assert at.end() == ExitCode.APPROVAL
    assert day.books(LGWAN) == [("out", "sealed", 1)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--remark", "wrong day"], "--remark goes with --reject"),
        (["--reject", "OTHER"], "--reject OTHER needs a --remark"),
        (["--reject", "OTHER", "--remark", "x" * 201], "more than 200 characters"),
        (["--reject", "FOLLOWS_REJECTED"], "UNUSUAL"),
    ],
)
def test_rejection_that_says_too_little_or_too_much(day: Day, words: list[str], said: str) -> None:
    day.seal(content=isa_csv((1, 1)))
    with terminal(day, "approve", *words, *officer(day)) as at:
        assert at.end() == ExitCode.USAGE
        assert said in at.shown
    assert day.books(LGWAN) == [("out", "sealed", 1)]


def test_exceptions_in_characters_stand_beside_the_question(day: Day) -> None:
    row = {**isa_notice(1, 1), "remarks": "\uff76\uff85 \u2ed1"}
    day.seal(content=csv_of(Kind.ISA_NOTICE, [row, isa_notice(2, 2)]))
    with terminal(day, "approve", *officer(day)) as at:
        at.wait_for(QUESTION)
        assert "Accepted, worth a look: half width: " in at.screen
        assert "looks like a kanji: 1" in at.screen


def test_every_notice_has_a_name_for_the_officer() -> None:
    assert EXCEPTIONS.keys() == {each.value for each in Notice}
