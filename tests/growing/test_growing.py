"""What a developer has to touch to carry more, shown by doing it in a copy of the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attacks.records import MUNICIPALITY, isa_notice
from growing.copied import PROGRAM, Copied

pytestmark = pytest.mark.in_turns

GENERATED = {
    "docs/format/mediabridge-exchange-1.xsd",
    "docs/format/records.md",
    "mediabridge/records/xml/mediabridge-exchange-1.xsd",
}
JOURNEY = Path(__file__).with_name("journey.py")

KIND = """\
    PARTING_REPORT = (
        "parting_report",
        Facts(
            sender="registry",
            id_field="parting_id",
            reason_field="parted_for",
            japanese="転出報告",
            english="report of a parting",
            law="",
        ),
    )

"""
MODEL = '''\
class PartingReport(Record):
    """A report that somebody parted."""

    parting_id: RecordId
    municipality_code: MunicipalityCode
    parted_for: Literal["abroad", "unknown"]
    parted_on: Day
    last_words: Remarks | None = None


'''
FIELDS = """\
_PARTING_REPORT: tuple[Field, ...] = (
    Field("parting_id", "報告番号", "report number", "", "P", Need.ALWAYS, _ID, "P-1", 32),
    Field("municipality_code", "報告元", "reporting municipality", "", "P", Need.ALWAYS,
          Reason.NOT_A_CODE, "131041", unscanned=_SHORT_CODE),
    Field("parted_for", "行き先", "where to", "", "P", Need.ALWAYS, _LIST, "abroad",
          allowed=("abroad", "unknown"), unscanned=_CLOSED_LIST),
    Field("parted_on", "転出日", "day of parting", "", "P", Need.ALWAYS, _DATE, "2026-11-18",
          unscanned=_EIGHT_DIGITS),
    Field("last_words", "伝言", "last words", "", "P", Need.OPTIONAL, _TEXT, "またね", 200),
)
"""
RULES = '''\
def check_parting_report(values: Values, tables: RuleTables) -> list[Breach]:
    """Return every rule that a report of a parting breaks."""
    found: list[Breach] = []
    if values["municipality_code"] not in tables.plain_municipalities:
        days = _spanned(values["parted_on"], None)
        _municipality(values, "municipality_code", days, tables, found)
    return found


'''
REPORTS = [
    {"parting_id": f"P-{number}", "municipality_code": MUNICIPALITY, "parted_for": "abroad",
     "parted_on": "2026-11-18", "last_words": "またね"}
    for number in (1, 2)
]  # fmt: skip


def carried(copied: Copied, scratch: Path, *words: str, rows: list[dict[str, str]]) -> Any:
    """Carry *rows* with the copied program; return what the journey saw."""
    told = json.loads(
        copied.run(str(JOURNEY), str(scratch / "world"), *words, given=json.dumps(rows))
    )
    assert Path(told["program"]).is_relative_to(copied.root)
    return told


@pytest.fixture
def copied(tmp_path: Path) -> Copied:
    return Copied(tmp_path / "tree")


def test_new_kind_is_four_files(copied: Copied, tmp_path: Path) -> None:
    kinds, model = f"{PROGRAM}/kinds.py", f"{PROGRAM}/records/model.py"
    fields, rules = f"{PROGRAM}/records/fields.py", f"{PROGRAM}/records/rules.py"
    copied.edit(kinds, "    @property\n    def schema_id", KIND)
    copied.edit(model, "AnyIsaNotice = ", MODEL)
    copied.edit(model, '}\n"""What every record', "    Kind.PARTING_REPORT: PartingReport,\n")
    copied.edit(
        model, '}\n"""Turns a mapping', "    Kind.PARTING_REPORT: TypeAdapter(PartingReport),\n"
    )
    copied.edit(fields, "# fmt: on", FIELDS)
    copied.edit(
        fields, "        )\n    }\n)", "            (Kind.PARTING_REPORT, _PARTING_REPORT),\n"
    )
    copied.edit(rules, "CHECKS: Final", RULES)
    copied.edit(rules, '}\n"""The rules of', "    Kind.PARTING_REPORT: check_parting_report,\n")
    assert copied.edited == {kinds, model, fields, rules}
    copied.generate()
    assert copied.changed() == copied.edited | GENERATED
    assert '<xs:element name="parting_reports">' in copied.text(
        f"{PROGRAM}/records/xml/mediabridge-exchange-1.xsd"
    )
    assert "| `parting_report/1` | registry |" in copied.text("docs/format/records.md")

    told = carried(
        copied, tmp_path, "parting_report", "registry-01", "lgwan-01", "last_words", rows=REPORTS
    )
    assert told["outcomes"] == {"applied": 2}
    assert told["delivered"] == ["parting_report-0001.csv"]
    assert (told["receipts"], told["closed"]) == (1, {"applied": 2})
    assert told["in_log"] == ["parting_report"]
    assert told["xml"]
    assert told["refused_for"] == [["last_words", "MY_NUMBER"]]
    help_ = copied.run("-m", PROGRAM, "--lang", "en", "collect", "--help")
    assert "parting_report" in help_


def test_new_field_is_two_files(copied: Copied, tmp_path: Path) -> None:
    model, fields = f"{PROGRAM}/records/model.py", f"{PROGRAM}/records/fields.py"
    copied.edit(model, "\n\nclass MidLongTermIsaNotice", "    desk: Remarks | None = None\n")
    copied.edit(
        fields, "    _REMARKS,\n)\n\n_MUNICIPAL_NOTICE",
        '    Field("desk", "窓口", "desk", "", "P", Need.OPTIONAL, _TEXT, "3番", 200),\n',
    )  # fmt: skip
    assert copied.edited == {model, fields}
    copied.generate()
    assert copied.changed() == copied.edited | GENERATED
    assert "| `desk` | 窓口 | desk |" in copied.text("docs/format/records.md")

    rows = [{**isa_notice(number, number), "desk": "3番"} for number in (1, 2)]
    told = carried(copied, tmp_path, "isa_notice", "lgwan-01", "registry-01", "desk", rows=rows)
    assert told["outcomes"] == {"applied": 2}
    assert told["closed"] == {"applied": 2}
    assert told["xml"]
    assert told["refused_for"] == [["desk", "MY_NUMBER"]]
