"""Comparing by joins: the statements, in the words that both databases understand.

The entries are staged in the bundle's transaction. Whoever has an entry's card is found by one
statement for all, and who is plainly the same by another one; what is left is looked at in
pages. An adapter says in a :class:`Dialect` how its database spells the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import content_digest
from mediabridge.apply.naming import comparable
from mediabridge.apply.population.entering import ITEMS, NUMBERS, told
from mediabridge.apply.population.findings import FindingKind
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import State
from mediabridge.kinds import Kind
from mediabridge.records.model import IsaPopulation, Result
from mediabridge.records.names import NamesTable

COLUMNS: Final = ("position", "entry_id", "content", *ITEMS, "entry")
"""What is staged of an entry; the rest is found by joining."""

_NAMES: Final = frozenset({"name_roman", "name_kanji"})
_HOLDER: Final = f"""
    SELECT resident.id FROM card JOIN resident ON resident.id = card.resident_id
    WHERE card.card_number = staged_entry.card_number
    ORDER BY CASE WHEN resident.card_number = card.card_number THEN 0 ELSE 1 END,
        CASE WHEN resident.state = '{State.RESIDENT}' THEN 0 ELSE 1 END, resident.id DESC
    LIMIT 1
"""  # noqa: S608 - our words
"""Whom a card means; as :func:`~mediabridge.apply.resident.preferred` chooses."""


@dataclass(frozen=True)
class Dialect:
    """What a database spells in its own way."""

    create: str
    """Begins the statement that makes the staging table."""
    texts: str
    numbers: str
    octets: str
    same: str
    """Compares two values of which one may be absent."""
    mark: str
    """Stands for a value."""


class Statements:
    """The statements of one adapter."""

    def __init__(self, dialect: Dialect) -> None:
        """Spell them in *dialect*."""
        self._dialect = dialect

    @cached_property
    def create(self) -> str:
        """Makes the table in which entries are staged."""
        speak = self._dialect
        types = {"position": speak.numbers, "content": speak.octets}
        types |= dict.fromkeys(NUMBERS, speak.numbers)
        columns = ", ".join(f"{name} {types.get(name, speak.texts)}" for name in COLUMNS)
        return (
            f"{speak.create} staged_entry ({columns}, resident_id {speak.numbers},"
            f" plain {speak.numbers} NOT NULL DEFAULT 0, PRIMARY KEY (position))"
        )

    @cached_property
    def create_alike(self) -> str:
        """Makes the table of those who may be meant by entries whose card nobody has."""
        return f"{self._dialect.create} staged_alike (resident_id {self._dialect.numbers})"

    match: Final = f"UPDATE staged_entry SET resident_id = ({_HOLDER})"  # noqa: S608 - our words
    by_resident: Final = "CREATE INDEX staged_resident ON staged_entry (resident_id)"

    @cached_property
    def settle(self) -> str:
        """Marks the entries that say what the register says, item by item."""
        equal = " AND ".join(map(self._equal, ITEMS))
        return f"""
            UPDATE staged_entry SET plain = 1 WHERE EXISTS (
                SELECT 1 FROM resident WHERE resident.id = staged_entry.resident_id
                AND resident.state = '{State.RESIDENT}' AND {equal}
            ) AND NOT EXISTS (
                SELECT 1 FROM outcome WHERE outcome.record_id = staged_entry.entry_id
                AND outcome.kind = '{Kind.ISA_POPULATION}'
            )
        """  # noqa: S608 - our words

    def _equal(self, name: str) -> str:
        equal = f"staged_entry.{name} {self._dialect.same} resident.{name}"
        if name in _NAMES:
            # What one side does not know is no difference; see entering.says_the_same.
            return f"(staged_entry.{name} IS NULL OR {equal})"
        return equal

    @cached_property
    def outcomes(self) -> str:
        """Notes that nothing had to be done for these; takes the journal number."""
        return f"""
            INSERT INTO outcome SELECT {self._dialect.mark}, position, entry_id,
                '{Kind.ISA_POPULATION}', '{Result.ALREADY_APPLIED}', NULL, NULL, content
            FROM staged_entry WHERE plain = 1
        """  # noqa: S608 - our words

    @cached_property
    def pairs(self) -> str:
        """Selects a page of the others; takes a position and the length of the page."""
        mark = self._dialect.mark
        return f"""
            SELECT staged_entry.position, staged_entry.content, staged_entry.entry,
                CASE WHEN staged_entry.resident_id IS NULL AND EXISTS (
                    SELECT 1 FROM resident AS like_them
                    WHERE like_them.birth_date = staged_entry.birth_date
                    AND like_them.nationality_region = staged_entry.nationality_region
                    AND like_them.state = '{State.RESIDENT}'
                ) THEN 1 ELSE 0 END,
                {rows.RESIDENT}
            FROM staged_entry LEFT JOIN resident ON resident.id = staged_entry.resident_id
            WHERE plain = 0 AND position > {mark} ORDER BY position LIMIT {mark}
        """  # noqa: S608 - our words

    @cached_property
    def extra(self) -> str:
        """Keeps whom no entry names; takes the journal number, the last position, moment, days.

        As :func:`~mediabridge.apply.population.rules.is_extra` says it of one.
        """
        mark = self._dialect.mark
        return f"""
            INSERT INTO finding
            SELECT {mark}, {mark} + row_number() OVER (ORDER BY id), '{FindingKind.EXTRA}',
                '{ApplyReason.POPULATION_EXTRA}', id, card_number, birth_date,
                nationality_region, NULL
            FROM resident
            WHERE state = '{State.RESIDENT}' AND card_number IS NOT NULL
            AND coalesce(last_issued_at, '') <= {mark} AND coalesce(last_event_date, '') <= {mark}
            AND coalesce(foreign_resident_since, '') <= {mark}
            AND NOT EXISTS (
                SELECT 1 FROM staged_entry WHERE staged_entry.resident_id = resident.id
            ) AND NOT EXISTS (
                SELECT 1 FROM staged_alike WHERE staged_alike.resident_id = resident.id
            )
        """  # noqa: S608 - our words


def row(position: int, entry: IsaPopulation, names: NamesTable) -> rows.Row:
    """Return the row of *entry*, in the order of :data:`COLUMNS`."""
    said = told(comparable(entry, names))
    items = (getattr(said, name) for name in ITEMS)
    json_text = entry.model_dump_json(exclude_none=True)
    return position, entry.entry_id, content_digest(entry), *items, json_text
