"""Writing one bundle: its outcomes into our memory, its notices into a file for the vendor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from mediabridge.apply.dropfolder.handing import Hand
from mediabridge.apply.dropfolder.profile import Profile
from mediabridge.apply.dropfolder.sheet import Sheet, open_sheet
from mediabridge.apply.journal import JournalEntry
from mediabridge.apply.rules import Decision
from mediabridge.apply.sqlite.writer import SqliteBundleWriter
from mediabridge.records.model import IsaNotice, Result


class DropFolderBundleWriter(SqliteBundleWriter):
    """What one bundle writes; valid inside ``DropFolderRegistry.write_bundle`` only."""

    hands_over = True

    def __init__(self, connection: sqlite3.Connection, profile: Profile, hand: Hand) -> None:
        """Write outcomes in the open transaction of *connection*, and a file for *hand*."""
        super().__init__(connection)
        self._profile, self._hand = profile, hand
        self._file = ExitStack()
        self._sheet: Sheet | None = None

    @contextmanager
    def growing(self) -> Iterator[None]:
        """Let go of the file, whole or not, at the end of the block."""
        with self._file:
            yield

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Write a notice that is handed over into the file; a bundle without any has none."""
        if decision.result is not Result.HANDED_OVER:
            return
        if self._sheet is None:
            output = self._file.enter_context(self._hand.growing())
            self._sheet = open_sheet(output, self._profile)
        self._sheet.add(notice)

    def journal(self, entry: JournalEntry) -> None:
        """Finish the file, then note that the bundle was taken."""
        if self._sheet is not None:
            self._sheet.close()
            self._file.close()
            self._hand.ready(entry.bundle.bundle_id)
        super().journal(entry)
