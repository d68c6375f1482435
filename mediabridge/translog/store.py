"""A station's own transfer log: append, sign, and cut out what a bundle carries.

Store, then sign: an entry is on the disk before :meth:`TransferLog.append`
returns, and a checkpoint only ever covers entries that are. So a station that
loses power cannot have promised what it no longer has.
"""

from __future__ import annotations

from mediabridge import errors, locale, sqlite
from mediabridge.translog import checking, checkpoint, events, note
from mediabridge.translog.cosignature import Cosigned
from mediabridge.translog.database import StoredLog
from mediabridge.translog.section import LogSection


class TransferLog(StoredLog):
    """The log of this station."""

    def append(self, entry: bytes) -> int:
        """Add *entry*, made by :func:`mediabridge.translog.events.build`; return its index.

        The entry is durable when this returns.

        Raises:
            ValueError: not an entry of this station's log.
            LogUnavailableError: it could not be stored; do not go on without it.
            LogCorruptError: the log is damaged.
        """
        events.parse(entry, self.station)
        with sqlite.transaction(self._connection):
            frontier = self.frontier()
            self._insert_entry(frontier, entry)
        return frontier.size - 1

    def checkpoint(self, signer: note.Signer) -> bytes:
        """Sign the log as it is now; keep the signed note, then return it.

        Raises:
            ValueError: the signer's name is not this log's origin.
            LogCorruptError: the log no longer is what its newest checkpoint promised.
        """
        with sqlite.transaction(self._connection):
            checking.check_newest_promise(self)
            frontier = self.frontier()
            now = checkpoint.Checkpoint(self.origin, frontier.size, frontier.root())
            signed = checkpoint.sign(now, signer)
            self._insert_checkpoint(now.size, signed)
        return signed

    def require(self, acknowledged: int) -> None:
        """Require the entries that a peer has acknowledged.

        Raises:
            LogCorruptError: there are fewer, so this log was put back.
        """
        if acknowledged > (size := self.size()):
            detail = locale.text(
                "entries of the log: {got}, should be {wanted} at least",
                got=size,
                wanted=acknowledged,
            )
            raise errors.LogCorruptError(detail=detail)

    def section(self, start: int, signer: note.Signer) -> LogSection:
        """Return a new checkpoint and the entries from *start*, which the peer acknowledged.

        Raises:
            LogCorruptError: the peer acknowledged more than there is, or see :meth:`checkpoint`.
            ValueError: *start* is negative, or see :meth:`checkpoint`.
        """
        self.require(start)
        signed = self.checkpoint(signer)
        size = checkpoint.open_checkpoint(signed, note.Vkey.of(signer)).size
        return LogSection(start, signed, self.entries(start, size))

    def keep_cosigned(self, witness: str, cosigned: Cosigned) -> None:
        """Store what the witness called *witness* has cosigned of this log; again changes nothing.

        Raises:
            LogCorruptError: it has cosigned more before.
            LogUnavailableError: it could not be stored.
        """
        with sqlite.transaction(self._connection):
            self._insert_cosigned(witness, cosigned)

    def was_cosigned(self, witness: str, size: int) -> bool:
        """Tell whether *witness* is known to have cosigned the first *size* entries."""
        query = "SELECT 1 FROM cosigned WHERE origin = ? AND witness = ? AND size = ?"
        row = self._connection.execute(query, (self.origin, witness, size)).fetchone()
        return row is not None and size <= self.size()
