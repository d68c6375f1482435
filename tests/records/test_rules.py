from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from records.rows import (
    ENTRY,
    ENTRY_PERMANENT,
    ENTRY_PROVISIONAL,
    ENTRY_REFUGE,
    ENTRY_SPECIAL,
    ISA,
    ISA_BIRTH,
    ISA_NATIONALITY_LOSS,
    ISA_PERMANENT,
    ISA_PROVISIONAL,
    ISA_REFUGE,
    ISA_SPECIAL,
    MUNICIPAL,
    MUNICIPAL_BIRTH,
    MUNICIPAL_OUT,
    REPORT,
    RIGHT,
    load,
    present,
    refusals,
)

from mediabridge.kinds import Kind
from mediabridge.records.fields import label
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.reasons import Reason
from mediabridge.records.tables import Days, shipped

ISA_KIND = Kind.ISA_NOTICE
CITY = Kind.MUNICIPAL_NOTICE
FULL = Kind.ISA_POPULATION
DATE = "period_of_stay_expiration_date"
CLOSED, REDRAWN = "221317", "221384"
"""A ward of Hamamatsu until the end of 2023, and the one that followed it."""
PREFECTURE, WHOLE_CITY = "010006", "011002"

# One change that breaks one rule: kind, right row, change, field and code expected.
BROKEN = [
    (ISA_KIND, ISA, {"birth_date": ""}, "birth_date", "REQUIRED"),
    (ISA_KIND, ISA, {"card_number": ""}, "card_number", "REQUIRED"),
    (ISA_KIND, ISA_REFUGE, {"landing_period_until": ""}, "landing_period_until", "REQUIRED"),
    (ISA_KIND, ISA_BIRTH, {"card_number": "AB12345678CD"}, "card_number", "NOT_OF_CATEGORY"),
    (ISA_KIND, ISA_SPECIAL, {DATE: "2027-01-01"}, DATE, "NOT_OF_CATEGORY"),
    (ISA_KIND, ISA, {"provisional_stay_until": "2027-01-01"}, "provisional_stay_until",
     "NOT_OF_CATEGORY"),
    (ISA_KIND, ISA, {"householder": "x"}, "householder", "FIELD_UNKNOWN"),
    (ISA_KIND, ISA, {"notice_id": "x" * 33}, "notice_id", "TOO_LONG"),
    (ISA_KIND, ISA, {"name_roman": "X" * 101}, "name_roman", "TOO_LONG"),
    (ISA_KIND, ISA, {"name_kanji": "例" * 51}, "name_kanji", "TOO_LONG"),
    (ISA_KIND, ISA, {"remarks": "備" * 201}, "remarks", "TOO_LONG"),
    (ISA_KIND, ISA, {"notice_id": "通知"}, "notice_id", "NOT_AN_IDENTIFIER"),
    (ISA_KIND, ISA, {"sequence": "１２"}, "sequence", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"sequence": "012"}, "sequence", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"sequence": "1_2"}, "sequence", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"sequence": "9007199254740992"}, "sequence", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"event_date": "2026-02-30"}, "event_date", "NO_SUCH_DAY"),
    (ISA_KIND, ISA, {"event_date": "2026-13-01"}, "event_date", "NOT_A_DATE"),
    (ISA_KIND, ISA, {"event_date": "R081119"}, "event_date", "NOT_A_DATE"),
    (ISA_KIND, ISA, {"event_date": "1700000000"}, "event_date", "NOT_A_DATE"),
    (ISA_KIND, ISA, {"birth_date": "1990-00-12"}, "birth_date", "NOT_A_PARTIAL_DATE"),
    (ISA_KIND, ISA, {"issued_at": "2026-11-19T17:05:00Z"}, "issued_at", "NOT_A_TIME"),
    (ISA_KIND, ISA, {"issued_at": "2026-11-19T25:05:00+09:00"}, "issued_at", "NOT_A_TIME"),
    (ISA_KIND, ISA, {"period_years": "6"}, "period_years", "NOT_A_PERIOD"),
    (ISA_KIND, ISA, {"period_months": "12"}, "period_months", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"period_days": "100"}, "period_days", "NOT_A_NUMBER"),
    (ISA_KIND, ISA, {"sex": "男"}, "sex", "NOT_IN_LIST"),
    (ISA_KIND, ISA, {"card_type": "2"}, "card_type", "NOT_IN_LIST"),
    (ISA_KIND, ISA, {"operation_hint": "entry"}, "operation_hint", "NOT_IN_LIST"),
    (ISA_KIND, ISA, {"event_code": "N19"}, "event_code", "NOT_IN_LIST"),
    (ISA_KIND, ISA, {"card_number": "AB12345678C"}, "card_number", "NOT_A_CARD_NUMBER"),
    (ISA_KIND, ISA, {"name_roman": "XÄMPLE"}, "name_roman", "NOT_ROMAN_LETTERS"),
    (ISA_KIND, ISA, {"name_roman": "Xample"}, "name_roman", "MEANT_OTHERWISE"),
    (ISA_KIND, ISA, {"name_roman": "XAMPLE  AN"}, "name_roman", "NAME_SPACES"),
    (ISA_KIND, ISA, {"name_roman": "'-"}, "name_roman", "NAME_WITHOUT_LETTER"),
    (ISA_KIND, ISA, {"name_kanji": "ABC"}, "name_kanji", "NOT_KANJI"),
    (ISA_KIND, ISA, {"name_kanji": "例ｱ"}, "name_kanji", "MEANT_OTHERWISE"),
    (ISA_KIND, ISA, {"name_kanji": "例⼀"}, "name_kanji", "MEANT_OTHERWISE"),
    (ISA_KIND, ISA, {"name_kanji": "例\ue400"}, "name_kanji", "PRIVATE_USE"),
    (ISA_KIND, ISA, {"remarks": "\U00100000"}, "remarks", "PRIVATE_USE"),
    (ISA_KIND, ISA, {"name_kanji": "例", "name_kanji_original": "\ue400"}, "name_kanji_original",
     "PRIVATE_USE"),
    (ISA_KIND, ISA, {"name_kanji": "例", "name_kanji_original": "{U+E000}"}, "name_kanji_original",
     "GAIJI_FORM"),
    (CITY, MUNICIPAL, {"address": "a\u202eb"}, "address", "DIRECTION_MARK"),
    (CITY, MUNICIPAL, {"address": "a\u200bb"}, "address", "INVISIBLE_CHARACTER"),
    (CITY, MUNICIPAL, {"address": "a\ufffdb"}, "address", "CHARACTER_LOST"),
    (CITY, MUNICIPAL, {"address": "a\u0378b"}, "address", "NO_SUCH_CHARACTER"),
    (CITY, MUNICIPAL, {"address": "\U000e0100"}, "address", "STRAY_SELECTOR"),
    (ISA_KIND, ISA, {"remarks": "a\x1bb"}, "remarks", "CHARACTER_NOT_ALLOWED"),
    (CITY, MUNICIPAL, {"address": "一行目\n二行目"}, "address", "CHARACTER_NOT_ALLOWED"),
    (ISA_KIND, ISA, {"nationality_region": "vnm"}, "nationality_region", "NOT_A_CODE"),
    (ISA_KIND, ISA, {"nationality_region": "ZZZ"}, "nationality_region", "CODE_UNKNOWN"),
    (ISA_KIND, ISA, {"status_of_residence": "999"}, "status_of_residence", "CODE_UNKNOWN"),
    (ISA_KIND, ISA, {"municipality_code": "131042"}, "municipality_code", "CHECK_DIGIT"),
    (ISA_KIND, ISA, {"municipality_code": "990001"}, "municipality_code", "CODE_UNKNOWN"),
    (CITY, MUNICIPAL, {"name_kanji": "例张"}, "name_kanji", "NOT_SEIJI"),
    (CITY, MUNICIPAL, {"name_kanji": "例\U0002fffc"}, "name_kanji", "NO_SUCH_CHARACTER"),
    (ISA_KIND, ISA, {"name_kanji": "例张\ufa6e"}, "name_kanji", "NO_SUCH_CHARACTER"),
    (ISA_KIND, ISA, {"name_kanji": "例\U0002a6e0"}, "name_kanji", "NO_SUCH_CHARACTER"),
    (ISA_KIND, ISA, {"name_kanji": "例\U0002fffc"}, "name_kanji", "NO_SUCH_CHARACTER"),
    (ISA_KIND, ISA, {"name_roman": ""}, "name_roman", "NAME_MISSING"),
    (ISA_KIND, ISA, {"name_kanji_original": "张"}, "name_kanji_original",
     "ORIGINAL_WITHOUT_KANJI"),
    (ISA_KIND, ISA, {"operation_hint": "deletion"}, "operation_hint", "EVENT_OPERATION"),
    (ISA_KIND, ISA, {"event_code": "N18"}, "operation_hint", "EVENT_OPERATION"),
    (ISA_KIND, ISA, {"event_code": "N14"}, "art30_45_category", "EVENT_CATEGORY"),
    (ISA_KIND, ISA_SPECIAL, {"event_code": "N02"}, "art30_45_category", "EVENT_CATEGORY"),
    (ISA_KIND, ISA, {"event_code": "N11"}, "status_of_residence", "EVENT_STATUS"),
    (ISA_KIND, ISA, {"event_code": "N16"}, "name_kanji", "REQUIRED_BY_EVENT"),
    (ISA_KIND, ISA, {"event_date": "2026-11-20"}, "event_date", "EVENT_IN_FUTURE"),
    (ISA_KIND, ISA, {"birth_date": "2026-11-19"}, "birth_date", "BIRTH_AFTER_EVENT"),
    (ISA_KIND, ISA, {"birth_date": "2026-12-00"}, "birth_date", "BIRTH_AFTER_EVENT"),
    (ISA_KIND, ISA, {DATE: "2026-11-17"}, DATE, "EXPIRY_BEFORE_EVENT"),
    (ISA_KIND, {**ISA, "event_code": "N07"}, {DATE: "2026-08-31"}, DATE, "EXPIRY_BEFORE_EVENT"),
    (ISA_KIND, ISA_REFUGE, {"landing_period_until": "2026-11-17"}, "landing_period_until",
     "EXPIRY_BEFORE_EVENT"),
    (ISA_KIND, ISA_PROVISIONAL, {"provisional_stay_until": "2026-11-17"},
     "provisional_stay_until", "EXPIRY_BEFORE_EVENT"),
    (ISA_KIND, ISA, {DATE: ""}, DATE, "EXPIRY_MISSING"),
    (ISA_KIND, ISA_PERMANENT, {DATE: "2029-11-30"}, DATE, "EXPIRY_OF_INDEFINITE"),
    (ISA_KIND, ISA_PERMANENT, {"period_months": "0"}, "period_months", "PERIOD_OF_INDEFINITE"),
    (ISA_KIND, ISA_PERMANENT, {"period_days": "0"}, "period_days", "PERIOD_OF_INDEFINITE"),
    (ISA_KIND, ISA, {"period_months": ""}, "period_months", "PERIOD_INCOMPLETE"),
    (ISA_KIND, ISA, {"period_days": ""}, "period_days", "PERIOD_INCOMPLETE"),
    (ISA_KIND, ISA, {"period_years": "0", "period_months": "3"}, "period_years",
     "PERIOD_TOO_SHORT"),
    (ISA_KIND, ISA, {"period_years": "0", "period_days": "90"}, "period_years",
     "PERIOD_TOO_SHORT"),
    (ISA_KIND, ISA, {"period_years": "0"}, "period_years", "PERIOD_TOO_SHORT"),
    (ISA_KIND, {**ISA_PERMANENT, "event_code": "N07"}, {"status_of_residence": "226"},
     "period_years", "STATUS_NOT_INDEFINITE"),
    (ISA_KIND, ISA, {"status_of_residence": "214"}, "period_years", "STATUS_INDEFINITE"),
    (ISA_KIND, ISA, {"status_of_residence": "302"}, "status_of_residence",
     "STATUS_NOT_MID_LONG_TERM"),
    (ISA_KIND, ISA, {"status_of_residence": "261"}, "status_of_residence", "STATUS_NOT_IN_FORCE"),
    (ISA_KIND, ISA, {"birth_date": "1867-12-31"}, "birth_date", "BIRTH_TOO_EARLY"),
    (ISA_KIND, ISA, {"birth_date": "1800-00-00"}, "birth_date", "BIRTH_TOO_EARLY"),
    (CITY, MUNICIPAL, {"birth_date": "1867-12-31"}, "birth_date", "BIRTH_TOO_EARLY"),
    (CITY, {**MUNICIPAL, "foreign_resident_since": ""}, {"birth_date": "2026-11-19"}, "birth_date",
     "BIRTH_AFTER_EVENT"),
    (Kind.RESIDENCE_REPORT, REPORT, {"birth_date": "1867-00-00"}, "birth_date",
     "BIRTH_TOO_EARLY"),
    (Kind.RESIDENCE_REPORT, REPORT, {"birth_date": "2026-12-00"}, "birth_date",
     "BIRTH_AFTER_EVENT"),
    (ISA_KIND, ISA, {DATE: "2030-12-01"}, DATE, "EXPIRY_BEYOND_PERIOD"),
    (ISA_KIND, ISA_REFUGE, {"landing_period_until": "2028-05-22"}, "landing_period_until",
     "EXPIRY_BEYOND_PERIOD"),
    (ISA_KIND, ISA_PROVISIONAL, {"provisional_stay_until": "2099-05-31"},
     "provisional_stay_until", "EXPIRY_BEYOND_PERIOD"),
    (ISA_KIND, {**ISA, "event_code": "N07"}, {DATE: "2031-11-30"}, DATE, "EXPIRY_BEYOND_PERIOD"),
    (ISA_KIND, ISA, {"period_years": "2"}, "period_years", "PERIOD_NOT_OF_STATUS"),
    (ISA_KIND, {**ISA, "event_code": "N07"}, {"period_months": "6"}, "period_years",
     "PERIOD_NOT_OF_STATUS"),
    (ISA_KIND, ISA, {"municipality_code": CLOSED}, "municipality_code",
     "MUNICIPALITY_NOT_IN_FORCE"),
    (CITY, MUNICIPAL, {"municipality_code": CLOSED}, "municipality_code",
     "MUNICIPALITY_NOT_IN_FORCE"),
    (CITY, MUNICIPAL_OUT, {"next_municipality_code": CLOSED}, "next_municipality_code",
     "MUNICIPALITY_NOT_IN_FORCE"),
    (Kind.RESIDENCE_REPORT, REPORT, {"municipality_code": CLOSED}, "municipality_code",
     "MUNICIPALITY_NOT_IN_FORCE"),
    (ISA_KIND, ISA, {"municipality_code": PREFECTURE}, "municipality_code",
     "MUNICIPALITY_WITHOUT_OFFICE"),
    (CITY, MUNICIPAL, {"municipality_code": WHOLE_CITY}, "municipality_code",
     "MUNICIPALITY_WITHOUT_OFFICE"),
    (CITY, MUNICIPAL_OUT, {"next_municipality_code": WHOLE_CITY}, "next_municipality_code",
     "MUNICIPALITY_WITHOUT_OFFICE"),
    (Kind.RESIDENCE_REPORT, REPORT, {"municipality_code": PREFECTURE}, "municipality_code",
     "MUNICIPALITY_WITHOUT_OFFICE"),
    (ISA_KIND, ISA, {"prior_card_number": "CD87654321EF"}, "card_number", "CARD_NOT_REPLACED"),
    (CITY, MUNICIPAL, {"notified_on": ""}, "notified_on", "REQUIRED_BY_EVENT"),
    (CITY, MUNICIPAL, {"address": ""}, "address", "REQUIRED_BY_EVENT"),
    (CITY, MUNICIPAL_OUT, {"next_address": ""}, "next_address", "REQUIRED_BY_EVENT"),
    (CITY, {**MUNICIPAL, "event_code": "M11", "operation": "entry"}, {"address": ""}, "address",
     "REQUIRED_BY_EVENT"),
    (CITY, MUNICIPAL, {"operation": "entry"}, "operation", "EVENT_OPERATION"),
    (CITY, MUNICIPAL_BIRTH, {"art30_45_category": "6"}, "art30_45_category", "EVENT_CATEGORY"),
    (CITY, MUNICIPAL, {"next_address": "川口市"}, "next_address", "NOT_OF_EVENT"),
    (CITY, MUNICIPAL, {"next_municipality_code": "112038"}, "next_municipality_code",
     "NOT_OF_EVENT"),
    (CITY, MUNICIPAL_OUT, {"next_municipality_code": "131041"}, "next_municipality_code",
     "MOVE_TO_SELF"),
    (CITY, MUNICIPAL_OUT, {"next_municipality_code": "112039"}, "next_municipality_code",
     "CHECK_DIGIT"),
    (CITY, MUNICIPAL, {"event_date": "2026-11-21"}, "event_date", "EVENT_IN_FUTURE"),
    (CITY, MUNICIPAL, {"notified_on": "2026-11-21"}, "notified_on", "NOTIFIED_AFTER_PROCESSING"),
    (CITY, MUNICIPAL, {"foreign_resident_since": "2026-11-19"}, "foreign_resident_since",
     "RESIDENT_AFTER_EVENT"),
    (CITY, MUNICIPAL, {"foreign_resident_since": "1990-04-11"}, "foreign_resident_since",
     "RESIDENT_BEFORE_BIRTH"),
    (CITY, MUNICIPAL, {"card_number": ""}, "card_number", "REQUIRED"),
    (Kind.RESIDENCE_REPORT, REPORT, {"residence_since": "2026-11-21"}, "residence_since",
     "RESIDENCE_AFTER_REPORT"),
    (Kind.RESIDENCE_REPORT, REPORT, {"deemed_by": "30-47"}, "deemed_by", "DEEMED_OTHERWISE"),
    (Kind.RESIDENCE_REPORT, REPORT, {"municipality_code": "131042"}, "municipality_code",
     "CHECK_DIGIT"),
    (Kind.RESIDENCE_REPORT, REPORT, {"name_kanji": ""}, "name_roman", "NAME_MISSING"),
    (FULL, ENTRY, {"total": "10000001"}, "total", "NOT_A_NUMBER"),
    (FULL, ENTRY, {"name_roman": ""}, "name_roman", "NAME_MISSING"),
    (FULL, ENTRY, {"name_kanji": "例\U0002fffc"}, "name_kanji", "NO_SUCH_CHARACTER"),
    (FULL, ENTRY, {"birth_date": "2026-11-20"}, "birth_date", "AFTER_EXTRACT"),
    (FULL, ENTRY, {"nationality_region": "ZZZ"}, "nationality_region", "CODE_UNKNOWN"),
    (FULL, ENTRY, {"municipality_code": "131042"}, "municipality_code", "CHECK_DIGIT"),
    (FULL, ENTRY, {"municipality_code": CLOSED}, "municipality_code",
     "NOT_IN_FORCE_AT_EXTRACT"),
    (FULL, ENTRY, {"status_of_residence": "999"}, "status_of_residence", "CODE_UNKNOWN"),
    (FULL, ENTRY, {"status_of_residence": "601"}, "period_years", "STATUS_INDEFINITE"),
    (FULL, ENTRY, {"period_days": ""}, "period_days", "PERIOD_INCOMPLETE"),
    (FULL, ENTRY, {DATE: ""}, DATE, "EXPIRY_MISSING"),
    (FULL, ENTRY, {DATE: "2031-11-30"}, DATE, "EXPIRY_BEYOND_EXTRACT"),
    (FULL, ENTRY_PROVISIONAL, {"provisional_stay_until": "2099-05-31"},
     "provisional_stay_until", "EXPIRY_BEYOND_EXTRACT"),
    (FULL, ENTRY_PERMANENT, {DATE: "2029-11-30"}, DATE, "EXPIRY_OF_INDEFINITE"),
    (FULL, ENTRY_REFUGE, {"landing_period_until": ""}, "landing_period_until", "REQUIRED"),
    (FULL, ENTRY_SPECIAL, {DATE: "2029-11-30"}, DATE, "NOT_OF_CATEGORY"),
]  # fmt: skip

