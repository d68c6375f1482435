"""A second person who decides as well, with the own key where people have one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.pin import AskedPin
from mediabridge.kiosk.session import passphrase_source
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from pathlib import Path

    from mediabridge.trust.token_uri import TokenUri

Then = Callable[[str], Page]
"""Returns what follows, for the name of whoever decides as well."""


class Second(Page):
    """Asks who it is; whoever is signed in at the desk stays so."""

    def __init__(self, asked: Page, then: Then) -> None:
        """Ask, and go on with *then*, or back to *asked*."""
        super().__init__(asked.session)
        self._asked = asked
        self._then = then

    def title(self) -> str:
        """Ask."""
        return text("Who decides as well?")

    def lines(self) -> Sequence[Line]:
        """Say who it may be."""
        return [text("Somebody else than you. Type the staff number and press Enter.")]

    def field(self) -> Field | None:
        """Return the number."""
        return Field(text("Staff number"), self._entered)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back"), lambda: self._asked)]

    def _entered(self, name: str) -> Page:
        return Errand(self.session, n_("Looking up who you are"), lambda _: self._next(name))

    def _next(self, name: str) -> Page:
        from mediabridge.stations import held, settings
        from mediabridge.stations.clerks import asks_for_key, require_known

        with self.session.station() as station:
            require_known(station, name)
            held.deciders(station, self.session.name, name)
            clerks = settings.load(station.home.settings_file).clerks
            place = self.session.key_place(name, clerks)
            if place is None and not asks_for_key(station):
                return self._then(name)
        return SecondPin(self, name, place, self._then)


class SecondPin(AskedPin):
    """The PIN or passphrase of the second person's key."""

    def __init__(self, asked: Second, name: str, place: Path | TokenUri | None, then: Then) -> None:
        """Ask *name*, whose key is at *place*."""
        super().__init__(asked, name)
        self._place = place
        self._then = then

    def typed(self, pin: str) -> Page:
        """Return what opens the key with *pin*."""
        return Errand(self.session, n_("Opening your key"), lambda _: self._open(pin))

    def _open(self, pin: str) -> Page:
        from mediabridge.stations.clerks import at_desk
        from mediabridge.stations.keyring import ClerkKey

        key = ClerkKey(passphrase_source(pin), self._place)
        with self.session.station(key=key) as station:
            at_desk(station, self._name)
        return self._then(self._name)
