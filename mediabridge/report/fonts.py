"""The fonts that pages are set in, and which of them has a character: none is left to chance.

A font that lacks a variation of a kanji draws the plain one without a word, and a page that says
葛󠄂 with the wrong shape is as wrong as one with an empty box. So each character, together with its
variation selector, is looked up in the fonts before a page is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from mediabridge.errors import FontMissingError, GlyphMissingError
from mediabridge.report.extra import library

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
"""Where Debian, and an administrator, put fonts."""

PACKAGES: Final = "fonts-morisawa-bizud-gothic, fonts-ipamj-mincho"

_KNOWN: Final = (
    ("BIZ UDPGothic", ("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf")),
    ("BIZ UDGothic", ("BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf")),
    ("IPAmjMincho", ("ipamjm.ttf",)),
)
"""In the order in which a character is looked for; of the last one the shapes of names."""
_SUFFIXES: Final = frozenset({".ttf", ".otf"})
_CLUSTER: Final = re.compile("(.)([\ufe00-\ufe0f\U000e0100-\U000e01ef]?)", re.DOTALL)
_SHOWN: Final = 20
_FAMILY_NAMES: Final = (16, 1)
"""Of the table ``name``: the typographic family, and the family."""


@dataclass(frozen=True)
class Face:
    """One family of which there are files here."""

    family: str
    files: tuple[Path, ...]

    @cached_property
    def _maps(self) -> list[tuple[dict[int, str], dict[int, set[int]]]]:
        return [_read(file) for file in self.files]

    def has(self, character: str, selector: str = "") -> bool:
        """Tell whether each file draws *character*, in the variation that *selector* asks for."""
        code, variation = ord(character), ord(selector) if selector else 0
        return all(
            code in plain and (not variation or code in varied.get(variation, ()))
            for plain, varied in self._maps
        )


@cache
def _read(file: Path) -> tuple[dict[int, str], dict[int, set[int]]]:
    with library():
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - of an extra
    with TTFont(file, lazy=True, fontNumber=0) as font:
        tables: Any = font["cmap"]
        varied: dict[int, set[int]] = {}
        for table in tables.tables:
            if table.format == 14:  # noqa: PLR2004 - the one of variation sequences
                for selector, pairs in table.uvsDict.items():
                    varied.setdefault(selector, set()).update(code for code, _glyph in pairs)
        return tables.getBestCmap() or {}, varied


def found(folders: Sequence[Path] = ()) -> list[Face]:
    """Return the fonts of this machine that are known here, and all of those in *folders*.

    Raises:
        FontMissingError: there is none.
        ReportLibraryError: the library that reads fonts is not installed.
    """
    faces = []
    for family, names in _KNOWN:
        files = [_find(name, [*folders, *FOLDERS]) for name in names]
        here = tuple(file for file in files if file is not None)
        if here:
            faces.append(Face(family, here))
    known = {file for face in faces for file in face.files}
    faces += list(_others(folders, known))
    if not faces:
        wanted = ", ".join(family for family, _ in _KNOWN)
        raise FontMissingError(names=wanted, packages=PACKAGES)
    return faces


def _find(name: str, folders: Iterable[Path]) -> Path | None:
    return next((path for folder in folders for path in sorted(folder.rglob(name))), None)


def _others(folders: Iterable[Path], known: set[Path]) -> Iterator[Face]:
    with library():
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - of an extra
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and path not in known:
                with TTFont(path, lazy=True) as font:
                    name: Any = font["name"]
                    families = (name.getDebugName(number) for number in _FAMILY_NAMES)
                    yield Face(next(family for family in families if family), (path,))


def require(texts: Iterable[str], faces: Sequence[Face]) -> None:
    """See that each character of *texts* can be printed.

    Raises:
        GlyphMissingError: says which cannot, by number.
    """
    clusters = {each.group(1, 2) for text in texts for each in _CLUSTER.finditer(text)}
    missing = sorted(_named(*each) for each in clusters if not _drawn(each, faces))
    if missing:
        shown = missing[:_SHOWN]
        more = ["..."] if len(missing) > _SHOWN else []
        raise GlyphMissingError(characters=", ".join([*shown, *more]), packages=PACKAGES)


def _drawn(cluster: tuple[str | Any, ...], faces: Sequence[Face]) -> bool:
    return any(face.has(*cluster) for face in faces) or cluster[0] == "\n"


def _named(character: str, selector: str) -> str:
    return " ".join(f"U+{ord(each):04X}" for each in character + selector)


def runs(text: str, faces: Sequence[Face]) -> list[tuple[str, str]]:
    """Return *text* in parts, each with the family that has all of its characters."""
    clusters = [each.group(1, 2) for each in _CLUSTER.finditer(text)]
    chosen = [
        (next((face.family for face in faces if face.has(*each)), faces[0].family), "".join(each))
        for each in clusters
    ]
    return [
        (family, "".join(part for _, part in parts))
        for family, parts in groupby(chosen, key=lambda each: each[0])
    ]
