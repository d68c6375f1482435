"""The copy a station keeps of its peer's transfer log: evidence out of the peer's reach.

A peer that was restored from a backup continues a shorter log. Where its officers signed for
that (transfer-log.md, section 6), the copy gets another branch from there on. What the peer had
written before stays, as evidence of its own: nothing in a log is ever changed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from mediabridge import errors, locale
from mediabridge import sqlite as databases
from mediabridge.clock import to_rfc3339
from mediabridge.translog import checking, checkpoint, cosignature, merkle, note
from mediabridge.translog.database import BRANCH, StoredLog
from mediabridge.translog.section import Elsewhere, LogSection, VerifiedSection


@dataclass(frozen=True)
class Beginning:
    """The first *held* entries of a mirror, as that of a judgement."""

    mirror: PeerMirror
    held: int

    def size(self) -> int:
        """Return the number of entries held."""
        return self.held

    def frontier(self, size: int | None = None) -> merkle.Frontier:
        """Return the frontier of the first *size* entries held, or of all."""
        return self.mirror.frontier(self.held if size is None else size)

    def leaf_hash(self, index: int) -> bytes:
        """Return the leaf hash of entry *index*."""
        return self.mirror.leaf_hash(index)


class PeerMirror(StoredLog):
    """All entries and checkpoints of one peer that passed the check, on its newest branch.

    It is the mirror of :func:`mediabridge.translog.verdicts.judge`.
    """

    def _key_in_use(self) -> str:
        newest = max(self._branches(), default=0)
        return f"{self.origin}{BRANCH}{newest}" if newest else self.origin

    def branches(self) -> list[StoredLog]:
        """Return the branches that the peer has left, oldest first: evidence, and nothing else."""
        left = []
        for number in sorted({0, *self._branches()})[:-1]:
            log = StoredLog(self._connection, self.origin)
            log._key = f"{self.origin}{BRANCH}{number}" if number else self.origin  # noqa: SLF001 - of the same class
            left.append(log)
        return left

    def leaves_at(self, section: LogSection, size: int) -> bool:
        """Tell whether *section* says otherwise than the mirror from entry *size* on."""
        if not section.start <= size < self.size():
            return False
        next_one = next(islice(section.entries, size - section.start, None), None)
        return next_one is not None and merkle.leaf_hash(next_one) != self.leaf_hash(size)

    def keep(self, verified: VerifiedSection, elsewhere: Iterable[Elsewhere] = ()) -> None:
        """Store what is new in *verified*, its checkpoint and *elsewhere*, all or nothing.

        Keeping the same again changes nothing. Of what others have cosigned, which was found to
        be of this log, only what is more than before is kept.

        Raises:
            LogSectionError: the entries are not what they were when they were checked.
            LogUnavailableError: they could not be stored.
        """
        section, signed = verified.section, verified.checkpoint
        if signed.origin != self.origin:
            msg = f"a section of {signed.origin} for the mirror of {self.origin}"
            raise ValueError(msg)
        key = self._key
        try:
            with databases.transaction(self._connection):
                if verified.branch is not None:
                    self._begin_branch(verified.branch)
                self._keep(section, signed.size, signed.root)
                for each in elsewhere:
                    self._keep_elsewhere(each)
        except BaseException:
            self._key = key
            raise

    def _keep(self, section: LogSection, size: int, root: bytes) -> None:
        frontier = self.frontier()
        for entry in islice(section.entries, frontier.size - section.start, None):
            self._insert_entry(frontier, entry)
        # The entries are read a second time here; the root binds them to what was checked.
        if (frontier.size, frontier.root()) != (size, root):
            detail = locale.text("the entries changed after they were checked")
            raise errors.LogSectionError(detail=detail)
        self._insert_checkpoint(size, section.note)

    def _keep_elsewhere(self, told: Elsewhere) -> None:
        before = self.newest_cosigned(told.witness)
        if before is None or told.cosigned.checkpoint.size > before.size:
            self._insert_cosigned(told.witness, told.cosigned)

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
        with databases.transaction(self._connection):
            held = self.newest_checkpoint()
            if held is None:
                return None
            checking.check_newest_promise(self)
            signed = checkpoint.open_checkpoint(held, vkey)
            self._check_continues(signed)
            row = (self._key, signed.size, signed.root, to_rfc3339(time))
            self._connection.execute("INSERT INTO promise VALUES (?, ?, ?, ?)", row)
        return cosignature.cosign(held, signer, time)

    def _check_continues(self, signed: checkpoint.Checkpoint) -> None:
        """Refuse to cosign what does not continue the checkpoint that was cosigned last."""
        query = "SELECT size, root FROM promise WHERE origin = ? ORDER BY rowid DESC LIMIT 1"
        for size, root in self.rows(query):
            if signed.size < size:
                detail = locale.text(
                    "entries of the log: {got}, should be {wanted} at least",
                    got=signed.size,
                    wanted=size,
                )
                raise errors.LogCorruptError(detail=detail)
            proof = self.consistency_proof(size, signed.size)
            merkle.verify_consistency(size, signed.size, root, signed.root, proof)

    def _begin_branch(self, size: int) -> None:
        """Copy the first *size* entries; what follows them goes on from these."""
        shared = self.entries(0, size)
        self._key = f"{self.origin}{BRANCH}{max(self._branches(), default=0) + 1}"
        frontier = merkle.Frontier()
        for entry in shared:
            self._insert_entry(frontier, entry)

    def _branches(self) -> list[int]:
        # The triggers' index is by origin; what is not a branch of this log is not gone through.
        query = "SELECT DISTINCT origin FROM checkpoint WHERE origin >= ? AND origin < ?"
        beginning, after = f"{self.origin}{BRANCH}", f"{self.origin}{chr(ord(BRANCH) + 1)}"
        rows = self._connection.execute(query, (beginning, after)).fetchall()
        return [int(origin.removeprefix(beginning)) for (origin,) in rows]
