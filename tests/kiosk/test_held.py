"""What is held, decided at the screen: record beside register, what follows said before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from apply.people import RESIDENT, apply, notice
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY, TAKE_OUT, approve, made_ready
from rich.cells import cell_len
from stations.days import Day
from stations.sticks import Stick

from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.kiosk.session import Session
from mediabridge.locale import Language, text
from mediabridge.records.model import IsaNotice
from mediabridge.records.result import Result
from mediabridge.stations import held
from mediabridge.stations.registry import RegistryStation
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]

OTHER = notice(notice_id="N-0007", name_roman="EXAMPLE BEATRICE")
UNKNOWN_CARDS = {"prior_card_number": "QQ00000009CD", "card_number": "QQ00000008CD"}
NOBODY = notice(notice_id="N-0008", name_roman="EXAMPLE NOBODY", **UNKNOWN_CARDS)
KANJI = "例张伟"
"""张 has two proposals in Notice 582, 伟 has one."""


def holding(
    day: Day, *notices: IsaNotice, others: Sequence[Mapping[str, str]] = (), **resident: str
) -> Session:
    """Give the registry a resident, *others* like that, and what it holds back of *notices*."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        people = [{**RESIDENT, **resident}, *({**RESIDENT, **each} for each in others)]
        station.registry.load_population(people)
        apply(station.registry, *notices)
    return session_of(day, REGISTRY)


def waiting(day: Day) -> list[str]:
    with day.at(REGISTRY) as station:
        return [each.record for each in held.listed(station)]


def result(day: Day, record: str) -> tuple[Result, str, str | None]:
    with day.at(REGISTRY) as station:
        found = held.chosen(station, record).decided
    assert found is not None
    return found.result, found.by, found.second


def decided(day: Day, record: str, wanted: Result) -> None:
    """Let somebody else decide on *record*, who was there before."""
    with day.at(REGISTRY) as station:
        found = held.chosen(station, record)
        (option,) = [each for each in found.options if each.result is wanted]
        wish = held.Wish(wanted, found.version, option.person)
        held.decide(station, record, wish, operator="officer-2", second=None)


def lines_of(screens: list[str]) -> list[str]:
    return [line for each in screens for line in each.splitlines()]


