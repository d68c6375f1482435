"""How the Japanese of our own texts is read: the kana of each word, in brackets behind it.

Only what the catalogue and the code tables say is read. A word is looked up, never guessed: all
kanji that stand beside each other have an entry in ``ja/readings.txt``, or none of them has a
reading. What is filled into a text (a name, a file, a number) comes after this, so that nobody's
name is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "ja" / "readings.txt"
NUMBER: Final = "#"
_NO_KANA: Final = "$"
_PART: Final = "/"

KANJI: Final = "\u3400-\u4dbf\u4e00-\u9fff々"
"""What has a reading, as part of a character class."""

_FOUND: Final = re.compile(rf"\{{[^{{}}]*\}}|[{KANJI}]+")
"""What is filled in later, or a word."""
_KEY: Final = re.compile(rf"([^{KANJI}]*)([{KANJI}{_PART}]+)([^{KANJI}]*)")
_AFTER_NUMBER: Final = re.compile(r"[0-9}] ?\Z")
_KANA: Final = re.compile(r"[\u3041-\u3096]")
_BY_ITSELF: Final = re.compile(
    r"[はがをにのでともへや]|から|か[、。はの]|だけ|だ[。、]|まで|より|など|ごと|あり|ある|あて|しか"
    r"|ずつ|なの|なら|です|ほど|また|かも|すぐ|[^\u3041-\u3096]|\Z"
)
"""What follows a kanji that is a noun, so that it is no stem of a verb."""


@dataclass(frozen=True)
class Entry:
    """A word, what decides on its reading, and the kana of its parts, if it is read at all."""

    before: str
    parts: tuple[str, ...]
    after: str
    kana: tuple[str, ...]
    alone: bool = False

    @property
    def word(self) -> str:
        """All its kanji."""
        return "".join(self.parts)

    def fits(self, text: str, start: int, end: int) -> bool:
        """Tell whether it is what stands from *start* to *end* of *text*."""
        if self.before == NUMBER:
            return _AFTER_NUMBER.search(text, 0, start) is not None
        if self.alone:
            return _BY_ITSELF.match(text, end) is not None
        if self.after == _NO_KANA:
            return _KANA.match(text, end) is None
        return text.endswith(self.before, 0, start) and text.startswith(self.after, end)

    def read(self) -> str:
        """Return the word with its reading."""
        pairs = zip(self.parts, self.kana, strict=True)
        return "".join(f"{part}({kana})" for part, kana in pairs) if self.kana else self.word


@cache
def read(text: str) -> str:
    """Return *text*, with its placeholders still open, and the reading behind each word of it."""

    def one(found: re.Match[str]) -> str:
        entry = None if found[0].startswith("{") else entry_for(text, found)
        return entry.read() if entry else found[0]

    return _FOUND.sub(one, text)


def entry_for(text: str, found: re.Match[str]) -> Entry | None:
    """Return what the table has about the word *found* where it stands in *text*."""
    fitting = (each for each in table()[found[0]] if each.fits(text, *found.span()))
    return next(fitting, None)


@cache
def table() -> defaultdict[str, list[Entry]]:
    """Return the entries about each word, those first that say most of what stands around it."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for each in entries():
        found[each.word].append(each)
    for some in found.values():
        some.sort(key=_precedence)
    return found


def entries() -> Iterator[Entry]:
    """Yield every entry of the table, in its order."""
    section = ""
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line and not line.startswith("# "):
            key, _, kana = line.partition(" ")
            yield _entry(key, tuple(kana.split(_PART)) if kana else (), section == "[alone]")


def _entry(key: str, kana: tuple[str, ...], alone: bool) -> Entry:
    parsed = _KEY.fullmatch(key)
    assert parsed is not None, key  # noqa: S101 - a test reads every line
    before, word, after = parsed.groups()
    return Entry(before, tuple(word.split(_PART)), after, kana, alone)


def _precedence(entry: Entry) -> tuple[bool, int, bool]:
    return entry.before != NUMBER, -len(entry.before + entry.after), entry.alone
