"""Where every errand begins: what waits, what is under way, what needs somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kinds import Kind
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.hints import hint_at_desk
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.locale import n_, said, sentence_of, text
from mediabridge.shown.bundles import bundles_table
from mediabridge.shown.media import out_table
from mediabridge.shown.sent_back import sent_back_lines
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.desk import StationStatus


@dataclass(frozen=True)
class View:
    """What the books say now."""

    status: StationStatus
    kinds: Mapping[str, int]
    sealed: Sequence[BundleRow]
    approved: Sequence[BundleRow]
    files: int
    """Files that wait to be taken in."""
    slips: Sequence[str]
    """The media of which there is a carrying slip."""
    register: bool
    """Whether people decide here on what is held, and look cards up."""
    changes: bool
    """Whether the city's own system may have written change rows."""

    @property
    def to_seal(self) -> int:
        """How many records and receipts no bundle holds yet."""
        return self.status.waiting_records + self.status.due_receipts


def view_of(session: Session) -> View:
    """Look into the books of the station."""
    from mediabridge.kiosk.tray import names_in
    from mediabridge.report.slip import media_of
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.held import keeps_register

    tray = session.means.tray
    laid = len(names_in(tray.incoming)) if tray and session.means.allows(Role.CLERK) else 0
    with session.station() as station:
        status = station.status()
        return View(
            status,
            station.waiting_kinds(),
            station.books.bundles_in(BundleState.SEALED),
            station.for_sticks(),
            laid + status.door_waiting,
            media_of(station) if tray else [],
            keeps_register(station),
            station.takes_changes(),
        )


class Looking(Errand):
    """Looks into the books, before the page where errands begin."""

    def __init__(self, session: Session) -> None:
        """Prepare to look."""
        super().__init__(
            session, n_("Looking into the books"), lambda _: Home(session, view_of(session))
        )


class Home(Page):
    """What may be done now."""

    def __init__(self, session: Session, view: View) -> None:
        """Show *view*."""
        super().__init__(session)
        self.view = view

    def title(self) -> str:
        """Ask what shall be done."""
        return text("What would you like to do?")

    def lines(self) -> Sequence[Line]:
        """Return what needs somebody first, then what waits."""
        return [*self._urgent(), *self._undecided(), *self._waiting(), *self._under_way()]

    def _urgent(self) -> Iterator[Line]:
        for each in self.view.status.attention:
            yield f"! {sentence_of(each)}"
            yield f"  {hint_at_desk(each)}"
        yield from sent_back_lines(self.view.status.sent_back)

    def _undecided(self) -> Iterator[Line]:
        if self.view.status.held:
            yield text("Still waiting for a decision: {count}", count=self.view.status.held)
        if self.view.status.findings:
            from mediabridge.shown.population import waiting_line

            yield waiting_line(self.view.status.findings)

    def _waiting(self) -> Iterator[Line]:
        view = self.view
        if view.files:
            yield text("Files that wait to be taken in: {count}", count=view.files)
        if not (view.to_seal or view.sealed or view.approved):
            yield text("Nothing waits to be carried.")
            return
        rows = [[_kind_said(kind), str(count)] for kind, count in view.kinds.items()]
        counts = {
            text("receipts to carry"): view.status.due_receipts,
            text("bundles that wait for an officer"): len(view.sealed),
            text("bundles that wait for a medium"): len(view.approved),
        }
        rows += [[label, str(count)] for label, count in counts.items() if count]
        yield Table([text("What waits"), text("count")], rows, right=frozenset({1}))

    def _under_way(self) -> Iterator[Line]:
        status = self.view.status
        yield text("Waiting for a receipt: {count}", count=status.outstanding)
        if status.overdue:
            yield text("OVERDUE, no receipt yet:")
            yield bundles_table(status.overdue)
        if status.media_out:
            yield text("Media that are out:")
            yield out_table(status.media_out, status.media_overdue)

    def choices(self) -> Sequence[Choice]:
        """Return the errands of whoever may work here, those only that make sense now."""
        return [
            *self._clerks(),
            *self._officers(),
            *self._registers(),
            *self._slips(),
            *self._leaving(),
        ]

    def _clerks(self) -> Iterator[Choice]:
        from mediabridge.kiosk.carry import carrying
        from mediabridge.kiosk.files import looking
        from mediabridge.kiosk.prepare import Prepare

        if not self.session.means.allows(Role.CLERK):
            return
        yield carrying(self.session)
        if self.view.to_seal:
            yield Choice(
                "2", text("Make ready what waits"), lambda: Prepare(self.session, self.view)
            )
        if self.view.files or self.view.changes:
            several = text("Take in files or changes")
            label = several if self.view.changes else text("Take a file in")
            yield Choice("4", label, lambda: looking(self.session))

    def _officers(self) -> Iterator[Choice]:
        from mediabridge.kiosk.approve import approving

        yield from approving(self.session, self.view.sealed)

    def _registers(self) -> Iterator[Choice]:
        from mediabridge.kiosk.counter import Card
        from mediabridge.kiosk.decisions import Decisions

        if not (self.view.register and self.session.means.allows(Role.CLERK)):
            return
        held, findings = self.view.status.held, self.view.status.findings
        notices = text("Decide on notices")
        decide = text("Decide on notices or findings") if findings else notices
        yield Choice("5", decide, lambda: Decisions(self.session, held, findings))
        yield Choice("6", text("Look up a card"), lambda: Card(self.session))

    def _slips(self) -> Iterator[Choice]:
        from mediabridge.kiosk.slip import slips

        media = self.view.slips
        if media:
            yield Choice("7", text("Carrying slip"), lambda: slips(self.session, media))

    def _leaving(self) -> Iterator[Choice]:
        yield Choice("9", text("Look again"), self.session.home)
        yield Choice("0", text("Sign out"), self.session.sign_out)


def _kind_said(kind: str) -> str:
    return str(said(Kind(kind))) if kind in list(Kind) else text("software")
