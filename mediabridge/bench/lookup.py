"""What the counter question takes in a register of many people.

Each answer is the whole of it within the process: the record, the cards that it had, what
waits, the news of every route, and the entry in the log, durable, before the answer. The floor is
the row alone, by its card, from the same database. What the process itself takes to begin is not
measured.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from mediabridge.apply import AppliedBundleInfo, apply_bundle
from mediabridge.apply.texts import NoticeTexts
from mediabridge.bench import Figure, Missing
from mediabridge.bench.content import notices
from mediabridge.bench.desk import training_registry
from mediabridge.bench.programs import NEEDED, server_programs
from mediabridge.bundle.header import Route
from mediabridge.records.model import IsaNotice
from mediabridge.stations import lookup
from mediabridge.stations.registry import RegistryStation

BOUND_MS: Final = 50.0
"""For one answer, half of them faster and half slower, whatever the size of the register."""

_ASKED: Final = 200
_HELD: Final = 1_000
_DATABASE: Final = "register"
_FLOOR: Final = """
    SELECT resident.* FROM card JOIN resident ON resident.id = card.resident_id
    WHERE card.card_number = ?
"""


def run(folder: Path, residents: int, *, tell: Callable[[str], None]) -> Iterator[Figure | Missing]:
    """Yield the figures of a register of so many *residents*, made in *folder*.

    *tell* is told each step as it begins. Which database this machine does not have is missing.
    """
    with training_registry(_made(folder / "sqlite")) as station:
        _fill(station, residents, tell)
        with closing(sqlite3.connect(station.home.registry)) as bare:
            yield from _figures(
                station, residents, "SQLite", lambda each: bare.execute(_FLOOR, (each,)).fetchall()
            )
    binaries = server_programs()
    if binaries is None:
        yield Missing("looking up, PostgreSQL", NEEDED)
        return
    yield from _on_a_server(binaries, _made(folder / "postgresql"), residents, tell)


def _on_a_server(
    binaries: Path, folder: Path, residents: int, tell: Callable[[str], None]
) -> Iterator[Figure]:
    from mediabridge.bench import server  # noqa: PLC0415 - needs libpq

    with server.running(binaries) as started:
        started.make(_DATABASE)
        with training_registry(folder, started.place_of(_DATABASE)) as station:
            _fill(station, residents, tell)
            with started.connect(_DATABASE) as bare:
                bare.execute("SET search_path TO mediabridge")
                bare.execute("VACUUM (ANALYZE)")
                query = _FLOOR.replace("?", "%s").encode()
                yield from _figures(
                    station,
                    residents,
                    "PostgreSQL",
                    lambda each: bare.execute(query, (each,)).fetchall(),
                )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _fill(station: RegistryStation, residents: int, tell: Callable[[str], None]) -> None:
    tell(f"a register of {residents} residents")
    station.load_population(population(residents))
    _hold(station)
    tell(f"{_ASKED} questions")


def _figures(
    station: RegistryStation, residents: int, database: str, bare: Callable[[str], object]
) -> list[Figure]:
    # Spread over the register, in no order in which it was filled.
    asked = [card((each * 7_919_317) % residents) for each in range(_ASKED)]
    whole = _median(lambda number: lookup.look_up(station, number), asked)
    read = _median(lambda number: _read(station, number), asked)
    floor = _median(bare, asked)
    size = f"{residents} residents, {database}"
    return [
        Figure(f"lookup, {size}", whole * 1e3, "ms", "bound", BOUND_MS, 1.0),
        Figure(f"its part in the register, {size}", read * 1e6, "µs", "the row", floor * 1e6, None),
    ]


def population(residents: int) -> Iterator[dict[str, str | None]]:
    """Yield so many people whom nobody could tell apart but by their cards."""
    for number in range(residents):
        yield {
            "card_number": card(number),
            "art30_45_category": "2",
            "name_roman": f"EXAMPLE {number:08d}".translate(_LETTERS),
            "birth_date": f"{1930 + number % 90}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "sex": "2",
            "nationality_region": "KOR",
            "address": f"{number}-1 Example-cho",
        }


_LETTERS: Final = str.maketrans("0123456789", "ABCDEFGHIJ")


def card(number: int) -> str:
    """Return the card of the person of this number, from 0."""
    return f"AB{number:08d}CD"


def _hold(station: RegistryStation) -> None:
    """Apply a bundle about strangers, so that something waits."""
    route = Route.model_validate({"from": "lgwan-01", "to": station.id})
    bundle = AppliedBundleInfo("0" * 32, route, 1, "0" * 64)
    strangers = [
        NoticeTexts.of(each)
        for each in islice(notices(1, _HELD), _HELD)
        if isinstance(each, IsaNotice)
    ]
    apply_bundle(
        station.registry,
        bundle,
        strangers,
        now=station.clock.now(),
        decided_by=station.operator(None),
        before_commit=lambda _counts: None,
        names=station.tables.names,
    )


def _read(station: RegistryStation, card: str) -> None:
    found = station.registry.find_by_card(card)
    assert found is not None  # noqa: S101 - it was put there
    born = (found.resident.birth_date, found.resident.nationality_region)
    list(station.registry.waiting_about(station.registry.cards_of(found.resident.id), born))


def _median(work: Callable[[str], object], asked: list[str]) -> float:
    taken = []
    for card in asked:
        start = time.perf_counter()
        work(card)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
