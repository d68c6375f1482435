"""What stands in the tables of a registry, as objects and the other way about.

It is the same in every adapter that has tables. What is not, such as types, placeholders and
how a table is searched, stays with the adapter. Columns that are selected by a text of this
module come in the order in which they are read here; a row to be written has the order of
the columns of its table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, Any, Final

from mediabridge.apply.journal import (
    AppliedBundleInfo,
    Arrival,
    Counts,
    Entered,
    HeldListed,
    HeldNotice,
    JournalEntry,
    Outcome,
    Resolution,
)
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import POPULATION_COLUMNS, FindByCard, Resident, State
from mediabridge.errors import RegistryRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.names.chosen import Naming, Replaced, Way
from mediabridge.records.result import Result

if TYPE_CHECKING:
    from mediabridge.apply.changing import Told
    from mediabridge.apply.rules import Change, Decision
    from mediabridge.apply.texts import NoticeTexts
    from mediabridge.records.model import AnyIsaNotice, IsaNotice

Row = Sequence[Any]

_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode
"""What ``json.dumps`` would make anew for each text."""

_KEYS: Final = tuple(f"{_as_json(name)}: " for name in Resident._fields)

_KNOWN_COLUMNS: Final = frozenset(POPULATION_COLUMNS)

# --- what is read ---------------------------------------------------------------

RESIDENT: Final = ", ".join(f"resident.{name}" for name in Resident._fields)
"""For :meth:`Resident._make`."""
JOURNAL: Final = "bundle_id, sender, receiver, seq, sums_sha256, applied_at, decided_by, counts"
OUTCOME: Final = "record_id, kind, result, reason, outcome.next_municipality_code"
HELD: Final = "bundle_id, applied_at, held.reason, notice, held.position"
"""Followed by the number of the newest decision, or NULL."""
DECISIONS: Final = """
    SELECT decision.number, bundle_id, supplement, decision.position, record_id, kind,
        decision.result, decision.reason, decision.next_municipality_code,
        decided_at, decision.decided_by, seconded_by, naming
    FROM decision JOIN journal ON decision.journal_number = journal.number
    JOIN outcome ON outcome.journal_number = decision.journal_number
        AND outcome.position = decision.position
"""
ARRIVALS: Final = f"""
    SELECT bundle_id, seq, position, applied_at, decided_by, {OUTCOME}
    FROM outcome JOIN journal ON journal_number = number
"""  # noqa: S608 - our names
CHANGES: Final = """
    SELECT bundle_id, supplement, resident_id, event_code, operation, before, after
    FROM history JOIN journal ON journal_number = number
"""


def journal_entry(row: Row) -> JournalEntry:
    """Return the entry that the columns :data:`JOURNAL` are."""
    bundle_id, sender, receiver, seq, sums, applied_at, decided_by, counts = row
    # Here and below: who only counts needs no model, and these take long to load.
    from mediabridge.bundle.header import Route  # noqa: PLC0415

    route = Route.model_validate({"from": sender, "to": receiver})
    by_result = {Result.of(name): number for name, number in json.loads(counts).items()}
    bundle = AppliedBundleInfo(bundle_id, route, seq, sums)
    return JournalEntry(bundle, applied_at, decided_by, Counts(by_result))


def outcome(row: Row) -> Outcome:
    """Return what became of one record, by the columns :data:`OUTCOME`."""
    record_id, kind, result, reason, next_code = row
    return Outcome(record_id, _kind(kind), _result(result), reason, next_code)


# A bundle has a few of each, and each many times.
_kind: Final = cache(Kind)
_result: Final = cache(Result.of)


def decision(result: str, reason: str | None, next_code: str | None) -> Decision:
    """Return a decision that was taken before; what it changed is not repeated."""
    from mediabridge.apply.rules import Decision  # noqa: PLC0415 - as above

    code = None if reason is None else ApplyReason[reason]
    return Decision(_result(result), code, None, next_code)


def resolution(row: Row) -> Resolution:
    """Return a person's decision, by the columns of :data:`DECISIONS`."""
    number, bundle_id, supplement, position, *told, decided_at, first, second, named = row
    naming = None if named is None else _naming(named)
    return Resolution(
        number, bundle_id, supplement, position, outcome(told), decided_at, first, second, naming
    )


def _naming(json_text: str) -> Naming:
    way, replaced, table = json.loads(json_text)
    return Naming(Way(way), tuple(Replaced(*each) for each in replaced), table)


def arrival(row: Row) -> Arrival:
    """Return how a record came, by the columns of :data:`ARRIVALS`."""
    bundle_id, seq, position, applied_at, decided_by, *told = row
    return Arrival(bundle_id, seq, position, applied_at, decided_by, outcome(told))


def change(row: Row) -> Entered:
    """Return what one record changed, by the columns of :data:`CHANGES`."""
    from mediabridge.records.values import Operation  # noqa: PLC0415 - as above

    bundle_id, supplement, number, event_code, operation, before, after = row
    return Entered(
        bundle_id,
        supplement,
        number,
        event_code,
        Operation(operation),
        json.loads(before),
        json.loads(after),
    )


def held_notice(
    row: Row, decision_of: Callable[[int], Resolution], find_by_card: FindByCard
) -> HeldNotice:
    """Return a notice that was held, by the columns :data:`HELD`, and whose card it names."""
    bundle_id, held_at, reason, json_text, position, number = row
    from mediabridge.records.model import ADAPTERS  # noqa: PLC0415 - as above

    notice = ADAPTERS[Kind.ISA_NOTICE].validate_json(json_text)
    decided = None if number is None else decision_of(number)
    whom = _whom(notice, find_by_card)
    return HeldNotice(bundle_id, held_at, ApplyReason[reason], notice, whom, position, decided)


