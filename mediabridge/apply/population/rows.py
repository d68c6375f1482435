"""What stands in the tables of populations, as objects and the other way about.

It is the same in every adapter that has tables, as :mod:`mediabridge.apply.rows` is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from mediabridge.apply import rows
from mediabridge.apply.journal import Counts
from mediabridge.apply.population.findings import (
    Extract,
    Finding,
    FindingKind,
    Judged,
    Open,
    Pair,
    Population,
    found_of,
)
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident
from mediabridge.kinds import Kind
from mediabridge.records.result import Result

if TYPE_CHECKING:
    from mediabridge.records.model import IsaPopulation

POPULATION: Final = "bundle_id, seq, applied_at, decided_by, counts, extract_id, as_of, found"
"""Followed by JSON: how many findings of each kind wait."""
FINDING: Final = (
    "bundle_id, finding.position, finding.kind, finding.reason, finding.resident_id,"
    " finding.card_number, entry"
)


def entry_of(kept: str) -> IsaPopulation:
    """Return the entry that was kept as JSON."""
    from mediabridge.records.model import ADAPTERS  # noqa: PLC0415 - who only counts needs none

    entry: IsaPopulation = ADAPTERS[Kind.ISA_POPULATION].validate_json(kept)
    return entry


def found_by(card: str | None, row: rows.Row) -> Found | None:
    """Return whose *card* it is, by the columns :data:`~mediabridge.apply.rows.RESIDENT`."""
    if row[0] is None:
        return None
    known = Resident._make(row)
    return Found(known, known.card_number == card)


def finding_row(journal_number: int, compared: Pair, judged: Judged) -> rows.Row:
    """Return the row of what was found by comparing one entry."""
    decision, entry = judged.decision, compared.entry
    assert decision.reason is not None  # noqa: S101 - every held entry has one
    assert judged.kind is not None  # noqa: S101 - and a kind
    return (
        journal_number,
        compared.position,
        judged.kind.value,
        decision.reason.value,
        _whom(compared, judged),
        entry.get("card_number"),
        str(entry.birth_date),
        entry.nationality_region,
        entry.model_dump_json(exclude_none=True),
    )


def _whom(compared: Pair, judged: Judged) -> int | None:
    """Return the record that is shown beside the entry: of its card, or of the one like it."""
    if compared.found is not None:
        return compared.found.resident.id
    return judged.alike[0].id if len(judged.alike) == 1 else None


def population(row: rows.Row) -> Population:
    """Return a population, by the columns :data:`POPULATION` and what waits of it."""
    bundle, seq, came_at, taken_by, counts, extract_id, as_of, found, waiting = row
    by_result = {Result.of(name): number for name, number in json.loads(counts).items()}
    return Population(
        bundle,
        seq,
        came_at,
        taken_by,
        Extract(extract_id, as_of),
        Counts(by_result),
        found_of(found),
        found_of(waiting),
    )


def finding(row: rows.Row) -> Finding:
    """Return a finding, by the columns :data:`FINDING`."""
    bundle, position, kind, reason, resident, card, kept = row
    return Finding(
        bundle,
        position,
        FindingKind.of(kind),
        ApplyReason[reason],
        resident,
        card,
        None if kept is None else entry_of(kept),
    )


def open_finding(row: rows.Row, found: Found | None) -> Open:
    """Return a finding that waits, by :data:`FINDING` and whether somebody was born so."""
    *columns, like = row
    return Open(finding(columns), found, bool(like) and found is None)
