"""Municipality codes against the official list, and what the check digit can find."""

import csv
from collections import Counter
from datetime import date

import pytest

from mediabridge.records.codes import has_valid_check_digit, municipality_check_digit, table
from tests.codes.shared_data import shared_data

DAY = date(2024, 1, 1)


def official_codes() -> set[str]:
    with shared_data("local_gov_codes_20240101.tsv").open(encoding="utf-8", newline="") as stream:
        return {row["code"] for row in csv.DictReader(stream, delimiter="\t")}


def test_readings_are_official() -> None:
    with shared_data("local_gov_codes_20240101.tsv").open(encoding="utf-8", newline="") as stream:
        official = {row["code"]: row["kana"] for row in csv.DictReader(stream, delimiter="\t")}
    ours = table("municipality").entries
    wrong = {code: kana for code, kana in official.items() if ours[code].extra["kana"] != kana}
    assert wrong == {}


def changed_codes(code: str) -> list[str]:
    return [
        code[:place] + digit + code[place + 1 :]
        for place in range(6)
        for digit in "0123456789"
        if digit != code[place]
    ]


def remainder(code: str) -> int:
    return (
        sum(weight * int(digit) for weight, digit in zip(range(6, 1, -1), code, strict=False)) % 11
    )


def test_codes_are_official() -> None:
    official = official_codes()
    assert len(official) == 1965
    assert table("municipality").in_force(DAY) == official


def test_every_code_passes() -> None:
    assert all(map(has_valid_check_digit, table("municipality").entries))


def test_changed_digit_is_found() -> None:
    # 11 minus a remainder of 0 and of 10 end in the same digit, so the rule itself cannot tell
    # those two apart. It finds every other change of one digit.
    codes = table("municipality").in_force(DAY)
    survivors = [
        (code, changed)
        for code in codes
        for changed in changed_codes(code)
        if has_valid_check_digit(changed)
    ]
    assert all({remainder(one), remainder(other)} == {0, 10} for one, other in survivors)
    assert len(codes) * 54 - len(survivors) == 104_503
    assert sum(1 for _, changed in survivors if changed not in codes) == 1207


@pytest.mark.parametrize(
    ("code", "digit"), [("01000", "6"), ("131041", "1"), ("11203", "8"), ("01100", "2")]
)
def test_check_digit_is_computed(code: str, digit: str) -> None:
    assert municipality_check_digit(code) == digit


@pytest.mark.parametrize(
    "code", ["", "1310", "13104x", "1310411", "１３１０４１", "13104", "-13104"]
)
def test_malformed_code_fails(code: str) -> None:
    assert not has_valid_check_digit(code)


@pytest.mark.parametrize("code", ["", "1310", "1a104", "１３１０４"])
def test_malformed_code_has_no_digit(code: str) -> None:
    with pytest.raises(ValueError, match="five digits"):
        municipality_check_digit(code)


def test_offices_are_1892() -> None:
    entries = table("municipality").entries.values()
    offices = [entry for entry in entries if entry.in_force(DAY) and entry.extra["office"] == "yes"]
    assert Counter(entry.extra["kind"] for entry in offices) == {"municipality": 1721, "ward": 171}


def test_wards_change_with_the_day() -> None:
    wards = table("municipality")
    assert wards.lookup("221317", date(2023, 12, 31)) is not None
    assert wards.lookup("221317", DAY) is None
    assert wards.lookup("221384", date(2023, 12, 31)) is None
    found = wards.lookup("221384", DAY)
    assert found is not None
    assert found.name_ja == "浜松市中央区"
