"""Where a line of Japanese or Latin text may be broken."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"[(（「]*(?:"
    r"[\u3400-\u9fff々]+\([\u3041-\u3096]+\)"
    r"|[\u0000-\u2fff]+?(?=\s|$|[^\u0000-\u2fff])"
    r"|[^\u0000-\u2fff]"
    r")[、。・」ー]*\s*"
)
"""What may not be broken: a word with its reading, a Latin one, or a Japanese character with what
must stand before or behind it."""


def wrapped(paragraph: str, width: int) -> list[str]:
    """Break *paragraph* into lines of at most *width* columns.

    Latin text breaks at spaces, Japanese between characters, but never before a
    closing mark.
    """
    from rich.cells import cell_len

    lines = [""]
    for match in _PIECE.finditer(paragraph):
        piece = match.group()
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line]