@pytest.mark.parametrize("lang", list(Language))
def test_what_came_is_decided_on_before_the_answer_is_written(
    day: Day, port: Port, stick: Stick, lang: Language
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)
    nobody = {Language.EN: "not found", Language.JA: "該当者なし"}[lang]

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.until(lambda: any(each.key == "5" for each in seat.app.answers))
        await seat.press("5")
        await seat.answer("Beside", "1")
        await seat.page("Which")
        await seat.read_to_the_end("1")
        await seat.press(seat.key_of(nobody))
        await seat.page("Decide")
        assert waiting(day) == ["N-0003"]
        await seat.answer("Decide", "7")
        await seat.page("Settled")
        await made_ready(seat)
        await approve(seat, "officer-2")
        await seat.press("1")
        await seat.see(TAKE_OUT[lang])

    play(session_of(day, REGISTRY), journey, lang=lang)
    assert waiting(day) == []
    assert result(day, "N-0003") == (Result.NOT_FOUND, "clerk-1", None)
    (entry,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert entry.actor == "clerk-1"
    # The stick takes both answers along: the receipt, and what was decided after it.
    day.serve(LGWAN, stick)
    with day.at(LGWAN) as station:
        assert Result.HELD not in station.books.outcome_counts()


@pytest.mark.parametrize("lang", list(Language))
def test_what_differs_is_marked_by_a_word(day: Day, lang: Language) -> None:
    session = holding(day, OTHER, NOBODY)
    mark = {Language.EN: "!! DIFFERENT", Language.JA: "!! 相違あり"}[lang]
    same = {Language.EN: "The same in both", Language.JA: "どちらも同じ"}[lang]

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.page("Beside")
        await seat.read_to_the_end("9")
        await seat.press("9")
        await seat.page("Beside")
        await seat.read_to_the_end("9")
        await seat.press("0")

    seen = "\n".join(play(session, journey, lang=lang)).splitlines()
    name = next(number for number, line in enumerate(seen) if "BEATRICE" in line)
    assert "ALICE" in seen[name]
    assert any(mark in line for line in seen[:name])
    # What agrees is said once, below the words for it.
    (born,) = [number for number, line in enumerate(seen) if "1990-05-17" in line][:1]
    assert any(same in line for line in seen[name:born])
    # Left for later, it waits on.
    assert waiting(day) == ["N-0007", "N-0008"]


@pytest.mark.parametrize("lang", list(Language))
def test_first_part_shows_what_differs_and_nothing_is_shown_for_each_resident_anew(
    day: Day, lang: Language
) -> None:
    """Three residents who may be meant, of a notice whose card numbers nobody has."""
    others = [
        {"card_number": "AB00000005CD", "period_of_stay_expiration_date": "2020-01-01"},
        {"card_number": "AB00000006CD", "period_of_stay_expiration_date": "2021-01-01"},
    ]
    session = holding(day, notice(notice_id="N-0008", **UNKNOWN_CARDS), others=others)
    parts: list[list[str]] = []

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.page("Beside")
        parts.extend(seat.app.sheet().parts())

    play(session, journey, lang=lang)
    shown = [[line for line in part if line] for part in parts]
    same, alone = text("The same in both:"), text("In the notice alone:")
    (begins,) = [number for number, part in enumerate(shown) if same in part]
    assert shown[begins][0] == same
    assert sum(part.count(alone) for part in shown) == 1
    assert not [part for part in shown[:begins] if alone in part]
    assert sum(line.startswith(f"!! {text('DIFFERENT')}") for part in shown for line in part) == 3
    # Each part that goes on with a table has its headings above the rows.
    assert all(any(re.fullmatch("-+(  -+)+", line) for line in part[:9]) for part in shown)
    assert len(parts) <= 6


def test_typed_ahead_decides_nothing(day: Day) -> None:
    session = holding(day, NOBODY)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.page("Beside")
        await seat.read_to_the_end("1")
        seat.send("1", "1", "7", "7")
        await seat.page("Which")
        assert waiting(day) == ["N-0008"]
        await seat.read_to_the_end("1")
        seat.send("1", "7")
        await seat.page("Decide")
        await seat.read_to_the_end("7")
        seat.app.heed.keys = ("", "7")
        await seat.press("7")
        await seat.see("Press another key first")
        assert waiting(day) == ["N-0008"]
        await seat.press("0")
        await seat.page("Beside")

    play(session, journey)
    assert waiting(day) == ["N-0008"]


def test_second_person_decides_as_well_with_the_own_pin(day: Day) -> None:
    session = holding(day, NOBODY)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.answer("Beside", "1")
        await seat.answer("Which", "1")
        await seat.answer("Decide", "2")
        await seat.page("Second")
        await seat.enter("clerk-1")
        await seat.see("Code for the security officer: SECOND_PERSON")
        await seat.press("1")
        await seat.page("Second")
        await seat.enter("officer-1")
        await seat.page("SecondPin")
        await seat.enter("wrong")
        await seat.see("Code for the security officer: PASSPHRASE_WRONG")
        await seat.press("1")
        await seat.page("SecondPin")
        await seat.enter("training")
        await seat.page("Decide")
        await seat.see("clerk-1 + officer-1")
        await seat.answer("Decide", "7")
        await seat.page("Settled")

    play(session, journey)
    assert result(day, "N-0008")[1:] == ("clerk-1", "officer-1")


def test_municipality_moved_to_is_asked_for(day: Day) -> None:
    session = holding(day, NOBODY)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.answer("Beside", "1")
        await seat.page("Which")
        await seat.read_to_the_end("1")
        await seat.press(seat.key_of("moved out"))
        await seat.page("MovedTo")
        await seat.enter("123456")
        await seat.see("no code of a municipality")
        await seat.enter("１１２０３８")
        await seat.answer("Decide", "7")
        await seat.page("Settled")

    play(session, journey)
    assert result(day, "N-0008")[0] is Result.MOVED_OUT


def test_somebody_who_was_faster_is_named(day: Day) -> None:
    session = holding(day, NOBODY)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.answer("Beside", "1")
        await seat.answer("Which", "1")
        await seat.page("Decide")
        with day.at(REGISTRY) as station:
            seen = held.chosen(station, "N-0008").version
            wish = held.Wish(Result.REJECTED, seen)
            held.decide(station, "N-0008", wish, operator="officer-2", second=None)
        await seat.answer("Decide", "7")
        await seat.page("Beside")
        shown = await seat.see("officer-2")
        assert "was decided on already" in shown
        await seat.read_to_the_end("9")
        assert [each.key for each in seat.app.answers if each.key == "1"] == []

    play(session, journey)
    assert result(day, "N-0008")[:2] == (Result.REJECTED, "officer-2")


@pytest.mark.parametrize("lang", list(Language))
def test_what_was_decided_before_is_decided_anew(day: Day, lang: Language) -> None:
    session = holding(day, OTHER)
    before = {Language.EN: "Decided: ", Language.JA: "判断済み: "}[lang]
    decided(day, "N-0007", Result.APPLIED)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.page("Decisions")
        assert [each.key for each in seat.app.answers] == ["3", "0"]
        await seat.press("3")
        await seat.page("Anew")
        await seat.enter("N-9999")
        await seat.see("! ", "N-9999")
        await seat.enter("N-0007")
        await seat.page("Beside")
        await seat.see(before)
        await seat.answer("Beside", "1")
        await seat.answer("Which", "1")
        await seat.page("Decide")
        # What was entered is shown as it goes back, beside the decision that stands.
        await seat.see(before, "ZZ00000001CD", "AB00000001CD")
        assert result(day, "N-0007")[:2] == (Result.APPLIED, "officer-2")
        await seat.answer("Decide", "7")
        await seat.page("Settled")
        await seat.press("3")
        await seat.page("Anew")

    play(session, journey, lang=lang)
    assert result(day, "N-0007") == (Result.CONFLICT, "clerk-1", None)
    assert len(day.entries(REGISTRY, Event.RECORD_DECIDED)) == 2


@pytest.mark.parametrize("size", [(80, 24), (132, 43)])
def test_kanji_are_chosen_one_by_one_and_columns_stay_straight(
    day: Day, size: tuple[int, int]
) -> None:
    """Beside it stands a name with an ideographic variation sequence and an astral kanji."""
    kept = "葛\U000e0100\U00020bb7例"
    session = holding(day, notice(notice_id="N-0009", name_kanji=KANJI), name_kanji=kept)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await seat.page("Beside")
        await seat.read_to_the_end("1")
        await seat.press("1")
        await seat.page("Which")
        await seat.read_to_the_end("1")
        await seat.press(seat.key_of("proposed kanji"))
        await seat.page("Proposal")
        await seat.read_to_the_end("1")
        labels = [each.label for each in seat.app.answers]
        assert len(set(labels)) == len(labels)
        # Each says which character it is, and the first of them that it is the first.
        assert all("(U+" in label for label in labels[:-1])
        assert "first proposal" in labels[0]
        await seat.press("1")
        await seat.answer("Decide", "0")
        await seat.page("Beside")

    screens = play(session, journey, size=size)
    lines = [line for line in lines_of(screens) if kept in line]
    (name,) = {line for line in lines if line.count(KANJI) == 1}
    (card,) = {line for line in lines_of(screens) if line.count("00001CD") == 2 and ">" not in line}
    # Both columns of the register begin at the same place of the screen.
    assert cell_len(name[: name.index(kept)]) == cell_len(card[: card.index("AB0000")])


def test_home_offers_no_decision_where_there_is_no_register(day: Day) -> None:
    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        assert not {"5", "6"} & {each.key for each in seat.app.answers}

    play(session_of(day), journey)
