"""A held record as a person decides on it: who may be meant, what may be decided, what follows.

:func:`examine` makes the case of it, the same outside a transaction, for the screen, and
inside, for the decision. Its :attr:`HeldCase.version` is different as soon as anything that
the person saw is: that is how two people at once, or a register that changed meanwhile, are
noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from mediabridge.apply.journal import Entered, HeldNotice
from mediabridge.apply.naming import offered, renamed, require_choice, ways
from mediabridge.apply.plan import case_of, persons_like
from mediabridge.apply.ports import Finder
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Case, Change, Decision, forced, judge
from mediabridge.records.model import AnyIsaNotice, Result
from mediabridge.records.names import Conversion, NamesTable
from mediabridge.records.names.chosen import Ranks, Way
from mediabridge.records.values import Operation

_WHO: Final = (Result.APPLIED, Result.NOT_FOUND, Result.MOVED_OUT, Result.REJECTED)
_WHOSE: Final = (Result.APPLIED, Result.CONFLICT, Result.NOT_FOUND, Result.REJECTED)
_WHAT: Final = (Result.APPLIED, Result.CONFLICT, Result.REJECTED)
_NEVER: Final = (Result.CONFLICT, Result.REJECTED)
_LATE: Final = (Result.SUPERSEDED, *_NEVER)

PERMITTED: Final = {
    ApplyReason.NO_CARD_NUMBER: _WHO,
    ApplyReason.FIRST_CARD: _WHO,
    ApplyReason.NO_MATCH: _WHO,
    ApplyReason.TWO_PERSONS: _NEVER,
    ApplyReason.BIRTH_DATE_DIFFERS: _WHOSE,
    ApplyReason.SEX_DIFFERS: _WHOSE,
    ApplyReason.NATIONALITY_DIFFERS: _WHOSE,
    ApplyReason.NAME_DIFFERS: _WHOSE,
    ApplyReason.ALREADY_DELETED: _LATE,
    ApplyReason.RECORD_DELETED: (*_LATE, Result.MOVED_OUT),
    ApplyReason.CARD_SUPERSEDED: _LATE,
    ApplyReason.EVENT_BEFORE_RECORD: (Result.APPLIED, *_LATE),
    ApplyReason.OPERATION_IMPOSSIBLE: _NEVER,
    ApplyReason.CATEGORY_IMPOSSIBLE: _NEVER,
    ApplyReason.STATUS_DIFFERS: _WHAT,
    ApplyReason.PERIOD_DIFFERS: _WHAT,
    ApplyReason.CARD_DIFFERS: _WHAT,
    ApplyReason.KANJI_NOT_SEIJI: (Result.APPLIED, Result.REJECTED),
}
"""What a person may decide, by why the rules would hold the record today."""

_ASKED: Final = frozenset(
    reason for reason, results in PERMITTED.items() if Result.APPLIED in results
)
"""What a person answers by having a notice applied; any other row still stands against it."""


class Registered(Finder, Protocol):
    """A registry, or the writer of a decision in it."""

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""


@dataclass(frozen=True)
class Option:
    """One permitted decision, and what it would change."""

    result: Result
    reason: ApplyReason | None
    """What the sender is told; None where it is applied."""
    change: Change | None = None
    way: Way | None = None
    """As what a kanji name is entered that is not all 正字; None where that is not asked."""

    @property
    def resident(self) -> int | None:
        """The record it would change; None for a decision that changes none."""
        return None if self.change is None else self.change.after.id


@dataclass(frozen=True)
class HeldCase:
    """A held record with all that a person needs to decide on it."""

    held: HeldNotice
    persons: tuple[Resident, ...]
    """Who may be meant: whose card it is, or who has all of its identity items."""
    today: Decision
    """What the rules would say of it now; the register may have changed since."""
    options: tuple[Option, ...]
    undone: Entered | None
    """What a new decision would take back first."""
    version: str
    """Another one as soon as anything of this is different."""
    name: Conversion | None = None
    """What Notice 582 makes of its kanji name, where that is not all 正字."""

    def option(
        self, result: Result, resident: int | None = None, way: Way | None = None
    ) -> Option | None:
        """Return the one permitted decision that is meant, or None for none or several.

        *resident* says to whom it is applied, and *way* with what name; without them there has
        to be one person, and one way, only.
        """
        fitting = [
            each
            for each in self.options
            if each.result is result
            and resident in (None, each.resident)
            and way in (None, each.way)
        ]
        return fitting[0] if len(fitting) == 1 else None


def examine(
    held: HeldNotice, registered: Registered, names: NamesTable, ranks: Ranks | None = None
) -> HeldCase:
    """Return the case of *held* against what *registered* says now.

    *names* is the table of Notice 582 in use at the registry, and *ranks* what a person chose
    of its proposals; where nobody chose yet, the options show the first.

    Raises:
        KanjiChoiceError: *ranks* are not a choice for each character that has two proposals.
    """
    undone = registered.last_change(held)
    found = case_of(held.notice, registered.find_by_card, names)
    name = offered(held.notice, names)
    if name is not None and ranks is not None:
        require_choice(held.notice.record_id, name, ranks)
    persons = _persons(found, registered)
    today = judge(found)
    options: tuple[Option, ...]
    if undone is not None and not _can_be_undone(undone, registered):
        options = ()
    elif undone is not None:
        # First back to what was: applying to somebody else is the decision after that.
        options = tuple(_without_change(PERMITTED[held.reason], held.reason))
    else:
        entries = tuple(_entries(held.notice, found, name, names, ranks or {}))
        options = tuple(_options(held, found, today, persons, entries))
    proposed = None if name is None else name.as_json()
    seen = (held.bundle_id, held.position, held.decided, persons, today, undone, proposed)
    version = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
    return HeldCase(held, persons, today, options, undone, version, name)


def _entries(
    notice: AnyIsaNotice, found: Case, name: Conversion | None, names: NamesTable, ranks: Ranks
) -> Iterator[tuple[Way | None, Case]]:
    """Yield the case with each name that it may be entered with."""
    if name is None:
        yield None, found
        return
    for way in ways(notice, name):
        entered, _naming = renamed(notice, names, way, ranks)
        yield way, found._replace(notice=entered, not_seiji=False)


def _persons(found: Case, registered: Registered) -> tuple[Resident, ...]:
    """Return whom its card numbers name; where they name nobody, who agrees in all the rest."""
    notice = found.notice
    if found.several:
        numbers = (notice.prior_card_number, notice.get("card_number"))
        named = (registered.find_by_card(number) for number in numbers if number)
        return tuple(each.resident for each in named if each)
    if found.resident is not None:
        return (found.resident,)
    return tuple(persons_like(notice, registered))


def _options(
    held: HeldNotice,
    found: Case,
    today: Decision,
    persons: tuple[Resident, ...],
    entries: Sequence[tuple[Way | None, Case]],
) -> Iterator[Option]:
    reason = today.reason if today.reason in PERMITTED else held.reason
    results = _results(today)
    below: list[Decision] = []
    if Result.APPLIED in results:
        below = [judge(found._replace(resident=person), but=_ASKED) for person in persons]
        for person, decision in zip(persons, below, strict=True):
            if decision.change is not None:
                for way, entry in entries:
                    yield Option(Result.APPLIED, None, _change(entry, person), way)
    yield from _without_change(results, reason)
    if len(below) == 1 and below[0].reason is not None:
        others = [each for each in _results(below[0]) if each not in results]
        yield from _without_change(others, below[0].reason)


def _without_change(results: Iterable[Result], reason: ApplyReason) -> Iterator[Option]:
    """Yield those of *results* that leave the register as it is, each with what is told."""
    for result in results:
        if result is not Result.APPLIED:
            told = ApplyReason.MOVED_OUT if result is Result.MOVED_OUT else reason
            yield Option(result, told)


def _results(today: Decision) -> tuple[Result, ...]:
    """Return what may be decided: what the rules say by now is among it."""
    if today.reason in PERMITTED:
        return PERMITTED[today.reason]
    return (today.result, *_NEVER)


def _change(found: Case, person: Resident) -> Change:
    """Return what applying changes of *person*, by the rules or by a person's decision."""
    return judge(found._replace(resident=person)).change or forced(found.notice, person)


def _can_be_undone(entered: Entered, registered: Registered) -> bool:
    """Tell whether nothing was entered in the record after *entered*."""
    if entered.operation is Operation.NOTE:
        return True
    record = registered.resident(entered.resident)
    return record is not None and entered.after.items() <= record._asdict().items()
