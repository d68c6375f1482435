"""Questions to the SQLite registry, the same inside and outside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mediabridge.apply import rows
from mediabridge.apply.resident import Found, Resident, preferred
from mediabridge.config import PERSONS_SHOWN
from mediabridge.verify.order import RouteState

if TYPE_CHECKING:
    from mediabridge.apply.journal import (
        Arrival,
        Entered,
        HeldListed,
        HeldNotice,
        JournalEntry,
        Outcome,
        Resolution,
    )
    from mediabridge.records.model import IsaNotice

_HOLDERS: Final = "SELECT resident_id FROM card WHERE card_number = ?"
_CARDS: Final = "SELECT card_number FROM card WHERE resident_id = ? ORDER BY card_number"
_RESIDENT: Final = f"SELECT {rows.RESIDENT} FROM resident WHERE id = ?"  # noqa: S608 - our names
_BORN: Final = f"""
    SELECT {rows.RESIDENT} FROM resident
    WHERE birth_date = ? AND nationality_region = ? AND state = 'resident' ORDER BY id LIMIT ?
"""  # noqa: S608 - our names
_JOURNAL: Final = f"SELECT {rows.JOURNAL} FROM journal ORDER BY number"  # noqa: S608 - our names
_NEWEST_FIRST: Final = "SELECT bundle_id FROM journal ORDER BY number DESC"
_ENTRY: Final = f"SELECT {rows.JOURNAL} FROM journal WHERE bundle_id = ?"  # noqa: S608 - our names
_NEWEST: Final = """
    SELECT seq, sums_sha256 FROM journal WHERE sender = ? ORDER BY seq DESC LIMIT 1
"""
_TAKEN: Final = "SELECT 1 FROM journal WHERE sums_sha256 = ? AND sender = ?"
_OUTCOMES: Final = f"""
    SELECT {rows.OUTCOME} FROM journal JOIN outcome ON journal_number = number
    WHERE bundle_id = ? ORDER BY position
"""  # noqa: S608 - our names
_HELD: Final = f"""
    SELECT {rows.HELD}, decision.number FROM held
    JOIN journal ON held.journal_number = journal.number
    LEFT JOIN decision ON decision.number = (
        SELECT max(number) FROM decision
        WHERE decision.journal_number = held.journal_number AND decision.position = held.position
    )
"""  # noqa: S608 - our names
_WAITING: Final = f"""
    SELECT {rows.HELD}, NULL FROM waiting
    CROSS JOIN held
        ON (held.journal_number, held.position) = (waiting.journal_number, waiting.position)
    CROSS JOIN journal ON journal.number = waiting.journal_number
    ORDER BY waiting.journal_number, waiting.position
"""  # noqa: S608 - our names
"""``CROSS``: what waits is gone through, not what was ever held."""
_COUNT: Final = """
    SELECT count(*) FROM waiting CROSS JOIN {table}
    ON ({table}.journal_number, {table}.position) = (waiting.journal_number, waiting.position)
"""
_SIGNED: Final = "SELECT journal_number, position FROM held_sign WHERE sign = ?"
_WAITING_AT: Final = (
    f"{_HELD} WHERE decision.number IS NULL AND (held.journal_number, held.position) = (?, ?)"
)
_HELD_AS: Final = f"""
    {_HELD} WHERE (held.journal_number, held.position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = ?
    ) ORDER BY held.journal_number DESC, held.position DESC LIMIT 1
"""  # noqa: S608 - our names
_DECISION: Final = f"{rows.DECISIONS} WHERE decision.number = ?"
_DECISIONS_AFTER: Final = f"{rows.DECISIONS} WHERE decision.number > ? ORDER BY decision.number"
_DECISIONS_ON: Final = f"{rows.DECISIONS} WHERE record_id = ? ORDER BY decision.number"
_ARRIVALS: Final = f"{rows.ARRIVALS} WHERE record_id = ? ORDER BY journal_number, position"
_CHANGED_BY: Final = f"""
    {rows.CHANGES} WHERE (journal_number, position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = ?
    ) ORDER BY journal_number, position, supplement
