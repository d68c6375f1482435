from pathlib import Path

import pytest

from mediabridge.errors import TableRefusedError
from mediabridge.records import codes
from mediabridge.records.codes.store import _SHIPPED


def shipped(identifier: str) -> str:
    return (_SHIPPED / f"{identifier}.tsv").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "site-table.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(TableRefusedError) as caught:
        codes.load(folder / "site", written(folder, text))
    assert not (folder / "site").exists()
    return [problem.fault.name for problem in caught.value.facts["problems"]]


def test_site_fills_juki_code(tmp_path: Path) -> None:
    text = shipped("sex").replace("1\t男\tmale\t\t", "1\t男\tmale\t01\t")
    loaded = codes.load(tmp_path, written(tmp_path, text))
    found = codes.table("sex", tmp_path).lookup("1")
    assert found is not None
    assert found.juki_code == "01"
    assert codes.table("sex", tmp_path) is not codes.table("sex")
    assert loaded.provenance.origin is codes.Origin.SITE
    assert (tmp_path / "codes" / "sex.tsv").read_text(encoding="utf-8") == text
    assert codes.table("category", tmp_path) is codes.table("category")


def test_site_adds_a_nationality(tmp_path: Path) -> None:
    text = shipped("nationality_region") + "ZZZ\t例\tExample\t=1+1\t\t\t\n"
    assert faults(tmp_path, text) == ["VALUE_FORM"]
    codes.load(tmp_path, written(tmp_path, text.replace("=1+1", "999")))
    assert "ZZZ" in codes.table("nationality_region", tmp_path).entries


@pytest.mark.parametrize(
    ("identifier", "old", "new", "wanted"),
    [
        ("sex", "9\t不明\tunknown\t\t\t\n", "", ["CODE_MISSING"]),
        ("sex", "9\t不明", "3\t不明", ["CODE_MISSING", "CODE_NOT_ALLOWED"]),
        ("sex", "9\t不明", "1\t不明", ["CODE_MISSING", "DUPLICATE"]),
        ("sex", "9\t不明", "9\t", ["VALUE_FORM"]),
        ("sex", "9\t不明", "9\t 不明", ["VALUE_FORM"]),
        ("sex", "9\t不明", "９\t不明", ["CODE_MISSING", "CODE_NOT_ALLOWED", "VALUE_FORM"]),
        ("sex", "9\t不明", "9\t不\u200b明", ["CHARACTER_FORBIDDEN"]),
        ("sex", "code=P ", "", ["CERTAINTY_MISSING"]),
        ("sex", "code=P ", "code=Z ", ["CERTAINTY_MISSING", "CERTAINTY_UNKNOWN"]),
        ("sex", "# id: sex", "# id: gender", ["TABLE_UNKNOWN"]),
        ("sex", "# version: 2026", "# version: year 2026", ["VALUE_FORM"]),
        ("sex", "name_ja\tname_en", "name_en\tname_ja", ["COLUMNS_WRONG"]),
        ("municipality", "131041\t新宿区", "131040\t新宿区", ["CHECK_DIGIT"]),
        ("status_of_residence", "\t2017-09-01\t\t", "\t2017-09-31\t\t", ["VALUE_FORM"]),
        ("status_of_residence", "\t2017-09-01\t\t", "\t2017-9-1\t\t", ["VALUE_FORM"]),
        ("status_of_residence", "2017-09-01\t\t", "2017-09-01\t2017-08-31\t", ["DATES_REVERSED"]),
        ("status_of_residence", "\tmission\t", "\tlong\t", ["VALUE_FORM"]),
        ("event", "N01\t", "N99\t", ["CODE_MISSING", "CODE_NOT_ALLOWED"]),
    ],
)
def test_fault_is_named(
    tmp_path: Path, identifier: str, old: str, new: str, wanted: list[str]
) -> None:
    text = shipped(identifier)
    assert old in text
    assert sorted(faults(tmp_path, text.replace(old, new, 1))) == wanted


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = shipped("sex").replace("1\t男", "7\t男").replace("2\t女", "2\t")
    assert sorted(faults(tmp_path, text)) == ["CODE_MISSING", "CODE_NOT_ALLOWED", "VALUE_FORM"]


def test_misplaced_table_refused(tmp_path: Path) -> None:
    folder = tmp_path / "codes"
    folder.mkdir()
    (folder / "sex.tsv").write_text(shipped("card_type"), encoding="utf-8")
    with pytest.raises(TableRefusedError):
        codes.table("sex", tmp_path)


def test_failed_install_leaves_nothing(tmp_path: Path) -> None:
    in_the_way = tmp_path / "codes" / "sex.tsv"
    in_the_way.mkdir(parents=True)
    with pytest.raises(OSError, match="Invalid argument"):
        codes.load(tmp_path, written(tmp_path, shipped("sex")))
    assert list((tmp_path / "codes").iterdir()) == [in_the_way]


def test_every_fault_has_its_facts() -> None:
    names = {"got", "wanted", "first", "column", "key", "detail"}
    facts = dict.fromkeys(names, "x")
    for fault in codes.Fault:
        assert "{" not in codes.Problem(1, fault, facts).render(fault.value)
