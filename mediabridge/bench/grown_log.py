"""The transfer log of a station with years behind it, and its copy at the peer."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.stations.desk import Desk
from mediabridge.translog import checkpoint, cosignature, events, merkle
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.note import Signer

_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?)"
_NODE: Final = "INSERT INTO node VALUES (?, ?, ?, ?)"
_CHECKPOINT: Final = "INSERT INTO checkpoint VALUES (?, ?, ?)"
_PROMISE: Final = "INSERT INTO promise VALUES (?, ?, ?, ?)"
_COSIGNED: Final = "INSERT INTO cosigned VALUES (?, ?, ?, ?, ?)"


class GrownLog:
    """Continues the log of a station of which nothing has happened yet but its beginning."""

    def __init__(self, station: Desk) -> None:
        """Begin with the entries that the log of *station* has."""
        self._id, self._origin = station.id, station.log.origin
        self._signer: Signer = station.log_signer
        self._frontier = merkle.Frontier()
        self._entries: list[bytes] = []
        self._nodes: list[merkle.Node] = []
        self._checkpoints: list[tuple[int, bytes, bytes]] = []
        self._cosigned: list[tuple[int, bytes, str, str, bytes]] = []
        for entry in station.log.entries():
            self._append(entry)
        self._there = self._frontier.size

    def add(self, event: Event, time: str, actor: str = "", /, **facts: Fact) -> None:
        """Append an entry."""
        self._append(
            events.build(event, time=time, station=self._id, actor=actor or self._id, facts=facts)
        )

    def promise(self) -> None:
        """Sign the log as it is now, for the bundle that is being sealed."""
        now = Checkpoint(self._origin, self._frontier.size, self._frontier.root())
        self._checkpoints.append((now.size, now.root, checkpoint.sign(now, self._signer)))

    def seen(self, witness: Signer, time: datetime) -> dict[str, Fact]:
        """Have the peer cosign what was promised last; return what its own bundle says of it."""
        if not self._checkpoints:
            return {}
        size, root, note = self._checkpoints[-1]
        cosigned = cosignature.cosign(note, witness, time)
        self._cosigned.append((size, root, witness.name, to_rfc3339(time), cosigned))
        return {"peer_size": size, "peer_root": root.hex()}

    @property
    def promised(self) -> int:
        """How many entries the peer has."""
        return self._checkpoints[-1][0] if self._checkpoints else 0

    @property
    def acknowledged(self) -> int:
        """How many the peer has said that it has, in its own bundle."""
        return self._cosigned[-1][0] if self._cosigned else 0

    def write(self, own: sqlite3.Connection, peer: sqlite3.Connection) -> None:
        """Write the log into the database of its station, and its copy into the *peer*'s."""
        self._write(own, self._there, self._frontier.size)
        self._write(peer, 0, self.promised)
        rows = [(self._origin, size, note) for size, _root, note in self._checkpoints]
        own.executemany(_CHECKPOINT, rows)
        peer.executemany(_CHECKPOINT, rows)
        own.executemany(
            _COSIGNED,
            (
                (self._origin, witness, size, time, note)
                for size, _root, witness, time, note in self._cosigned
            ),
        )
        peer.executemany(
            _PROMISE,
            (
                (self._origin, size, root, time)
                for size, root, _witness, time, _note in self._cosigned
            ),
        )

    def _append(self, entry: bytes) -> None:
        self._entries.append(entry)
        self._nodes += self._frontier.append(merkle.leaf_hash(entry))

    def _write(self, into: sqlite3.Connection, start: int, end: int) -> None:
        entries = enumerate(self._entries[start:end], start)
        into.executemany(_ENTRY, ((self._origin, *each) for each in entries))
        # A node is complete with the last leaf below it.
        into.executemany(
            _NODE,
            (
                (self._origin, *each)
                for each in self._nodes
                if start < (each.position + 1) << each.level <= end
            ),
        )
