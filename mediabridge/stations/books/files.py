"""Collected files, their records, and which bundle carries them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice

from mediabridge.config import APPLY_BATCH
from mediabridge.kinds import Kind
from mediabridge.stations.books.rows import BundleState, ClosedRecord, InboxRow, OwnRecord
from mediabridge.stations.books.totals import ANSWERED, ENTERED, OPEN, added_up
from mediabridge.stations.books.understanding import understood

CARRIED = """
    SELECT file FROM inbox WHERE bundle = :bundle
    UNION SELECT file FROM carried_once WHERE bundle = :bundle
"""
_SET = """
    SET result = :result, reason = :reason, next_municipality = :next_municipality,
        decided_at = :decided_at, supplement = :supplement
"""
# A later decision is entered above what was left open, and above an earlier decision.
_STANDS_ABOVE = "supplement < :supplement AND (supplement > 0 OR result IN ('held', 'handed_over'))"
_CLOSE_ANYWHERE = f"""
    UPDATE records {_SET}
    WHERE kind = :kind AND record = :record AND (result IS NULL OR {_STANDS_ABOVE})
"""
# Also what a void bundle carried that was issued anew since: it may have arrived all the same.
_CLOSE = f"""
    UPDATE records {_SET}
    WHERE kind = :kind AND record = :record AND {{fresh}} AND file IN ({CARRIED})
"""
_CLOSE_TOGETHER = f"""
    UPDATE records {_SET}
    WHERE kind = :kind AND record IN (SELECT value FROM json_each(:record))
        AND {{fresh}} AND file IN ({CARRIED})
"""  # noqa: S608 - fixed texts
# A record that its file repeats: one line for each time, each closing one of them.
_CLOSE_REPEAT = f"""
    UPDATE repeats {_SET}
    WHERE (kind, record, file) IN (
        SELECT kind, record, file FROM repeats
        WHERE kind = :kind AND record = :record AND file IN ({CARRIED}) AND {{fresh}}
        ORDER BY file LIMIT 1
    ) AND (:supplement = 0 OR NOT EXISTS (
        SELECT 1 FROM records WHERE kind = :kind AND record = :record AND file IN ({CARRIED})
    ))
"""  # noqa: S608 - fixed texts
_REOPEN = """
    UPDATE {table} SET result = NULL, reason = NULL, next_municipality = NULL,
        decided_at = NULL, supplement = 0
    WHERE file IN (SELECT file FROM inbox WHERE bundle = ?)
"""
_REOPEN_DECIDED = f"""
    UPDATE {{table}} SET result = 'held', reason = NULL, next_municipality = NULL,
        supplement = :supplement - 1
    WHERE supplement >= :supplement AND file IN ({CARRIED})
"""  # noqa: S608 - fixed texts
# One statement for many: SQLite prepares for going back by each statement, not by each row.
_ENTER = """
    INSERT OR IGNORE INTO records (kind, record, file)
    SELECT ?, value, ? FROM json_each(?)
"""
_REPEATED = """
    INSERT INTO repeats (kind, record, file)
    SELECT kind, record, new FROM (SELECT ? AS of, ? AS id, ? AS new)
    JOIN records ON records.kind = of AND record = id AND file <> new
"""
_OWN = """
    SELECT records.kind AS kind, record, inbox.bundle AS bundle, seq, result, reason,
        next_municipality, decided_at AS decided_at, supplement
    FROM records JOIN inbox USING (file) JOIN bundles ON bundles.bundle = inbox.bundle
    WHERE {records}
    UNION ALL
    SELECT repeats.kind, record, inbox.bundle, seq, result, reason,
        next_municipality, decided_at, supplement
    FROM repeats JOIN inbox USING (file) JOIN bundles ON bundles.bundle = inbox.bundle
    -- The same record once more is no news; its number with other content is.
    WHERE {repeats} AND result = 'rejected' AND NOT EXISTS (
        SELECT 1 FROM records AS first
        WHERE (first.kind, first.record) = (repeats.kind, repeats.record)
        AND first.result = 'rejected'
    )
    ORDER BY decided_at, seq, record
