from __future__ import annotations

import pytest
from records.rows import ISA, MUNICIPAL, RECEIPT, load, raw_csv, read, refusals

from mediabridge.records.fields import FIELDS
from mediabridge.records.load import RecordInvalidError
from mediabridge.records.model import Kind

# Made up; the last digit is the check digit of the other eleven.
NUMBER = "123456789018"
WRONG = "123456789012"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"番号{NUMBER}です",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
        f"x{NUMBER}",
    ],
)
def test_individual_number_in_text(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == [("remarks", "MY_NUMBER")]
    assert refusals(Kind.MUNICIPAL_NOTICE, {**MUNICIPAL, "address": text}) == [
        ("address", "MY_NUMBER")
    ]


@pytest.mark.parametrize("field", ["notice_id", "sequence"])
def test_individual_number_as_identifier(field: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, field: NUMBER}) == [(field, "MY_NUMBER")]


def test_individual_number_between_separators() -> None:
    assert refusals(Kind.RECEIPT, {**RECEIPT, "receipt_id": f"r-{NUMBER}"}) == [
        ("receipt_id", "MY_NUMBER")
    ]


@pytest.mark.parametrize("field", list(ISA))
def test_individual_number_in_any_field(field: str) -> None:
    assert (field, "MY_NUMBER") in refusals(Kind.ISA_NOTICE, {**ISA, field: NUMBER})


@pytest.mark.parametrize("text", [WRONG, f"{NUMBER}1", f"1{NUMBER}", "12345678", "1234567-89018"])
def test_other_numbers_are_carried(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == []


def test_digits_inside_identifier_are_carried() -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "notice_id": f"AB{NUMBER}CD"}) == []


def test_number_is_never_shown() -> None:
    with pytest.raises(RecordInvalidError) as refused:
        load(Kind.ISA_NOTICE, {**ISA, "remarks": NUMBER, "sex": "x"})
    for error in refused.value.errors:
        assert NUMBER not in f"{error!r}{error.value}{error.log_form()}{error.facts}"


@pytest.mark.parametrize(
    "name",
    ["個人番号", "マイナンバー", "my_number", "MyNumber", "住民票コード", "resident_record_code"],
)
def test_forbidden_column_refuses_file(name: str) -> None:
    header = ",".join([*FIELDS[Kind.ISA_NOTICE], name])
    records, errors = read(raw_csv(ISA, header=header))
    assert records == []
    assert [(each.row, each.reason.value) for each in errors] == [(1, "COLUMN_NEVER_CARRIED")]
    assert errors[0].facts["column"] == len(FIELDS[Kind.ISA_NOTICE]) + 1


def test_errors_follow_the_layout() -> None:
    row = {"remarks": NUMBER, "unknown": NUMBER, **ISA, "sequence": NUMBER}
    found = [field for field, code in refusals(Kind.ISA_NOTICE, row) if code == "MY_NUMBER"]
    assert found == ["sequence", "remarks", "unknown"]
