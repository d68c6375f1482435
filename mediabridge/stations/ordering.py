"""The order in which a bundle's notices are applied: that of their issue, not of their rows.

Two notices of one person may stand in a file in any order, and a day may come in two
files. Whoever applied them as they stand would leave the older card in force.

They are judged once, when the bundle is checked, and wait in a file until they are applied.
What comes back is what was judged: each has a code over itself and its place, with a key that
only this process has; all of them come, and none comes twice.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, cast

from mediabridge import sqlite
from mediabridge.config import APPLY_BATCH
from mediabridge.errors import DiskFailedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.progress import Progress
from mediabridge.records.compact import Unpacker, packed
from mediabridge.records.model import IsaNotice

_FILE: Final = "in-order.sqlite"
_CODE_BYTES: Final = 16

# The key is the order, so that SQLite never sorts in temporary files outside our folder.
_TABLE: Final = """
    CREATE TABLE notice (
        issued_at TEXT, sequence INTEGER, position INTEGER, record TEXT, code BLOB,
        PRIMARY KEY (issued_at, sequence, position)
    ) WITHOUT ROWID
"""
_KEEP: Final = "INSERT INTO notice VALUES (?, ?, ?, ?, ?)"
_IN_ORDER: Final = "SELECT * FROM notice ORDER BY issued_at, sequence, position"

_BEFORE_ALL: Final = ("", 0, 0)


class InOrder(ExitStack):
    """The notices of one bundle, from when they are checked until they are applied.

    They are kept in a file in a folder that is the caller's to wipe: memory does not grow
    with them, and they lie nowhere but beside the decrypted records they come from. Use it in
    a ``with`` statement.
    """

    def __init__(self, folder: Path) -> None:
        """Keep notices in *folder*; there is no file before the first of them."""
        super().__init__()
        self._path = folder / _FILE
        self._file: sqlite.Connection | None = None
        self._key = secrets.token_bytes(blake2b.MAX_KEY_SIZE)
        self._count = self._size = 0

    def keep(self, kind: Kind, columns: Mapping[str, Sequence[str]]) -> None:
        """Keep the rows of *columns*, which were found right, if they are the agency's notices.

        Raises:
            DiskFullError, DiskReadOnlyError, DiskFailedError: the folder cannot be written.
        """
        if kind is Kind.ISA_NOTICE:
            places = zip(columns["issued_at"], map(int, columns["sequence"]), strict=True)
            rows = map(self._row, places, packed(kind, columns))
            self._open().executemany(_KEEP, rows)

    def as_issued(self, progress: Progress) -> Iterator[IsaNotice]:
        """Yield the notices by issued_at, then sequence, then as they came.

        Raises:
            DiskFailedError: what is read is not what was kept, or cannot be read.
        """
        progress.start(n_("Applying the records"), self._size)
        unpacked = Unpacker(Kind.ISA_NOTICE)
        last, left, told = _BEFORE_ALL, self._count, 0
        for moment, sequence, position, record, code in self._rows():
            place = moment, sequence, position
            if place <= last or self._code(*place, record) != code:
                raise _altered()
            last, left, told = place, left - 1, told + len(record)
            if left % APPLY_BATCH == 0:
                progress.advance(told)
                told = 0
            yield cast("IsaNotice", unpacked(record))
        if left:
            raise _altered()
        progress.finish()

    def _row(self, at: tuple[str, int], record: str) -> tuple[str, int, int, str, bytes]:
        # Every time is Japanese time, so the order of the texts is that of the times.
        place = *at, self._count
        self._count += 1
        self._size += len(record)
        return *place, record, self._code(*place, record)

    def _code(self, moment: str, sequence: int, position: int, record: str) -> bytes:
        kept = f"{moment} {sequence} {position} {record}".encode()
        return blake2b(kept, key=self._key, digest_size=_CODE_BYTES).digest()

    def _rows(self) -> Iterable[Sequence[Any]]:
        return self._file.execute(_IN_ORDER) if self._file else ()

    def _open(self) -> sqlite.Connection:
        if self._file is None:
            self._file = sqlite.scratch(self._path)
            self.enter_context(closing(self._file))
            for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
                self._file.execute(statement)
            self._file.execute(_TABLE)
        return self._file


def _altered() -> DiskFailedError:
    return DiskFailedError(name=_FILE, detail=os.strerror(errno.EIO))
