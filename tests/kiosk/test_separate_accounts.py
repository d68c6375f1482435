"""With separate accounts a screen does the work of one role, for the person whose account it is."""

from __future__ import annotations

import shutil

import pytest
from attacks.records import card
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY, collected
from stations.days import Day
from stations.sticks import Stick

from mediabridge.accounts import Layout, Role
from mediabridge.errors import MediabridgeError, NotForRoleError
from mediabridge.kiosk.approve import Officer, OfficerPin, Summary
from mediabridge.kiosk.carry import Carry
from mediabridge.kiosk.counter import looking
from mediabridge.kiosk.deciding import Wanted
from mediabridge.kiosk.doing import followed
from mediabridge.kiosk.held import Walk, walk
from mediabridge.kiosk.home import Home, view_of
from mediabridge.kiosk.page import Live, Page
from mediabridge.kiosk.prepare import Prepare
from mediabridge.kiosk.refused import Refused
from mediabridge.kiosk.session import Session, Worker
from mediabridge.kiosk.taking import changes
from mediabridge.stations import held
from mediabridge.stations.books import BundleState
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]


def keys_of(day: Day, *names: str) -> None:
    """Lay the keys of people where those of their roles are."""
    for name in names:
        folder = Layout(day.world.root).keys(Role(name.split("-")[0]))
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(day.world.city.key_path(name), folder)


def working(day: Day, role: Role, name: str) -> Session:
    session = session_of(day, role=role)
    session.worker = Worker(name, None)
    return session


def refusal(page: Page) -> MediabridgeError:
    """Carry out *page*, and whatever live ones follow it; return the refusal at its end."""
    while isinstance(page, Live):
        following = followed(page, lambda: None, None)
        assert following is not None
        page = following
    assert isinstance(page, Refused), page
    return page.error


@pytest.mark.parametrize(("role", "keys"), [(Role.CLERK, "190"), (Role.OFFICER, "390")])
def test_each_has_the_errands_of_the_own_role(day: Day, role: Role, keys: str) -> None:
    day.seal(content=NOTICES)
    session = working(day, role, "somebody")
    page = Home(session, view_of(session))
    assert "".join(each.key for each in page.choices()) == keys


def test_officers_screen_neither_seals_nor_attends_to_a_medium(day: Day) -> None:
    """Also where a page had led there: it is asked where it is done."""
    collected(day)
    session = working(day, Role.OFFICER, "officer-1")
    seal = next(each for each in Prepare(session, view_of(session)).choices() if each.key == "7")
    for page in (seal.then(), Carry(session)):
        assert isinstance(refusal(page), NotForRoleError)
    assert day.entries(LGWAN, Event.BUNDLE_SEALED, Event.MEDIUM_REFUSED) == []


def test_officers_screen_decides_nothing_and_looks_nobody_up(day: Day, stick: Stick) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    day.serve(REGISTRY, stick)
    session = session_of(day, REGISTRY, role=Role.OFFICER)
    session.worker = Worker("officer-2", None)
    with session.station() as station:
        found = held.chosen(station, "N-0003")
    decide = Wanted(Walk(session, ("N-0003",)), found, found.options[-1]).decide()
    for page in (walk(session), decide, looking(session, card(1)), changes(session)):
        assert isinstance(refusal(page), NotForRoleError)
    done = Event.RECORD_DECIDED, Event.RECORD_LOOKED_UP, Event.FILE_COLLECTED
    assert day.entries(REGISTRY, *done) == []
    home = Home(session, view_of(session))
    assert not {"4", "5", "6"} & {each.key for each in home.choices()}


def test_clerks_screen_approves_and_rejects_nothing(day: Day) -> None:
    bundle = day.seal(content=NOTICES)
    keys_of(day, "officer-1")
    session = working(day, Role.CLERK, "clerk-1")
    asked = OfficerPin(Officer(session, bundle), "officer-1").field()
    assert asked is not None
    assert isinstance(refusal(asked.entered("training")), NotForRoleError)
    with session.station() as station:
        shown = station.look_at(bundle)
    summary = Summary(session, shown, day.world.key("officer-1"), "officer-1")
    approve, send_back = (each for each in summary.choices() if each.key in "75")
    assert isinstance(refusal(approve.then()), NotForRoleError)
    assert isinstance(refusal(send_back.then().choices()[0].then()), NotForRoleError)
    with day.at(LGWAN) as station:
        assert [row.state for row in station.books.bundles("out")] == [BundleState.SEALED]


def test_officer_approves_in_the_own_account_and_is_offered_no_clerks_work(day: Day) -> None:
    day.seal(content=NOTICES)
    keys_of(day, "officer-1")

    async def journey(seat: Seat) -> None:
        await seat.sign_in("officer-1")
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        await seat.read_to_the_end()
        await seat.press("7")
        await seat.page("Prepared")
        assert [each.key for each in seat.app.answers] == ["0"]

    play(session_of(day, role=Role.OFFICER), journey)
    assert day.books(LGWAN) == [("out", "approved", 1)]


@pytest.mark.parametrize(
    ("role", "account", "name"),
    [
        (Role.CLERK, "somebody", "officer-1"),
        (Role.OFFICER, "somebody", "clerk-1"),
        (Role.OFFICER, "officer-2", "officer-1"),
    ],
)
def test_nobody_else_signs_in(day: Day, role: Role, account: str, name: str) -> None:
    day.seal(content=NOTICES)
    keys_of(day, "clerk-1", "officer-1", "officer-2")
    session = session_of(day, role=role, account=account)

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        await seat.enter(name)
        await seat.see("Code for the security officer: ACCOUNT_DIFFERS")

    play(session, journey)
    assert session.worker is None


def test_nobody_approves_with_a_number_of_another_account(day: Day) -> None:
    bundle = day.seal(content=NOTICES)
    keys_of(day, "officer-1", "officer-2")
    session = session_of(day, role=Role.OFFICER, account="officer-2")
    session.worker = Worker("officer-2", None)
    asked = OfficerPin(Officer(session, bundle), "officer-1").field()
    assert asked is not None
    assert refusal(asked.entered("training")).reason == "ACCOUNT_DIFFERS"
