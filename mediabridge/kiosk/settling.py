"""One decision on findings, question by question; what follows is said before it is taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import FindingsChangedError, FindingUnknownError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.locale import n_, said, sentence_of, text, translate
from mediabridge.shown.population import asked_line, two_line
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress
    from mediabridge.stations.population.deciding import Asked, Cause, FindingsDecided


@dataclass(frozen=True)
class Settling:
    """The decision as far as it is said."""

    session: Session
    asked: Asked
    """What was looked at."""
    back: Callable[..., Page]
    """Returns to it, after an error if one is given."""
    on: Callable[[FindingsDecided], Page]
    """Returns what follows when it is taken."""
    because: Cause | None = None
    """Why it is rejected; None where it is entered."""
    counted: bool = False
    """Whether somebody has said how many they are."""
    second: str | None = None

    @property
    def may_enter(self) -> bool:
        """Whether it may be entered, as far as the findings say."""
        return self.asked.consequence is not None and self.asked.newer is None

    @property
    def enter_called(self) -> str:
        """What entering is called in an answer."""
        is_settled = self.asked.kind.value == "settled"
        return text("Close it") if is_settled else text("Enter it in the register")

    @property
    def follows(self) -> str:
        """What follows from it."""
        entered = self.asked.consequence if self.because is None else None
        return translate(entered or self.asked.rejected)

    @property
    def lacks_second(self) -> bool:
        """Whether it takes somebody else besides."""
        return self.because is None and self.asked.two and self.second is None

    def ask(self) -> Page:
        """Return the question that is still open, or the last one."""
        several = self.asked.chosen.position is None
        return HowMany(self) if several and not self.counted else Sure(self)

    def decide(self) -> Page:
        """Return what takes the decision."""
        return Errand(self.session, n_("Entering the decision"), self._decided)

    def _decided(self, told: Progress) -> Page:
        from mediabridge.stations.population import deciding

        session, asked = self.session, self.asked
        command = "population apply" if self.because is None else "population reject"
        session.means.require(Role.CLERK, command)
        people = {"operator": session.name, "second": self.second}
        with session.station(progress=told) as station:
            try:
                done = deciding.decide(station, asked.chosen, asked.seen, self.because, **people)
            except (FindingsChangedError, FindingUnknownError) as error:
                return self.back(error)
        return self.on(done)


class Because(Several):
    """Why the register stays as it is."""

    def __init__(self, wanted: Settling) -> None:
        """Ask."""
        super().__init__(wanted.session)
        self._wanted = wanted

    def title(self) -> str:
        """Ask."""
        return text("Why does the register stay as it is?")

    def lines(self) -> Sequence[Line]:
        """Return what the immigration side is told with each."""
        from mediabridge.stations.population.deciding import Cause, told

        rows = [[str(number), said(told(each))] for number, each in enumerate(Cause, 1)]
        return [Table([text("no."), text("why")], rows)]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return the reasons; none of them decides anything yet."""
        from mediabridge.stations.population.deciding import Cause

        labels = {
            Cause.REGISTER_RIGHT: text("The register is right"),
            Cause.NEWER_EXTRACT: text("A newer extract"),
            Cause.INQUIRY: text("An inquiry of the city's own"),
        }
        return [(label, replace(self._wanted, because=each).ask) for each, label in labels.items()]

    def out(self) -> Sequence[Choice]:
        """Return to what was looked at."""
        return [Choice("0", text("Back"), self._wanted.back)]


class HowMany(Page):
    """How many findings are decided on: whoever types it has read it."""

    def __init__(self, wanted: Settling, *, wrong: bool = False) -> None:
        """Ask; the number that was typed before may have been *wrong*."""
        super().__init__(wanted.session)
        self._wanted = wanted
        self._wrong = wrong

    def title(self) -> str:
        """Ask."""
        return text("How many findings are decided on?")

    def lines(self) -> Sequence[Line]:
        """Return which they are, and what follows."""
        wrong = [f"! {text('It is another number.')}"] if self._wrong else []
        return [*wrong, asked_line(self._wanted.asked), self._wanted.follows]

    def field(self) -> Field | None:
        """Return the number."""
        return Field(text("Number of findings"), self._entered)

    def _entered(self, typed: str) -> Page:
        number = unicodedata.normalize("NFKC", typed).strip()
        if number != str(self._wanted.asked.seen.count):
            return HowMany(self._wanted, wrong=True)
        return replace(self._wanted, counted=True).ask()

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back"), self._wanted.back)]


class Sure(Page):
    """The last question."""

    must_be_read = True

    def __init__(self, wanted: Settling) -> None:
        """Ask whether this shall be decided."""
        super().__init__(wanted.session)
        self._wanted = wanted

    def title(self) -> str:
        """Ask."""
        return text("Decide this?")

    def lines(self) -> Sequence[Line]:
        """Return what it is about, what follows, and who takes it."""
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        wanted = self._wanted
        yield asked_line(wanted.asked)
        yield wanted.follows
        if wanted.because is not None:
            from mediabridge.stations.population.deciding import told

            yield said(told(wanted.because))
        if wanted.lacks_second:
            yield two_line()
        yield ""
        people = [each for each in (self.session.name, wanted.second) if each]
        yield text("Decided by: {people}", people=" + ".join(people))

    def choices(self) -> Sequence[Choice]:
        """Return yes, unless it takes somebody else, together with somebody, and no."""
        return list(self._choices())

    def _choices(self) -> Iterator[Choice]:
        from mediabridge.kiosk.second import Second

        wanted = self._wanted
        if not wanted.lacks_second:
            yield Choice("7", text("Yes, decide this"), wanted.decide, confirms=True)
        if wanted.second is None:
            label = text("Together with a second person")
            yield Choice("2", label, lambda: Second(self, self._with))
        yield Choice("0", text("No, back to the findings"), wanted.back)

    def _with(self, name: str) -> Page:
        return Sure(replace(self._wanted, second=name))


def settled(session: Session, decided: FindingsDecided) -> Page:
    """Return what says how many were *decided* on at once, and how many wait."""
    from mediabridge.kiosk.findings import NoMore

    def step() -> Page:
        from mediabridge.stations.population import looking

        with session.station() as station:
            return NoMore(session, looking.waiting(station), decided.count)

    return Errand(session, n_("Looking what the comparison found"), lambda _: step())


def error_lines(error: MediabridgeError | None) -> Iterator[str]:
    """Yield why a decision came to nothing, if it did."""
    if error is not None:
        yield f"! {sentence_of(error)}"
        yield ""
