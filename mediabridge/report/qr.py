"""QR codes of papers."""

from __future__ import annotations

from typing import Final

import segno

_QUIET: Final = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""


def as_svg(data: str) -> str:
    """Return the code of *data* as one ``<svg>`` that is as large as it is told to be."""
    code = segno.make_qr(data, error="m")
    return str(code.svg_inline(border=_QUIET, scale=1, omitsize=True))
