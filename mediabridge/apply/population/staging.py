"""Comparing by joins: the statements, in the words that both databases understand.

A batch of entries is staged in the bundle's transaction. Who is plainly the same is found by
one statement for all of it; whose cards the others name, by another one. Who was named at all
is kept until the last batch, to find whom the extract does not name. An adapter says in a
:class:`Dialect` how its database spells the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from mediabridge.apply import rows
from mediabridge.apply.journal import content_digest
from mediabridge.apply.naming import comparable
from mediabridge.apply.population.entering import ITEMS, NUMBERS, said
from mediabridge.apply.population.findings import FindingKind
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import State
from mediabridge.config import PERSONS_SHOWN
from mediabridge.kinds import Kind
from mediabridge.records.model import IsaPopulation, Result
from mediabridge.records.names import NamesTable

COLUMNS: Final = ("position", "entry_id", "content", *ITEMS)
"""What is staged of an entry; the rest is found by joining."""

_NAMES: Final = frozenset({"name_roman", "name_kanji"})
_HOLDER: Final = f"""
    SELECT holder.id FROM card JOIN resident AS holder ON holder.id = card.resident_id
    WHERE card.card_number = staged_entry.card_number
    ORDER BY CASE WHEN holder.card_number = card.card_number THEN 0 ELSE 1 END,
        CASE WHEN holder.state = '{State.RESIDENT}' THEN 0 ELSE 1 END, holder.id DESC
    LIMIT 1
"""  # noqa: S608 - our words
"""Whom a card means; as :func:`~mediabridge.apply.resident.preferred` chooses."""


@dataclass(frozen=True)
class Dialect:
    """What a database spells in its own way."""

    create: str
    """Begins the statement that makes a staging table."""
    clear: str
    """Begins the statement that empties one."""
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
        """Makes the table in which a batch of entries is staged."""
        speak = self._dialect
        types = {"position": speak.numbers, "content": speak.octets}
        types |= dict.fromkeys(NUMBERS, speak.numbers)
        columns = ", ".join(f"{name} {types.get(name, speak.texts)}" for name in COLUMNS)
        return f"{speak.create} staged_entry ({columns}, resident_id {speak.numbers})"

    @cached_property
    def clear(self) -> str:
        """Empties it for the next batch."""
        return f"{self._dialect.clear} staged_entry"

    @cached_property
    def create_named(self) -> str:
        """Makes the table of those whom an entry names, or may mean: nobody of them is extra."""
        return f"{self._dialect.create} staged_named (resident_id {self._dialect.numbers})"

    by_resident: Final = "CREATE INDEX staged_named_resident ON staged_named (resident_id)"
    drop: Final = ("DROP TABLE staged_entry", "DROP TABLE staged_named")

    @cached_property
    def settle(self) -> str:
        """Finds, for each staged entry, the resident of whom the register says the same.

        The card has to be the current one of somebody in force: nobody else can be preferred
        to them. Each entry is looked up by itself, so that no plan reads whole tables for it.
        """
        equal = " AND ".join(self._equal(name) for name in ITEMS if name != "card_number")
        return f"""
            UPDATE staged_entry SET resident_id = (
                SELECT resident.id FROM resident
                WHERE resident.state = '{State.RESIDENT}'
                AND resident.card_number = staged_entry.card_number AND {equal}
                AND (
                    SELECT 1 FROM outcome WHERE outcome.record_id = staged_entry.entry_id
                    AND outcome.kind = '{Kind.ISA_POPULATION}' LIMIT 1
                ) IS NULL
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
            FROM staged_entry WHERE resident_id IS NOT NULL
        """  # noqa: S608 - our words

    name_settled: Final = """
        INSERT INTO staged_named
        SELECT resident_id FROM staged_entry WHERE resident_id IS NOT NULL
    """
    """Keeps who they are."""

    others: Final = f"""
        SELECT staged_entry.position, {rows.RESIDENT}
        FROM staged_entry LEFT JOIN resident ON resident.id = ({_HOLDER})
        WHERE staged_entry.resident_id IS NULL ORDER BY staged_entry.position
    """  # noqa: S608 - our words
    """Selects the other entries of the batch, and whose cards they name."""

    born: Final = f"""
        SELECT {rows.RESIDENT} FROM (
            SELECT resident.*, row_number() OVER (
                PARTITION BY resident.birth_date, resident.nationality_region ORDER BY resident.id
            ) AS place
            FROM (
                SELECT DISTINCT birth_date, nationality_region FROM staged_entry
                WHERE resident_id IS NULL AND NOT EXISTS (
                    SELECT 1 FROM card WHERE card.card_number = staged_entry.card_number
                )
            ) AS unknown CROSS JOIN resident
            WHERE resident.birth_date = unknown.birth_date
            AND resident.nationality_region = unknown.nationality_region
            AND resident.state = '{State.RESIDENT}'
        ) AS resident WHERE place <= {PERSONS_SHOWN + 1} ORDER BY id
    """  # noqa: S608 - our words
    """Selects who in force was born as those whose cards nobody has; as many as
    :meth:`~mediabridge.apply.ports.Finder.find_by_birth` returns for each. In this order of the
    tables, which SQLite keeps, the register is not read from end to end."""

    @cached_property
    def population(self) -> str:
        """Notes an extract; takes the journal number, extract, moment, findings."""
        return f"INSERT INTO population VALUES ({', '.join([self._dialect.mark] * 4)})"  # noqa: S608 - our words

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
                SELECT 1 FROM staged_named WHERE staged_named.resident_id = resident.id
            )
        """  # noqa: S608 - our words


def staged(
    entries: Sequence[IsaPopulation], names: NamesTable, after: int = 0
) -> list[tuple[Any, ...]]:
    """Return the rows of *entries*, whose positions follow *after*, as :data:`COLUMNS` say."""
    # One kind of work after the other is what a processor's caches are made for.
    contents = list(map(content_digest, entries))
    said_by = [said(comparable(each, names)) for each in entries]
    places = enumerate(zip(entries, contents, said_by, strict=True), after + 1)
    return [
        (position, entry.entry_id, content, *items) for position, (entry, content, items) in places
    ]
