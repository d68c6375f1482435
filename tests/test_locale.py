import io
import re
import string
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from mediabridge.errors import SequenceGapError
from mediabridge.locale import (
    Language,
    hint_of,
    language,
    language_of,
    sentence_of,
    set_language,
    text,
    translate,
)
from tools import messages

MESSAGES = sorted(messages.find_messages())
CATALOGUE = read_po(io.BytesIO(messages.CATALOGUES["ja"].read_bytes()), locale="ja")


def placeholders(template: str) -> list[str]:
    return sorted(field for _, field, _, _ in string.Formatter().parse(template) if field)


def test_some_messages_found() -> None:
    assert "The answer to the question was no." in MESSAGES


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_message_has_a_translation(name: str, subtests: pytest.Subtests) -> None:
    catalogue = read_po(io.BytesIO(messages.CATALOGUES[name].read_bytes()), locale=name)
    for msgid in MESSAGES:
        with subtests.test(msgid):
            entry = catalogue.get(msgid)
            assert entry is not None, "run make messages"
            assert entry.string, "translate it in the .po, then run make messages"
            assert not entry.fuzzy
            assert placeholders(entry.string) == placeholders(msgid)


def test_placeholders_are_names(subtests: pytest.Subtests) -> None:
    # An attribute or index in a template could reach into the fact itself.
    for msgid in MESSAGES:
        with subtests.test(msgid):
            assert all(field.isidentifier() for field in placeholders(msgid))


ALWAYS_SEVERAL = {
    "it holds {count} disks, it should be one",
    "it has {count} partitions, it should be one",
    "{what} {value} occurs {count} times",
    # A month, and the sizes of devices and of deleted files.
    (
        "{field} is a day that does not exist; that month of that year has {days} days."
        " Example: {example}"
    ),
    "The medium has {got} bytes free; {wanted} are needed.",
    "Its trash folders ({names}) hold {count} bytes of deleted files. ",
    # Limits of a report, which are never one.
    "a report is about {days} days at most",
    "from {count} times on one day",
    (
        "more than {factor} times the most, or less than 1/{factor} of the fewest, of the {count}"
        " bundles with records before it (of {enough} at least)"
    ),
}
"""Messages whose figure is never one, or with bytes."""


def test_no_figure_stands_before_a_plural(subtests: pytest.Subtests) -> None:
    # "1 errors": a figure follows its noun, so that one sentence is right for every figure.
    figure = re.compile(r"\{(count|got|receipts|parts|days|rows|open)\} (?!does|is\b|has)[a-z]+s\b")
    for msgid in MESSAGES:
        with subtests.test(msgid):
            found = figure.search(msgid)
            assert found is None or msgid in ALWAYS_SEVERAL


def test_no_ambiguous_width(subtests: pytest.Subtests) -> None:
    # Such characters are one column wide on some terminals and two on others.
    for msgid in MESSAGES:
        with subtests.test(msgid):
            entry = CATALOGUE.get(msgid)
            shown = msgid + str(entry.string if entry else "")
            assert [char for char in shown if unicodedata.east_asian_width(char) == "A"] == []


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_catalogue_is_current(name: str) -> None:
    catalogue = messages.updated(name, messages.CATALOGUES[name], messages.find_messages())
    po, mo = messages.rendered(catalogue)
    assert messages.CATALOGUES[name].read_bytes() == po, "run make messages"
    assert messages.CATALOGUES[name].with_suffix(".mo").read_bytes() == mo, "run make messages"


def test_what_is_compiled_is_not_in_git(require_tool: Callable[[str], str]) -> None:
    # Two branches that each add a sentence would always differ in it.
    if not (messages.ROOT / ".git").exists():
        pytest.skip("no git here")
    command = [require_tool("git"), "-C", messages.ROOT, "ls-files", "*.mo"]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Language.JA),
        ({"LANG": "C.UTF-8"}, Language.JA),
        ({"LANG": "ja_JP.UTF-8"}, Language.JA),
        ({"LANG": "en_GB.UTF-8"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, Language.JA),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, Language.EN),
    ],
)
def test_language_of_environment(environment: dict[str, str], expected: Language) -> None:
    assert language_of(environment) is expected


def test_text_in_both_languages() -> None:
    facts = {"got": 1, "wanted": 2}
    msgid = "Approvals of the bundle: {got}; needed: {wanted}."
    assert text(msgid, **facts) == "Approvals of the bundle: 1; needed: 2."
    set_language("ja")
    assert language() is Language.JA
    assert text(msgid, **facts) == "交換データの承認は 1 名です。2 名の承認が必要です。"


def test_text_missing_fact() -> None:
    with pytest.raises(KeyError):
        text("Approvals of the bundle: {got}; needed: {wanted}.", got=1)


def test_unknown_language_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        set_language("fr")


def test_empty_message_stays_empty() -> None:
    set_language("ja")
    assert translate("") == ""


def test_error_in_japanese() -> None:
    error = SequenceGapError(got=32, wanted=31, route="lgwan-01/registry-01", sender="lgwan-01")
    set_language("ja")
    assert sentence_of(error).startswith("経路 lgwan-01/registry-01 の第 31 号が届いていません")
    assert hint_of(error).endswith("新しい番号で発行し直します (mediabridge bundles reissue)。")


def test_message_built_at_run_time(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text('text(f"{count} records")\n')
    with pytest.raises(SystemExit, match=r"bad\.py:1"):
        messages.find_messages(tmp_path)


def test_environment_decides_at_start() -> None:
    script = "from mediabridge.locale import text; print(text('Commands'))"
    for lang, expected in (("ja_JP.UTF-8", "コマンド"), ("en_US.UTF-8", "Commands")):
        printed = subprocess.run(
            [sys.executable, "-c", script],
            env={"LC_ALL": lang, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        assert printed.stdout == f"{expected}\n"
