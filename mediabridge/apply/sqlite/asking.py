"""Questions to the SQLite registry, the same inside and outside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, Final

from mediabridge.apply.journal import Arrival, Entered, HeldNotice, Outcome, Resolution
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident, State
from mediabridge.config import PERSONS_SHOWN
from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS, AnyIsaNotice, IsaNotice, Result
from mediabridge.records.types import Operation

_COLUMNS: Final = ", ".join(f"resident.{name}" for name in Resident._fields)
_HOLDERS: Final = "SELECT resident_id FROM card WHERE card_number = ?"
CARDS: Final = "SELECT card_number FROM card WHERE resident_id = ? ORDER BY card_number"
"""Every card that a resident record has or had."""
_RESIDENT: Final = f"SELECT {_COLUMNS} FROM resident WHERE id = ?"  # noqa: S608 - our names
_BORN: Final = f"""
    SELECT {_COLUMNS} FROM resident
    WHERE birth_date = ? AND nationality_region = ? AND state = 'resident' ORDER BY id LIMIT ?
"""  # noqa: S608 - our names
_HELD: Final = """
    SELECT bundle_id, applied_at, held.reason, notice, held.position, decision.number FROM held
    JOIN journal ON held.journal_number = journal.number
    LEFT JOIN decision ON decision.number = (
        SELECT max(number) FROM decision
        WHERE decision.journal_number = held.journal_number AND decision.position = held.position
    )
"""
_WAITING: Final = (
    f"{_HELD} WHERE decision.number IS NULL ORDER BY held.journal_number, held.position"
)
_SIGNED: Final = "SELECT journal_number, position FROM held_sign WHERE sign = ?"
_WAITING_AT: Final = (
    f"{_HELD} WHERE decision.number IS NULL AND (held.journal_number, held.position) = (?, ?)"
)
_HELD_AS: Final = f"""
    {_HELD} WHERE (held.journal_number, held.position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = ?
    ) ORDER BY held.journal_number DESC, held.position DESC LIMIT 1
"""  # noqa: S608 - our names
_DECISION: Final = """
    SELECT decision.number, bundle_id, supplement, decision.position, record_id, kind,
        decision.result, decision.reason, decision.next_municipality_code,
        decided_at, decision.decided_by, seconded_by
    FROM decision JOIN journal ON decision.journal_number = journal.number
    JOIN outcome ON outcome.journal_number = decision.journal_number
        AND outcome.position = decision.position
"""
_ARRIVAL: Final = """
    SELECT bundle_id, seq, position, applied_at, decided_by, record_id, kind, result, reason,
        outcome.next_municipality_code
    FROM outcome JOIN journal ON journal_number = number
    WHERE record_id = ? ORDER BY journal_number, position
"""
_ENTERED: Final = """
    SELECT bundle_id, supplement, resident_id, event_code, operation, before, after
    FROM history JOIN journal ON journal_number = number
"""


def find_by_card(connection: sqlite3.Connection, number: str) -> Found | None:
    """Return whom *number* belongs or belonged to; current cards and residents first."""
    holders = connection.execute(_HOLDERS, (number,)).fetchall()
    if not holders:
        return None
    residents = [
        Resident._make(connection.execute(_RESIDENT, holder).fetchone()) for holder in holders
    ]
    return min((Found(each, each.card_number == number) for each in residents), key=_preference)


def _preference(found: Found) -> tuple[bool, bool, int]:
    """Order holders of one card: current before former, in force before removed, newest first."""
    resident = found.resident
    return not found.current, resident.state != State.RESIDENT, -resident.id


def find_by_birth(
    connection: sqlite3.Connection, birth_date: str, nationality_region: str
) -> list[Resident]:
    """Return the residents in force with exactly this date and nationality, by their id."""
    values = (birth_date, nationality_region, PERSONS_SHOWN + 1)
    return [Resident._make(row) for row in connection.execute(_BORN, values)]


def resident(connection: sqlite3.Connection, number: int) -> Resident | None:
    """Return the resident record with this id."""
    row = connection.execute(_RESIDENT, (number,)).fetchone()
    return None if row is None else Resident._make(row)


def waiting(connection: sqlite3.Connection) -> Iterator[HeldNotice]:
    """Yield the notices that nobody has decided on, oldest bundle first."""
    for row in connection.execute(_WAITING):
        yield _held(connection, row)


def waiting_about(
    connection: sqlite3.Connection, cards: Collection[str], born: tuple[str, str] | None
) -> Iterator[HeldNotice]:
    """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
    signs = [*cards, *([born_so(*born)] if born else [])]
    places = {place for sign in signs for place in connection.execute(_SIGNED, (sign,))}
    for place in sorted(places):
        for row in connection.execute(_WAITING_AT, place):
            yield _held(connection, row)


