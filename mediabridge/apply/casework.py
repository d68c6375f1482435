"""A held record as a person decides on it: who may be meant, what may be decided, what follows.

:func:`examine` makes the case of it, the same outside a transaction, for the screen, and
inside, for the decision. Its :attr:`HeldCase.version` is different as soon as anything that
the person saw is: that is how two people at once, or a register that changed meanwhile, are
noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from mediabridge.apply.journal import Entered, HeldNotice
from mediabridge.apply.plan import case_of, persons_like
from mediabridge.apply.ports import Finder
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Case, Change, Decision, forced, judge
from mediabridge.records.model import AnyIsaNotice, Result
from mediabridge.records.types import Operation

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

    def option(self, result: Result, resident: int | None = None) -> Option | None:
        """Return the one permitted decision that is meant, or None for none or several.

        *resident* says to whom it is applied; without it there has to be one person only.
        """
        fitting = [
            each
            for each in self.options
            if each.result is result and resident in (None, each.resident)
        ]
        return fitting[0] if len(fitting) == 1 else None


def examine(held: HeldNotice, registered: Registered) -> HeldCase:
    """Return the case of *held* against what *registered* says now."""
    undone = registered.last_change(held)
    found = case_of(held.notice, registered.find_by_card)
    persons = _persons(held.notice, found, registered)
    today = judge(found)
    options: tuple[Option, ...]
    if undone is not None and not _can_be_undone(undone, registered):
        options = ()
    elif undone is not None:
        # First back to what was: applying to somebody else is the decision after that.
        options = tuple(_without_change(PERMITTED[held.reason], held.reason))
    else:
        options = tuple(_options(held, found, today, persons))
    seen = (held.bundle_id, held.position, held.decided, persons, today, undone)
    version = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
    return HeldCase(held, persons, today, options, undone, version)


def _persons(notice: AnyIsaNotice, found: Case, registered: Registered) -> tuple[Resident, ...]:
    """Return whom its card numbers name; where they name nobody, who agrees in all the rest."""
    if found.several:
        numbers = (notice.prior_card_number, notice.get("card_number"))
        named = (registered.find_by_card(number) for number in numbers if number)
        return tuple(each.resident for each in named if each)
    if found.resident is not None:
        return (found.resident,)
    return tuple(persons_like(notice, registered))


def _options(
    held: HeldNotice, found: Case, today: Decision, persons: tuple[Resident, ...]
) -> Iterator[Option]:
    reason = today.reason if today.reason in PERMITTED else held.reason
    results = _results(today)
    below: list[Decision] = []
    if Result.APPLIED in results:
        below = [judge(found._replace(resident=person), but=_ASKED) for person in persons]
        for person, decision in zip(persons, below, strict=True):
            if decision.change is not None:
                yield Option(Result.APPLIED, None, _change(found, person))
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
