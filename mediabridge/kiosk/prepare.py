"""What was collected becomes a bundle, which the person at the desk answers for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.home import View, view_of
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.locale import n_, text, translate
from mediabridge.shown.bundles import bundles_table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.stations.books import BundleRow


class Preparing(Errand):
    """Looks what there is to make ready."""

    def __init__(self, session: Session) -> None:
        """Prepare to look."""
        super().__init__(
            session, n_("Looking into the books"), lambda _: Prepare(session, view_of(session))
        )


class Prepare(Page):
    """Asks whether what waits shall be sealed."""

    def __init__(self, session: Session, view: View) -> None:
        """Ask about what *view* shows to wait."""
        super().__init__(session)
        self._view = view

    def title(self) -> str:
        """Ask."""
        return text("Make ready what waits?")

    def lines(self) -> Sequence[Line]:
        """Say what it is, and what follows."""
        return [
            text("Records: {count}", count=self._view.status.waiting_records),
            text("Receipts to carry: {count}", count=self._view.status.due_receipts),
            "",
            text("They are sealed into a bundle with a number. You answer for having prepared it."),
        ]

    def choices(self) -> Sequence[Choice]:
        """Return yes and no."""
        return [
            Choice("7", text("Yes, make it ready"), self._seal, confirms=True),
            Choice("0", text("No, back"), self.session.home),
        ]

    def _seal(self) -> Page:
        return Errand(self.session, n_("Making the bundle ready"), self._sealed)

    def _sealed(self, told: Progress) -> Page:
        from mediabridge.stations.books import BundleState

        self.session.means.require(Role.CLERK, "seal")
        with self.session.station(progress=told) as station:
            station.seal_all(operator=self.session.name)
            waiting = station.books.bundles_in(BundleState.SEALED)
            ready = station.for_sticks()
        return Prepared(self.session, waiting, ready)


class Prepared(Page):
    """Says what is sealed, and who comes next."""

    def __init__(
        self,
        session: Session,
        waiting: Sequence[BundleRow],
        ready: Sequence[BundleRow],
        done: str = n_("It is made ready."),
    ) -> None:
        """Say what is *done*, what is *waiting* for an officer, and what *ready* for a medium."""
        super().__init__(session)
        self._title = done
        self._waiting = waiting
        self._ready = ready

    def title(self) -> str:
        """Say that it is done."""
        return translate(self._title)

    def lines(self) -> Sequence[Line]:
        """Return the bundles."""
        lines: list[Line] = []
        if self._waiting:
            lines += [text("Waiting for an officer's approval:"), bundles_table(self._waiting)]
        if self._ready:
            lines += [text("Ready for a medium:"), bundles_table(self._ready)]
            if self.session.hands.may_go_on:
                lines.append(text("The medium is in already: it need not be plugged in again."))
        return lines

    def choices(self) -> Sequence[Choice]:
        """Return the next step."""
        return [*self._next(), Choice("0", text("Back to the beginning"), self.session.home)]

    def _next(self) -> Iterator[Choice]:
        from mediabridge.kiosk.approve import approving
        from mediabridge.kiosk.carry import carrying

        if self._ready and self.session.means.allows(Role.CLERK):
            yield carrying(self.session)
        yield from approving(self.session, self._waiting)
