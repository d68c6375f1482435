"""The books of both sides, record by record: was each decided once, and do both say the same?"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from journeys.balance import LGWAN, SIDES, Office
from journeys.resting import told

from mediabridge.records.model import Result
from mediabridge.translog.events import Event

NOTICE = re.compile(r"\bM-\d{4,}\b")
"""The id of a notice of these tests, in a file."""

Outcomes = dict[str, str]
"""Record id to result."""


def balance(office: Office) -> dict[str, Outcomes]:
    """Hold both sides' books against each other; return the outcomes by who sent the records."""
    found = {}
    for side in SIDES:
        known = office.sides[side]
        closed, decided = closed_at(office, side), decided_by_the_peer_of(office, side)
        assert set(closed) == known.sent, (set(closed) ^ known.sent, told(office))
        # What an officer sent back may have arrived before, under a number that was void then.
        arrived = known.withdrawn & set(decided)
        assert arrived <= received_elsewhere(office, side)
        decided = {record: decided[record] for record in decided.keys() - arrived}
        assert closed == decided, (
            {k: (closed.get(k), decided.get(k)) for k in closed if closed[k] != decided.get(k)},
            told(office),
        )
        found[side] = closed
        office.tally.records += len(closed)
    return found


def closed_at(office: Office, side: str) -> Outcomes:
    """Return how the books of *side* have closed each of its own records.

    What a station that was set back sends again was applied before: that is what counts.
    """
    with office.at(side) as station:
        rows = station.books.bundles("out")
        return {
            record: str(Result.APPLIED if result == Result.ALREADY_APPLIED else result)
            for row in rows
            for _kind, record, result, _why in station.books.records_of(row.bundle)
        }


def received_elsewhere(office: Office, side: str) -> set[str]:
    """Return the records that *side* knows to have arrived in bundles it lost, or took apart."""
    with office.at(side) as station:
        rows = station.books._db.execute("SELECT record FROM elsewhere_records")
        return {record for (record,) in rows}


def decided_by_the_peer_of(office: Office, side: str) -> Outcomes:
    """Return the one outcome of each record at the other side."""
    return _in_the_registry(office) if side == LGWAN else _in_the_folders(office)


def _in_the_registry(office: Office) -> Outcomes:
    """Return the first outcome of each record, or what a person decided last; repetitions are none.

    The numbers of its journal rise: nothing was applied twice, or out of order.
    """
    with office.world.registry(clock=office.clock) as station:
        registry = station.registry
        journal = list(registry.journal())
        numbers = [entry.bundle.seq for entry in journal]
        assert numbers == sorted(set(numbers)), numbers
        first: Outcomes = {}
        for entry in journal:
            for outcome in registry.outcomes(entry.bundle.bundle_id):
                first.setdefault(outcome.record_id, str(outcome.result))
        assert not list(registry.held())
        return first | {
            decision.outcome.record_id: str(decision.outcome.result)
            for decision in registry.decisions()
        }


def _in_the_folders(office: Office) -> Outcomes:
    """Return what was delivered to the agency's terminal.

    A record that lies there twice came under a number that was declared void as well: then the
    log named that bundle, so that a person can compare the two folders.
    """
    with office.at(LGWAN) as station:
        bundles = {f"{row.sender}-{row.seq:08d}": row.bundle for row in station.books.bundles("in")}
    named, once, again = _named_by_the_log(office), Counter[str](), set[str]()
    for folder in office.world.home(LGWAN).delivered.iterdir():
        records = [found[0] for path in folder.iterdir() for found in NOTICE.finditer(_text(path))]
        if bundles[folder.name] in named:
            again.update(records)
        else:
            once.update(records)
    office.tally.happened["delivered twice, named by the log"] += len(again & once.keys())
    assert set(once.values()) <= {1}, once
    return dict.fromkeys(again | once.keys(), str(Result.APPLIED))


def _named_by_the_log(office: Office) -> set[str]:
    """Return the bundles of which the log says that they had arrived when they were void."""
    return {
        str(bundle)
        for entry in office.world.log(LGWAN)
        if entry.event is Event.VOID_ACCEPTED
        for bundle in entry.facts.get("bundles", ())
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.suffix == ".csv" else ""
