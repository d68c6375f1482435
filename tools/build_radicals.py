"""Write the table of radicals and the kanji they look like, from Unicode's own file.

python -m tools.build_radicals EquivalentUnifiedIdeograph.txt

The file is part of the Unicode Character Database; Debian's package unicode-data has it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "mediabridge/records/text/data/radicals.tsv"
_LINE = re.compile(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*([0-9A-F]+)\b")
_VERSION = re.compile(r"# EquivalentUnifiedIdeograph-([0-9.]+)\.txt")


def table(source: str) -> str:
    """Return the table: one radical or stroke a line, and the kanji after a tab."""
    version = _VERSION.match(source)
    if version is None:
        sys.exit("this is not EquivalentUnifiedIdeograph.txt")
    head = (
        f"# Equivalent_Unified_Ideograph of Unicode {version[1]}; "
        "(c) Unicode, Inc., Unicode License v3\n"
    )
    return head + "".join(f"{one:04X}\t{kanji}\n" for one, kanji in _pairs(source))


def _pairs(source: str) -> Iterator[tuple[int, str]]:
    for line in source.splitlines():
        if (found := _LINE.match(line)) is not None:
            first = int(found[1], 16)
            for one in range(first, int(found[2] or found[1], 16) + 1):
                yield one, found[3]


if __name__ == "__main__":
    if len(sys.argv) != len(["program", "source"]):
        sys.exit(__doc__)
    TARGET.write_text(table(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="ascii")