# A change near a rule that is right.
PERMITTED = [
    # An extract says what is, also of people whose stay has ended or is an old one.
    (FULL, ENTRY, {DATE: "2020-01-01"}),
    (FULL, ENTRY_REFUGE, {"landing_period_until": "2020-01-01"}),
    (FULL, ENTRY, {"address": ""}),
    (FULL, ENTRY, {"name_kanji": "例张"}),
    (ISA_KIND, ISA, {"name_roman": "", "name_kanji": "例海月"}),
    (ISA_KIND, ISA, {"event_date": "2026-11-19"}),
    (ISA_KIND, ISA, {"birth_date": "2026-11-00"}),
    (ISA_KIND, ISA, {"birth_date": "2026-00-00"}),
    (ISA_KIND, ISA, {DATE: "2026-11-18"}),
    (ISA_KIND, ISA, {"event_code": "N07", DATE: "2026-09-30"}),
    (ISA_KIND, ISA, {"event_code": "N17", DATE: "2020-01-01"}),
    (ISA_KIND, ISA, {"event_code": "N09", "operation_hint": "deletion", DATE: "2020-01-01"}),
    (
        ISA_KIND,
        ISA,
        {
            "status_of_residence": "221",
            "period_years": "0",
            "period_months": "4",
            DATE: "2027-03-18",
        },
    ),
    (
        ISA_KIND,
        ISA,
        {
            "status_of_residence": "401",
            "period_years": "0",
            "period_months": "3",
            "period_days": "1",
            DATE: "2027-02-19",
        },
    ),
    (ISA_KIND, ISA, {"status_of_residence": "401", "period_years": "2", DATE: "2028-12-31"}),
    (ISA_KIND, ISA, {"birth_date": "1868-00-00"}),
    (ISA_KIND, ISA, {DATE: "2030-11-18"}),
    (ISA_KIND, ISA_REFUGE, {"landing_period_until": "2028-05-21"}),
    (ISA_KIND, ISA_REFUGE, {"event_code": "N17", "landing_period_until": "2034-01-01"}),
    (ISA_KIND, ISA, {"event_code": "N17", DATE: "2034-01-01"}),
    (ISA_KIND, ISA, {"municipality_code": REDRAWN}),
    (
        ISA_KIND,
        ISA,
        {
            "municipality_code": CLOSED,
            "event_date": "2023-12-28",
            DATE: "2026-12-31",
            "issued_at": "2024-01-04T17:05:00+09:00",
        },
    ),
    (
        ISA_KIND,
        ISA,
        {
            "municipality_code": REDRAWN,
            "event_date": "2023-12-28",
            DATE: "2026-12-31",
            "issued_at": "2024-01-04T17:05:00+09:00",
        },
    ),
    (ISA_KIND, ISA_PERMANENT, {"status_of_residence": "214", "event_code": "N01"}),
    (ISA_KIND, ISA, {"event_code": "N17", "prior_card_number": "CD87654321EF"}),
    (ISA_KIND, ISA, {"prior_card_number": ""}),
    (ISA_KIND, ISA_REFUGE, {"operation_hint": "deletion", "landing_period_until": "2026-11-01"}),
    (ISA_KIND, ISA, {"name_kanji": "葛\U000e0100", "name_kanji_original": "{U+E400}"}),
    (ISA_KIND, ISA_NATIONALITY_LOSS, {}),
    (CITY, MUNICIPAL_OUT, {"event_date": "2026-12-01"}),
    (CITY, MUNICIPAL_OUT, {"next_municipality_code": ""}),
    (ISA_KIND, ISA, {"name_kanji": "例张"}),
    (ISA_KIND, ISA, {"name_kanji": "例\U0002f800张\U000e0100"}),
]


