"""Files that wait are taken in at the screen, and the carrying slip is written there."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks.records import csv_of, isa_notice, municipal_notice
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY, TAKE_OUT
from kiosk.test_separate_accounts import keys_of
from stations.days import Day
from stations.sticks import Stick
from stations.test_changes import write

from mediabridge.accounts import Layout, Role
from mediabridge.kinds import Kind
from mediabridge.locale import Language
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]

WRONG = NOTICES.replace(b"2026-05-01", b"2026-02-30", 1)
JAPANESE = csv_of(Kind.ISA_NOTICE, [isa_notice(1, 1) | {"name_kanji": "例花子"}])
IN_CP932 = JAPANESE.decode("utf-8-sig").encode("cp932")


@pytest.fixture
def tray(day: Day) -> Path:
    folder = day.world.root / "tray"
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.mark.parametrize("lang", list(Language))
def test_file_of_the_tray_is_taken_in_and_a_wrong_one_says_why(
    day: Day, tray: Path, lang: Language
) -> None:
    (tray / "in" / "a-right.csv").write_bytes(NOTICES)
    (tray / "in" / "b-wrong.csv").write_bytes(WRONG)
    row = {Language.EN: "row 2: 2026-02-30", Language.JA: "2 行目: 2026-02-30"}

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.see("1  a-right.csv", "2  b-wrong.csv")
        await seat.press("2")
        await seat.page("TakenIn")
        await seat.see("RECORDS_REFUSED", row[lang])
        assert day.entries(LGWAN, Event.FILE_COLLECTED) == []
        await seat.press("1")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.see("a-right.csv: ")
        await seat.press("2")
        await seat.page("Prepare")

    play(session_of(day, tray=tray), journey, lang=lang)
    (entry,) = day.entries(LGWAN, Event.FILE_COLLECTED)
    assert (entry.actor, entry.facts["records"]) == ("clerk-1", 3)


@pytest.mark.parametrize("lang", list(Language))
def test_file_in_another_encoding_is_taken_in_once_somebody_says_which(
    day: Day, tray: Path, lang: Language
) -> None:
    (tray / "in" / "today.csv").write_bytes(IN_CP932)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        shown = await seat.see("RECORDS_REFUSED", "cp932")
        assert "--encoding" not in shown
        assert day.entries(LGWAN, Event.FILE_COLLECTED) == []
        await seat.press("3")
        await seat.page("WhichEncoding")
        await seat.press(seat.key_of("(cp932)"))
        await seat.page("TakenIn")
        await seat.see("today.csv: ")
        assert [each.key for each in seat.app.answers] == ["2", "1", "0"]

    play(session_of(day, tray=tray), journey, lang=lang)
    (entry,) = day.entries(LGWAN, Event.FILE_COLLECTED)
    assert (entry.actor, entry.facts["records"]) == ("clerk-1", 1)
    (kept,) = day.world.home(LGWAN).inbox.iterdir()
    assert "例花子" in kept.read_text("utf-8-sig")


def test_file_that_is_wrong_otherwise_is_in_no_other_encoding(day: Day, tray: Path) -> None:
    (tray / "in" / "wrong.csv").write_bytes(WRONG)
    (tray / "in" / "other.csv").write_bytes(IN_CP932.replace("例".encode("cp932"), b"\x81 "))

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.press(seat.key_of("wrong.csv"))
        await seat.page("TakenIn")
        assert [each.key for each in seat.app.answers] == ["2", "1", "0"]
        await seat.press("1")
        await seat.page("Files")
        await seat.press(seat.key_of("other.csv"))
        await seat.page("TakenIn")
        await seat.press("3")
        await seat.page("WhichEncoding")
        await seat.press(seat.key_of("(cp932)"))
        await seat.page("TakenIn")
        await seat.press("3")
        await seat.page("WhichEncoding")
        # It was tried as cp932 before.
        assert [each.key for each in seat.app.answers] == ["1", "0"]
        await seat.see("shift_jis_2004")

    play(session_of(day, tray=tray), journey)
    assert day.entries(LGWAN, Event.FILE_COLLECTED) == []


@pytest.mark.parametrize("lang", list(Language))
def test_change_rows_of_the_citys_system_are_taken_in(day: Day, lang: Language) -> None:
    write(day.world, municipal_notice(1, 1), municipal_notice(2, 2) | {"sex": "M"})
    nothing = {Language.EN: "No change rows wait", Language.JA: "異動の行はありません"}[lang]

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.see("CHANGES_REFUSED", ": M")
        assert day.entries(REGISTRY, Event.FILE_COLLECTED) == []
        write(day.world, None, withdraws=2)
        await seat.press("1")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.see("3")
        await seat.press("1")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.see(nothing)

    play(session_of(day, REGISTRY), journey, lang=lang)
    (entry,) = day.entries(REGISTRY, Event.FILE_COLLECTED)
    assert (entry.actor, entry.facts["records"]) == ("clerk-1", 1)


def test_what_came_through_the_door_is_taken_in_at_once(day: Day) -> None:
    door = day.world.root / "door"
    for name in ("in", "done", "failed", "out"):
        (door / name).mkdir(parents=True)
    settings = day.world.home(LGWAN).settings_file
    settings.write_text(f'[transport]\nfolder = "{door}"\n')
    settings.chmod(0o600)
    (door / "in" / "one.csv").write_bytes(NOTICES)
    (door / "in" / "two.csv").write_bytes(csv_of(Kind.ISA_NOTICE, [isa_notice(9, 1)])[:-9])

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.see("one.csv", "! two.csv")

    play(session_of(day), journey)
    assert (door / "done" / "one.csv").exists()
    assert (door / "failed" / "two.csv").exists()


def test_slip_is_written_after_the_medium_was_taken_out(
    day: Day, tray: Path, port: Port, stick: Stick
) -> None:
    day.pack(content=NOTICES)
    port.plug(stick)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.see(TAKE_OUT[Language.EN], "3  ")
        await seat.press("3")
        await seat.page("Written")
        await seat.press("0")
        await seat.page("Home")
        await seat.press("7")
        await seat.page("Written")

    play(session_of(day, tray=tray), journey)
    made = list((tray / "out").iterdir())
    assert made
    assert all(each.name.startswith("slip-USB-001-") and each.stat().st_size for each in made)


def test_with_separate_accounts_the_trays_of_the_role_are_used(
    day: Day, port: Port, stick: Stick
) -> None:
    layout = Layout(day.world.root)
    for folder in (layout.given(Role.CLERK), layout.made(Role.CLERK), layout.taken):
        folder.mkdir(parents=True)
    (layout.given(Role.CLERK) / "today.csv").write_bytes(NOTICES)
    keys_of(day, "clerk-1")
    day.pack()
    port.plug(stick)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("4")
        await seat.page("Files")
        await seat.press("1")
        await seat.page("TakenIn")
        await seat.press("0")
        await seat.page("Home")
        await seat.press("1")
        await seat.see(TAKE_OUT[Language.EN], "3  ")
        await seat.press("3")
        await seat.page("Written")

    play(session_of(day, role=Role.CLERK), journey)
    assert len(day.entries(LGWAN, Event.FILE_COLLECTED)) == 1
    (slip,) = layout.made(Role.CLERK).iterdir()
    assert slip.stat().st_mode & 0o777 == 0o640
    assert list(layout.taken.iterdir()) == []
