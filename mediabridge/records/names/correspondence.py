"""The tables of the notice in memory, and what a newer table must fulfil."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum, unique
from itertools import compress, count, repeat
from typing import Final, NamedTuple

from mediabridge.records.codes.problems import Fault, Problem
from mediabridge.records.codes.tablefile import Provenance, TableFile
from mediabridge.records.names.characters import is_gaiji, is_kanji

COLUMNS: Final = ("table", "source", "rank1", "rank2")
TABLE_1: Final = "1"

_CODE_POINT = re.compile(r"[0-9A-F]{4}|[12]?[0-9A-F]{5}")


@unique
class Rule(StrEnum):
    """Which rule of the notice decided about a character."""

    SEIJI = "seiji"
    """Table 3, part 2, item 1: it is a 正字 and stays."""

    SPECIAL = "special"
    """Table 3, part 2, item 2: one of the 14 that stay themselves and have a second rank."""

    TABLE_4_1 = "4-1"
    """Appended Table 4-1: the 正字 of which it is a variant (異体字)."""

    TABLE_4_2 = "4-2"
    """Appended Table 4-2: a 正字 that looks like it (類字)."""

    NOT_SUBJECT = "not_subject"
    """Not a kanji; the notice says nothing about it and it stays."""

    NEEDS_DECISION = "needs_decision"
    """No rule decides; only the Immigration Services Agency can add one."""

    REFUSED = "refused"
    """Not a character of a name here."""


class Row(NamedTuple):
    """One row of Table 4 or of the special characters."""

    rule: Rule
    number: int
    """Counted from 1 in its table, in the order of the notice."""

    rank1: str
    rank2: str
    """Empty when there is one candidate only."""


@dataclass(frozen=True)
class NamesTable:
    """The 正字 and the replacements of everything else."""

    provenance: Provenance
    seiji: frozenset[str] = field(repr=False)
    """13,287 codes in the shipped table; ``seiji.issuperset(text)`` is the fast check."""

    cells: dict[str, tuple[Rule, int, str, str]] = field(repr=False)
    """By source character; :meth:`row` gives them their names."""

    def row(self, character: str) -> Row | None:
        """Return the row that replaces *character*, or None if no row does."""
        found = self.cells.get(character)
        return None if found is None else Row._make(found)

    def as_json(self) -> dict[str, object]:
        """Return the provenance and the size of each part as a JSON object."""
        counts = Counter(rule.value for rule, _, _, _ in self.cells.values())
        return {
            "table": self.provenance.as_json(),
            "seiji": len(self.seiji),
            "rows": dict(sorted(counts.items())),
            "two_ranks": sum(1 for *_, rank2 in self.cells.values() if rank2),
        }


def build(file: TableFile, jis_kanji: frozenset[str]) -> NamesTable:
    """Make the table from a *file* that :func:`judge` found faultless."""
    # Whole columns at once, and no object per row: this is the package's start-up time.
    flat = "\t".join(file.lines).split("\t")
    tables = flat[0 :: len(COLUMNS)]
    sources, rank1, rank2 = (
        [chr(int(code, 16)) if code else "" for code in flat[column :: len(COLUMNS)]]
        for column in (1, 2, 3)
    )
    table_1 = {source for table, source in zip(tables, sources, strict=True) if table == TABLE_1}
    cells: dict[str, tuple[Rule, int, str, str]] = {}
    for rule in (Rule.SPECIAL, Rule.TABLE_4_1, Rule.TABLE_4_2):
        name = str(rule)
        chosen = [table == name for table in tables]
        own, first, second = (compress(column, chosen) for column in (sources, rank1, rank2))
        cells.update(zip(own, zip(repeat(rule), count(1), first, second), strict=False))
    return NamesTable(file.provenance, jis_kanji | table_1, cells)


def judge(
    file: TableFile, jis_kanji: frozenset[str], shipped_rows: int, problems: list[Problem]
) -> None:
    """Append to *problems* everything that is wrong with the rows of *file*."""
    if file.provenance.identifier != "notice582":
        facts = {"got": file.provenance.identifier, "wanted": "notice582"}
        problems.append(Problem(1, Fault.TABLE_UNKNOWN, facts))
    if file.columns != COLUMNS:
        problems.append(Problem(1, Fault.COLUMNS_WRONG, {"wanted": ", ".join(COLUMNS)}))
        return
    readable = [(line, cells) for line, cells in file.rows() if _judge_form(line, cells, problems)]
    _judge_duplicates(readable, problems)
    table_1 = {_character(cells[1]) for _, cells in readable if cells[0] == TABLE_1}
    seiji = jis_kanji | table_1
    replacing = [(line, cells) for line, cells in readable if cells[0] != TABLE_1]
    for line, cells in replacing:
        _judge_row(line, cells, seiji, problems)
    if len(replacing) < shipped_rows:
        facts = {"got": str(len(replacing)), "wanted": str(shipped_rows)}
        problems.append(Problem(1, Fault.INCOMPLETE, facts))


def _judge_form(line: int, cells: list[str], problems: list[Problem]) -> bool:
    table, *codes = cells
    wrong = [
        Problem(line, Fault.CODE_POINT_FORM, {"column": column})
        for column, code in zip(COLUMNS[1:], codes, strict=True)
        if (code or column == "source") and not _CODE_POINT.fullmatch(code)
    ]
    if table not in (TABLE_1, Rule.SPECIAL, Rule.TABLE_4_1, Rule.TABLE_4_2):
        facts = {"column": "table", "wanted": "1, special, 4-1, 4-2"}
        wrong.append(Problem(line, Fault.VALUE_FORM, facts))
    if not wrong and not _is_subject(_character(codes[0])):
        wrong.append(Problem(line, Fault.NOT_KANJI, {"got": codes[0]}))
    problems.extend(wrong)
    return not wrong


def _judge_duplicates(rows: list[tuple[int, list[str]]], problems: list[Problem]) -> None:
    seen: dict[tuple[bool, str], int] = {}
    for line, cells in rows:
        # A character can be in Table 1 and be special; within each kind it occurs once.
        first = seen.setdefault((cells[0] == TABLE_1, cells[1]), line)
        if first != line:
            facts = {"got": cells[1], "first": str(first)}
            problems.append(Problem(line, Fault.DUPLICATE, facts))


def _judge_row(line: int, cells: list[str], seiji: frozenset[str], problems: list[Problem]) -> None:
    table, source, rank1, rank2 = cells
    if not rank1 or rank1 == rank2:
        problems.append(Problem(line, Fault.RANKS_WRONG))
    problems.extend(
        Problem(line, Fault.TARGET_NOT_SEIJI, {"got": target})
        for target in (rank1, rank2)
        if target and _character(target) not in seiji
    )
    is_seiji = _character(source) in seiji
    if table != Rule.SPECIAL and is_seiji:
        problems.append(Problem(line, Fault.SOURCE_IS_SEIJI, {"got": source}))
    if table == Rule.SPECIAL and not (is_seiji and rank1 == source and rank2):
        problems.append(Problem(line, Fault.SPECIAL_NOT_SEIJI, {"got": source}))


def _is_subject(character: str) -> bool:
    return is_kanji(character) or is_gaiji(character)


def _character(code: str) -> str:
    return chr(int(code, 16)) if code else ""