"""
_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class CollectedFiles:
    """Collected files, their records, and which bundle carries them."""

    _db: sqlite3.Connection

    def add_file(self, row: InboxRow, *, collected_at: str, actor: str) -> None:
        """Enter a collected file; call within :meth:`transaction`."""
        self._db.execute(
            "INSERT INTO inbox (file, kind, records, events, tables, collected_at, actor, notices)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.file,
                row.kind,
                row.records,
                json.dumps(row.events),
                row.tables,
                collected_at,
                actor,
                json.dumps(row.notices),
            ),
        )

    def add_records(self, file: str, kind: str, records: Iterable[str]) -> None:
        """Enter the record ids of *file*; a record collected before keeps its first entry.

        A file that was collected holds each id once.
        """
        coming = iter(records)
        with added_up(self._db, ENTERED) as grown:
            while batch := list(islice(coming, APPLY_BATCH)):
                entered = self._db.execute(_ENTER, (kind, file, json.dumps(batch))).rowcount
                grown[OPEN] += entered
                if entered < len(batch):
                    self._db.executemany(_REPEATED, ((kind, record, file) for record in batch))

    def remove_file(self, file: str) -> None:
        """Forget a file that no bundle carries, and the records that only it holds."""
        self._db.execute("DELETE FROM repeats WHERE file = ?", (file,))
        # A record that another file holds as well was entered under the first of them.
        moved = self._db.execute(
            "UPDATE records SET file = (SELECT min(repeats.file) FROM repeats"
            " WHERE (repeats.kind, repeats.record) = (records.kind, records.record))"
            " WHERE file = ? AND EXISTS (SELECT 1 FROM repeats"
            " WHERE (repeats.kind, repeats.record) = (records.kind, records.record))"
            " RETURNING kind, record, file",
            (file,),
        ).fetchall()
        self._db.executemany(
            "DELETE FROM repeats WHERE kind = ? AND record = ? AND file = ?", moved
        )
        self._db.execute("DELETE FROM records WHERE file = ?", (file,))
        self._db.execute("DELETE FROM inbox WHERE file = ? AND bundle IS NULL", (file,))

    def has_file(self, file: str) -> bool:
        """Tell whether *file* was collected before."""
        return (
            self._db.execute("SELECT 1 FROM inbox WHERE file = ?", (file,)).fetchone() is not None
        )

    def carrier_of(self, file: str) -> str | None:
        """Return the bundle that carries the collected *file*, or None while it waits."""
        row = self._db.execute("SELECT bundle FROM inbox WHERE file = ?", (file,)).fetchone()
        return row[0] if row else None

    def waiting_files(self) -> list[InboxRow]:
        """Return collected files that no bundle carries yet, oldest first."""
        rows = self._db.execute(
            "SELECT file, kind, records, events, tables FROM inbox"
            " WHERE bundle IS NULL ORDER BY kind, collected_at, file"
        )
        with understood("inbox"):
            return [
                InboxRow(file, kind, count, json.loads(events), tables)
                for file, kind, count, events, tables in rows
            ]

    def files_in(self, bundle: str) -> list[str]:
        """Return the collected files that *bundle* carries."""
        rows = self._db.execute("SELECT file FROM inbox WHERE bundle = ? ORDER BY file", (bundle,))
        return [file for (file,) in rows]

    def delivered_in(self, file: str) -> str | None:
        """Return the bundle that carries the collected *file*, if it has its receipt."""
        row = self._db.execute(
            "SELECT bundle FROM inbox JOIN bundles USING (bundle) WHERE file = ? AND state = ?",
            (file, BundleState.DELIVERED),
        ).fetchone()
        return row[0] if row else None

    def notices_in(self, bundle: str) -> dict[str, int]:
        """Return what in *bundle* was accepted and is worth a look, code to count."""
        counts: Counter[str] = Counter()
        for (notices,) in self._db.execute("SELECT notices FROM inbox WHERE bundle = ?", (bundle,)):
            with understood("inbox"):
                counts.update(
                    {code: int(count) for code, count in dict(json.loads(notices)).items()}
                )
        return dict(sorted(counts.items()))

    def seal_files(self, bundle: str, files: Iterable[str]) -> None:
        """Note which bundle carries *files*."""
        self._db.executemany(
            "UPDATE inbox SET bundle = ? WHERE file = ?", ((bundle, file) for file in files)
        )

    def close_records(
        self, bundle: str, outcomes: Iterable[ClosedRecord], decided_at: str, supplement: int = 0
    ) -> None:
        """Enter what a receipt says of records that *bundle* carried.

        A receipt has no say about records of another bundle. The answer to the bundle, which
        is *supplement* 0, is entered once; a later decision on a record stands above it and
        above every earlier decision, in whatever order they come.
        """
        same = {"bundle": bundle, "decided_at": decided_at, "supplement": supplement}
        fresh = _STANDS_ABOVE if supplement else "result IS NULL"
        told = iter(outcomes)
        # What the answer to the bundle closes was open; later decisions leave it to the trigger.
        grows: AbstractContextManager[Counter[str]] = (
            nullcontext(Counter()) if supplement else added_up(self._db, ANSWERED)
        )
        with grows as grown:
            while batch := list(islice(told, APPLY_BATCH)):
                closed = self._close_together(batch, same, fresh)
                if closed is None:
                    closed = self._close_each(batch, same, fresh)
                grown.update(closed)
                grown[OPEN] -= closed.total()

    def _close_together(
        self, outcomes: Sequence[ClosedRecord], same: Mapping[str, object], fresh: str
    ) -> Counter[str] | None:
        """Close the records of *outcomes* if each is one that its file does not repeat.

        Returns how many have each result; None, and changes nothing, where it is not so.
        """
        close = _CLOSE_TOGETHER.format(fresh=fresh)
        # Of most of them the same is said.
        said: dict[tuple[str, str, str | None, str | None], list[str]] = {}
        for kind, record, result, reason, code in outcomes:
            said.setdefault((kind, result, reason, code), []).append(record)
        self._db.execute("SAVEPOINT together")
        closed: Counter[str] = Counter()
        for (kind, result, reason, code), records in said.items():
            all_of_them = ClosedRecord(kind, json.dumps(records), result, reason, code)
            closed[result] += self._db.execute(close, {**all_of_them._asdict(), **same}).rowcount
        whole = closed.total() == len(outcomes)
        if not whole:
            self._db.execute("ROLLBACK TO together")
        self._db.execute("RELEASE together")
        return closed if whole else None

    def _close_each(
        self, outcomes: Iterable[ClosedRecord], same: Mapping[str, object], fresh: str
    ) -> Counter[str]:
        """Close what can be closed of *outcomes*; return how many records have each result."""
        close, close_repeat = _CLOSE.format(fresh=fresh), _CLOSE_REPEAT.format(fresh=fresh)
        closed: Counter[str] = Counter()
        for each in outcomes:
            values = {**each._asdict(), **same}
            if self._db.execute(close, values).rowcount:
                closed[each.result] += 1
            else:
                self._db.execute(close_repeat, values)
        return closed

    def close_collected_anew(
        self, outcomes: Iterable[ClosedRecord], decided_at: str, supplement: int
    ) -> None:
        """Enter a later decision that speaks of a bundle which is unknown here.

        Its records may have been collected once more: they are closed whatever carries them now,
        and also before that is answered.
        """
        same = {"decided_at": decided_at, "supplement": supplement}
        for each in outcomes:
            self._db.execute(_CLOSE_ANYWHERE, {**each._asdict(), **same})

    def reopen_records(self, bundle: str) -> None:
        """Forget every answer to the records that *bundle* carries."""
        for table in ("records", "repeats"):
            self._db.execute(_REOPEN.format(table=table), (bundle,))

    def reopen_decided(self, bundle: str, supplement: int) -> None:
        """Let records of *bundle* wait again that decision *supplement* or a later one closed."""
        for table in ("records", "repeats"):
            values = {"bundle": bundle, "supplement": supplement}
            self._db.execute(_REOPEN_DECIDED.format(table=table), values)

    def closed_by(self, bundle: str, kind: str, record: str) -> tuple[str | None, int] | None:
        """Return result and supplement of a record that *bundle* carried; None if it did not."""
        row = self._db.execute(
            "SELECT result, supplement FROM records"  # noqa: S608 - fixed texts
            f" WHERE kind = :kind AND record = :record AND file IN ({CARRIED})",
            {"kind": kind, "record": record, "bundle": bundle},
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def own_record(self, record: str) -> Iterator[OwnRecord]:
        """Yield what is known of the record of this id in bundles sent from here."""
        # Its key begins with the kind.
        where = f"{{table}}.kind IN ({_KINDS}) AND record = :record"
        yield from self._own(where, record=record)

    def returned_records(self, results: Iterable[str]) -> Iterator[OwnRecord]:
        """Yield the records of bundles sent from here that had one of these *results* of ours."""
        # Spelt as the index of the schema is, or it is not used.
        listed = ", ".join(f"'{each}'" for each in results)
        yield from self._own(f"result IN ({listed})")

    def _own(self, where: str, **values: str) -> Iterator[OwnRecord]:
        query = _OWN.format(
            **{table: where.format(table=table) for table in ("records", "repeats")}
        )
        for row in self._db.execute(query, values):
            yield OwnRecord(*row)

    def outcome_counts(self, bundle: str | None = None) -> dict[str, int]:
        """Return how many own records had each result; ``open`` where no receipt is in yet."""
        if bundle is None:
            rows = self._db.execute("SELECT result, records FROM totals WHERE records ORDER BY 1")
        else:
            rows = self._db.execute(
                "SELECT coalesce(result, 'open'), count(*) FROM records JOIN inbox USING (file)"
                " WHERE inbox.bundle = ? GROUP BY 1 ORDER BY 1",
                (bundle,),
            )
        return dict(rows)

    def records_of(self, bundle: str) -> Iterator[tuple[str, str, str | None, str | None]]:
        """Yield ``(kind, record, result, reason)`` for the own records in *bundle*."""
        yield from self._db.execute(
            "SELECT records.kind, record, result, reason FROM records JOIN inbox USING (file)"
            " WHERE inbox.bundle = ? ORDER BY records.kind, record",
            (bundle,),
        )

    def carried_by(self, bundle: str) -> Generator[tuple[str, str, int], None, None]:
        """Yield ``(kind, record, times)`` for everything in *bundle*, in that order.

        A record is there more than once when several of its files hold it.
        """
        rows = self._db.execute(
            f"WITH carried AS ({CARRIED}) SELECT kind, record, count(*) FROM ("  # noqa: S608 - fixed texts
            " SELECT kind, record FROM records JOIN carried USING (file)"
            " UNION ALL"
            " SELECT kind, record FROM repeats JOIN carried USING (file)"
            ") GROUP BY kind, record ORDER BY kind, record",
            {"bundle": bundle},
        )
        while batch := rows.fetchmany(APPLY_BATCH):
            yield from batch
