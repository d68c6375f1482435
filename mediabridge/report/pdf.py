"""Papers as PDF/A, by typst: the copy that is signed off and kept.

The same papers make the same bytes: the time in the file is theirs, and no font, package or date
comes from anywhere but where it is told. What is printed is handed over as data.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import as_file, files
from math import ceil
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import unescape

from mediabridge.clock import from_rfc3339
from mediabridge.printed import (
    Blanks,
    Block,
    Code,
    Facts,
    Heading,
    Lines,
    Mono,
    Paper,
    Picture,
    Table,
    Text,
)
from mediabridge.report import fonts
from mediabridge.report.extra import library
from mediabridge.report.fonts import Face
from mediabridge.report.qr import as_svg

STANDARD: Final = "a-2u"
"""PDF/A-2, with the text in Unicode: it can be searched and copied."""

_MONO: Final = "BIZ UDGothic"
_TOGETHER: Final = 8
"""Characters of an id that stay on one line."""
_ACROSS: Final = 178.0
"""Millimetres between the margins."""
_CHARACTER: Final = 1.95
"""Millimetres of a half-width character in a table, about."""
_INSET: Final = 4.5
_WIDE: Final = frozenset("MWmw@%")
_WIDEST: Final = 40
"""Half-width characters that a column wants, at most."""
_WHOLE: Final = 300
"""Half-width characters: a row with no longer cell stands on one page, another one may break."""
_IN_SVG: Final = re.compile(r">([^<]+)<")
_WORD: Final = re.compile(r"[!-~]+")
_LONG: Final = re.compile(r"[0-9A-Za-z+/]{17,}|[!-~]{33,}")
"""A word that is too long for a column: it is cut where a line ends."""


def pdf(papers: Sequence[Paper], folders: Sequence[Path] = ()) -> bytes:
    """Return *papers* as one file of PDF/A, set in fonts of this machine and of *folders*.

    Raises:
        FontMissingError, GlyphMissingError: a font, or a character in all of them, is missing.
        ReportLibraryError: a library is not installed.
    """
    with library():
        import typst  # noqa: PLC0415 - of an extra: who makes no report needs none
    faces = fonts.found(folders)
    given = _Given(faces)
    data = given.papers(papers)
    fonts.require(given.texts, faces)
    made = from_rfc3339(papers[0].made)
    with (
        tempfile.TemporaryDirectory(prefix="mediabridge-") as folder,
        as_file(files(__package__) / "templates/paper.typ") as template,
    ):
        # Only these files: a font of the same name elsewhere may lack what was looked up.
        for number, file in enumerate(file for face in faces for file in face.files):
            (Path(folder) / f"{number}{file.suffix}").symlink_to(file.absolute())
        compiled = typst.compile(
            template,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
            ),
            sys_inputs={"papers": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARD,
            timestamp=int(made.timestamp()),
        )
    return bytes(compiled)


class _Given:
    """Turns papers into what the template reads, and notes each text that will be printed."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self._faces = faces
        self.texts: list[str] = []

    def papers(self, papers: Sequence[Paper]) -> dict[str, Any]:
        families = [face.family for face in self._faces]
        return {
            "title": papers[0].title,
            "date": _date(from_rfc3339(papers[0].made)),
            "fonts": families,
            "mono": _MONO if _MONO in families else families[0],
            "papers": [self._paper(each) for each in papers],
        }

    def _paper(self, paper: Paper) -> dict[str, Any]:
        self.texts.append("0123456789/ ・")
        return {
            "title": self._said(paper.title),
            "lang": paper.lang,
            "mode": paper.mode,
            "mode_said": self._said(paper.mode_said),
            "foot": self._said(paper.foot),
            "blocks": [
                {"sort": type(block).__name__, **self._block(block)} for block in paper.blocks
            ],
        }

    def _block(self, block: Block) -> dict[str, Any]:
        given: dict[str, Any]
        match block:
            case Heading(text) | Text(text):
                given = {"text": self._said(text)}
            case Facts(rows):
                given = {"rows": [[self._said(name), self._cell(value)] for name, value in rows]}
            case Blanks(labels):
                given = {"rows": [[self._said(name), ""] for name in labels]}
            case Lines(lines, boxes):
                given = {"lines": [list(self._parts(line)) for line in lines], "boxes": boxes}
            case Table():
                given = self._table(block)
            case Code(data, said):
                given = {"svg": as_svg(data), "alt": said, "said": self._said(said)}
            case Picture(svg, said, caption):
                self.texts += map(unescape, _IN_SVG.findall(svg))
                svg = svg.replace("sans-serif", self._faces[0].family)
                given = {"svg": svg, "alt": said, "caption": self._said(caption)}
        return given

    def _table(self, table: Table) -> dict[str, Any]:
        return {
            "caption": self._said(table.caption),
            "headings": [self._said(name) for name in table.headings],
            "cells": [self._cell(value) for row in table.rows for value in row],
            "whole": [each for row in table.rows for each in [_whole(row)] * len(row)],
            "right": sorted(table.right),
            "widths": _widths(list(zip(table.headings, *table.rows, strict=True))),
        }

    def _parts(self, line: str) -> Iterator[Any]:
        for number, part in enumerate(line.split("`")):
            yield (self._mono(_words(part)) if number % 2 else self._said(part))

    def _cell(self, value: str) -> Any:
        if not isinstance(value, Mono):
            if not _LONG.search(value):
                return self._said(value)
            return {"parts": [[len(part) == _TOGETHER, self._said(part)] for part in _cut(value)]}
        return self._mono([value[at : at + _TOGETHER] for at in range(0, len(value), _TOGETHER)])

    def _mono(self, parts: Sequence[str]) -> dict[str, Any]:
        return {"mono": [self._said(part) for part in parts]}

    def _said(self, text: str) -> Any:
        self.texts.append(text)
        found = fonts.runs(text, self._faces)
        return text if [family for family, _ in found] in ([], [self._faces[0].family]) else found