@pytest.mark.parametrize(("kind", "row", "change", "field", "code"), BROKEN)
def test_broken_rule_is_named(
    kind: Kind, row: dict[str, str], change: dict[str, str], field: str, code: str
) -> None:
    assert refusals(kind, row) == []
    assert (field, code) in refusals(kind, {**row, **change})


@pytest.mark.parametrize(("kind", "row", "change", "field", "code"), BROKEN)
def test_one_fault_one_error(
    kind: Kind, row: dict[str, str], change: dict[str, str], field: str, code: str
) -> None:
    consequences = {"EVENT_STATUS", "EVENT_CATEGORY", "NOT_OF_CATEGORY", "EVENT_OPERATION"}
    others = [each for each in refusals(kind, {**row, **change}) if each != (field, code)]
    assert {each[1] for each in others} <= consequences


@pytest.mark.parametrize(("kind", "row", "change"), PERMITTED)
def test_permitted_change_loads(kind: Kind, row: dict[str, str], change: dict[str, str]) -> None:
    assert refusals(kind, {**row, **change}) == []


def test_every_error_of_a_row_is_listed() -> None:
    row = {**ISA, "sex": "x", "event_date": "tomorrow", DATE: "2026-01-01", "name_roman": "",
           "nationality_region": "ZZZ", "municipality_code": "131042"}  # fmt: skip
    assert set(refusals(ISA_KIND, row)) == {
        ("sex", "NOT_IN_LIST"),
        ("event_date", "NOT_A_DATE"),
        ("name_roman", "NAME_MISSING"),
        ("nationality_region", "CODE_UNKNOWN"),
        ("municipality_code", "CHECK_DIGIT"),
    }