def signs_of(notice: IsaNotice) -> set[str]:
    """Return by what a held *notice* is found."""
    cards = {notice.prior_card_number, notice.get("card_number")} - {None}
    return {*map(str, cards), born_so(notice.birth_date, notice.nationality_region)}


def born_so(birth_date: str, nationality_region: str) -> str:
    """Return the sign of everybody with this date of birth and nationality."""
    return f"{birth_date} {nationality_region}"


def held_record(connection: sqlite3.Connection, record_id: str) -> HeldNotice | None:
    """Return the newest notice of this number that was held, decided or not."""
    row = connection.execute(_HELD_AS, (record_id,)).fetchone()
    return None if row is None else _held(connection, row)


def _held(connection: sqlite3.Connection, row: tuple[Any, ...]) -> HeldNotice:
    bundle_id, held_at, reason, json_text, position, number = row
    notice = ADAPTERS[Kind.ISA_NOTICE].validate_json(json_text)
    decided = None if number is None else next(decisions(connection, "number = ?", number))
    whom = _whom(connection, notice)
    return HeldNotice(bundle_id, held_at, ApplyReason[reason], notice, whom, position, decided)


def _whom(connection: sqlite3.Connection, notice: AnyIsaNotice) -> Resident | None:
    number = notice.prior_card_number or notice.get("card_number")
    found = find_by_card(connection, number) if number else None
    return found.resident if found else None


def decisions(
    connection: sqlite3.Connection, where: str, *values: str | int
) -> Iterator[Resolution]:
    """Yield the decisions for which *where*, one of our own texts, is true, in their order."""
    query = f"{_DECISION} WHERE decision.{where} ORDER BY decision.number"
    for row in connection.execute(query, values):
        number, bundle_id, supplement, position, record_id, kind, result, reason, code = row[:9]
        outcome = Outcome(record_id, Kind(kind), Result.of(result), reason, code)
        yield Resolution(number, bundle_id, supplement, position, outcome, *row[9:])


def decisions_on(connection: sqlite3.Connection, record_id: str) -> Iterator[Resolution]:
    """Yield the decisions on the record of this id, in their order."""
    query = f"{_DECISION} WHERE record_id = ? ORDER BY decision.number"
    for (number,) in connection.execute(f"SELECT number FROM ({query})", (record_id,)):  # noqa: S608 - ours
        yield from decisions(connection, "number = ?", number)


def arrivals(connection: sqlite3.Connection, record_id: str) -> Iterator[Arrival]:
    """Yield each time that a record of this id came, in the order of applying."""
    for row in connection.execute(_ARRIVAL, (record_id,)):
        bundle_id, seq, position, applied_at, decided_by, name, kind, result, reason, code = row
        outcome = Outcome(name, Kind(kind), Result.of(result), reason, code)
        yield Arrival(bundle_id, seq, position, applied_at, decided_by, outcome)


def changes_by(connection: sqlite3.Connection, record_id: str) -> Iterator[Entered]:
    """Yield what the record of this id changed, in the order of changing."""
    query = f"""
        {_ENTERED} WHERE (journal_number, position) IN (
            SELECT journal_number, position FROM outcome WHERE record_id = ?
        ) ORDER BY journal_number, position, supplement
    """  # noqa: S608 - our names
    for row in connection.execute(query, (record_id,)):
        yield _entered(row)


def last_change(connection: sqlite3.Connection, held: HeldNotice) -> Entered | None:
    """Return what the newest decision on *held* changed, if that decision changed anything."""
    if held.decided is None:
        return None
    query = f"{_ENTERED} WHERE bundle_id = ? AND position = ? AND supplement = ?"
    values = (held.bundle_id, held.position, held.decided.supplement)
    row = connection.execute(query, values).fetchone()
    return None if row is None else _entered(row)


def _entered(row: tuple[Any, ...]) -> Entered:
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
