"""Who is at the desk: the staff number, and the PIN of the own key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.session import Worker, passphrase_source
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from pathlib import Path

    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.trust.token_uri import TokenUri


class SignIn(Page):
    """The first page, and the one that stands there when nobody has touched anything for long."""

    def __init__(self, session: Session, *, locked: bool = False) -> None:
        """Ask who it is; *locked* says why."""
        super().__init__(session)
        self._locked = locked

    def title(self) -> str:
        """Ask for the number."""
        return text("Who is at the desk?")

    def lines(self) -> Sequence[Line]:
        """Say why it is asked."""
        why = text("Nobody has touched anything for a while, so the screen was locked.")
        how = text("Type your staff number and press Enter.")
        return [why, "", how] if self._locked else [how]

    def field(self) -> Field | None:
        """Return the number; with an account that is called like a person, only that one counts."""
        return Field(text("Staff number"), self._entered)

    def _entered(self, name: str) -> Page:
        return Errand(self.session, n_("Looking up who you are"), lambda _: self._next(name))

    def _next(self, name: str) -> Page:
        from mediabridge.stations import settings
        from mediabridge.stations.clerks import asks_for_key, require_account, require_known

        with self.session.station() as station:
            means = self.session.means
            require_known(station, name)
            require_account(station, name, account=means.account, role=means.role)
            place = self.session.key_place(name, settings.load(station.home.settings_file).clerks)
            if place is None and not asks_for_key(station):
                self.session.destinations = station.receivers()
                self.session.worker = Worker(name, None)
                return self.session.home()
        return Pin(self.session, name, place)


class Pin(Page):
    """The PIN or passphrase of the own key."""

    def __init__(self, session: Session, name: str, place: Path | TokenUri | None) -> None:
        """Ask *name*, whose key is at *place*; None where nothing says so."""
        super().__init__(session)
        self._name = name
        self._place = place

    def title(self) -> str:
        """Ask for it."""
        return text("{name}: your PIN, please", name=self._name)

    def lines(self) -> Sequence[Line]:
        """Say that it is not shown."""
        return [text("Type the PIN or the passphrase of your own key and press Enter.")]

    def field(self) -> Field | None:
        """Return the PIN, which nobody sees."""
        return Field(text("PIN"), self._entered, secret=True)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Somebody else"), lambda: SignIn(self.session))]

    def _entered(self, typed: str) -> Page:
        return Errand(self.session, n_("Opening your key"), lambda told: self._open(typed, told))

    def _open(self, typed: str, told: Progress) -> Page:
        from mediabridge.stations.clerks import at_desk
        from mediabridge.stations.keyring import ClerkKey

        key = ClerkKey(passphrase_source(typed), self._place)
        with self.session.station(key=key, progress=told) as station:
            name = at_desk(station, self._name).name
            self.session.destinations = station.receivers()
        self.session.worker = Worker(name, key)
        return self.session.home()
