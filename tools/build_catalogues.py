"""Compile the message catalogues: a hook of the build backend, which runs before every build.

    hatchling build --hooks-only --target wheel    compile them in this tree

What is compiled is not kept in git: two branches that each add a sentence would always differ in
it. The same ``.po`` gives the same bytes on every machine and day.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StableCatalog(Catalog):
    """A catalogue whose header says nothing that changes by itself, such as a date."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header; no message has a plural, so that the rule for it is the same everywhere."""
        return [
            ("Project-Id-Version", "mediabridge"),
            ("Language", str(self.locale)),
            ("Plural-Forms", "nplurals=1; plural=0;"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


class CatalogueHook(BuildHookInterface[Any]):
    """What the build backend calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write each ``.mo`` beside its ``.po``; who reads it meanwhile reads a whole one."""
        for path in _catalogues(Path(self.root)):
            written = path.with_suffix(f".{os.getpid()}")
            written.write_bytes(compiled(_read(path)))
            written.replace(path.with_suffix(".mo"))

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002
        """Remove what :meth:`initialize` writes."""
        for path in _catalogues(Path(self.root)):
            path.with_suffix(".mo").unlink(missing_ok=True)


def compiled(catalogue: StableCatalog) -> bytes:
    """Return the ``.mo`` bytes of *catalogue*."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _catalogues(root: Path) -> list[Path]:
    return sorted(root.glob("mediabridge/locale/*/LC_MESSAGES/*.po"))


def _read(path: Path) -> StableCatalog:
    language = path.parent.parent.name
    stable = StableCatalog(locale=language)
    with path.open("rb") as stream:
        for message in read_po(stream, locale=language, abort_invalid=True):
            if message.id:
                stable.add(message.id, message.string)
    return stable
