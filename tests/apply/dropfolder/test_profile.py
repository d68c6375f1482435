"""What a vendor wants is written down, checked, and never a reason to change a name."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mediabridge.apply.dropfolder.profile import Profile, load
from mediabridge.apply.dropfolder.sheet import open_sheet
from mediabridge.errors import RegistryRefusedError, SettingsError
from mediabridge.records.model import IsaNotice
from tests.apply.dropfolder.conftest import EXAMPLES
from tests.apply.people import notice

CSV = tomllib.loads((EXAMPLES / "dropfolder-csv.toml").read_text("utf-8"))
NAME = [{"name": "氏名", "item": "name_kanji"}]


def written(*notices: IsaNotice, **items: Any) -> bytes:
    profile = Profile.model_validate({"format": "csv", "name": "{seq}.csv", "column": NAME} | items)
    output = io.BytesIO()
    sheet = open_sheet(output, profile)
    for each in notices:
        sheet.add(each)
    sheet.close()
    return output.getvalue()


@pytest.mark.parametrize(
    ("items", "content"),
    [
        ({}, "氏名\r\n髙𠮷\r\n".encode()),
        ({"line_end": "lf", "header": False}, "髙𠮷\n".encode()),
        ({"mark": True, "header": False}, b"\xef\xbb\xbf" + "髙𠮷\r\n".encode()),
        ({"encoding": "utf-16", "header": False}, "\ufeff髙𠮷\r\n".encode("utf-16-le")),
        ({"encoding": "cp932", "unencodable": "codepoint", "quote": "all", "header": False},
         '"髙{U+20BB7}"\r\n'.encode("cp932")),
        ({"encoding": "shift_jis_2004", "header": False, "unencodable": "codepoint"},
         b"{U+9AD9}{U+20BB7}\r\n"),
    ],
)  # fmt: skip
def test_name_is_written_as_it_is(items: dict[str, Any], content: bytes) -> None:
    assert written(notice(name_kanji="髙𠮷"), **items) == content


def test_what_the_encoding_lacks_is_refused() -> None:
    with pytest.raises(RegistryRefusedError, match=r"U\+20BB7") as refused:
        written(notice(name_kanji="髙𠮷"), encoding="cp932")
    assert "髙" not in str(refused.value)


def test_look_alike_is_not_taken_for_the_character() -> None:
    # Python writes each of them as the bytes of another character, which is what comes back.
    told = written(notice(remarks="〜‖−"), column=[{"name": "備考", "item": "remarks"}],
                   encoding="cp932", unencodable="codepoint", header=False)  # fmt: skip
    assert told == b"{U+301C}{U+2016}{U+2212}\r\n"


def test_unknown_day_keeps_its_place() -> None:
    column = [{"name": "生年月日", "item": "birth_date", "date": "%Y/%m/%d"}]
    told = written(notice(birth_date="1990-00-00"), column=column, header=False)
    assert told == b"1990/00/00\r\n"


def test_code_that_the_profile_lacks_is_refused() -> None:
    column = [{"name": "区分", "item": "operation_hint", "codes": {"deletion": "2"}}]
    with pytest.raises(RegistryRefusedError, match="correction"):
        written(notice(), column=column)


def test_name_without_a_code_is_not_repeated() -> None:
    column = [{"name": "氏名", "item": "name_roman", "codes": {"EXAMPLE BEATRICE": "1"}}]
    with pytest.raises(RegistryRefusedError, match="a value of name_roman") as refused:
        written(notice(), column=column)
    assert "ALICE" not in repr(vars(refused.value))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": "always-the-same.csv"}, "seq"),
        ({"name": "../{seq}.csv"}, "name"),
        ({"name": "{seq.__class__}.csv"}, "seq"),
        ({"column": []}, "column"),
        ({"column": [{"name": "a", "item": "password"}]}, "no item password"),
        ({"column": [*NAME, *NAME]}, "one name"),
        ({"column": NAME}, "notice_id"),
        ({"format": "xml"}, "element"),
        ({"format": "xml", "column": NAME, "result": None}, "UTF-8"),
        ({"encoding": "latin-1"}, "encoding"),
        ({"result": CSV["result"] | {"codes": {"0": "held"}}}, "no outcome"),
        ({"result": CSV["result"] | {"codes": {"0": "handed_over"}}}, "no outcome"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_wrong_profile_is_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Profile.model_validate(CSV | changed)


@pytest.mark.parametrize(
    ("content", "problem"), [(b"[", "no TOML"), (b"\xff", "no TOML"), (b"format = 1", "format")]
)
def test_file_that_is_no_profile(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "vendor.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=problem):
        load(path)


@pytest.mark.parametrize("name", ["dropfolder-csv.toml", "dropfolder-xml.toml"])
def test_examples_are_profiles(name: str) -> None:
    assert load(EXAMPLES / name).column
