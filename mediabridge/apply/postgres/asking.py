"""Questions to the registry on a server, the same inside and outside a transaction.

People and what changed them are common to all stations that share the registry; what
waits, and what was decided, is asked for one station, whose receipts tell of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import (
    Arrival,
    Entered,
    HeldListed,
    HeldNotice,
    JournalEntry,
    Outcome,
    Resolution,
)
from mediabridge.apply.known import Known
from mediabridge.apply.postgres.lookups import PostgresLookups
from mediabridge.apply.postgres.session import Session
from mediabridge.apply.resident import Found, Resident
from mediabridge.config import PERSONS_SHOWN
from mediabridge.verify.order import RouteState

_RESIDENT: Final = f"SELECT {rows.RESIDENT} FROM resident WHERE id = %s"  # noqa: S608 - our names
_CARDS: Final = "SELECT card_number FROM card WHERE resident_id = %s ORDER BY card_number"
_BORN: Final = f"""
    SELECT {rows.RESIDENT} FROM resident
    WHERE birth_date = %s AND nationality_region = %s AND state = 'resident' ORDER BY id LIMIT %s
"""  # noqa: S608 - our names
_JOURNAL: Final = f"SELECT {rows.JOURNAL} FROM journal WHERE receiver = %s ORDER BY number"  # noqa: S608 - our names
_NEWEST_FIRST: Final = "SELECT bundle_id FROM journal WHERE receiver = %s ORDER BY number DESC"
_ENTRY: Final = f"SELECT {rows.JOURNAL} FROM journal WHERE receiver = %s AND bundle_id = %s"  # noqa: S608 - our names
_NEWEST: Final = """
    SELECT seq, sums_sha256 FROM journal WHERE receiver = %s AND sender = %s
    ORDER BY seq DESC LIMIT 1
"""
_TAKEN: Final = """
    SELECT 1 FROM journal WHERE receiver = %s AND sender = %s AND sums_sha256 = %s
"""
_OUTCOMES: Final = f"""
    SELECT {rows.OUTCOME} FROM journal JOIN outcome ON journal_number = number
    WHERE bundle_id = %s ORDER BY position
"""  # noqa: S608 - our names
_HELD: Final = f"""
    SELECT {rows.HELD}, decided.number
    FROM held JOIN journal ON held.journal_number = journal.number
    LEFT JOIN LATERAL (
        SELECT max(number) AS number FROM decision
        WHERE decision.journal_number = held.journal_number AND decision.position = held.position
    ) AS decided ON true
    WHERE receiver = %s
"""  # noqa: S608 - our names
_WAITING: Final = f"{_HELD} AND decided.number IS NULL ORDER BY held.journal_number, held.position"
_COUNT: Final = """
    SELECT count(*) FROM {table} JOIN journal ON {table}.journal_number = journal.number
    WHERE receiver = %s AND NOT EXISTS (
        SELECT 1 FROM decision WHERE decision.journal_number = {table}.journal_number
        AND decision.position = {table}.position
    )
"""
_WAITING_ABOUT: Final = f"""
    {_HELD} AND decided.number IS NULL AND (
        (notice::jsonb ->> 'card_number') = ANY (%s)
        OR (notice::jsonb ->> 'prior_card_number') = ANY (%s)
        OR ((notice::jsonb ->> 'birth_date') = %s
            AND (notice::jsonb ->> 'nationality_region') = %s)
    ) ORDER BY held.journal_number, held.position
"""
"""Spelt as the indexes of the schema are, or these are not used."""
_HELD_AS: Final = f"""
    {_HELD} AND (held.journal_number, held.position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = %s
    ) ORDER BY held.journal_number DESC, held.position DESC LIMIT 1
"""  # noqa: S608 - our names
_DECISIONS: Final = f"{rows.DECISIONS} WHERE receiver = %s"
_DECISION: Final = f"{_DECISIONS} AND decision.number = %s"
_DECISIONS_AFTER: Final = f"{_DECISIONS} AND decision.number > %s ORDER BY decision.number"
_DECISIONS_ON: Final = f"{_DECISIONS} AND record_id = %s ORDER BY decision.number"
_ARRIVALS: Final = f"{rows.ARRIVALS} WHERE record_id = %s ORDER BY journal_number, position"
_CHANGED_BY: Final = f"""
    {rows.CHANGES} WHERE (journal_number, position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = %s
    ) ORDER BY journal_number, position, supplement