"""  # noqa: S608 - our names
_CHANGED_LAST: Final = f"{rows.CHANGES} WHERE bundle_id = ? AND position = ? AND supplement = ?"


class Asking:
    """Answers what :class:`~mediabridge.apply.ports.Finder` and the lists of a registry ask."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Ask by *connection*."""
        self._connection = connection

    def _rows(self, query: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(query, values)

    # --- people -----------------------------------------------------------------

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        holders = [self.resident(holder) for (holder,) in list(self._rows(_HOLDERS, number))]
        return preferred(Found(each, each.card_number == number) for each in holders if each)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        values = (birth_date, nationality_region, PERSONS_SHOWN + 1)
        return [Resident._make(row) for row in self._rows(_BORN, *values)]

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return next(map(Resident._make, self._rows(_RESIDENT, number)), None)

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""
        return [card for (card,) in self._rows(_CARDS, number)]

    # --- bundles ----------------------------------------------------------------

    def journal(self) -> Iterator[JournalEntry]:
        """Yield an entry for every bundle applied, in the order of applying."""
        return map(rows.journal_entry, self._rows(_JOURNAL))

    def newest_bundles(self) -> Iterator[str]:
        """Yield the id of every bundle applied, the newest first."""
        return (bundle_id for (bundle_id,) in self._rows(_NEWEST_FIRST))

    def entry(self, bundle_id: str) -> JournalEntry | None:
        """Return the entry for one bundle, if it was applied."""
        return next(map(rows.journal_entry, self._rows(_ENTRY, bundle_id)), None)

    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far, for the check of the order."""
        newest = next(self._rows(_NEWEST, sender), None)
        return RouteState.after(newest and (newest[0], newest[1]), _Taken(self._connection, sender))

    def outcomes(self, bundle_id: str) -> Iterator[Outcome]:
        """Yield what became of each record of a bundle, in the order of applying."""
        return map(rows.outcome, self._rows(_OUTCOMES, bundle_id))

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""
        return map(rows.arrival, self._rows(_ARRIVALS, record_id))

    # --- what waits, and what was decided ---------------------------------------

    def held(self) -> Iterator[HeldNotice]:
        """Yield the notices that nobody has decided on, oldest bundle first."""
        return map(self._held, self._rows(_WAITING))

    def held_listed(self) -> Iterator[HeldListed]:
        """Yield the same for a list, without a model of each notice."""
        return map(rows.held_listed, self._rows(_WAITING))

    def held_count(self) -> int:
        """Return how many notices wait, without reading them."""
        (number,) = next(self._rows(_COUNT.format(table="held")))
        return int(number)

    def findings_count(self) -> int:
        """Return how many findings of populations wait, without reading them."""
        (number,) = next(self._rows(_COUNT.format(table="finding")))
        return int(number)

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None = None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
        signs = [*cards, *([born_so(*born)] if born else [])]
        places = {place for sign in signs for place in self._rows(_SIGNED, sign)}
        for place in sorted(places):
            yield from map(self._held, self._rows(_WAITING_AT, *place))

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the newest notice of this number that was held, decided or not."""
        return next(map(self._held, self._rows(_HELD_AS, record_id)), None)

    def _held(self, row: rows.Row) -> HeldNotice:
        return rows.held_notice(row, self._decision, self.find_by_card)

    def _decision(self, number: int) -> Resolution:
        return rows.resolution(next(self._rows(_DECISION, number)))

    def decisions(self, after: int = 0) -> Iterator[Resolution]:
        """Yield the decisions of people with a number above *after*, in their order."""
        return map(rows.resolution, self._rows(_DECISIONS_AFTER, after))

    def decisions_on(self, record_id: str) -> Iterator[Resolution]:
        """Yield the decisions on the record of this id, in their order."""
        return map(rows.resolution, self._rows(_DECISIONS_ON, record_id))

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed in the register, in the order of changing."""
        return map(rows.change, self._rows(_CHANGED_BY, record_id))

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        if held.decided is None:
            return None
        values = (held.bundle_id, held.position, held.decided.supplement)
        return next(map(rows.change, self._rows(_CHANGED_LAST, *values)), None)


@dataclass(frozen=True)
class _Taken:
    """The lists of the bundles of a sender, each looked up: there are years of them."""

    connection: sqlite3.Connection
    sender: str

    def __contains__(self, sums: object) -> bool:
        return self.connection.execute(_TAKEN, (sums, self.sender)).fetchone() is not None


def signs_of(notice: IsaNotice) -> set[str]:
    """Return by what a held *notice* is found."""
    cards = {notice.prior_card_number, notice.get("card_number")} - {None}
    return {*map(str, cards), born_so(notice.birth_date, notice.nationality_region)}


def born_so(birth_date: str, nationality_region: str) -> str:
    """Return the sign of everybody with this date of birth and nationality."""
    return f"{birth_date} {nationality_region}"
