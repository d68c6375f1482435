from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from records.rows import ISA, RIGHT, csv_of, load, raw_csv
from records_xml.documents import HOSTILE, document, record, xml_of

from mediabridge.bench.remaining import Watched
from mediabridge.errors import RecordsRefusedError, UsageError
from mediabridge.kinds import Kind
from mediabridge.records.convert import convert
from mediabridge.records.csv import CsvReader, CsvWriter, Encoding
from mediabridge.records.files import FileFormat, format_of, kind_by_content, open_records
from mediabridge.records.tables import shipped
from mediabridge.records.xml import XmlReader


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(hostile=HOSTILE)
def test_there_and_back_is_the_same(hostile: Any, tmp_path: Path) -> None:
    kind, row, change = hostile
    paths = [tmp_path / name for name in ("one.csv", "two.xml", "three.csv", "four.xml")]
    for path in paths:
        path.unlink(missing_ok=True)
    paths[0].write_bytes(csv_of(load(kind, {**row, **change}), kind=kind))
    for source, target in pairwise(paths):
        assert convert(source, target, kind=kind, tables=shipped()).records == 1
    assert paths[2].read_bytes() == paths[0].read_bytes()
    assert paths[3].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("encoding", [Encoding.CP932, Encoding.SHIFT_JIS_2004, Encoding.UTF_16])
def test_encoding_is_that_of_the_csv(encoding: Encoding, tmp_path: Path) -> None:
    there, back = tmp_path / "a.csv", tmp_path / "b.csv"
    with there.open("wb") as stream:
        CsvWriter(stream, Kind.ISA_NOTICE, encoding=encoding, tables=shipped()).write(
            load(Kind.ISA_NOTICE, ISA)
        )
    convert(there, tmp_path / "a.xml", encoding=encoding, tables=shipped())
    convert(tmp_path / "a.xml", back, encoding=encoding, tables=shipped())
    assert back.read_bytes() == there.read_bytes()


def left(folder: Path, *names: str) -> bool:
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_errors_leave_no_output(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(raw_csv(ISA, {**ISA, "sex": "x"}, {**ISA, "event_code": "N99"}))
    with pytest.raises(RecordsRefusedError) as refused:
        convert(source, tmp_path / "out.xml", tables=shipped())
    assert [(error.row, error.field) for error in refused.value.errors] == [
        (3, "sex"),
        (4, "event_code"),
    ]
    assert left(tmp_path, "in.csv")


def test_unfit_characters_are_named_by_record(tmp_path: Path) -> None:
    source = tmp_path / "in.xml"
    source.write_bytes(
        document(record(), record({**ISA, "remarks": "𠮷"}), record({**ISA, "remarks": "é"}))
    )
    with pytest.raises(RecordsRefusedError) as refused:
        convert(source, tmp_path / "out.csv", encoding=Encoding.CP932, tables=shipped())
    assert [(error.row, error.facts["codepoint"]) for error in refused.value.errors] == [
        (2, "U+20BB7"),
        (3, "U+00E9"),
    ]
    assert left(tmp_path, "in.xml")


@pytest.mark.parametrize("target", ["in.csv", "there.xml", "out.csv", "out.txt", "no/out.xml"])
def test_wrong_target_is_refused(target: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(csv_of(load(Kind.ISA_NOTICE, ISA)))
    (tmp_path / "there.xml").write_bytes(b"keep")
    with pytest.raises(UsageError):
        convert(tmp_path / "in.csv", tmp_path / target, tables=shipped())
    assert left(tmp_path, "in.csv", "there.xml")
    assert (tmp_path / "there.xml").read_bytes() == b"keep"


def test_output_is_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(csv_of(load(Kind.ISA_NOTICE, ISA)))
    convert(tmp_path / "in.csv", tmp_path / "out.xml", tables=shipped())
    assert (tmp_path / "out.xml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_kind_and_format_are_seen(kind: Kind, row: dict[str, str]) -> None:
    right = load(kind, row)
    for data, form, reader in (
        (csv_of(right, kind=kind), FileFormat.CSV, CsvReader),
        (xml_of(right, kind=kind), FileFormat.XML, XmlReader),
    ):
        stream = io.BytesIO(b"skipped" + data)
        stream.seek(7)
        assert format_of(stream) is form
        assert kind_by_content(stream) is kind
        opened = open_records(stream, kind, tables=shipped())
        assert type(opened) is reader
        assert list(opened) == [right]
        assert (opened.rows, opened.errors.total) == (1, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"a,b,c\n1,2,3\n",
        b"<x/>",
        b"<",
        b"<!DOCTYPE x><x/>",
        b"\xff",
        "<x/>".encode("utf-16"),
    ],
)
def test_unknown_kind_is_none(data: bytes) -> None:
    assert kind_by_content(io.BytesIO(data)) is None


def test_unknown_kind_has_to_be_said(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(UsageError, match="--kind"):
        convert(tmp_path / "in.csv", tmp_path / "out.xml", tables=shipped())


@pytest.mark.parametrize(
    "head", ["<", "\ufeff<", " \n<", "\ufeff\t<?xml version='1.0'?>"], ids=repr
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_xml_is_seen_in_any_encoding(head: str, encoding: str) -> None:
    # So that it is refused as XML, with words that fit.
    assert format_of(io.BytesIO(head.encode(encoding))) is FileFormat.XML


def test_conversion_tells_how_far_the_source_was_read(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(csv_of(*[load(Kind.ISA_NOTICE, ISA)] * 1500))
    heard = Watched(seconds=lambda: 0.0)
    convert(source, tmp_path / "out.xml", tables=shipped(), progress=heard)
    (step,) = heard.steps
    done = [part for _, part in step.ticks]
    assert step.total == done[-1] == source.stat().st_size
    assert done[0] < done[-1]
