import os
from functools import partial
from pathlib import Path

import pytest

from mediabridge.config import LIMITS
from mediabridge.errors import TableRefusedError
from mediabridge.records import names
from mediabridge.records.codes import Origin
from mediabridge.records.names import load, table
from mediabridge.records.names.store import _SHIPPED

pytestmark = pytest.mark.in_turns

convert = partial(names.convert, table=names.table())

SHIPPED = (_SHIPPED / "notice582.tsv").read_text(encoding="utf-8")
UNKNOWN = "\U00030001"


def amended(folder: Path, *rows: str, version: str = "2019-10-24", text: str = SHIPPED) -> Path:
    path = folder / "newer.tsv"
    newer = text.replace("version: 2012-03-30", f"version: {version}")
    path.write_text(newer + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def faults(folder: Path, path: Path) -> list[tuple[int, str]]:
    with pytest.raises(TableRefusedError) as caught:
        load(folder / "site", path)
    assert not (folder / "site").exists()
    problems = caught.value.facts["problems"]
    assert caught.value.facts["count"] == len(problems)
    assert all(problem.as_json()["sentence"] for problem in problems)
    return [(problem.line, problem.fault.name) for problem in problems]


def test_newer_table_is_used(tmp_path: Path) -> None:
    assert convert(UNKNOWN).converted is None
    loaded = load(tmp_path, amended(tmp_path, "4-1\t30001\t5F35\t5F21"))
    result = convert(UNKNOWN, table=table(tmp_path))
    assert result.converted == "張"
    assert result.table == loaded.provenance
    assert (result.table.version, result.table.origin) == ("2019-10-24", Origin.SITE)
    assert result.characters[0].row is not None
    assert result.characters[0].row.number == 8204


def test_exact_bytes_are_kept(tmp_path: Path) -> None:
    path = amended(tmp_path)
    load(tmp_path, path)
    assert (tmp_path / "names" / "notice582.tsv").read_bytes() == path.read_bytes()
    assert [item.name for item in (tmp_path / "names").iterdir()] == ["notice582.tsv"]


def test_table_1_can_grow(tmp_path: Path) -> None:
    loaded = load(tmp_path, amended(tmp_path, "1\t30001\t\t"))
    assert convert(UNKNOWN, table=loaded).converted == UNKNOWN


def test_windows_editor_is_no_fault(tmp_path: Path) -> None:
    path = amended(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(tmp_path, path).cells == table().cells


def test_without_site_table_shipped(tmp_path: Path) -> None:
    assert table(tmp_path) is table()


def test_every_problem_is_listed(tmp_path: Path) -> None:
    last = SHIPPED.count("\n")
    rows = [
        "4-1\t30001\t4F1F\t",  # replacement not a 正字
        "4-1\t5F35\t5F35\t",  # source is a 正字
        "4-1\t5F20\t5F35\t5F21",  # again
        "4-2\t0041\t5F35\t",  # not kanji
        "4-2\t30002\t5F35\t5F35",  # rank 2 repeats rank 1
        "4-2\t30003\t\t",  # no rank 1
        "special\t30004\t30004\t5F35",  # not a 正字
        "4-3\t30005\t5F35\t",  # no such table
        "4-1\t3000g\t5F35\t",  # not hexadecimal
        "4-1\t30006\t5F35",  # a cell is missing
        "4-1\t5f20\t5F35\t",  # not in capitals
    ]
    found = faults(tmp_path, amended(tmp_path, *rows))
    assert {(line - last, name) for line, name in found} == {
        (1, "TARGET_NOT_SEIJI"),
        (2, "SOURCE_IS_SEIJI"),
        (3, "DUPLICATE"),
        (4, "NOT_KANJI"),
        (5, "RANKS_WRONG"),
        (6, "RANKS_WRONG"),
        (7, "TARGET_NOT_SEIJI"),
        (7, "SPECIAL_NOT_SEIJI"),
        (8, "VALUE_FORM"),
        (9, "CODE_POINT_FORM"),
        (10, "CELL_COUNT"),
        (11, "CODE_POINT_FORM"),
    }
    assert [line for line, _ in found] == sorted(line for line, _ in found)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# mediabridge-table: 1", "# something else", "NOT_A_TABLE"),
        ("# id: notice582", "# id: sex", "TABLE_UNKNOWN"),
        ("# version: 2012-03-30\n", "", "HEADER_MISSING"),
        ("# id: notice582\n", "# id: notice582\n# id: notice582\n", "HEADER_TWICE"),
        ("# id: notice582\n", "# id: notice582\n# hello\n", "HEADER_UNKNOWN"),
        ("table\tsource\trank1\trank2", "table\tsource\trank2\trank1", "COLUMNS_WRONG"),
        ("4-1\t5F20\t5F35\t5F21\n", "", "INCOMPLETE"),
        ("# licence: none", "# licence: \u202enone", "CHARACTER_FORBIDDEN"),
    ],
)
def test_file_fault_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SHIPPED
    path = amended(tmp_path, text=SHIPPED.replace(old, new, 1), version="2012-03-30")
    assert fault in [name for _, name in faults(tmp_path, path)]


def test_binary_file_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.tsv"
    path.write_bytes(b"\xff\xfe\x00")
    assert (0, "NOT_UTF8") in faults(tmp_path, path)


def test_huge_file_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.tsv"
    with path.open("wb") as stream:
        stream.truncate(LIMITS.table_bytes + 1)
    assert faults(tmp_path, path) == [(0, "TOO_LARGE")]


def test_missing_file_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, tmp_path / "absent.tsv") == [(0, "UNREADABLE")]


def test_refused_table_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, amended(tmp_path, "1\t30001\t\t"))
    with pytest.raises(TableRefusedError):
        load(tmp_path, amended(tmp_path, "4-1\t5F20\t5F35\t"))
    assert convert(UNKNOWN, table=table(tmp_path)).converted == UNKNOWN


def test_edited_table_is_read_again(tmp_path: Path) -> None:
    load(tmp_path, amended(tmp_path))
    own = tmp_path / "names" / "notice582.tsv"
    assert table(tmp_path).provenance.version == "2019-10-24"
    own.write_text(SHIPPED + "1\t30001\t\t\n", encoding="utf-8")
    assert UNKNOWN in table(tmp_path).seiji
    own.write_text("broken\n", encoding="utf-8")
    with pytest.raises(TableRefusedError):
        table(tmp_path)


def test_unwritable_site_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("a file where the folder belongs", encoding="utf-8")
    with pytest.raises(OSError, match=os.strerror(17)):
        load(tmp_path, amended(tmp_path))
    assert table(tmp_path) is table()


def test_summary_counts_rows() -> None:
    shown = table().as_json()
    assert shown["rows"] == {"4-1": 8203, "4-2": 9327, "special": 14}
    assert shown["seiji"] == 13_287
