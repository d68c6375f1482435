"""What is settled, kind by kind, and still here; whatever the rules say.

Whatever is in doubt is not: a number without its last answer, a receipt that may not have arrived,
everything exchanged with a station that may have lost it. A number that is void was never
answered: its sealed copy stays.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from mediabridge.bundle import layout
from mediabridge.clock import to_rfc3339
from mediabridge.install import judging
from mediabridge.install.evidence import PAYLOAD
from mediabridge.stations import removed
from mediabridge.stations.books import BundleRow, BundleState, Issued
from mediabridge.stations.retention.arrived import Arrivals
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.removal import Removal

_DELIVERY: Final = re.compile(r"([a-z0-9][a-z0-9-]*)-([0-9]{8})")
_RECEIPT: Final = re.compile(r"([0-9a-f]{32})\.jsonl")
_SOFTWARE: Final = re.compile(r"[0-9a-f]{64}")
_REFUSED: Final = re.compile(r"([0-9a-f]{64})\.([a-z.]+)")
_EVIDENCE: Final = ".changed"
"""The suffix of a collected file that was not what the books say."""


@dataclass(frozen=True)
class Over:
    """Something that its rule lets go, all of it at once."""

    why: Removal
    name: str
    """Of the bundle, the receipt, or the refused file: what tells it from others of its kind."""
    paths: tuple[Path, ...]
    settled: str
    """Since when nobody waits for it, RFC 3339 in UTC."""
    facts: Mapping[str, Fact]
    proof: tuple[Path, str] | None = None
    """A file of it, and the SHA-256 that it has to have by the books."""
    announced: bool = False
    """The log says already that it is removed: that was interrupted, and is finished."""


class Settled:
    """What is settled and still here, each with the time since when; whatever the rules say."""

    def __init__(self, station: OpenStation) -> None:
        """Look at *station* as it is now."""
        self._station, self._home, self._books = station, station.home, station.books
        self._arrivals, self._announced = Arrivals(station), _announced(station)

    def sealed(self) -> Iterator[Over]:
        """Yield sealed bundles that are answered for good."""
        there = set(os.listdir(self._home.outbox))  # noqa: PTH208 - names, of thousands
        for row in self._books.bundles_in(BundleState.DELIVERED):
            if row.bundle not in there or self._books.leaves_open(row.bundle):
                continue
            folder = self._home.outbox / row.bundle
            yield from self._if_settled(
                self._arrivals.of_bundle(row.bundle),
                Removal.SEALED_COPY_OVER,
                folder,
                {**_place(row), "sums": row.sums_sha256},
                (folder / layout.SUMS, row.sums_sha256),
            )

    def delivered(self) -> Iterator[Over]:
        """Yield delivered notices whose sender has the receipt; receipts alone get none."""
        for folder in _entries(self._home.delivered, _DELIVERY):
            row = self._taken(folder.name)
            if row is None or self._arrivals.is_doubted(row.sender):
                continue
            answers = self._books.answers_to(row.bundle)
            times = [self._arrivals.of_receipt(each) or "" for each in answers]
            if not (row.records or answers):
                times = [row.created]
            since = max(times) if times and all(times) else None
            yield from self._if_settled(since, Removal.DELIVERY_OVER, folder, _place(row))

    def receipts(self) -> Iterator[Over]:
        """Yield receipts that have arrived."""
        for path in _entries(self._home.receipts, _RECEIPT):
            issued = self._books.issued(path.stem)
            if issued is not None:
                since = self._arrivals.of_receipt(issued)
                proof = (path, issued.sha256) if issued.sha256 else None
                yield from self._if_settled(
                    since, Removal.RECEIPT_OVER, path, _answer(issued), proof
                )

    def refused(self) -> Iterator[Over]:
        """Yield refused files with their reports, but for those that were tampered with."""
        paths = sorted(_entries(self._home.refused, _REFUSED))
        for digest, group in groupby(paths, key=lambda path: path.name.partition(".")[0]):
            files = tuple(group)
            if not any(path.suffix == _EVIDENCE for path in files):
                newest = max(path.stat().st_mtime for path in files)
                since = to_rfc3339(datetime.fromtimestamp(newest, UTC))
                facts = {"file_sha256": digest}
                # The same file may be refused again: its entry is about an earlier one.
                yield Over(Removal.REFUSED_FILE_OVER, digest, files, since, facts)

    def software(self) -> Iterator[Over]:
        """Yield kept software that is of no use any more: what is installed is as new, or newer."""
        announced = removed.software_let_go(self._station)
        for folder in _entries(self._home.software, _SOFTWARE):
            row = self._books.software_file("in", folder.name)
            if row is not None and judging.is_overtaken(row.described):
                facts = {"bundle": row.bundle, "file_sha256": folder.name}
                proof = (folder / PAYLOAD, folder.name)
                yield Over(
                    Removal.SOFTWARE_OVER,
                    folder.name,
                    (folder,),
                    row.at,
                    facts,
                    proof,
                    # Where the same file came once more, an earlier entry says nothing of it.
                    announced=announced.get(folder.name, "") >= row.at,
                )

    def _if_settled(
        self,
        since: str | None,
        why: Removal,
        path: Path,
        facts: Mapping[str, Fact],
        proof: tuple[Path, str] | None = None,
    ) -> Iterator[Over]:
        if since is not None:
            name = path.stem
            announced = (why.value, name) in self._announced
            yield Over(why, name, (path,), since, facts, proof, announced)

    def _taken(self, folder: str) -> BundleRow | None:
        """Return the bundle whose notices are in the folder of this name."""
        match = _DELIVERY.fullmatch(folder)
        seq = int(match[2]) if match else 0
        rows = self._books.between(match[1], self._station.id, seq, seq) if match else []
        return rows[0] if rows else None


def _announced(station: OpenStation) -> set[tuple[Fact, Fact]]:
    """Return what the log of *station* says is removed: reason and name of each."""
    told = (events.parse(each, station.id) for each in station.log.all_of(Event.KEPT_REMOVED))
    return {(each.facts["reason"], _name(each.facts)) for each in told}


def _name(facts: Mapping[str, Fact]) -> Fact:
    if facts["reason"] == Removal.DELIVERY_OVER:
        return f"{facts['route_from']}-{facts['seq']:08d}"
    return facts.get("receipt") or facts.get("bundle", "")


def _entries(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Yield what a folder of ours holds under a name of ours; a link is none of it."""
    # Software has a folder from the first file on.
    if not folder.exists():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and not entry.is_symlink():
                yield Path(entry.path)


def _place(row: BundleRow) -> dict[str, Fact]:
    return {
        "bundle": row.bundle,
        "route_from": row.sender,
        "route_to": row.receiver,
        "seq": row.seq,
    }


def _answer(issued: Issued) -> dict[str, Fact]:
    which: dict[str, Fact] = {"supplement": issued.supplement} if issued.supplement else {}
    return {"receipt": issued.receipt, "bundle": issued.bundle, "seq": issued.seq, **which}
