"""What people type wrongly is answered in their language, with the name of what is wrong."""

import re
from pathlib import Path

import pytest

from mediabridge.cli import _table
from mediabridge.cli._app import run
from mediabridge.cli._usage import in_our_words
from mediabridge.kinds import Kind
from mediabridge.locale import set_language
from mediabridge.records.codes.schema import SCHEMAS
from mediabridge.records.encoding import Encoding
from mediabridge.records.names import Reason
from mediabridge.trust.ceremony.roles import Role
from mediabridge.trust.trust_data import Duty

OURS = {word for entry in _table.COMMANDS for word in entry.name.split()}

MISTAKES = [
    ["zzz"],
    ["media"],
    ["media", "zzz"],
    ["media", "lost"],
    ["approve"],
    ["approve", "--key"],
    ["seal", "--empty=yes"],
    ["bundles", "show"],
    ["status", "zzz"],
    ["status", "--zzz"],
    ["seal", "--operato", "zzz"],
    ["sample", "--out", "zzz", "--residents", "zzz"],
    ["sample", "--out", "zzz", "--residents", "0"],
    ["sample", "--out", "zzz", "--days", "999"],
    ["sample", "--out", "zzz", "--format", "zzz"],
    ["collect", "zzz", "--kind", "zzz"],
    ["collect", "zzz", "--encoding", "zzz"],
    ["convert", "zzz", "zzz"],
    ["convert", "/", "zzz"],
    ["verify", "zzz", "--medium", "/dev/null"],
    ["verify", "zzz", "--medium", "zzz.csv"],
    ["codes", "show", "zzz"],
    ["codes", "show", "sex", "zzz"],
    ["names", "convert", "zzz", "--rank2", "zzz"],
    ["names", "convert", "zzz", "--rank2", "0=person_wishes"],
    ["names", "convert", "zzz", "--rank2", "9=person_wishes"],
    ["bench", "zzz"],
    ["bench", "bundle", "--size", "zzz"],
    ["media", "issue", "zzz", "--to", "zzz", "--minutes", "zzz"],
    ["station", "init", "zzz", "--city", "zzz", "--municipality", "zzz"],
    ["station", "init", "zzz", "--city", "zzz", "--time-zone", "zzz"],
    ["--home"],
    ["--lang", "zzz"],
    ["--json=zzz", "status"],
    ["status", "--lang", "ja"],
    *([*entry.name.split(), "--zzz"] for entry in _table.COMMANDS if entry.module),
    *([*entry.name.split(), "zzz", "zzz", "zzz"] for entry in _table.COMMANDS if entry.module),
]
TYPED = {word for words in MISTAKES for each in words for word in re.findall(r"\w{3,}", each)}
OPTIONS = {
    "help",
    "operator",
    "home",
    "lang",
    "json",
    "files",
    "number",
    "bundle",
    "from",
    "source",
    "label",
    "reason",
    "token",
    "output",
    "holder",
    "share",
    "sort",
}
ALLOWED = {
    *OURS
    | TYPED
    | OPTIONS
    | {"role", *(str(each) for each in (*Role, *Duty))}
    | set(Kind)
    | set(Encoding)
    | set(Reason)
    | set(SCHEMAS),
    *("mediabridge", "USB", "CSV", "XML", "UTF", "KiB", "MiB", "GiB", "csv", "xml", "rank2"),
    # The parts of cp932, shift_jis_2004 and utf-8 that look like words.
    *("cp932", "shift_jis_2004", "utf", "passphrase", "target", "name", "path", "record"),
}
"""What was typed, commands and options, file names, units, and values from closed lists."""


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_japanese_answer_holds_no_english(
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zzz.csv").touch()
    set_language("ja")
    home = [] if words == ["--home"] else ["--home", "zzz"]
    assert run([*home, *words]) != 1
    shown = "\n".join(capsys.readouterr())
    assert re.search("[ぁ-ん]", shown)
    assert set(re.findall(r"[A-Za-z][A-Za-z0-9_]{2,}", shown)) - ALLOWED == set(), shown


@pytest.mark.parametrize("lang", [["--lang", "ja"], ["--lang=ja"]])
def test_language_is_heard_although_the_rest_does_not_fit(
    lang: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*lang, "--home"]) == 2
    assert capsys.readouterr().err.startswith("エラー: ")


def test_saying_that_is_not_known_is_not_shown() -> None:
    set_language("ja")
    assert not re.search("[A-Za-z]", in_our_words("Something that a newer library says."))


@pytest.mark.parametrize("name", [entry.name for entry in _table.COMMANDS if entry.module])
def test_help_says_in_japanese_what_an_option_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--lang", "ja", *name.split(), "--help"])
    assert re.findall(r"<[A-Za-z ]+>", capsys.readouterr().out) == []
