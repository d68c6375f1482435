"""The copy a station keeps of its peer's transfer log: evidence out of the peer's reach."""

from __future__ import annotations

from itertools import islice

from mediabridge import errors, locale, sqlite
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
