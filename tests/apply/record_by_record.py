"""The writer of a bundle as plainly as it can be written: a statement for each row, at once.

Whatever an adapter does for many notices together has to leave what this leaves. It does not
share with them how a notice changes a record, nor how rows are spelt.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from mediabridge.apply.changing import Told
from mediabridge.apply.journal import FirstOutcome, JournalEntry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Decision
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.apply.texts import NoticeTexts
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.values import Operation

OF_A_CATEGORY = (
    "card_number", "status_of_residence", "period_years", "period_months", "period_days",
    "period_of_stay_expiration_date", "landing_period_until", "provisional_stay_until",
)  # fmt: skip
IDENTITY = ("name_roman", "name_kanji", "birth_date", "sex", "nationality_region")


@contextmanager
def by_the_rules_alone() -> Iterator[None]:
    """Ask the rules about every notice, also about those that are plainly news."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mediabridge.apply.apply.plain_change", lambda *_: None)
        yield


class PlainRegistry(SqliteRegistry):
    """A registry file that is written record by record."""

    @contextmanager
    def write_bundle(self) -> Iterator[PlainWriter]:  # type: ignore[override]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield PlainWriter(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class PlainWriter:
    """Writes at once, and asks the tables each time."""

    hands_over = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._number = self._one("SELECT count(*) + 1 FROM journal")[0]
        self._position = 0

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()

    def _insert(self, table: str, *row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - ours

    def expect(self, notices: Sequence[NoticeTexts]) -> None:
        """Each comes soon enough."""

    def first_outcome(self, record_id: str, content: bytes) -> FirstOutcome | None:
        query = """
            SELECT content, journal_number, position, result, reason, next_municipality_code
            FROM outcome WHERE record_id = ? ORDER BY content != ?, journal_number, position
        """
        first = self._one(query, record_id, content)
        if first is None:
            return None
        query = """
            SELECT result, reason, next_municipality_code FROM decision
            WHERE journal_number = ? AND position = ? ORDER BY number DESC
        """
        result, reason, code = self._one(query, *first[1:3]) or first[3:]
        decision = Decision(Result.of(result), reason and ApplyReason[reason], None, code)
        return FirstOutcome(first[0] == content, decision)

    def find_by_card(self, number: str) -> Found | None:
        query = """
            SELECT resident.* FROM card JOIN resident ON resident.id = card.resident_id
            WHERE card.card_number = :number ORDER BY resident.card_number IS NOT :number,
                resident.state != 'resident', resident.id DESC
        """
        row = self._connection.execute(query, {"number": number}).fetchone()
        return None if row is None else Found(Resident(*row), row[2] == number)

    def outcome(self, notice: IsaNotice, _content: bytes, decision: Decision) -> None:
        self._position += 1
        reason = None if decision.reason is None else decision.reason.name
        self._insert(
            "outcome", self._number, self._position, notice.notice_id, "isa_notice",
            decision.result.value, reason, decision.next_municipality_code, digest(notice),
        )  # fmt: skip

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        if decision.result is Result.APPLIED:
            assert decision.change is not None
            self._change(notice, decision.change.before)
        elif decision.result is Result.HELD:
            self._hold(notice, decision)

    def _change(self, notice: IsaNotice, resident: Resident) -> None:
        before = resident._asdict()
        changed = {
            name: new for name, new in entered(notice, before).items() if new != before[name]
        }
        code, operation = notice.event_code.value, notice.operation_hint.value
        if operation == Operation.NOTE:
            self._insert("note", notice.notice_id, resident.id, code, str(notice.event_date))
        for name, new in changed.items():
            query = f"UPDATE resident SET {name} = ? WHERE id = ?"  # noqa: S608 - ours
            self._connection.execute(query, (new, resident.id))
        if changed.get("card_number") is not None:
            self._connection.execute(
                "INSERT OR IGNORE INTO card VALUES (?, ?)", (changed["card_number"], resident.id)
            )
        in_order = [name for name in before if name in changed]
        texts = (
            json.dumps({name: side[name] for name in in_order}, ensure_ascii=False)
            for side in (before, changed)
        )
        where = (self._number, self._position, 0)
        self._insert("history", *where, resident.id, code, operation, *texts)

    def _hold(self, notice: IsaNotice, decision: Decision) -> None:
        assert decision.reason is not None
        where = (self._number, self._position)
        text = notice.model_dump_json(exclude_none=True)
        self._insert("held", *where, decision.reason.name, text)
        signs = {notice.prior_card_number, notice.get("card_number")} - {None}
        for sign in signs | {f"{notice.birth_date} {notice.nationality_region}"}:
            self._insert("held_sign", sign, *where)

    def journal(self, entry: JournalEntry) -> None:
        bundle = entry.bundle
        self._insert(
            "journal", self._number, bundle.bundle_id, bundle.route.sender,
            bundle.route.receiver, bundle.seq, bundle.sums_sha256, entry.applied_at,
            entry.decided_by, json.dumps(entry.counts.by_result),
        )  # fmt: skip


def digest(notice: Told) -> bytes:
    """What tells two records with one id apart; stations have it in their registries."""
    text = "\0".join(
        "{}={}".format(name, value)  # noqa: UP032 - plainly
        for name, value in notice
        if value is not None
    )
    return hashlib.sha256(text.encode()).digest()


def entered(notice: IsaNotice, before: dict[str, Any]) -> dict[str, Any]:
    """The items of a record that *notice* sets, changed or not."""
    if notice.operation_hint is Operation.NOTE:
        return {}
    event_date = notice.event_date.isoformat()
    new = {
        "last_event_date": max(event_date, before["last_event_date"] or event_date),
        "last_issued_at": notice.issued_at.isoformat(),
        "last_sequence": notice.sequence,
    }
    if notice.operation_hint is Operation.DELETION:
        return new | {"state": "deleted"}
    new["art30_45_category"] = notice.art30_45_category.value
    new |= {name: _spelt(notice.get(name)) for name in OF_A_CATEGORY}
    years = new["period_years"]
    new["period_years"] = None if years is None else str(years)
    told = {name: _spelt(notice.get(name)) for name in IDENTITY}
    told["birth_date"], told["sex"] = str(notice.birth_date), notice.sex.value
    if notice.event_code.value not in {"N05", "N14", "N17"}:
        for name in ("name_roman", "name_kanji"):
            told[name] = told[name] or before[name]
        if before["birth_date"].count("-00") <= told["birth_date"].count("-00"):
            told["birth_date"] = before["birth_date"]
        if told["sex"] == "9":
            told["sex"] = before["sex"]
    return new | told


def _spelt(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