def _date(made: datetime) -> dict[str, int]:
    names = ("year", "month", "day", "hour", "minute", "second")
    return {name: getattr(made, name) for name in names}


def _widths(columns: Sequence[Sequence[str]]) -> list[float]:
    """Return millimetres for each of *columns*: no word is cut, and what is long gets more."""
    needed = [_INSET + _CHARACTER * max(map(_longest, column)) for column in columns]
    wanted = [
        max(need, _INSET + _CHARACTER * min(_WIDEST, max(map(_length, column))))
        for need, column in zip(needed, columns, strict=True)
    ]
    if sum(needed) >= _ACROSS or sum(wanted) <= _ACROSS:
        base = needed if sum(needed) >= _ACROSS else wanted
        return [each * _ACROSS / sum(base) for each in base]
    share = (_ACROSS - sum(needed)) / (sum(wanted) - sum(needed))
    return [need + share * (want - need) for need, want in zip(needed, wanted, strict=True)]


def _length(text: str) -> int:
    """Return how long *text* would be on one line, in letters of a word, about."""
    if isinstance(text, Mono):
        return 2 * _TOGETHER
    return max(ceil(sum(map(_letter, line))) for line in text.split("\n"))


def _letter(each: str) -> float:
    """Return how wide a character is; codes of reasons are capitals, which are wider than words."""
    if each > "\xff":
        return 2
    if each in _WIDE:
        return 1.7
    return 1.25 if each.isupper() or each.isdigit() else 1


def _whole(row: Sequence[str]) -> bool:
    """Tell whether *row* is surely lower than a page, however narrow its columns are."""
    return all(sum(1 + (each > "\xff") for each in text) <= _WHOLE for text in row)


def _longest(text: str) -> int:
    """Return how long the longest part of *text* is that stays on one line."""
    if isinstance(text, Mono):
        return min(_TOGETHER, len(text))
    # A wide character may end a line, but one of them stands with a comma or a bracket.
    words = _WORD.findall(_LONG.sub("", text))
    least = _TOGETHER if _LONG.search(text) else min(_length(text), 4)
    return max([least, *map(_length, words)])


def _words(command: str) -> list[str]:
    *words, last = command.split(" ")
    return [*(f"{word} " for word in words), last]


def _cut(text: str) -> Iterator[str]:
    """Yield *text* in parts, what is long in it by :data:`_TOGETHER` characters."""
    at = 0
    for word in _LONG.finditer(text):
        yield from filter(None, [text[at : word.start()]])
        yield from (word[0][i : i + _TOGETHER] for i in range(0, len(word[0]), _TOGETHER))
        at = word.end()
    yield from filter(None, [text[at:]])