def test_wrong_category_hides_nothing_else() -> None:
    row = {**ISA, "art30_45_category": "7", "sex": "x"}
    assert set(refusals(ISA_KIND, row)) == {
        ("art30_45_category", "NOT_IN_LIST"),
        ("sex", "NOT_IN_LIST"),
    }


def test_refused_name_is_not_missing() -> None:
    assert refusals(ISA_KIND, {**ISA, "name_roman": "x"}) == [("name_roman", "MEANT_OTHERWISE")]


OF_FILES = (
    "FILE_", "ROW", "BOM_", "CTRL_Z_", "HEADER_", "SEPARATED_", "QUOTED_", "ENCODING_",
    "COLUMN_", "LINE_", "QUOTES_", "UTF16_", "XML",
    "FIELD_TOO_LONG", "NUL_CHARACTER", "NOT_IN_ENCODING", "MY_NUMBER",
    "OTHER_MUNICIPALITY", "RECORD_", "SEQUENCE_", "ELEMENT_", "ATTRIBUTE_", "TEXT_OUTSIDE_",
    "NOT_IN_SCHEMA", "CHANGE_", "EXTRACT_", "OFFICE_",
)  # fmt: skip
"""Reasons that other tests reach."""


def test_every_reason_is_reached() -> None:
    of_fields = {name for name in Reason.__members__ if not name.startswith(OF_FILES)}
    # No nationality of the shipped table has ended; tests below end one.
    assert of_fields - {"NATIONALITY_NOT_IN_FORCE"} <= {code for *_, code in BROKEN}


