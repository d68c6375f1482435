"""Files that wait to be taken in: from the tray, and from another system's door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import MediabridgeError, RecordsError, WrongRecordsError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.hints import hint_at_desk, without_commands
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.kiosk.tray import names_in
from mediabridge.locale import language, n_, sentence_of, text
from mediabridge.shown.collected import collected_lines, error_lines, more_line
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.stations.outgoing.collecting import Collected
    from mediabridge.stations.transport.door import Door

Became = tuple[str, "Collected | MediabridgeError"]
"""The name of a file, and what became of it."""


def looking(session: Session) -> Page:
    """Return what looks which files wait."""

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
        return Files(session, names_in(tray.incoming) if tray else [], door)

    return Errand(session, n_("Looking which files wait"), lambda _: step())


class Files(Several):
    """Which file is taken in."""

    def __init__(self, session: Session, names: Sequence[str], door: Door | None) -> None:
        """Ask for one of the *names* in the tray, or for all behind the *door*."""
        super().__init__(session)
        self._names = names
        self._door = door
        self._waiting = door.waiting() if door else 0

    def title(self) -> str:
        """Ask."""
        return text("Which file is taken in?")

    def lines(self) -> Sequence[Line]:
        """Say what follows."""
        if not (self._names or self._waiting):
            return [text("No file waits.")]
        return [text("Every row is checked. A file with an error is refused as a whole.")]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return all from the other system as one, then each of the tray."""
        label = text("All from the other system ({count})", count=self._waiting)
        behind = [(label, self._picking)] if self._waiting else []
        return [*behind, *((printable(each), partial(self._taking, each)) for each in self._names)]

    @property
    def _operator(self) -> str | None:
        # At a live station a name alone proves nothing, and is not taken.
        return None if self.session.means.config.mode == "live" else self.session.name

    def _picking(self) -> Page:
        return Errand(self.session, n_("Taking the files in"), self._picked)

    def _picked(self, told: Progress) -> Page:
        from mediabridge.stations.transport.picking import pick_up

        self.session.means.require(Role.CLERK, "collect")
        door = self._door
        assert door is not None  # noqa: S101 - otherwise nothing leads here
        door.make()
        with self.session.station(progress=told) as station:
            found = list(pick_up(station, door, door.settled(), operator=self._operator))
        became = [(each.name, each.collected or each.error) for each in found]
        return TakenIn(self.session, [(name, what) for name, what in became if what is not None])

    def _taking(self, name: str) -> Page:
        return Errand(self.session, n_("Taking the files in"), lambda told: self._taken(name, told))

    def _taken(self, name: str, told: Progress) -> Page:
        self.session.means.require(Role.CLERK, "collect")
        tray = self.session.means.tray
        assert tray is not None  # noqa: S101 - otherwise nothing leads here
        with tray.given(name) as path, self.session.station(progress=told) as station:
            try:
                done: Collected | MediabridgeError = station.collect(path, operator=self._operator)
            except RecordsError as error:
                done = error
        return TakenIn(self.session, [(name, done)])


class TakenIn(Page):
    """What became of each file: taken in, or every error in plain words."""

    def __init__(self, session: Session, became: Sequence[Became]) -> None:
        """Show what *became* of them."""
        super().__init__(session)
        self._became = became

    def title(self) -> str:
        """Say whether all were right."""
        if any(isinstance(what, MediabridgeError) for _name, what in self._became):
            return text("A file was refused.")
        return text("The file is taken in.") if self._became else text("Nothing was taken in.")

    def lines(self) -> Sequence[Line]:
        """Return what was taken in, what is worth a look, and what is wrong."""
        if not self._became:
            return [text("The file is still being written. Look again in a moment.")]
        found = (line for name, what in self._became for line in _lines(name, what))
        return list(without_commands(found))

    def choices(self) -> Sequence[Choice]:
        """Return the next steps."""
        from mediabridge.kiosk.prepare import Preparing

        return [
            Choice("2", text("Make ready what waits"), lambda: Preparing(self.session)),
            Choice("1", text("Another file"), lambda: looking(self.session)),
            Choice("0", text("Back to the beginning"), self.session.home),
        ]


def _lines(name: str, what: Collected | MediabridgeError) -> Iterator[str]:
    if not isinstance(what, MediabridgeError):
        yield from collected_lines(printable(name), what)
        return
    yield f"! {printable(name)}: {sentence_of(what)}"
    if isinstance(what, WrongRecordsError):
        yield from error_lines(what, language())
        yield from more_line(what)
    yield text("What to do: {hint}", hint=hint_at_desk(what))
    yield text("Code for the security officer: {code}", code=what.reason)
