from datetime import date

import pytest

from mediabridge.errors import UsageError
from mediabridge.records import codes, events
from mediabridge.records.codes import Certainty, Origin, tablefile
from mediabridge.records.codes.codetable import judge
from mediabridge.records.codes.store import _SHIPPED

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("identifier", codes.tables())
def test_shipped_table_has_no_fault(identifier: str) -> None:
    problems: list[codes.Problem] = []
    data = tablefile.read(_SHIPPED / f"{identifier}.tsv")
    file = tablefile.parse(data, Origin.SHIPPED, problems)
    judge(file, frozenset(codes.table(identifier).entries), problems)
    assert problems == []
    assert file.provenance.identifier == identifier


def test_every_shipped_file_is_a_table() -> None:
    assert {path.stem for path in _SHIPPED.glob("*.tsv")} == set(codes.tables())


@pytest.mark.parametrize("identifier", codes.tables())
def test_juki_code_is_for_the_site(identifier: str) -> None:
    assert {entry.juki_code for entry in codes.table(identifier).entries.values()} == {""}


@pytest.mark.parametrize("identifier", sorted(set(codes.tables()) - {"municipality"}))
def test_proposed_codes_are_not_official(identifier: str) -> None:
    mark = codes.table(identifier).certainty["code"]
    assert mark is Certainty.PROPOSED
    assert not mark.official


def test_found_column_is_official() -> None:
    assert codes.table("municipality").certainty["code"].official
    assert not codes.table("status_of_residence").certainty["name_en"].official


@pytest.mark.parametrize(
    ("code", "on", "in_force"),
    [
        ("601", TODAY, True),
        ("261", TODAY, False),
        ("261", date(2027, 4, 1), True),
        ("922", date(2015, 3, 31), True),
        ("922", date(2015, 4, 1), False),
        ("226", date(2015, 3, 31), False),
        ("226", date(2015, 4, 1), True),
        ("999", TODAY, False),
    ],
)
def test_status_is_dated(code: str, on: date, in_force: bool) -> None:
    assert (codes.table("status_of_residence").lookup(code, on) is not None) is in_force


def test_undated_lookup_finds_old_status() -> None:
    found = codes.table("status_of_residence").lookup("922")
    assert found is not None
    assert found.name_ja == "技術"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("TWN", "台湾"),
        ("PSE", "パレスチナ"),
        ("PRK", "朝鮮"),
        ("KOR", "韓国"),
        ("CHN", "中国"),
        ("XXA", "無国籍"),
        ("VNM", "ベトナム"),
        ("GEO", "ジョージア"),
    ],
)
def test_nationality_has_name(code: str, name: str) -> None:
    found = codes.table("nationality_region").lookup(code)
    assert found is not None
    assert found.name_ja == name


def test_japan_is_no_nationality_here() -> None:
    assert codes.table("nationality_region").lookup("JPN") is None
    assert codes.table("nationality_region").lookup("XXX") is not None


def test_events_agree_with_records() -> None:
    ours = {
        code: (entry.name_ja, entry.extra["legal_base"], set(entry.extra["operations"].split(" ")))
        for code, entry in codes.table("event").entries.items()
    }
    theirs = {
        code: (event.japanese, event.legal_base, {str(item) for item in event.operations})
        for code, event in (events.ISA_EVENTS | events.MUNICIPAL_EVENTS).items()
    }
    assert ours == theirs
    assert len(ours) == 31


def test_unknown_table_refused() -> None:
    with pytest.raises(UsageError, match="sex"):
        codes.table("nonsense")


def test_json_has_cells_and_marks() -> None:
    shown = codes.table("sex").as_json()
    assert shown["certainty"]["code"] == "P"
    assert shown["table"]["origin"] == "shipped"
    assert shown["entries"][0] == {
        "code": "1",
        "name_ja": "男",
        "name_en": "male",
        "juki_code": "",
        "valid_from": "",
        "valid_until": "",
    }
