"""``mediabridge held resolve``: one notice after the other, what follows said before it is asked.

The station is open while something is looked up or written, never while a person thinks: two
people work through the list at once, and a decision holds only for what was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mediabridge.cli._ask import confirm, reply
from mediabridge.cli._context import Context
from mediabridge.cli._kanji import ask_ranks, ranks_of
from mediabridge.cli._options import Operator
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.errors import HeldChangedError, HeldDecidedError, UsageError
from mediabridge.locale import n_, said, sentence_of, text
from mediabridge.records.model import Result as Outcome
from mediabridge.records.names.chosen import Ranks, Way
from mediabridge.shown.held import consequence, decided_line, looked_lines, option_said

if TYPE_CHECKING:
    from mediabridge.stations.held import Decidable, Decided, Looked

_STOP: Final = "q"
_LEAVING: Final = frozenset({"", _STOP})
"""Answers after which a notice waits on."""


def resolve(
    context: Context,
    record: Annotated[
        str | None, typer.Argument(help=n_("The notice's number; all that wait otherwise."))
    ] = None,
    *,
    decision: Annotated[
        Outcome | None, typer.Option(help=n_("What is decided; see: held show."))
    ] = None,
    person: Annotated[
        int | None, typer.Option(help=n_("The number of the resident record it is applied to."))
    ] = None,
    next_municipality: Annotated[
        str | None, typer.Option(help=n_("Where the person moved to: the code, six digits."))
    ] = None,
    name: Annotated[
        Way | None, typer.Option(help=n_("As what a kanji name is entered that is not all 正字."))
    ] = None,
    kanji: Annotated[
        list[str] | None,
        typer.Option(
            help=n_(
                "PLACE=rank1 or PLACE=REASON: which proposal is entered for that character of it."
            )
        ),
    ] = None,
    seen: Annotated[
        str | None, typer.Option(help=n_("The version that was looked at, as --json shows it."))
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help=n_("Decide anew on what was decided before."))
    ] = False,
    operator: Operator = None,
    second: Annotated[
        str | None, typer.Option(help=n_("A second person who decides as well."))
    ] = None,
) -> Result:
    desk = _Desk(context, operator, second, again)
    if decision is not None:
        if record is None:
            raise UsageError(detail=text("--decision is about one notice; give its number"))
        wish = _Wish(
            decision, person, _municipality(next_municipality), name, ranks_of(kanji or [])
        )
        return desk.take(record, wish, seen)
    if (person, next_municipality, seen, name, kanji) != (None,) * 5:
        detail = text("--person, --next-municipality, --name, --kanji and --seen need --decision")
        raise UsageError(detail=detail)
    return desk.walk([record] if record else desk.waiting())


def _municipality(code: str | None) -> str | None:
    from mediabridge.stations import held

    return None if code is None else held.municipality(code)


@dataclass(frozen=True)
class _Wish:
    """What is decided, as it was said on a command line or chosen at the questions."""

    decision: Outcome
    person: int | None
    municipality: str | None = None
    way: Way | None = None
    ranks: Ranks | None = None

    def is_meant(self, option: Decidable) -> bool:
        """Tell whether *option* may be what is wished."""
        return (
            option.result is self.decision
            and self.person in (None, option.person)
            and self.way in (None, option.way)
        )


@dataclass
class _Desk:
    """One person, perhaps with a second one, going through what waits."""

    context: Context
    operator: str | None
    second: str | None
    again: bool
    taken: dict[str, Decided] = field(default_factory=dict)

    def waiting(self) -> list[str]:
        """Return the numbers of all that wait."""
        from mediabridge.stations import held

        with open_station(self.context) as station:
            return [each.record for each in held.waiting(station)]

    def walk(self, records: list[str]) -> Result:
        """Ask about each of *records*; who wants to stop may go on another time."""
        for number, record in enumerate(records, 1):
            self.context.say(
                n_("Notice {number} of {count}"), number=str(number), count=str(len(records))
            )
            if not self._ask(record):
                break
        return self._result()

    def take(self, record: str, wish: _Wish, seen: str | None) -> Result:
        """Take one decision that was named; without *seen* a person sees it and says yes."""
        if seen is None:
            found = self._look(record, wish.ranks)
            fitting = [each for each in found.options if wish.is_meant(each)]
            if len(fitting) == 1:
                self.context.show(consequence(fitting[0], self.context.lang))
                if not confirm(self.context, "Decide this?"):
                    return self._result()
            seen = found.version
        self._decide(record, wish, seen)
        return self._result()

    def _ask(self, record: str) -> bool:
        """Have one notice decided on, or left; False when whoever decides wants to stop."""
        while True:
            found = self._look(record)
            if found.decided is not None and not self.again:
                # Somebody else did, since the list was made.
                self.context.show(decided_line(found))
                return True
            answer = self._answer(len(found.options))
            if answer in _LEAVING:
                return answer != _STOP
            try:
                self._choose(found, found.options[int(answer) - 1])
            except (HeldDecidedError, HeldChangedError) as error:
                self.context.show(sentence_of(error))
            else:
                return True

    def _look(self, record: str, ranks: Ranks | None = None) -> Looked:
        from mediabridge.stations import held

        with open_station(self.context) as station:
            held.deciders(station, self.operator, self.second)
            found = held.chosen(station, record, ranks)
        for line in looked_lines(found, self.context.lang):
            self.context.show(line)
        return found

    def _answer(self, options: int) -> str:
        """Return the number that was chosen, from 1 to *options*, or one of those that leave."""
        while True:
            answer = reply(self.context, "Which decision? Its number, Enter to leave it, q to stop")
            if answer in _LEAVING or answer in map(str, range(1, options + 1)):
                return answer

    def _choose(self, found: Looked, option: Decidable) -> None:
        municipality, ranks = None, None
        if option.result is Outcome.MOVED_OUT:
            municipality = self._ask_municipality()
        if option.choose:
            ranks = ask_ranks(self.context, option.choose)
            if ranks is None:
                return
            from mediabridge.stations import held

            with open_station(self.context) as station:
                option = held.with_name(station, found, option, ranks)
        self.context.show(
            f"{option_said(option)}: {consequence(option, self.context.lang)}",
        )
        if confirm(self.context, "Decide this?"):
            wish = _Wish(option.result, option.person, municipality, option.way, ranks)
            self._decide(found.held.record, wish, found.version)

    def _ask_municipality(self) -> str | None:
        while True:
            answer = reply(
                self.context, "Code of the municipality moved to, six digits; Enter if not known"
            )
            try:
                return _municipality(answer or None)
            except UsageError as error:
                # It was typed here, at a question: no command has to be written otherwise.
                self.context.show(error.facts["detail"])

    def _decide(self, record: str, wish: _Wish, seen: str) -> None:
        from mediabridge.stations import held

        wanted = held.Wish(
            wish.decision, seen, wish.person, wish.municipality, self.again, wish.way, wish.ranks
        )
        with open_station(self.context) as station:
            self.taken[record] = held.decide(
                station, record, wanted, operator=self.operator, second=self.second
            )

    def _result(self) -> Result:
        left = len(self.waiting())
        lines = [
            text("Notice {record}: {result}", record=record, result=said(each.result))
            for record, each in self.taken.items()
        ]
        lines.append(text("Still waiting for a decision: {count}", count=str(left)))
        if self.taken:
            lines.append(text("The answers travel with the next bundle: mediabridge export"))
        data: dict[str, Any] = {
            "decided": [
                {"record": record, "decision": each.result, "by": each.by, "second": each.second,
                 "decided_at": each.at}
                for record, each in self.taken.items()
            ],
            "waiting": left,
        }  # fmt: skip
        return Result(lines, data)