@pytest.mark.parametrize(("kind", "row", "change", "field", "code"), BROKEN)
def test_sentences_are_filled_in(
    kind: Kind, row: dict[str, str], change: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(RecordInvalidError) as refused:
        load(kind, {**row, **change})
    error = next(e for e in refused.value.errors if (e.field, e.reason.value) == (field, code))
    shown = error.sentence("?" if field == "householder" else label(kind, field, japanese=True))
    assert "{" not in shown.replace("{U+", "")
    assert shown.endswith((".", error.facts.get("example", "."), "x"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_values_stay_out_of_logs(kind: Kind, row: dict[str, str]) -> None:
    private = "PRIVATE秘密"
    for name in row:
        with pytest.raises(RecordInvalidError) as refused:
            load(kind, {**row, name: private * 60})
        for error in refused.value.errors:
            assert private not in str(error.log_form())
            assert private not in repr(error)
            assert private not in error.sentence("label")
        assert private not in str(refused.value)


def _codes(row: dict[str, str], **days: date) -> list[str]:
    """Return why *row* is refused where the code VNM is in force on *days* only."""
    nationalities = {**shipped().nationalities, "VNM": Days(**days)}
    loader = Loader(ISA_KIND, replace(shipped(), nationalities=nationalities))
    try:
        loader.load(present(row))
    except RecordInvalidError as refused:
        return [error.reason.value for error in refused.errors]
    return []


@pytest.mark.parametrize("event", ["N02", "N05"])
def test_nationality_that_has_ended_is_not_stated_anew(event: str) -> None:
    row = {**ISA, "event_code": event}
    assert _codes(row, last=date(2026, 11, 18)) == []
    assert _codes(row, last=date(2026, 11, 17)) == ["NATIONALITY_NOT_IN_FORCE"]


def test_nationality_that_has_ended_stays_with_whoever_has_it() -> None:
    assert _codes({**ISA, "event_code": "N07"}, last=date(2026, 11, 17)) == []


def test_nationality_is_not_known_before_its_first_day() -> None:
    row = {**ISA, "event_code": "N07"}
    assert _codes(row, first=date(2026, 11, 19)) == ["NATIONALITY_NOT_IN_FORCE"]
    assert _codes(row, first=date(2026, 11, 18)) == []
