from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from records.rows import RIGHT
from records_xml.documents import document, element, record

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS, Need
from mediabridge.records.xml import SCHEMA_FILE
from tools import build_xsd, records_doc

SCHEMA = etree.XMLSchema(file=str(SCHEMA_FILE))
DOCS = Path(build_xsd.__file__).parent.parent / "docs" / "format"


def test_shipped_and_published_schema_are_the_same() -> None:
    assert (DOCS / SCHEMA_FILE.name).read_bytes() == SCHEMA_FILE.read_bytes()


def test_schema_is_up_to_date() -> None:
    assert build_xsd.main(["--check"]) == 0


def test_data_dictionary_is_up_to_date() -> None:
    assert records_doc.main(["--check"]) == 0


def test_stale_schema_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "stale.xsd"
    stale.write_text(build_xsd.schema().replace("isa_notice", "other"), encoding="utf-8")
    monkeypatch.setattr(build_xsd, "TARGETS", (stale,))
    monkeypatch.setattr(build_xsd, "ROOT", tmp_path)
    assert build_xsd.main(["--check"]) == 1
    assert build_xsd.main([]) == 0
    assert stale.read_bytes() == SCHEMA_FILE.read_bytes()


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_right_rows_are_valid(kind: Kind, row: dict[str, str]) -> None:
    SCHEMA.assertValid(etree.fromstring(document(record(row, kind), kind=kind)))


@pytest.mark.parametrize("kind", list(Kind))
def test_examples_of_all_fields_are_valid(kind: Kind) -> None:
    every_field = {name: item.example for name, item in FIELDS[kind].items()}
    SCHEMA.assertValid(etree.fromstring(document(record(every_field, kind), kind=kind)))


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in Kind for name in FIELDS[kind]])
def test_no_field_may_be_empty(kind: Kind, name: str) -> None:
    every_field = {each: item.example for each, item in FIELDS[kind].items()}
    text = record(every_field, kind).replace(element(name, every_field[name]), f"<{name}/>")
    assert f"<{name}/>" in text
    assert not SCHEMA.validate(etree.fromstring(document(text, kind=kind)))


@pytest.mark.parametrize("kind", list(Kind))
def test_needed_fields_are_required(kind: Kind) -> None:
    for name, item in FIELDS[kind].items():
        others = {each: field.example for each, field in FIELDS[kind].items() if each != name}
        valid = SCHEMA.validate(etree.fromstring(document(record(others, kind), kind=kind)))
        assert valid is (item.need is not Need.ALWAYS)
