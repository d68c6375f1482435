"""Step 8: what the sender says that it has seen of our own log (transfer-log.md, section 7).

The sender is the witness of our log: it cosigns the newest checkpoint of ours that it has taken
into its copy. Here that is held against what this station signed itself. Another root under
our key, or a checkpoint that we do not know, means that our log exists twice; less than the
sender had seen before means that the sender's state went back. The time in a cosignature is
the sender's clock's and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import (
    CosignatureError,
    LogNoteError,
    PeerMirrorDiffersError,
    WitnessStateLostError,
)
from mediabridge.locale import text
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import Cosigned, WitnessKey


class OwnLog(Protocol):
    """What this station knows of its own log."""

    @property
    def origin(self) -> str:
        """Its origin."""

    def size(self) -> int:
        """Return the number of entries."""

    def root(self, size: int) -> bytes:
        """Return the root of the first *size* entries, at most :meth:`size`."""

    def checkpoints(self, size: int) -> list[bytes]:
        """Return the checkpoints of *size* entries that were signed here, each a signed note."""


@dataclass(frozen=True)
class Witnessing:
    """Whose cosignature counts, on which log, and how far it had seen that log before."""

    witness: WitnessKey
    own: OwnLog
    before: int
    lost_from: int = 0
    """Of a restored station: how long its log was in the backup; 0 for any other."""

    def check(self, carried: CarriedLog) -> Cosigned | None:
        """Accept what *carried* says of our log; None where the sender has seen nothing of it.

        Nothing is told, either, where the sender speaks of entries that a restored station
        has lost: that is what the comparison with its peer is for, which goes by numbers.

        Raises:
            CosignatureError: missing, malformed, by another key, of another log or size.
            PeerMirrorDiffersError: this station never signed that checkpoint.
            WitnessStateLostError: the sender had seen more of our log before.
        """
        cosigned = self._opened(carried)
        size = cosigned.checkpoint.size if cosigned else 0
        if size != carried.peer_size:
            detail = text("entries: {got}, should be {wanted}", got=size, wanted=carried.peer_size)
            raise CosignatureError(detail=detail)
        if 0 < self.lost_from <= size:
            return None
        if cosigned is not None:
            self._check_ours(cosigned)
        if size < self.before:
            raise WitnessStateLostError(got=size, wanted=self.before)
        return cosigned

    def _opened(self, carried: CarriedLog) -> Cosigned | None:
        if carried.peer_checkpoint is None:
            return None
        try:
            data = carried.peer_checkpoint.encode("utf-8")
            cosigned = cosignature.open_cosigned(data, self.witness)
        except LogNoteError as error:
            raise CosignatureError(**error.facts) from error
        got, wanted = cosigned.checkpoint.origin, self.own.origin
        if got != wanted:
            detail = text("a log of {got}, should be {wanted}", got=got, wanted=wanted)
            raise CosignatureError(detail=detail)
        return cosigned

    def _check_ours(self, cosigned: Cosigned) -> None:
        """Refuse a checkpoint that is not, byte by byte, one that this station signed."""
        seen, size = cosigned.checkpoint, self.own.size()
        if seen.size > size:
            detail = text("entries of ours: {got} there, {wanted} here", got=seen.size, wanted=size)
            raise PeerMirrorDiffersError(detail=detail)
        root = self.own.root(seen.size)
        if seen.root != root:
            detail = text(
                "the root of {size} entries is {got} there, {wanted} here",
                size=seen.size,
                got=seen.root.hex(),
                wanted=root.hex(),
            )
            raise PeerMirrorDiffersError(detail=detail)
        if not any(cosigned.note.startswith(note) for note in self.own.checkpoints(seen.size)):
            detail = text("this station never signed its {size} entries like that", size=seen.size)
            raise PeerMirrorDiffersError(detail=detail)