def held_listed(row: Row) -> HeldListed:
    """Return the same for a list, which needs no model of it: its number, and why it came."""
    bundle_id, held_at, reason, json_text, *_ = row
    notice = json.loads(json_text)
    record_id = notice[Kind.ISA_NOTICE.facts.id_field]
    return HeldListed(bundle_id, held_at, ApplyReason[reason], record_id, notice["event_code"])


def _whom(notice: AnyIsaNotice, find_by_card: FindByCard) -> Resident | None:
    number = notice.prior_card_number or notice.get("card_number")
    found = find_by_card(number) if number else None
    return found.resident if found else None


# --- what is written ------------------------------------------------------------


def journal_row(number: int, entry: JournalEntry) -> Row:
    """Return the row of a bundle that was applied."""
    bundle = entry.bundle
    return (
        number,
        bundle.bundle_id,
        bundle.route.sender,
        bundle.route.receiver,
        bundle.seq,
        bundle.sums_sha256,
        entry.applied_at,
        entry.decided_by,
        json.dumps(entry.counts.by_result),
    )


def outcome_row(where: tuple[int, int], record: Told, content: bytes, taken: Decision) -> Row:
    """Return the row of what became of the record at *where*: journal number, position."""
    from mediabridge.records.model import IsaNotice  # noqa: PLC0415 - as above

    kind = Kind.ISA_NOTICE if isinstance(record, IsaNotice) else Kind.ISA_POPULATION
    return (
        *where,
        record.record_id,
        kind.value,
        taken.result.value,
        taken.reason and taken.reason.value,
        taken.next_municipality_code,
        content,
    )


def applied_row(where: tuple[int, int], texts: NoticeTexts, content: bytes) -> Row:
    """Return the row of a notice that was applied, by its *texts*."""
    applied = Result.APPLIED.value
    return *where, texts.record_id, Kind.ISA_NOTICE.value, applied, None, None, content


def held_row(where: tuple[int, int], notice: IsaNotice, reason: ApplyReason) -> Row:
    """Return the row of a notice that waits, complete."""
    return *where, reason.value, notice.model_dump_json(exclude_none=True)


def note_row(notice: IsaNotice, resident: int) -> Row:
    """Return the row of a *notice* that is only noted in the record of *resident*."""
    event_date = notice.event_date.isoformat()
    return notice.record_id, resident, notice.event_code.value, event_date


def plain_note_row(texts: NoticeTexts, resident: int) -> Row:
    """Return the same by the *texts* of a notice."""
    return texts.record_id, resident, texts.event_code, texts.event_date


def decision_row(journal_number: int, taken: Resolution) -> Row:
    """Return the row of a decision on a record of the bundle with this journal number."""
    return (
        taken.number,
        journal_number,
        taken.supplement,
        taken.position,
        taken.outcome.result.value,
        taken.outcome.reason,
        taken.outcome.next_municipality_code,
        taken.decided_at,
        taken.decided_by,
        taken.seconded_by,
        None if taken.naming is None else _as_json(taken.naming),
    )


def history_row(where: tuple[int, int, int], entered: Entered) -> Row:
    """Return the row of what was *entered* by the record at *where*.

    That is a journal number, a position and a supplement.
    """
    return (
        *where,
        entered.resident,
        entered.event_code,
        entered.operation.value,
        _as_json(entered.before),
        _as_json(entered.after),
    )


def made_row(where: tuple[int, int, int], event_code: str, made: Change) -> Row:
    """Return the row of the change that a notice of this event *made* by the rules; see above."""
    operation, before, after = made
    changed = list(compress(count(), map(ne, before, after)))
    sides = [_members(side, changed) for side in (before, after)]
    return (*where, after.id, event_code, operation.value, *sides)


def _members(record: Resident, places: Sequence[int]) -> str:
    """Return what :func:`json.dumps` says of the items of *record* at *places*, by their names.

    A dictionary would take its writer longer to set up than to write.
    """
    return f"{{{', '.join([_KEYS[at] + _value(record[at]) for at in places])}}}"


def _value(item: str | int | None) -> str:
    if item is None:
        return "null"
    return str(item) if type(item) is int else _as_json(item)


def population_row(number: int, row: Mapping[str, str | None]) -> Row:
    """Return row *number* of a population file in the order of :data:`POPULATION_COLUMNS`.

    Raises:
        RegistryRefusedError: it has a column that is not among them.
    """
    if not row.keys() <= _KNOWN_COLUMNS:
        detail = text("row {number} has a column of another kind of file", number=number)
        raise RegistryRefusedError(detail=detail)
    state, *values = [row.get(name) or None for name in POPULATION_COLUMNS]
    return state or State.RESIDENT.value, *values


def refused_row(number: int, problem: RegistryRefusedError) -> RegistryRefusedError:
    """Return *problem* as the refusal of row *number* of a population file."""
    detail = text("row {number}: {problem}", number=number, problem=problem.facts["detail"])
    return RegistryRefusedError(detail=detail)


def already_filled() -> RegistryRefusedError:
    """Return the refusal to load a population where there are residents."""
    return RegistryRefusedError(detail=text("there are residents in it already"))
