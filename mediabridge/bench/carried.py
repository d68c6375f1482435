"""The transfer logs of two stations between which so many bundles were carried, without carrying.

Nobody waits for 100,000 journeys. What each leaves in the two logs is made once, by what makes
every entry, and written with other numbers, digests and times into the database of one of the two:
its own log and its copy of the other's, in large transactions. Both are signed and cosigned.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from mediabridge import sqlite
from mediabridge.bench.desk import passphrase, training_city
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.kinds import Kind
from mediabridge.stations import auditing
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.translog import checkpoint, cosignature, database, events, merkle
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.events import Event, Fact

ENTRIES: Final = 11
"""What one bundle leaves in both logs, from its file to its receipt."""

_APART: Final = timedelta(minutes=20)
"""Between two bundles: 100,000 are not quite four years."""

_BATCH: Final = 1000
_LGWAN, _REGISTRY = "lgwan-01", "registry-01"
_CLERK, _OFFICER = "clerk-1", "officer-1"
_RECORDS, _HELD = 60, 3

# What stands for what differs from bundle to bundle: nothing else in an entry looks like it.
_BUNDLE, _RECEIPT = "b" * 32, "c" * 32
_SUMS, _ANSWER, _FILE = "a" * 64, "d" * 64, "e" * 64
_SEQ: Final = 987_654_321_987
_TIME: Final = "2001-01-01T01:01:01Z"


@dataclass(frozen=True)
class _Journey:
    """The entries of one bundle as patterns: what the sender writes, the receiver, the sender."""

    sent: list[bytes]
    taken: list[bytes]
    settled: list[bytes]

    @classmethod
    def between(cls, sender: str, receiver: str, kind: str) -> _Journey:
        about: dict[str, Fact] = {
            "bundle": _BUNDLE,
            "route_from": sender,
            "route_to": receiver,
            "seq": _SEQ,
            "sums": _SUMS,
        }
        receipt: dict[str, Fact] = {
            "receipt": _RECEIPT,
            "receipt_sha256": _ANSWER,
            "bundle": _BUNDLE,
            "seq": _SEQ,
            "records": _RECORDS,
        }
        of_file: dict[str, Fact] = {"file_sha256": _FILE}
        applied = {"applied": _RECORDS - _HELD, "held": _HELD, "records": _RECORDS}
        return cls(
            sent=[
                _pattern(Event.FILE_COLLECTED, sender, _CLERK, **of_file, file_bytes=9000,
                         kind=kind, records=_RECORDS),
                _pattern(Event.BUNDLE_SEALED, sender, _CLERK, **about, records=_RECORDS),
                _pattern(Event.BUNDLE_APPROVED, sender, _OFFICER, **about, approvers=[_OFFICER]),
                _pattern(Event.BUNDLE_RELEASED, sender, _CLERK, **about),
                _pattern(Event.BUNDLE_WRITTEN, sender, _CLERK, **about, bytes=32_000),
            ],
            taken=[
                _pattern(Event.BUNDLE_VERIFIED, receiver, _CLERK, **about, approvers=[_OFFICER]),
                _pattern(Event.BUNDLE_OPENED, receiver, _CLERK, **about, approvers=[_OFFICER]),
                _pattern(Event.BUNDLE_APPLIED, receiver, _CLERK, bundle=_BUNDLE, seq=_SEQ,
                         **applied),
                _pattern(Event.RECEIPT_ISSUED, receiver, _CLERK, **receipt),
            ],
            settled=[
                _pattern(Event.RECEIPT_ACCEPTED, sender, sender, **receipt),
                _pattern(Event.BUNDLE_DELIVERED, sender, sender, bundle=_BUNDLE, **of_file),
            ],
        )  # fmt: skip


def _pattern(event: Event, station: str, actor: str, **facts: Fact) -> bytes:
    """Return an entry with a place for everything that differs."""
    entry = events.build(event, time=_TIME, station=station, actor=actor, facts=facts)
    places = {
        _BUNDLE: "bundle", _RECEIPT: "receipt", _SUMS: "sums", _ANSWER: "answer", _FILE: "file",
        str(_SEQ): "seq", _TIME: "time",
    }  # fmt: skip
    for mark, name in places.items():
        entry = entry.replace(mark.encode(), f"%({name})b".encode())
    return entry


class _Log:
    """One of the two logs in the database, with the keys of those who sign for it."""

    def __init__(self, connection: sqlite3.Connection, station: Desk, witness: Desk) -> None:
        self._connection, self._origin = connection, station.log.origin
        self._signer, self._witness = station.log_signer, witness.witness_signer
        self._frontier = database.StoredLog(connection, self._origin).frontier()
        self._entries: list[tuple[str, int, bytes]] = []
        self._nodes: list[tuple[str, int, int, bytes]] = []
        if not self.size:
            # A copy begins with what the other station has written of itself.
            self.add(station.log.entries())

    @property
    def size(self) -> int:
        """Entries so far."""
        return self._frontier.size

    def add(self, entries: Iterable[bytes]) -> None:
        """Append *entries*."""
        origin, frontier = self._origin, self._frontier
        for entry in entries:
            self._entries.append((origin, frontier.size, entry))
            nodes = frontier.append(merkle.leaf_hash(entry))
            self._nodes += [(origin, *node) for node in nodes]

    def write(self) -> None:
        """Write what was added."""
        self._connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", self._entries)
        self._connection.executemany("INSERT INTO node VALUES (?, ?, ?, ?)", self._nodes)
        self._entries.clear()
        self._nodes.clear()

    def promise(self, time: datetime) -> bytes:
        """Sign the log as it is now, and have the other side cosign; return what was signed."""
        self.write()
        now = Checkpoint(self._origin, self.size, self._frontier.root())
        signed = checkpoint.sign(now, self._signer)
        self._connection.execute(
            "INSERT INTO checkpoint VALUES (?, ?, ?)", (self._origin, now.size, signed)
        )
        cosigned = cosignature.cosign(signed, self._witness, time)
        row = (self._origin, self._witness.name, now.size, to_rfc3339(time), cosigned)
        self._connection.execute("INSERT INTO cosigned VALUES (?, ?, ?, ?, ?)", row)
        return signed


class Carried:
    """Two stations, and what was carried between them so far."""

    def __init__(self, folder: Path) -> None:
        """Make a training city and its two stations in *folder*; nothing was carried yet."""
        self._folder, self.bundles = folder, 0
        city, clock = training_city(folder), SystemClock()
        # Behind the beginning of the logs, as everything is.
        midnight = clock.now().replace(hour=0, minute=0, second=0)
        self._begins = midnight + timedelta(days=1)
        for name in (_LGWAN, _REGISTRY):
            init_station(folder / name, city.folder, name, clock=clock)
        kinds = (Kind.ISA_NOTICE.value, Kind.MUNICIPAL_NOTICE.value)
        ways = zip((_LGWAN, _REGISTRY), (_REGISTRY, _LGWAN), kinds, strict=True)
        self._journeys = [_Journey.between(*way) for way in ways]

    @property
    def home(self) -> Path:
        """The station whose database has both logs."""
        return self._folder / _LGWAN

    @property
    def days(self) -> tuple[date, date]:
        """The first day on which something was carried, and one after the last."""
        return self._begins.date(), self._time().date() + timedelta(days=1)

    def carry(self, bundles: int, *, every: int) -> list[bytes]:
        """Have so many more *bundles* gone there and back in turns.

        Both logs are signed after *every* so many, and at the end; returns the two checkpoints
        of the end.
        """
        end = self.bundles + bundles
        with self._opened() as (lgwan, registry), _database(lgwan) as connection:
            logs = [_Log(connection, lgwan, registry), _Log(connection, registry, lgwan)]
            while self.bundles < end:
                with sqlite.transaction(connection):
                    for _ in range(min(_BATCH, end - self.bundles)):
                        self._one(logs)
                        if self.bundles % every == 0 or self.bundles == end:
                            signed = [log.promise(self._time()) for log in logs]
                    for log in logs:
                        log.write()
        return signed

    def export(self, pack: Path) -> int:
        """Write the auditor's pack, and return how many entries are in it."""
        with self._opened() as (lgwan, _):
            return sum(each.size for each in auditing.export(lgwan, pack))

    @contextmanager
    def _opened(self) -> Iterator[tuple[LgwanStation, RegistryStation]]:
        clock = SystemClock()
        with (
            LgwanStation(self.home, clock=clock, passphrases=passphrase) as lgwan,
            RegistryStation(
                self._folder / _REGISTRY, clock=clock, passphrases=passphrase
            ) as registry,
        ):
            yield lgwan, registry

    def _time(self) -> datetime:
        return self._begins + self.bundles * _APART

    def _one(self, logs: Sequence[_Log]) -> None:
        number = self.bundles
        way = number % 2
        journey, sender, receiver = self._journeys[way], logs[way], logs[1 - way]
        digests = hashlib.shake_128(b"%d" % number).hexdigest(128).encode()
        values = {
            b"bundle": digests[:32], b"receipt": digests[32:64], b"sums": digests[64:128],
            b"answer": digests[128:192], b"file": digests[192:256],
            b"seq": b"%d" % (number // 2 + 1),
            b"time": to_rfc3339(self._time()).encode(),
        }  # fmt: skip
        sender.add([each % values for each in journey.sent])
        receiver.add([each % values for each in journey.taken])
        sender.add([each % values for each in journey.settled])
        self.bundles += 1


def _database(station: Desk) -> AbstractContextManager[sqlite3.Connection]:
    """Give a connection of our own: what is written here no station writes at once."""
    return database.connect(station.home.log, station.config.owner)
