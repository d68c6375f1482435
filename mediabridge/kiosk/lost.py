"""A medium that cannot be found: reported by two keys, from wherever one is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.locale import n_, text
from mediabridge.shown.media import lost_table, out_table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.media.trips import Trip
    from mediabridge.stations.sticks.losing import LostReport

_KEYS: Final = "123456"
"""As many media can be named by one key; of more, those that are out longest."""


def lost(session: Session) -> Page:
    """Return what asks which medium is missing; where nobody is signed in, it says that first."""
    if session.worker is None:
        return SignInFirst(session)

    def look() -> Page:
        with session.station() as station:
            now = station.clock.now()
            late = {trip.medium for trip in station.books.media.overdue(now)}
            return Lost(session, station.books.media.open_trips(), sorted(late))

    return Errand(session, n_("Looking which media are out"), lambda _: look())


class SignInFirst(Page):
    """Says why nothing is reported from a screen that is locked.

    The log names whoever reports it, and it cannot be taken back: anybody who walks by could
    have every medium refused.
    """

    def title(self) -> str:
        """Say what comes first."""
        return text("Sign in first, then press F8.")

    def lines(self) -> Sequence[Line]:
        """Say why, and what to do where that takes time."""
        return [
            text(
                "A medium that is reported lost is refused from then on, and who reports it is"
                " noted: nobody does that without having signed in."
            ),
            "",
            text("If you cannot sign in now, tell the security officer at once."),
        ]


class Lost(Page):
    """Asks which medium cannot be found."""

    def __init__(self, session: Session, trips: Sequence[Trip], late: Sequence[str]) -> None:
        """Ask about the media on these *trips*."""
        super().__init__(session)
        self._trips = trips
        self._late = late

    def title(self) -> str:
        """Ask."""
        return text("Which medium cannot be found?")

    def lines(self) -> Sequence[Line]:
        """Return the media that are out, and what follows."""
        if not self._trips:
            return [
                text("As far as this station knows, no medium is out."),
                text("If one is missing all the same, tell the security officer at once."),
            ]
        return [
            out_table(self._trips, self._late),
            "",
            text("It will be refused from now on, and the other station learns of it."),
            text("This is final: a medium's digit reports it at once. Nothing more is asked."),
        ]

    def choices(self) -> Sequence[Choice]:
        """Return one answer for each medium."""
        return [
            Choice(
                key,
                text("{medium} is lost", medium=trip.medium),
                partial(self._report, trip.medium),
                confirms=True,
            )
            for key, trip in zip(_KEYS, self._trips, strict=False)
        ]

    def _report(self, medium: str) -> Page:
        from mediabridge.stations.sticks import losing

        session = self.session

        def step() -> Page:
            with session.station() as station:
                return Reported(session, losing.report_lost(station, medium, operator=session.name))

        return Errand(session, n_("Reporting the medium lost"), lambda _: step())


class Reported(Page):
    """Says what was on it, and what is to be done now."""

    def __init__(self, session: Session, report: LostReport) -> None:
        """Show *report*."""
        super().__init__(session)
        self._report = report

    def title(self) -> str:
        """Say that it is reported."""
        return text("Tell the security officer now.")

    def lines(self) -> Sequence[Line]:
        """Return what is known of it."""
        number = self._report.medium.medium
        said = text(
            "Medium {medium} is reported lost. It will be refused from now on.", medium=number
        )
        if not self._report.bundles:
            return [said, text("As far as this station knows, there was no bundle on it.")]
        again = text("What is not known to have arrived goes onto another medium: plug one in.")
        return [said, lost_table(self._report), *([again] if self._report.write_again else [])]
