"""Every sentence, detail, state and outcome, as a Japanese reader gets it."""

import ast
import re
import string
from enum import EnumMeta
from pathlib import Path

import pytest

from mediabridge import errors
from mediabridge.cli._table import COMMANDS as COMMAND_TABLE
from mediabridge.locale import Language, hint_of, said, sentence_of, set_language, translate
from mediabridge.locale.spoken import Spoken
from mediabridge.media.states import MediumState, report
from tools import messages

PACKAGE = Path(__file__).parent.parent / "mediabridge"
WORD = re.compile(r"[A-Za-z][A-Za-z_]*[a-z]")
"""A Latin word with a small letter; codes and abbreviations are capitals."""

NAMES = {
    # Commands, options and their values, paths.
    *(
        "mediabridge",
        "media",
        "list",
        "lost",
        "show",
        "held",
        "bundles",
        "station",
        "init",
        "clock",
    ),
    *(
        "names",
        "convert",
        "seal",
        "approve",
        "status",
        "verify",
        "trust",
        "signers",
        "help",
        "home",
    ),
    *("codes", "json", "medium", "folder", "empty", "route", "replace", "quick", "kind", "key"),
    *(
        "keys",
        "new",
        "reject",
        "rank",
        "docs",
        "install",
        "operations",
        "md",
        "py",
        "reset",
        "allowed",
        "collect",
        "continue",
        "reissue",
        "erase",
        "recover",
        "open",
        "reason",
        "peer",
        "restored",
    ),
    *("resolve", "again", "second", "audit", "alarms", "person", "name", "kanji", "explain"),
    *("kiosk", "population", "apply", "finding", "because", "newer", "extract", "after", "void"),
    *("tokens", "enrol", "serial", "request", "targets", "snapshot", "timestamp", "recipient"),
    *("clerk", "clerks", "operator", "overdue", "write", "export"),
    # Files, formats and products.
    *("json", "header", "root", "toml", "csv", "xml", "sha", "openssh", "udisks", "udev", "Bus"),
    *(
        "encoding",
        "indefinite",
        "Ctrl",
        "outbox",
        "put",
        "aside",
        "keep",
        "Mac",
        "base",
        "format",
        "withdraws",
    ),
    *("line", "hub", "reasons", "sync", "all", "ja"),
    *("cp", "shift_jis", "Shift_JIS", "utf", "Excel", "Windows", "Thumbs", "db", "Store"),
    *("Debian", "Python", "fonts", "Clam", "AV", "dpkg", "deb", "cvd", "software"),
    *("doctor", "accounts", "demo", "sample", "witness", "log", "su", "chmod", "run", "mnt"),
    *("systemctl", "start", "clamav", "clamd", "daemon", "conf", "yes"),
    *("Stream", "Max", "Length", "File", "Size", "Scan", "Alert", "Exceeds"),
    *("StreamMaxLength", "MaxFileSize", "MaxScanSize", "AlertExceedsMax"),
}
OTHERS = ("systemctl start", "AlertExceedsMax yes")
"""What is typed at another program, or stands in its settings."""
COMMANDS = "|".join(
    sorted((*(entry.name for entry in COMMAND_TABLE), *OTHERS), key=len, reverse=True)
)
ERRORS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, errors.MediabridgeError) and found.reason
]


@pytest.fixture(autouse=True)
def _japanese(_english: None) -> None:
    set_language(Language.JA)


def english_in(sentence: str) -> set[str]:
    """Return the Latin words of *sentence* that are no names; placeholders are no words."""
    plain = re.sub(r"\{[^{}]*\}", "", sentence)
    return set(WORD.findall(plain)) - NAMES


def spoken() -> list[Spoken]:
    """Return every member of every closed list that has words."""
    for path in PACKAGE.rglob("*.py"):
        if "Spoken)" in path.read_text(encoding="utf-8"):
            name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            __import__(name)
    lists: list[EnumMeta] = Spoken.__subclasses__()  # type: ignore[assignment]
    return [member for each in lists for member in each]  # type: ignore[misc]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.reason)
def test_refusal(error: type[errors.MediabridgeError]) -> None:
    templates = error.sentence + error.hint
    fields = {field for _, field, _, _ in string.Formatter().parse(templates) if field}
    made = error.__new__(error)
    errors.MediabridgeError.__init__(made, **dict.fromkeys(fields, "1"))
    for shown in (sentence_of(made), hint_of(made)):
        assert english_in(shown) == set(), shown
        assert re.search(r"[ぁ-ん]", shown), shown


@pytest.mark.parametrize("state", MediumState)
def test_state_of_a_medium(state: MediumState) -> None:
    seen = report(state)
    assert english_in(seen.sentence + seen.hint) == set()


@pytest.mark.parametrize("member", spoken(), ids=lambda member: f"{type(member).__name__}.{member}")
def test_closed_list(member: Spoken) -> None:
    shown = str(said(member))
    assert shown != member.value
    assert english_in(shown) == set(), shown


def test_every_message(subtests: pytest.Subtests) -> None:
    # A name of a format may stand among Japanese; two English words in a row are a sentence.
    sentence = re.compile(r"[a-z']{2,} [a-z']{2,}")
    for msgid in messages.find_messages():
        with subtests.test(msgid):
            shown = re.sub(COMMANDS, "", translate(msgid))
            assert sentence.search(shown) is None, shown


def details() -> dict[str, ast.expr]:
    """Return what is put into a refusal as a sentence of its own, by where that is done."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call) or not _is_refusal(node.func):
                continue
            for given in node.keywords:
                found[f"{path.relative_to(PACKAGE)}:{node.lineno}:{given.arg}"] = given.value
    return found


def _is_refusal(called: ast.expr) -> bool:
    return str(getattr(called, "attr", getattr(called, "id", ""))).endswith("Error")


def _is_words(value: ast.expr) -> bool:
    """Tell whether *value* is English text, past every translation."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return any(isinstance(each, str) and " " in each.strip() for each in texts)


def test_no_detail_is_past_translation() -> None:
    found = details()
    assert len(found) > 200
    assert [place for place, value in found.items() if _is_words(value)] == []
