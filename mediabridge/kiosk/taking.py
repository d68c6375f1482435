"""Taking in what waits: a file of the tray, all behind a door, the city's own change rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import RecordsError, WrongRecordsError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Page
from mediabridge.kiosk.taken import Became, Others, TakenIn
from mediabridge.locale import n_
from mediabridge.shown.collected import changes_lines, collected_lines
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.records.encoding import Encoding
    from mediabridge.stations.outgoing.collecting import Collected
    from mediabridge.stations.transport.door import Door


def taking(session: Session, name: str, encoding: Encoding | None = None) -> Page:
    """Return what takes in the file *name* of the tray; somebody said that it is in *encoding*."""

    def step(told: Progress) -> Page:
        session.means.require(Role.CLERK, "collect")
        tray = session.means.tray
        assert tray is not None  # noqa: S101 - otherwise nothing leads here
        try:
            with tray.given(name) as path, session.station(progress=told) as station:
                done = station.collect(path, operator=session.collector, encoding=encoding)
        except RecordsError as error:
            others = {each: partial(taking, session, name, each) for each in _declarable(error)}
            return _files(session, Became.refused(error, name), others=others)
        return _files(session, _taken(name, done))

    return Errand(session, n_("Taking the files in"), step)


def picking(session: Session, door: Door) -> Page:
    """Return what takes in all that lies behind *door* and is whole."""

    def step(told: Progress) -> Page:
        from mediabridge.stations.transport.picking import pick_up

        session.means.require(Role.CLERK, "collect")
        door.make()
        became = []
        with session.station(progress=told) as station:
            for each in pick_up(station, door, door.settled(), operator=session.collector):
                if each.collected is not None:
                    became.append(_taken(each.name, each.collected))
                elif each.error is not None:
                    became.append(Became.refused(each.error, each.name))
        return _files(session, *became)

    return Errand(session, n_("Taking the files in"), step)


def changes(session: Session) -> Page:
    """Return what takes in the change rows that the city's own system wrote."""

    def step(told: Progress) -> Page:
        session.means.require(Role.CLERK, "collect")
        try:
            with session.station(progress=told) as station:
                done = station.collect_changes(operator=session.collector)
        except RecordsError as error:
            return TakenIn(session, n_("The change rows were refused."), [Became.refused(error)])
        title = n_("The change rows are taken in.") if done.rows else n_("Nothing was taken in.")
        return TakenIn(session, title, [Became(partial(changes_lines, done))])

    return Errand(session, n_("Taking the change rows in"), step)


def _taken(name: str, done: Collected) -> Became:
    return Became(partial(collected_lines, printable(name), done))


def _declarable(error: RecordsError) -> tuple[Encoding, ...]:
    # With it come the rules of records, which the first page has no time for.
    from mediabridge.records.declaring import declarable

    return declarable(error.errors) if isinstance(error, WrongRecordsError) else ()


def _files(session: Session, *became: Became, others: Others | None = None) -> Page:
    if any(each.error is not None for each in became):
        title = n_("A file was refused.")
    else:
        title = n_("The file is taken in.") if became else n_("Nothing was taken in.")
    return TakenIn(session, title, became, others)
