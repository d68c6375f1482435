"""An officer looks at what a bundle holds, with the own key, and answers for it or sends it back.

What is shown was read once (:class:`~mediabridge.stations.outgoing.approving.Shown`), and exactly
these bytes are signed: the station refuses if its outbox holds others when the answer is given.
The station is not held while the officer reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.pin import AskedPin
from mediabridge.kiosk.session import passphrase_source
from mediabridge.kiosk.several import Several
from mediabridge.locale import n_, text, translate
from mediabridge.shown.approval import CARRY, beside_the_question
from mediabridge.shown.bundles import bundles_table, summary_table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.outgoing.approving import Shown
    from mediabridge.stations.outgoing.rejection import Rejection
    from mediabridge.trust.signers import Signer


def approving(session: Session, waiting: Sequence[BundleRow]) -> Iterator[Choice]:
    """Yield the way to approve what is *waiting*, where that is this account's work."""
    if not (waiting and session.means.allows(Role.OFFICER)):
        return
    if len(waiting) == 1:
        (row,) = waiting
        label = text("An officer approves number {seq}", seq=row.seq)
        yield Choice("3", label, lambda: Officer(session, row.bundle))
    else:
        label = text("An officer approves one of {count}", count=len(waiting))
        yield Choice("3", label, lambda: WhichBundle(session, waiting))


class WhichBundle(Several):
    """Which bundle an officer looks at."""

    def __init__(self, session: Session, waiting: Sequence[BundleRow]) -> None:
        """Ask for one of those that are *waiting*."""
        super().__init__(session)
        self._waiting = waiting

    def title(self) -> str:
        """Ask."""
        return text("Which bundle is approved?")

    def lines(self) -> Sequence[Line]:
        """Return those that have a digit now."""
        return [bundles_table(self._waiting[self.shown])]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return each, with its receiver: every route has numbers of its own."""
        return [
            (
                text("Number {seq} to {receiver}", seq=row.seq, receiver=row.receiver),
                partial(Officer, self.session, row.bundle),
            )
            for row in self._waiting
        ]


class Officer(Page):
    """Asks which officer it is; whoever is signed in at the desk stays so."""

    def __init__(self, session: Session, bundle: str) -> None:
        """Ask who approves *bundle*."""
        super().__init__(session)
        self._bundle = bundle

    def title(self) -> str:
        """Ask."""
        return text("Which officer approves?")

    def lines(self) -> Sequence[Line]:
        """Say whose key it takes."""
        return [
            text("An officer who did not prepare the bundle, with the own key."),
            text("Type the officer's staff number and press Enter."),
        ]

    def field(self) -> Field | None:
        """Return the number."""
        return Field(text("Staff number"), self._entered)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Not now"), self.session.home)]

    def _entered(self, name: str) -> Page:
        return Errand(self.session, n_("Looking up who you are"), lambda _: self._next(name))

    def _next(self, name: str) -> Page:
        with self.session.station() as station:
            self._require(station, name)
        return OfficerPin(self, name)

    def _require(self, station: Desk, name: str) -> None:
        from mediabridge.stations.clerks import require_account, require_known
        from mediabridge.stations.officers import require_officer

        means = self.session.means
        means.require(Role.OFFICER, "approve")
        require_known(station, name)
        require_account(station, name, account=means.account, role=means.role)
        require_officer(station, name, "approve")

    def shown_to(self, name: str, typed: str) -> Page:
        """Return the errand that opens the key of *name* with what was *typed*."""
        return Errand(
            self.session,
            n_("Opening the officer's key"),
            lambda _: self._look(name, typed),
        )

    def _look(self, name: str, typed: str) -> Page:
        from mediabridge.errors import KeyFileError
        from mediabridge.stations import settings
        from mediabridge.stations.keyring import open_signer
        from mediabridge.stations.officers import officer_of

        with self.session.station() as station:
            self._require(station, name)
            clerks = settings.load(station.home.settings_file).clerks
            place = self.session.key_place(name, clerks)
            if place is None:
                raise KeyFileError(name=name, detail=text("nothing says where that key is"))
            signer = open_signer(place, passphrase_source(typed))
            officer = officer_of(station, signer).name
            return Summary(self.session, station.look_at(self._bundle), signer, officer)


class OfficerPin(AskedPin):
    """The PIN or passphrase of the officer's key."""

    def __init__(self, asked: Officer, name: str) -> None:
        """Ask *name* for it."""
        super().__init__(asked, name)
        self._officer = asked

    def lines(self) -> Sequence[Line]:
        """Say what comes next."""
        return [
            *super().lines(),
            text("Nothing is signed yet: first you read what is in the bundle."),
        ]

    def typed(self, pin: str) -> Page:
        """Return what opens the key with *pin*."""
        return self._officer.shown_to(self._name, pin)


class Summary(Page):
    """The whole summary; the answer is below its last line."""

    must_be_read = True

    def __init__(self, session: Session, shown: Shown, signer: Signer, officer: str) -> None:
        """Show *shown* to *officer*, whose opened key is *signer*."""
        super().__init__(session)
        self._shown = shown
        self._signer = signer
        self._officer = officer

    def title(self) -> str:
        """Ask the officer's question."""
        return translate(CARRY)

    def lines(self) -> Sequence[Line]:
        """Return everything that is signed for, and what must not be overlooked at the end."""
        summary = self._shown.summary.model_dump(by_alias=True)
        return [summary_table(summary), "", *beside_the_question(self._shown)]

    def choices(self) -> Sequence[Choice]:
        """Return the answers."""
        return [
            Choice("7", text("Yes, I approve it"), self._approve, confirms=True),
            Choice("5", text("No, send it back"), self._send_back),
            Choice("0", text("Neither, not now"), self.session.home),
        ]

    def _send_back(self) -> Page:
        from mediabridge.kiosk.sendback import SendBack

        return SendBack(self, self._reject)

    def _approve(self) -> Page:
        return Errand(self.session, n_("Signing the approval"), self._approved)

    def _approved(self, told: Progress) -> Page:
        from mediabridge.kiosk.prepare import Prepared
        from mediabridge.stations.books import BundleState

        self.session.means.require(Role.OFFICER, "approve")
        with self.session.station(progress=told) as station:
            station.approve_shown(self._shown, self._signer)
            waiting = station.books.bundles_in(BundleState.SEALED)
            ready = station.for_sticks()
        return Prepared(self.session, waiting, ready, n_("The approval is signed."))

    def _reject(self, why: Rejection, remark: str = "") -> Page:
        def step(told: Progress) -> Page:
            self.session.means.require(Role.OFFICER, "approve")
            with self.session.station(progress=told) as station:
                station.reject_shown(self._shown, self._signer, why, remark)
            return self.session.home()

        return Errand(self.session, n_("Sending the bundle back"), step)
