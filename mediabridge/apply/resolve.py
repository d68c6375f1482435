"""A person's decision on a held record: taken once, together with its entry, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mediabridge import clock
from mediabridge.apply.casework import HeldCase, Option, examine
from mediabridge.apply.journal import HeldNotice, Outcome, Resolution
from mediabridge.apply.naming import renamed, require_choice
from mediabridge.apply.ports import Registry
from mediabridge.errors import (
    DecisionNotPermittedError,
    HeldChangedError,
    HeldDecidedError,
    RecordNotHeldError,
)
from mediabridge.kinds import Kind
from mediabridge.records.names import NamesTable
from mediabridge.records.names.chosen import Naming, Ranks, Way
from mediabridge.records.result import Result


@dataclass(frozen=True)
class Choice:
    """What a person chose, after looking at the case in the *version* named."""

    record_id: str
    version: str
    result: Result
    resident: int | None = None
    """To whom it is applied, where several may be meant."""
    next_municipality_code: str | None = None
    """Where the person went, with ``moved_out``, if it is known."""
    again: bool = False
    """It stands above a decision that was taken before."""
    way: Way | None = None
    """As what a kanji name is entered that is not all 正字, where several are possible."""
    ranks: Ranks | None = None
    """What was chosen for each character of it that has two proposals; None for nothing yet."""


@dataclass(frozen=True)
class Deciders:
    """Who decides: ids, not names."""

    first: str
    second: str | None = None


def resolve(
    registry: Registry,
    choice: Choice,
    deciders: Deciders,
    *,
    now: datetime,
    before_commit: Callable[[Resolution], None],
    names: NamesTable,
) -> Resolution:
    """Take the decision, if everything is still as whoever chose has seen it.

    *before_commit* is called when all is written but not yet in force: without a log entry
    nothing is decided. *names* is the table of Notice 582 in use at the registry.

    Raises:
        RecordNotHeldError: no notice of this number was held.
        HeldDecidedError: somebody has decided meanwhile; that decision stands.
        HeldChangedError: the register has changed since; it is to be looked at again.
        DecisionNotPermittedError: the rules do not leave this to a person, or not to one alone.
        KanjiChoiceError: a character has two proposals, and none of them was chosen.
        RegistryError: the database refused. In every case nothing was changed.
    """
    with registry.write_decision() as writer:
        held = writer.held_record(choice.record_id)
        if held is None:
            raise RecordNotHeldError(record=choice.record_id[:40])
        case = examine(held, writer, names, choice.ranks)
        option = _chosen(case, choice)
        numbers = writer.next_numbers(held.bundle_id)
        resolution = _resolution(held, _outcome(choice, option), deciders, numbers, now)
        if option.way is not None:
            naming = _naming(case, option.way, choice, names)
            resolution = replace(resolution, naming=naming)
        if case.undone is not None:
            writer.take_back(held, case.undone)
        writer.decide(held, resolution, option.change)
        before_commit(resolution)
    return resolution


def _chosen(case: HeldCase, choice: Choice) -> Option:
    held = case.held
    if held.decided is not None and not choice.again:
        raise HeldDecidedError(
            record=held.notice.record_id,
            actor=held.decided.decided_by,
            time=held.decided.decided_at,
            result=held.decided.outcome.result,
        )
    if case.version != choice.version:
        raise HeldChangedError(record=held.notice.record_id)
    option = case.option(choice.result, choice.resident, choice.way)
    if option is None:
        raise DecisionNotPermittedError(record=held.notice.record_id, result=choice.result)
    return option


def _naming(case: HeldCase, way: Way, choice: Choice, names: NamesTable) -> Naming:
    """Return how the name is entered, once all that there is to choose was chosen."""
    ranks = choice.ranks or {}
    if way is Way.PROPOSED and case.name is not None:
        require_choice(choice.record_id, case.name, ranks)
    return renamed(case.held.notice, names, way, ranks)[1]


def _outcome(choice: Choice, option: Option) -> Outcome:
    moved = option.result is Result.MOVED_OUT
    code = choice.next_municipality_code if moved else None
    return Outcome(choice.record_id, Kind.ISA_NOTICE, option.result, option.reason, code)


def _resolution(
    held: HeldNotice, outcome: Outcome, deciders: Deciders, numbers: tuple[int, int], now: datetime
) -> Resolution:
    number, supplement = numbers
    return Resolution(
        number,
        held.bundle_id,
        supplement,
        held.position,
        outcome,
        clock.to_rfc3339(now),
        deciders.first,
        deciders.second,
    )
