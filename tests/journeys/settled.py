"""What both stations and the stick look like once everything has come to rest."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import suppress

from attacks.world import STATIONS, World, tree_of

from mediabridge.errors import NoMediumError
from mediabridge.media.tree import bundles_on
from mediabridge.translog.events import Event

ONCE = (Event.BUNDLE_APPLIED, Event.RECEIPT_ISSUED, Event.RECEIPT_ACCEPTED)
"""What must not be noted more often than it happened, whatever broke off meanwhile."""


def settled(world: World) -> dict[str, object]:
    """Return what has to be the same however often the day was disturbed.

    Checks on the way that each log is whole and agrees with the books, that no work is
    left lying about, and that every copy on the stick is complete.
    """
    kept: dict[str, object] = {}
    for name in STATIONS:
        with world.open(name) as station:
            station.log.check()
            rows = station.books.bundles()
            kept[name] = {
                "bundles": sorted(
                    (row.direction, str(row.state), row.seq, row.records) for row in rows
                ),
                "outcomes": station.books.outcome_counts(),
                "waiting": [row.records for row in station.books.waiting_files()],
                "due": sum(len(station.books.due_receipts(peer)) for peer in STATIONS),
            }
            own = [row.bundle for row in rows if row.direction == "out"]
        _folders_agree(world, name, own)
        kept[f"log of {name}"] = _noted(world, name)
    kept["registry"] = _registry(world)
    kept["medium"] = len(_copies(world))
    return kept


def _folders_agree(world: World, name: str, own: list[str]) -> None:
    home = world.home(name)
    if home.work.exists():
        assert list(home.work.iterdir()) == []
    assert {folder.name for folder in home.outbox.iterdir()} <= set(own)


def _noted(world: World, name: str) -> dict[str, int]:
    """Return for how many different bundles each event that counts is in the log."""
    noted = {
        (entry.event, str(dict(entry.facts).get("bundle")))
        for entry in world.log(name)
        if entry.event in ONCE
    }
    return dict(sorted(Counter(str(event) for event, _bundle in noted).items()))


def _registry(world: World) -> dict[str, object]:
    with world.registry() as station:
        journal = list(station.registry.journal())
        return {
            "journal": [(entry.bundle.sender, entry.bundle.seq) for entry in journal],
            "results": Counter(
                str(outcome.result)
                for entry in journal
                for outcome in station.registry.outcomes(entry.bundle.bundle_id)
            ),
            "held": len(list(station.registry.held())),
            "residents": _residents(world),
        }


def _residents(world: World) -> list[tuple[object, ...]]:
    """Return every row of the residents, as they are in force."""
    connection = sqlite3.connect(f"file:{world.home('registry-01').registry}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT * FROM resident ORDER BY 1").fetchall()
    finally:
        connection.close()


def _copies(world: World) -> list[str]:
    """Return the bundles on the stick; a copy that its sender still has is the very same."""
    there: list[str] = []
    with suppress(NoMediumError):
        there = bundles_on(world.medium)
    for name in there:
        for station in STATIONS:
            own = world.home(station).outbox / name
            if own.is_dir():
                assert tree_of(world.bundles / name) == tree_of(own)
    return there
