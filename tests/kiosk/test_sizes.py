"""Every page at three sizes of a terminal, in both languages: nothing that is needed is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Event as Gate

import pytest
from apply.people import OLD_CARD, notice
from kiosk.seat import SIZES, Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, collected
from kiosk.test_held import KANJI, NOBODY, holding
from rich.cells import cell_len
from stations.days import Day
from stations.sticks import Stick

from mediabridge.errors import HeldChangedError, StationBusyError, UsageError
from mediabridge.kiosk import layout
from mediabridge.kiosk.app import Kiosk
from mediabridge.kiosk.approve import Officer, OfficerPin, Summary, WhichBundle
from mediabridge.kiosk.counter import Answered, AskedBefore, Card
from mediabridge.kiosk.deciding import Decide, MovedTo, Proposal, Wanted, Which
from mediabridge.kiosk.files import Files, Sources
from mediabridge.kiosk.held import Beside, Settled, Walk
from mediabridge.kiosk.helping import Help
from mediabridge.kiosk.home import Home, view_of
from mediabridge.kiosk.keys import DRAWN
from mediabridge.kiosk.lost import Lost, Reported, SignInFirst
from mediabridge.kiosk.page import Page
from mediabridge.kiosk.prepare import Prepare, Prepared
from mediabridge.kiosk.refused import Refused
from mediabridge.kiosk.second import Second, SecondPin
from mediabridge.kiosk.sendback import Remark, Remarked, SendBack
from mediabridge.kiosk.session import Session, Worker
from mediabridge.kiosk.signin import Pin, SignIn
from mediabridge.kiosk.taken import WhichEncoding
from mediabridge.kiosk.widgets import Answer, Key
from mediabridge.locale import Language, translate
from mediabridge.records.encoding import Encoding
from mediabridge.shown.table import Table
from mediabridge.stations import held
from mediabridge.stations.lookup import look_up
from mediabridge.stations.sticks import losing

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]

LARGE = {"large": True, "contrast": True}
SEEN: dict[str, tuple[Language, dict[str, bool]]] = {
    "en": (Language.EN, {}),
    "ja": (Language.JA, {}),
    "furigana": (Language.JA, {"furigana": True}),
}
LARGER = {"en-large": (Language.EN, LARGE), "ja-large": (Language.JA, LARGE)}


def pages(day: Day, session: Session) -> Iterator[Page]:
    """Yield every page that waits for a person, of a station at which much is going on."""
    with session.station() as station:
        (bundle,) = station.books.bundles("out")
        shown = station.look_at(bundle.bundle)
        trips = station.books.media.open_trips()
    summary = Summary(session, shown, day.world.key("officer-1"), "officer-1")
    view = view_of(session)
    yield SignIn(session, locked=True)
    yield Pin(SignIn(session), "clerk-1", None)
    yield SignInFirst(session)
    yield Home(session, view)
    yield Prepare(session, view)
    yield Prepared(session, [bundle], [bundle])
    yield Officer(session, bundle.bundle)
    yield OfficerPin(Officer(session, bundle.bundle), "officer-1")
    yield summary
    yield WhichBundle(session, [bundle] * 8)
    send_back = SendBack(summary, lambda _why, _remark="": summary)
    yield send_back
    yield Remark(send_back)
    yield Remarked(send_back, "長い伝言です。" * 28)
    yield Lost(session, trips, [trip.medium for trip in trips])
    with session.station() as station:
        yield Reported(session, losing.report_lost(station, "USB-001", operator="clerk-1"))
    yield Help(session)
    yield Refused(session, StationBusyError(), Help(session))


def registry_pages(session: Session) -> Iterator[Page]:
    """Yield every page about the register, of a name that is no 正字 beside an unusual one."""
    with session.station() as station:
        found, nobody = (held.chosen(station, each) for each in ("N-0009", "N-0008"))
        answer = look_up(station, OLD_CARD, operator="clerk-1")
    walk = Walk(session, ("N-0009", "N-0008"))
    proposed = Wanted(walk, found, found.options[0])
    beside = Beside(walk, found)
    yield Home(session, view_of(session))
    yield Files(session, Sources(["today.csv"] * 8, None, 0, changes=True))
    yield WhichEncoding(
        session, {each: lambda: beside for each in (Encoding.CP932, Encoding.SHIFT_JIS_2004)}
    )
    yield beside
    yield Beside(walk, nobody, HeldChangedError(record="N-0008"))
    yield Which(walk, found)
    yield Which(walk, nobody)
    yield Proposal(proposed, proposed.option.choose[0])
    yield MovedTo(Wanted(walk, nobody, nobody.options[0]))
    yield Decide(Wanted(walk, nobody, nobody.options[0], second="officer-1"))
    second = Second(beside, lambda _name: beside)
    yield second
    yield SecondPin(second, "officer-1", None, lambda _name: beside)
    yield Settled(walk, 2)
    yield Card(session, UsageError(detail="-"))
    answered = Answered(session, OLD_CARD, answer)
    yield answered
    yield AskedBefore(answered, [])


async def check(seat: Seat, page: Page) -> None:
    """Fail unless all of *page* is on the screen, part by part, where it can be read."""
    app = seat.app
    parts = app.sheet().parts()
    for number in range(len(parts)):
        await seat.until(lambda at=number: app.part == at)  # type: ignore[misc]
        await seat.ready()
        # What a thread tells of a medium comes a moment later, and so do the frames of answers.
        await seat.until(lambda: body_of(seat) in seat.text and answers_are_there(seat))
        whole_on_screen(app, page, app.sheet().parts()[number], seat.text)
        if number + 1 < len(parts):
            await seat.press("8")


def body_of(seat: Seat) -> str:
    lines = seat.app.sheet().parts()[seat.app.part]
    return "\n".join(f" {line}".rstrip() for line in lines).strip("\n")


def answers_are_there(seat: Seat) -> bool:
    return all(seat.app.sheet().said(each) in seat.text for each in seat.app.answers)


def whole_on_screen(app: Kiosk, page: Page, body: list[str], shown: str) -> None:
    width, height = app.size
    lines = shown.splitlines()
    assert "\n".join(f" {line}" for line in app.sheet().title()) in shown, shown
    assert all(line.rstrip() in shown for line in body), shown
    # No word is parted from its reading.
    assert not [line for line in shown.splitlines() if re.search("[一-龥]\\([ぁ-ん]*$", line)], (
        shown
    )
    assert len(lines) <= height
    field = page.field()
    assert field is None or field.label in shown
    for each in app.answers:
        assert app.sheet().said(each) in shown, shown
    assert all(translate(label) in lines[-1] for _key, label in DRAWN), shown
    for widget in (*app.query(Answer), *app.query(Key), app.query_one("#body")):
        region = widget.region
        assert region.right <= width, shown
        assert region.bottom <= height, shown
    room = app.query_one("#body").region.height
    assert room >= len(body), f"{room} lines for {len(body)}\n{shown}"
    handling = page.handling()
    if handling is not None and (frame := app.query_one("#notice").region):
        edges = [lines[frame.y], lines[frame.bottom - 1]]
        assert {cell_len(line.strip()) for line in edges} in ({width - 2}, set()), shown


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("seen", SEEN | LARGER)
def test_all_of_each_page_is_on_the_screen(
    day: Day, stick: Stick, seen: str, size: tuple[int, int]
) -> None:
    lang, looks = (SEEN | LARGER)[seen]
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    collected(day)
    session = session_of(day)
    session.worker = Worker("clerk-1", None)
    session.medium, session.destinations = "USB-001", ("registry-01",)

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        for page in pages(day, session):
            seat.app.show(page)
            await seat.page(type(page).__name__)
            await check(seat, page)

    play(session, journey, lang=lang, size=size, looks=looks)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("seen", SEEN)
def test_all_of_each_page_about_the_register_is_on_the_screen(
    day: Day, seen: str, size: tuple[int, int]
) -> None:
    lang, looks = SEEN[seen]
    unfit = notice(notice_id="N-0009", name_kanji=KANJI)
    session = holding(day, unfit, NOBODY, name_kanji="葛\U000e0100\U00020bb7例")
    session.worker = Worker("clerk-1", None)

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        for page in registry_pages(session):
            seat.app.show(page)
            await seat.page(type(page).__name__)
            await check(seat, page)

    play(session, journey, lang=lang, size=size, looks=looks)


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_a_mediums_page_is_on_the_screen(
    day: Day, port: Port, stick: Stick, size: tuple[int, int], *, large: bool
) -> None:
    day.pack(content=NOTICES)
    writing, may_end = Gate(), Gate()

    def hold(call: str) -> None:
        if call == "write":
            writing.set()
            assert may_end.wait(300)

    stick.at_mount = hold

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        page = await seat.page("Carry")
        await check(seat, page)
        port.plug(stick)
        await seat.until(writing.is_set)
        await seat.see("####")
        await check(seat, page)
        may_end.set()
        await seat.see("<<<<")
        await seat.until(lambda: bool(seat.app.answers))
        await check(seat, page)

    lang = Language.JA if large else Language.EN
    play(session_of(day), journey, lang=lang, size=size, looks={"large": large})


def test_what_follows_a_table_stands_apart_where_that_takes_no_part_more() -> None:
    lines = ["a", Table(["h"], [["1"]]), "b"]
    assert layout.parts(lines, 20, 7) == [["a", "", "h", "-", "1", "", "b"]]
    assert layout.parts(lines, 20, 6) == [["a", "", "h", "-", "1", "b"]]


def test_headings_stay_with_their_first_row() -> None:
    lines = [*"abcd", Table(["h"], [["1"], ["2"]])]
    together = ["d", "", "h", "-", "1", "2"]
    for height in (6, 7):
        assert layout.parts(lines, 20, height) == [["a", "b", "c"], together]
    assert layout.parts(lines, 20, 8) == [["a", "b", "c", "d", "", "h", "-", "1"], ["h", "-", "2"]]


def test_row_of_several_lines_is_not_parted() -> None:
    # Where two columns have no room beside each other the second stands below the first.
    table = Table(["one", "two"], [["1", "x" * 12], ["2", "y" * 12]])
    first, second = layout.parts([table], 16, 7)
    assert first == ["one", "---", "1", "      two:", "        xxxxxxxx", "        xxxx"]
    assert second == ["one", "---", "2", "      two:", "        yyyyyyyy", "        yyyy"]


def test_part_is_not_left_empty_for_headings_that_have_no_room() -> None:
    found = layout.parts(["a", Table(["h"], [["1"], ["2"]])], 20, 4)
    assert found == [["a", "", "h", "-"], ["1", "2"]]
