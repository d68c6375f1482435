"""One decision, question by question; what follows is said before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import HeldChangedError, HeldDecidedError, UsageError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.locale import language, n_, text
from mediabridge.records.result import Result
from mediabridge.shown.held import (
    consequence,
    decided_line,
    decisions_lines,
    option_called,
    option_said,
)
from mediabridge.shown.kanji import choice_called, choice_said, shown
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.kiosk.held import Walk
    from mediabridge.progress import Progress
    from mediabridge.records.names import Reason
    from mediabridge.stations.held import Decidable, Looked
    from mediabridge.stations.proposals import Unfit


@dataclass(frozen=True)
class Wanted:
    """The decision as far as it is said."""

    walk: Walk
    found: Looked
    """What was looked at."""
    option: Decidable
    municipality: str | None = None
    asked: bool = False
    """Whether the municipality was asked for."""
    ranks: Mapping[int, Reason | None] = field(default_factory=dict)
    second: str | None = None

    def ask(self) -> Page:
        """Return the question that is still open, or the last one."""
        if self.option.result is Result.MOVED_OUT and not self.asked:
            return MovedTo(self)
        for each in self.option.choose:
            if each.place not in self.ranks:
                return Proposal(self, each)
        return self._named() if self.option.choose else Decide(self)

    def _named(self) -> Page:
        """Return what shows what follows with the name that was chosen."""

        def step() -> Page:
            from mediabridge.stations import held

            with self.walk.session.station() as station:
                try:
                    option = held.with_name(station, self.found, self.option, self.ranks)
                except HeldChangedError as error:
                    return self.walk.look(error)
            return Decide(replace(self, option=option))

        return Errand(self.walk.session, n_("Looking into the register"), lambda _: step())

    def decide(self) -> Page:
        """Return what takes the decision, and goes on to the next notice."""
        return Errand(self.walk.session, n_("Entering the decision"), self._decided)

    def _decided(self, told: Progress) -> Page:
        from mediabridge.stations import held

        session, option = self.walk.session, self.option
        session.means.require(Role.CLERK, "held resolve")
        wish = held.Wish(
            option.result,
            self.found.version,
            option.person,
            self.municipality,
            self.walk.again,
            way=option.way,
            ranks=self.ranks or None,
        )
        with session.station(progress=told) as station:
            try:
                done = held.decide(
                    station, self.walk.record, wish, operator=session.name, second=self.second
                )
            except (HeldDecidedError, HeldChangedError) as error:
                return self.walk.look(error)
        return self.walk.on(done)


class Which(Several):
    """Which decision: those only that are possible, each with what follows from it."""

    def __init__(self, walk: Walk, found: Looked) -> None:
        """Ask about *found*."""
        super().__init__(walk.session)
        self._walk = walk
        self._found = found

    def title(self) -> str:
        """Ask."""
        return text("Which decision?")

    def lines(self) -> Sequence[Line]:
        """Return what follows from each."""
        return list(decisions_lines(self._found.options[self.shown], language()))

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return the decisions; none of them is taken here."""
        return [
            (option_called(each), Wanted(self._walk, self._found, each).ask)
            for each in self._found.options
        ]

    def out(self) -> Sequence[Choice]:
        """Return to the notice."""
        return [Choice("0", text("Back to the notice"), self._walk.look)]


class MovedTo(Page):
    """Where the person moved to."""

    def __init__(self, wanted: Wanted, error: UsageError | None = None) -> None:
        """Ask; *error* is what was wrong with what was typed before."""
        super().__init__(wanted.walk.session)
        self._wanted = wanted
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("Where did the person move to?")

    def lines(self) -> Sequence[Line]:
        """Say what was wrong, if anything was."""
        return [] if self._error is None else [f"! {self._error.facts['detail']}"]

    def field(self) -> Field | None:
        """Return the code."""
        return Field(text("Code of the municipality, six digits"), self._entered)

    def _entered(self, typed: str) -> Page:
        from mediabridge.stations import held

        try:
            code = held.municipality(typed)
        except UsageError as error:
            return MovedTo(self._wanted, error)
        return replace(self._wanted, municipality=code, asked=True).ask()

    def choices(self) -> Sequence[Choice]:
        """Return that nobody knows, and the way back."""
        unknown = replace(self._wanted, asked=True)
        return [
            Choice("1", text("It is not known"), unknown.ask),
            Choice("0", text("Back to the notice"), self._wanted.walk.look),
        ]


class Proposal(Several):
    """Which proposal stands for one character of the name."""

    def __init__(self, wanted: Wanted, one: Unfit) -> None:
        """Ask about *one*."""
        super().__init__(wanted.walk.session)
        self._wanted = wanted
        self._one = one

    def title(self) -> str:
        """Name the character."""
        return text(
            "Character {place}: {character}",
            place=self._one.place,
            character=shown(self._one.character),
        )

    def lines(self) -> Sequence[Line]:
        """Return what each answer means."""
        rows = [
            [str(number), choice_said(self._one, each)]
            for number, each in enumerate(self._reasons, 1)
        ]
        return [text("Which kanji is entered for it?"), Table([text("no."), ""], rows)]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return the first proposal, and the second one with each reason that permits it."""
        return [
            (choice_called(self._one, each), partial(self._chosen, each)) for each in self._reasons
        ]

    @property
    def _reasons(self) -> list[Reason | None]:
        return [None, *self._one.reasons]

    def _chosen(self, reason: Reason | None) -> Page:
        ranks = {**self._wanted.ranks, self._one.place: reason}
        return replace(self._wanted, ranks=ranks).ask()

    def out(self) -> Sequence[Choice]:
        """Return to the notice."""
        return [Choice("0", text("Back to the notice"), self._wanted.walk.look)]


class Decide(Page):
    """The last question."""

    must_be_read = True

    def __init__(self, wanted: Wanted) -> None:
        """Ask whether this shall be decided."""
        super().__init__(wanted.walk.session)
        self._wanted = wanted

    def title(self) -> str:
        """Ask."""
        return text("Decide this?")

    def lines(self) -> Sequence[Line]:
        """Return the decision, what follows from it, and who takes it."""
        option = self._wanted.option
        people = [each for each in (self.session.name, self._wanted.second) if each]
        found = self._wanted.found
        return [
            *([] if found.decided is None else [decided_line(found)]),
            text("Notice {record}: {result}", record=self._wanted.walk.record,
                 result=option_said(option)),
            consequence(option, language()),
            "",
            text("Decided by: {people}", people=" + ".join(people)),
        ]  # fmt: skip

    def choices(self) -> Sequence[Choice]:
        """Return yes, together with somebody, and no."""
        from mediabridge.kiosk.second import Second

        wanted = self._wanted
        alone = wanted.second is None
        label = text("Together with a second person")
        return [
            Choice("7", text("Yes, decide this"), wanted.decide, confirms=True),
            *([Choice("2", label, lambda: Second(self, self._with))] if alone else []),
            Choice("0", text("No, back to the notice"), wanted.walk.look),
        ]

    def _with(self, name: str) -> Page:
        return Decide(replace(self._wanted, second=name))
