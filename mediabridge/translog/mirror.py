"""The copy a station keeps of its peer's transfer log: evidence out of the peer's reach."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from mediabridge import errors, locale, sqlite
from mediabridge.clock import to_rfc3339
from mediabridge.translog import checkpoint, cosignature, merkle, note
from mediabridge.translog.database import StoredLog
from mediabridge.translog.section import VerifiedSection


class PeerMirror(StoredLog):
    """All entries and checkpoints of one peer that passed the check.

    It is the ``known`` of :func:`mediabridge.translog.section.check_section`.
    """

    def keep(self, verified: VerifiedSection) -> None:
        """Store what is new in *verified* and its checkpoint, all or nothing.

        Keeping the same section again changes nothing.

        Raises:
            LogSectionError: the entries are not what they were when they were checked.
            LogUnavailableError: they could not be stored.
        """
        section, signed = verified.section, verified.checkpoint
        if signed.origin != self.origin:
            msg = f"a section of {signed.origin} for the mirror of {self.origin}"
            raise ValueError(msg)
        with sqlite.transaction(self._connection):
            frontier = self.frontier()
            for entry in islice(section.entries, frontier.size - section.start, None):
                self._insert_entry(frontier, entry)
            # The entries are read a second time here; the root binds them to what was checked.
            if (frontier.size, frontier.root()) != (signed.size, signed.root):
                detail = locale.text("the entries changed after they were checked")
                raise errors.LogSectionError(detail=detail)
            self._insert_checkpoint(signed.size, section.note)

    def cosign(self, signer: note.Signer, vkey: note.Vkey, time: datetime) -> bytes | None:
        """Return the newest checkpoint held, cosigned by *signer* at *time*; None before the first.

        *vkey* is the key of the peer's log. Store, then sign: what is going to be cosigned is on
        the disk before there is a signature, and nothing is that this copy does not bear out.

        Raises:
            LogCorruptError: this copy is not what the checkpoint promises, or was longer once.
            LogProofError: it does not continue what was cosigned before.
            LogNoteError: the log's key has not signed it.
            LogUnavailableError: it could not be stored.
        """
        with sqlite.transaction(self._connection):
            held = self.newest_checkpoint()
            if held is None:
                return None
            self._check_newest_promise()
            signed = checkpoint.open_checkpoint(held, vkey)
            self._check_continues(signed)
            row = (self.origin, signed.size, signed.root, to_rfc3339(time))
            self._connection.execute("INSERT INTO promise VALUES (?, ?, ?, ?)", row)
        return cosignature.cosign(held, signer, time)

    def _check_continues(self, signed: checkpoint.Checkpoint) -> None:
        """Refuse to cosign what does not continue the checkpoint that was cosigned last."""
        query = "SELECT size, root FROM promise WHERE origin = ? ORDER BY rowid DESC LIMIT 1"
        for size, root in self._rows(query):
            if signed.size < size:
                detail = locale.text(
                    "entries of the log: {got}, should be {wanted} at least",
                    got=signed.size,
                    wanted=size,
                )
                raise errors.LogCorruptError(detail=detail)
            proof = self.consistency_proof(size, signed.size)
            merkle.verify_consistency(size, signed.size, root, signed.root, proof)
