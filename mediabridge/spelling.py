"""Base64 and ASCII from outside, each with one spelling and with words of ours.

What the standard library says of bytes it cannot read is English, repeats what it was
given, and would end in the middle of a sentence on a clerk's screen.
"""

from __future__ import annotations

import base64

from mediabridge.locale import text


def to_base64(data: bytes) -> str:
    """Return *data* in the base64 of RFC 4648, section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(spelt: object) -> bytes:
    """Return the bytes that :func:`to_base64` spells so.

    Raises:
        ValueError: *spelt* is no text, no base64, or another spelling of its bytes.
    """
    try:
        data = base64.b64decode(spelt, validate=True) if isinstance(spelt, str) else b""
    except ValueError:
        data = b""
    if to_base64(data) != spelt:
        msg = text("not in the one spelling of base64")
        raise ValueError(msg)
    return data


def from_ascii(data: bytes) -> str:
    """Return the text in *data*.

    Raises:
        ValueError: a byte is none of ASCII.
    """
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        msg = text("not ASCII at byte {place}", place=error.start + 1)
        raise ValueError(msg) from None