"""  # noqa: S608 - our names
_CHANGED_LAST: Final = f"{rows.CHANGES} WHERE bundle_id = %s AND position = %s AND supplement = %s"


class Asking:
    """Answers what :class:`~mediabridge.apply.ports.Finder` and the lists of a registry ask."""

    def __init__(self, session: Session, station: str, *, lock: bool = False) -> None:
        """Ask for *station*; *lock* keeps others from changing whoever is found."""
        self._session = session
        self._station = station
        self._lock = lock

    # --- people -----------------------------------------------------------------

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        return Known(PostgresLookups(self._session, lock=self._lock)).find_by_card(number)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        values = (birth_date, nationality_region, PERSONS_SHOWN + 1)
        return self._residents(_BORN, *values)

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return next(iter(self._residents(_RESIDENT, number)), None)

    def _residents(self, query: str, *values: str | int) -> list[Resident]:
        locked = f"{query} FOR UPDATE" if self._lock else query
        return [Resident._make(row) for row in self._session.rows(locked, *values)]

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""
        return [card for (card,) in self._session.rows(_CARDS, number)]

    # --- bundles ----------------------------------------------------------------

    def journal(self) -> Iterator[JournalEntry]:
        """Yield an entry for every bundle that this station applied, in order."""
        return map(rows.journal_entry, self._session.stream(_JOURNAL, self._station))

    def newest_bundles(self) -> Iterator[str]:
        """Yield the id of every bundle that this station applied, the newest first."""
        found = self._session.stream(_NEWEST_FIRST, self._station)
        return (bundle_id for (bundle_id,) in found)

    def entry(self, bundle_id: str) -> JournalEntry | None:
        """Return the entry for one bundle, if this station applied it."""
        found = self._session.rows(_ENTRY, self._station, bundle_id)
        return next(map(rows.journal_entry, found), None)

    def route_state(self, sender: str) -> RouteState:
        """Return what this station took from *sender* so far, for the check of the order."""
        newest = next(iter(self._session.rows(_NEWEST, self._station, sender)), None)
        taken = _Taken(self._session, self._station, sender)
        return RouteState.after(newest and (newest[0], newest[1]), taken)

    def outcomes(self, bundle_id: str) -> Iterator[Outcome]:
        """Yield what became of each record of a bundle, in the order of applying."""
        return map(rows.outcome, self._session.stream(_OUTCOMES, bundle_id))

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""
        return map(rows.arrival, self._session.stream(_ARRIVALS, record_id))

    # --- what waits, and what was decided ---------------------------------------

    def held(self) -> Iterator[HeldNotice]:
        """Yield what waits for a person's decision at this station, oldest bundle first."""
        return map(self._held, self._session.stream(_WAITING, self._station))

    def held_listed(self) -> Iterator[HeldListed]:
        """Yield the same for a list, without a model of each notice."""
        return map(rows.held_listed, self._session.stream(_WAITING, self._station))

    def held_count(self) -> int:
        """Return how many notices wait at this station, without reading them."""
        return int(self._session.rows(_COUNT.format(table="held"), self._station)[0][0])

    def findings_count(self) -> int:
        """Return how many findings of populations wait at this station, without reading them."""
        return int(self._session.rows(_COUNT.format(table="finding"), self._station)[0][0])

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None = None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
        numbers = list(cards)
        values = (self._station, numbers, numbers, *(born or (None, None)))
        return map(self._held, self._session.rows(_WAITING_ABOUT, *values))

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the newest notice of this number that was held, decided or not."""
        return next(map(self._held, self._session.rows(_HELD_AS, self._station, record_id)), None)

    def _held(self, row: rows.Row) -> HeldNotice:
        return rows.held_notice(row, self._decision, self.find_by_card)

    def _decision(self, number: int) -> Resolution:
        return rows.resolution(self._session.rows(_DECISION, self._station, number)[0])

    def decisions(self, after: int = 0) -> Iterator[Resolution]:
        """Yield the decisions of people at this station with a number above *after*, in order."""
        return map(rows.resolution, self._session.stream(_DECISIONS_AFTER, self._station, after))

    def decisions_on(self, record_id: str) -> Iterator[Resolution]:
        """Yield the decisions on the record of this id, in their order."""
        return map(rows.resolution, self._session.stream(_DECISIONS_ON, self._station, record_id))

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed in the register, in the order of changing."""
        return map(rows.change, self._session.stream(_CHANGED_BY, record_id))

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        if held.decided is None:
            return None
        values = (held.bundle_id, held.position, held.decided.supplement)
        return next(map(rows.change, self._session.rows(_CHANGED_LAST, *values)), None)


@dataclass(frozen=True)
class _Taken:
    """The lists of the bundles of a sender, each looked up: there are years of them."""

    session: Session
    station: str
    sender: str

    def __contains__(self, sums: object) -> bool:
        return bool(self.session.rows(_TAKEN, self.station, self.sender, sums))
