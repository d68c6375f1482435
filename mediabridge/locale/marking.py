"""The mark of a message, for the rooms that :mod:`mediabridge.locale` itself is made of."""

from __future__ import annotations


def n_(msgid: str, /) -> str:
    """Mark *msgid* for translation and return it unchanged."""
    return msgid
