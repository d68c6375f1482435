"""The order in which a bundle's notices are applied: that of their issue, not of their rows.

Two notices of one person may stand in a file in any order, and a day may come in two
files. Whoever applied them as they stand would leave the older card in force.

They are judged once, when the bundle is checked, and wait in a file until they are applied: in
runs, as long as they come in their order, which nearly all do, and one by one where they do
not. What comes back is what was judged: each run, and each notice by itself, has a code over
itself and its place, with a key that only this process has; all of them come, and none comes
twice.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from hashlib import blake2b
from heapq import merge
from itertools import pairwise, starmap
from operator import gt, itemgetter
from pathlib import Path
from typing import Any, Final

from mediabridge import sqlite
from mediabridge.apply.texts import NoticeTexts, places_of
from mediabridge.config import APPLY_BATCH
from mediabridge.errors import DiskFailedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.progress import Progress, counting
from mediabridge.records.compact import texts_of

_FILE: Final = "in-order.sqlite"
_CODE_BYTES: Final = 16

# The key is the order, so that SQLite never sorts in temporary files outside our folder.
_TABLES: Final = (
    "CREATE TABLE run (number INTEGER PRIMARY KEY, first INTEGER, records TEXT, code BLOB)",
    """
    CREATE TABLE notice (
        issued_at TEXT, sequence INTEGER, position INTEGER, record TEXT, code BLOB,
        PRIMARY KEY (issued_at, sequence, position)
    ) WITHOUT ROWID
    """,
)
_FOR_US_ALONE: Final = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN")
_KEEP_RUN: Final = "INSERT INTO run VALUES (?, ?, ?, ?)"
_KEEP: Final = "INSERT INTO notice VALUES (?, ?, ?, ?, ?)"
_RUNS: Final = "SELECT number, first, records, code FROM run ORDER BY number"
_SINGLE: Final = "SELECT * FROM notice ORDER BY issued_at, sequence, position"

_write: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read: Final = json.JSONDecoder().decode

_moment: Final = itemgetter(*places_of("issued_at", "sequence"))

Moment = tuple[str, int]
Place = tuple[str, int, int]
"""When a notice was issued, its running number, and which it was of all that came."""

_BEFORE_ALL: Final[Place] = ("", 0, 0)


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
        self._count = self._runs = self._single = 0
        self._newest: Moment = _BEFORE_ALL[:2]

    def keep(self, kind: Kind, columns: Mapping[str, Sequence[str]]) -> None:
        """Keep the rows of *columns*, which were found right, if they are the agency's notices.

        Raises:
            DiskFullError, DiskReadOnlyError, DiskFailedError: the folder cannot be written.
        """
        if kind is not Kind.ISA_NOTICE:
            return
        # Every time is Japanese time, so the order of the texts is that of the times.
        moments = list(zip(columns["issued_at"], map(int, columns["sequence"]), strict=True))
        texts = list(texts_of(kind, columns))
        if any(starmap(gt, pairwise([self._newest, *moments]))):
            self._keep_each(moments, texts)
        else:
            self._keep_run(texts)
            self._newest = moments[-1]
        self._count += len(texts)

    def _keep_run(self, texts: Sequence[Sequence[str | None]]) -> None:
        records = _write(texts)
        code = self._code("run", self._runs, self._count, records)
        self._open().execute(_KEEP_RUN, (self._runs, self._count, records, code))
        self._runs += 1

    def _keep_each(self, moments: Sequence[Moment], texts: Sequence[Sequence[str | None]]) -> None:
        places = ((*each, position) for position, each in enumerate(moments, self._count))
        records = list(map(_write, texts))
        rows = ((*at, one, self._code(*at, one)) for at, one in zip(places, records, strict=True))
        self._open().executemany(_KEEP, rows)
        self._single += len(texts)

    def as_issued(self, progress: Progress) -> Iterator[NoticeTexts]:
        """Yield the notices by issued_at, then sequence, then as they came.

        Raises:
            DiskFailedError: what is read is not what was kept, or cannot be read.
        """
        label = n_("Applying the records")
        return counting(self._all(), progress, label, self._count, at_once=APPLY_BATCH)

    def _all(self) -> Iterator[NoticeTexts]:
        if self._single:
            both = merge(self._placed(), self._one_by_one(), key=itemgetter(0))
            yield from map(itemgetter(1), both)
        else:
            for _first, run in self._in_runs():
                yield from run

    def _in_runs(self) -> Iterator[tuple[int, list[NoticeTexts]]]:
        """Yield each run with the place of its first notice among all that came."""
        expected = 0
        for number, first, records, code in self._rows(_RUNS):
            if number != expected or self._code("run", number, first, records) != code:
                raise _altered()
            expected += 1
            yield first, list(map(NoticeTexts, _read(records)))
        if expected != self._runs:
            raise _altered()

    def _placed(self) -> Iterator[tuple[Place, NoticeTexts]]:
        """Yield the notices of all runs with their places."""
        for first, run in self._in_runs():
            for position, texts in enumerate(run, first):
                moment, sequence = _moment(texts)
                yield (moment, int(sequence), position), texts

    def _one_by_one(self) -> Iterator[tuple[Place, NoticeTexts]]:
        """Yield with their places the notices that are in no run."""
        last, left = _BEFORE_ALL, self._single
        for *at, record, code in self._rows(_SINGLE):
            place = at[0], at[1], at[2]
            if place <= last or self._code(*place, record) != code:
                raise _altered()
            last, left = place, left - 1
            yield place, NoticeTexts(_read(record))
        if left:
            raise _altered()

    def _code(self, *kept: str | int) -> bytes:
        said = " ".join(map(str, kept)).encode()
        return blake2b(said, key=self._key, digest_size=_CODE_BYTES).digest()

    def _rows(self, query: str) -> Iterable[Sequence[Any]]:
        return self._file.execute(query) if self._file else ()

    def _open(self) -> sqlite.Connection:
        if self._file is None:
            self._file = sqlite.scratch(self._path)
            self.enter_context(closing(self._file))
            for statement in (*_FOR_US_ALONE, *_TABLES):
                self._file.execute(statement)
        return self._file


def _altered() -> DiskFailedError:
    return DiskFailedError(name=_FILE, detail=os.strerror(errno.EIO))
