"""What waits to be taken in: files of the tray, another system's door, the city's own changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.kiosk.taking import changes, picking, taking
from mediabridge.kiosk.tray import names_in
from mediabridge.locale import n_, text
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.transport.door import Door


@dataclass(frozen=True)
class Sources:
    """Where something may wait."""

    names: Sequence[str]
    """The files in the tray."""
    door: Door | None
    waiting: int
    """How many files lie behind the door."""
    changes: bool
    """Whether the city's own system may have written change rows beside the register."""

    @property
    def are_empty(self) -> bool:
        """Whether nothing can wait in any of them."""
        return not (self.names or self.waiting or self.changes)


def looking(session: Session) -> Page:
    """Return what looks where something waits."""

    def step() -> Page:
        from mediabridge.stations import settings
        from mediabridge.stations.transport.door import Door

        session.means.require(Role.CLERK, "collect")
        tray = session.means.tray
        folder = settings.load(session.means.home.settings_file).transport
        door = Door(folder) if folder else None
        if door is not None:
            # The first of two looks: what is still being written looks otherwise at the second.
            door.settled()
        with session.station() as station:
            rows = station.takes_changes()
        names = names_in(tray.incoming) if tray else []
        return Files(session, Sources(names, door, door.waiting() if door else 0, rows))

    return Errand(session, n_("Looking which files wait"), lambda _: step())


class Files(Several):
    """What is taken in."""

    def __init__(self, session: Session, sources: Sources) -> None:
        """Ask for one of what waits in *sources*."""
        super().__init__(session)
        self._sources = sources

    def title(self) -> str:
        """Ask."""
        return (
            text("What is taken in?") if self._sources.changes else text("Which file is taken in?")
        )

    def lines(self) -> Sequence[Line]:
        """Say what follows."""
        if self._sources.are_empty:
            return [text("No file waits.")]
        told = [text("Every row is checked. A file with an error is refused as a whole.")]
        if self._sources.changes:
            told.append(text("Change rows are taken in together; with one error, none is."))
        return told

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return what is taken in as one, then each file of the tray."""
        return list(self._every())

    def _every(self) -> Iterator[tuple[str, Callable[[], Page]]]:
        found, session = self._sources, self.session
        if found.changes:
            yield text("Change rows of the city's system"), partial(changes, session)
        if found.door is not None and found.waiting:
            label = text("All from the other system ({count})", count=found.waiting)
            yield label, partial(picking, session, found.door)
        for name in found.names:
            yield printable(name), partial(taking, session, name)
