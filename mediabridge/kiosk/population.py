"""What the comparison of a full population found: of which one, of which kind, all or each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.locale import n_, said, text, translate
from mediabridge.shown.population import (
    asked_line,
    came_table,
    heading_line,
    newer_line,
    two_line,
    waiting_line,
)

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.stations.population.deciding import Asked
    from mediabridge.stations.population.looking import Came, FindingKind


def compared(session: Session) -> Page:
    """Return what looks which populations have findings that wait."""

    def step() -> Page:
        from mediabridge.stations.population import looking

        session.means.require(Role.CLERK, "population show")
        with session.station() as station:
            found = [each for each in looking.came(station) if sum(each.waiting.values())]
        return Kinds(session, found[0]) if len(found) == 1 else Populations(session, found)

    return Errand(session, n_("Looking what the comparison found"), lambda _: step())


class Populations(Several):
    """Which one."""

    def __init__(self, session: Session, found: Sequence[Came]) -> None:
        """Ask for one of those that were *found* to have open findings."""
        super().__init__(session)
        self._found = found

    def title(self) -> str:
        """Ask."""
        return text("Which population?")

    def lines(self) -> Sequence[Line]:
        """Return how much was found in each."""
        return [came_table(self._found)] if self._found else [text("Nothing waits for a decision.")]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return each by its number."""
        return [
            (
                text("Number {number} (open: {count})", number=each.seq, count=_open(each)),
                partial(Kinds, self.session, each),
            )
            for each in self._found
        ]


class Kinds(Several):
    """Which kind of finding."""

    def __init__(self, session: Session, came: Came) -> None:
        """Ask about the population that *came*."""
        super().__init__(session)
        self._came = came

    def title(self) -> str:
        """Ask."""
        return text("Which findings?")

    def lines(self) -> Sequence[Line]:
        """Say which population it is, and that nothing is entered by itself."""
        came = self._came
        return [
            heading_line(came.seq, came.extract, came.as_of),
            waiting_line(_open(came)),
            text("Nothing of it is entered before somebody decides."),
        ]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return the kinds of which something waits, and what was settled meanwhile."""
        from mediabridge.stations.population.looking import KINDS

        waiting = self._came.waiting
        return [
            (
                text("{what} ({count})", what=said(kind), count=waiting[kind.value])
                if kind.value in waiting
                else said(kind),
                partial(of_kind, self.session, self._came.seq, kind),
            )
            for kind in KINDS
            if kind.value in waiting or kind.value == "settled"
        ]


def of_kind(
    session: Session, seq: int, kind: FindingKind, error: MediabridgeError | None = None
) -> Page:
    """Return what looks how much of *kind* waits of population *seq*, after an *error* if any."""

    def step(told: Progress) -> Page:
        from mediabridge.errors import FindingUnknownError
        from mediabridge.kiosk.findings import NoMore
        from mediabridge.stations.population import deciding, looking

        session.means.require(Role.CLERK, "population show")
        with session.station(progress=told) as station:
            try:
                asked = deciding.asked(station, looking.named(station, seq), kind, None)
            except FindingUnknownError:
                return NoMore(session, looking.waiting(station))
        return OfKind(session, seq, asked, error)

    return Errand(session, n_("Looking through the findings"), step)


class OfKind(Page):
    """One finding after the other, or all of them."""

    def __init__(
        self, session: Session, seq: int, asked: Asked, error: MediabridgeError | None = None
    ) -> None:
        """Ask about all of one kind of population *seq*; *error* is why nothing was decided."""
        super().__init__(session)
        self._seq = seq
        self._asked = asked
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("How are they decided on?")

    def lines(self) -> Sequence[Line]:
        """Return how many there are, and what follows from entering all."""
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        from mediabridge.kiosk.settling import error_lines

        asked = self._asked
        yield from error_lines(self._error)
        yield asked_line(asked)
        if asked.newer is not None:
            yield newer_line(asked.newer)
        elif asked.consequence is None:
            yield text("They are entered one by one, and only where it is known who is meant.")
        else:
            yield translate(asked.consequence)
            if asked.two:
                yield two_line()

    def choices(self) -> Sequence[Choice]:
        """Return to look at each, and what may be done with all."""
        from mediabridge.kiosk.findings import Through
        from mediabridge.kiosk.settling import Because, Settling, settled

        asked, kind = self._asked, self._asked.kind
        all_ = Settling(
            self.session,
            asked,
            partial(of_kind, self.session, self._seq, kind),
            partial(settled, self.session),
        )
        each = Through(self.session, self._seq, kind)
        enter = Choice("2", text("Enter all of them"), all_.ask)
        return [
            Choice("1", text("One after the other"), each.look),
            *([enter] if all_.may_enter else []),
            Choice("3", text("Leave the register as it is"), lambda: Because(all_)),
            Choice("0", text("Back to the beginning"), self.session.home),
        ]


def _open(came: Came) -> int:
    return sum(came.waiting.values())
