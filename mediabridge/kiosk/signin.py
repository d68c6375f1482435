"""Who is at the desk: the staff number, and the PIN of the own key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Field, Line, Page
from mediabridge.kiosk.pin import AskedPin
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
                self.session.destinations = station.stick_receivers()
                self.session.worker = Worker(name, None)
                return self.session.home()
        return Pin(SignIn(self.session), name, place)


class Pin(AskedPin):
    """The PIN or passphrase of the own key."""

    def __init__(self, asked: SignIn, name: str, place: Path | TokenUri | None) -> None:
        """Ask *name*, whose key is at *place*; None where nothing says so."""
        super().__init__(asked, name)
        self._place = place

    def typed(self, pin: str) -> Page:
        """Return what opens the key with *pin*."""
        return Errand(self.session, n_("Opening your key"), lambda told: self._open(pin, told))

    def _open(self, pin: str, told: Progress) -> Page:
        from mediabridge.stations.clerks import at_desk
        from mediabridge.stations.keyring import ClerkKey

        key = ClerkKey(passphrase_source(pin), self._place)
        with self.session.station(key=key, progress=told) as station:
            name = at_desk(station, self._name).name
            self.session.destinations = station.stick_receivers()
        self.session.worker = Worker(name, key)
        return self.session.home()
