"""How right the remaining time is that the long steps of a journey show.

A file of notices is collected, sealed, carried to a registry that knows the people, and its
receipt is taken home, all within this process. Each time that a step tells how far it is, whoever
waits can reckon when it will be done; the figure is by which factor that was furthest from what
it then took, between the first tenth of the step and the last. The clock is this process's
own processor time: what else a busy machine does is nobody's fault here. Nor is that a core now
and then is slower for a second, by what its neighbour does: the journey is made several times,
and of each step that time counts in which the estimate was nearest; one that misleads whoever
waits does so each time. What only waits for a medium is left out, since it takes none.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from mediabridge.bench import Figure
from mediabridge.bench.desk import OFFICER, passphrase, training_city
from mediabridge.bench.remaining import BOUND, Step, Watched
from mediabridge.clock import SystemClock
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.model import IsaNotice
from mediabridge.records.tables import shipped
from mediabridge.sample import Population, read_population
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.trust.signers import Signer, open_signer

SEEN_SECONDS: Final = 0.2
"""Processor time of a step that has a figure; what is over sooner nobody sees."""

LONG_SECONDS: Final = 0.5
"""The same of one for which a bound is promised.

In a step that is over sooner, what is loaded for its first records is a part that counts.
"""

ROUNDS: Final = 3
"""How many times the journey is made."""

LOOKED_AT: Final = (
    "Filling the registry",
    "Checking every record",
    "Entering the records into the books",
    "Counting what is sealed",
    "Compressing",
    "Encrypting",
    "Decrypting",
    "Applying the records",
    "Writing the receipt",
    "Checking the receipts",
    "Closing the books by the receipts",
)
"""The steps that compute, whose time goes by what there is to do."""

_MUNICIPALITY: Final = "131041"
_START: Final = date(2026, 11, 20)


def run(folder: Path, records: int, seed: int, *, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield a figure for each step of a journey with so many *records*.

    *seed* draws the people; *folder* is for the stations; *tell* is told each command.
    """
    rounds = []
    for number in range(1, ROUNDS + 1):
        own = folder / str(number)
        own.mkdir()
        rounds.append(_journey(own, records, seed, tell))
        rmtree(own)
    for station, of_one in rounds[0].items():
        yield from _figures(
            station, zip(of_one, *(each[station] for each in rounds[1:]), strict=True)
        )


def _journey(
    folder: Path, records: int, seed: int, tell: Callable[[str], None]
) -> dict[str, list[Step]]:
    """Go all the way once; return the steps of each station, in the order they came."""
    people = Population(
        records * 6 // 5, seed, _MUNICIPALITY, _START, tables=shipped(), at_least=records
    )
    city = training_city(folder)
    officer = open_signer(city.key_path(OFFICER), passphrase(OFFICER))
    here, there = Watched(time.process_time), Watched(time.process_time)
    medium = folder / "medium"
    medium.mkdir()
    with (
        LgwanStation(**_new(folder, "lgwan-01", here)) as lgwan,
        RegistryStation(**_new(folder, "registry-01", there)) as registry,
    ):
        tell("population")
        _fill(registry, folder / "population.csv", people)
        tell("collect")
        lgwan.collect(_file_of(folder, islice(_one_for_each(people), records)))
        for sender, receiver in ((lgwan, registry), (registry, lgwan)):
            tell(f"{sender.id}: seal; {receiver.id}: import")
            _carry(sender, officer, medium)
            receiver.import_(medium, note=lambda _taken: None)
        return {lgwan.id: here.steps, registry.id: there.steps}


def _new(folder: Path, station: str, heard: Watched) -> dict[str, Any]:
    """Make *station* of the city in *folder*, and return how it is opened."""
    init_station(folder / station, folder / "city", station, clock=SystemClock())
    given = {"clock": SystemClock(), "passphrases": passphrase, "progress": heard}
    return {"root": folder / station, **given}


def _fill(registry: RegistryStation, path: Path, people: Population) -> None:
    rows = iter(people.rows())
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as output:
        writer = csv.DictWriter(output, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    registry.load_population(read_population(path, registry.progress))


def _one_for_each(people: Population) -> Iterator[IsaNotice]:
    """Yield the first notice of a day about each person.

    A second one is nearly always held, which takes longer, and all of them come late in the day.
    """
    seen: set[str] = set()
    for notice in next(iter(people.days(1))).isa_notices:
        about = notice.get("prior_card_number") or notice.get("card_number") or notice.notice_id
        if about not in seen:
            seen.add(str(about))
            yield notice


def _file_of(folder: Path, notices: Iterable[IsaNotice]) -> Path:
    path = folder / f"{Kind.ISA_NOTICE}.csv"
    with path.open("wb") as output:
        writer = CsvWriter(output, Kind.ISA_NOTICE, tables=shipped())
        for notice in notices:
            writer.write(notice)
    return path


def _carry(sender: Desk, officer: Signer, medium: Path) -> None:
    row = sender.approve(sender.seal().bundle, officer)
    sender.write(row, medium)


def _figures(station: str, steps: Iterable[tuple[Step, ...]]) -> Iterator[Figure]:
    """Yield the figure of each of *steps*, each of which was taken once in each round."""
    for taken in steps:
        seconds = min(step.seconds for step in taken)
        if taken[0].label in LOOKED_AT and seconds >= SEEN_SECONDS:
            name = f"{taken[0].label} ({station})"
            bound = BOUND if seconds >= LONG_SECONDS else None
            nearest = min(step.furthest() for step in taken)
            yield Figure(name, nearest, "x", "what it then took", 1.0, bound)
