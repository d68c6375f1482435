"""A code table in memory: plain dictionaries, made once, read often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mediabridge.records.codes.municipality import has_valid_check_digit, municipality_check_digit
from mediabridge.records.codes.problems import Fault, Problem
from mediabridge.records.codes.schema import COMMON, SCHEMAS, Schema
from mediabridge.records.codes.tablefile import Certainty, Provenance, TableFile

_FIXED: Final = ("code", *COMMON)


@dataclass(frozen=True, slots=True)
class Entry:
    """One code and what it means."""

    code: str
    name_ja: str
    name_en: str
    juki_code: str
    """The site's own resident-registry code; empty until the site fills it."""

    valid_from: date | None
    """First day in force; None when it was in force before these records began."""

    valid_until: date | None
    """Last day in force; None while it is in force."""

    extra: Mapping[str, str]
    """The columns only this table has."""

    def in_force(self, on: date) -> bool:
        """Tell whether the code is in force on the day *on*."""
        if self.valid_from is not None and on < self.valid_from:
            return False
        return self.valid_until is None or on <= self.valid_until

    def as_json(self) -> dict[str, str]:
        """Return the cells of the entry, as the file has them, as a JSON object."""
        return {
            "code": self.code,
            "name_ja": self.name_ja,
            "name_en": self.name_en,
            "juki_code": self.juki_code,
            "valid_from": self.valid_from.isoformat() if self.valid_from else "",
            "valid_until": self.valid_until.isoformat() if self.valid_until else "",
            **self.extra,
        }


@dataclass(frozen=True)
class CodeTable:
    """All entries of one table, and how far they can be relied on."""

    provenance: Provenance
    certainty: Mapping[str, Certainty]
    """Per column; a column that is not ``official`` must not be shown as official."""

    entries: dict[str, Entry]
    """By code, in the order of the file; read it directly in hot paths."""

    def lookup(self, code: str, on: date | None = None) -> Entry | None:
        """Return the entry for *code*, or None if unknown or not in force on *on*."""
        entry = self.entries.get(code)
        if entry is None or on is None or entry.in_force(on):
            return entry
        return None

    def in_force(self, on: date) -> frozenset[str]:
        """Return the codes in force on the day *on*."""
        return frozenset(code for code, entry in self.entries.items() if entry.in_force(on))

    def as_json(self) -> dict[str, object]:
        """Return provenance, certainty marks and all entries as a JSON object."""
        return {
            "table": self.provenance.as_json(),
            "certainty": {column: mark.value for column, mark in self.certainty.items()},
            "entries": [entry.as_json() for entry in self.entries.values()],
        }


def build(file: TableFile) -> CodeTable:
    """Make the table from a *file* that :func:`judge` found faultless."""
    return CodeTable(
        provenance=file.provenance,
        certainty=dict(file.certainty),
        entries={cells[0]: _entry(file.columns, cells) for _, cells in file.rows()},
    )


def judge(file: TableFile, closed_codes: frozenset[str], problems: list[Problem]) -> None:
    """Append to *problems* everything that is wrong with the cells of *file*.

    *closed_codes* are the codes a closed table must have, exactly.
    """
    schema = SCHEMAS.get(file.provenance.identifier)
    if schema is None:
        facts = {"got": file.provenance.identifier, "wanted": ", ".join(SCHEMAS)}
        problems.append(Problem(1, Fault.TABLE_UNKNOWN, facts))
        return
    if file.columns != tuple(schema.columns):
        problems.append(Problem(1, Fault.COLUMNS_WRONG, {"wanted": ", ".join(schema.columns)}))
        return
    problems.extend(
        Problem(1, Fault.CERTAINTY_MISSING, {"column": column})
        for column in schema.columns
        if column not in file.certainty
    )
    for line, cells in file.rows():
        _judge_row(schema, line, cells, problems)
    _judge_codes(schema, file, closed_codes, problems)


def _judge_row(schema: Schema, line: int, cells: list[str], problems: list[Problem]) -> None:
    row = dict(zip(schema.columns, cells, strict=True))
    wrong = [name for name, column in schema.columns.items() if not column.accepts(row[name])]
    wrong += [
        name
        for name in ("valid_from", "valid_until")
        if name not in wrong and not _is_day(row[name])
    ]
    problems.extend(
        Problem(line, Fault.VALUE_FORM, {"column": name, "wanted": schema.columns[name].example})
        for name in wrong
    )
    if wrong:
        return
    if row["valid_from"] and row["valid_until"] and row["valid_until"] < row["valid_from"]:
        problems.append(Problem(line, Fault.DATES_REVERSED))
    if schema.identifier == "municipality" and not has_valid_check_digit(row["code"]):
        facts = {"got": row["code"], "wanted": municipality_check_digit(row["code"])}
        problems.append(Problem(line, Fault.CHECK_DIGIT, facts))


def _judge_codes(
    schema: Schema, file: TableFile, closed_codes: frozenset[str], problems: list[Problem]
) -> None:
    seen: dict[str, int] = {}
    for line, cells in file.rows():
        first = seen.setdefault(cells[0], line)
        if first != line:
            facts = {"got": cells[0], "first": str(first)}
            problems.append(Problem(line, Fault.DUPLICATE, facts))
        elif schema.closed and cells[0] not in closed_codes:
            problems.append(Problem(line, Fault.CODE_NOT_ALLOWED, {"got": cells[0]}))
    if schema.closed:
        problems.extend(
            Problem(1, Fault.CODE_MISSING, {"got": code})
            for code in sorted(closed_codes - seen.keys())
        )


def _is_day(cell: str) -> bool:
    try:
        _day(cell)
    except ValueError:
        return False
    return True


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _entry(columns: tuple[str, ...], cells: list[str]) -> Entry:
    row = dict(zip(columns, cells, strict=True))
    return Entry(
        code=row["code"],
        name_ja=row["name_ja"],
        name_en=row["name_en"],
        juki_code=row["juki_code"],
        valid_from=_day(row["valid_from"]),
        valid_until=_day(row["valid_until"]),
        extra={name: row[name] for name in columns if name not in _FIXED},
    )
