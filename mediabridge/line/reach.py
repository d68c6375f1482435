"""Whether anybody is there at all: what tells a hub that is gone from one that says no."""

from __future__ import annotations

import socket
from typing import Final
from urllib.parse import urlsplit

from mediabridge.config import LINE_REACH_SECONDS

_HTTPS: Final = 443


def is_reachable(url: str) -> bool:
    """Tell whether a connection to the hub at *url* comes about; nothing is said over it."""
    parts = urlsplit(url)
    try:
        socket.create_connection(
            (parts.hostname or "", parts.port or _HTTPS), LINE_REACH_SECONDS
        ).close()
    except OSError:
        return False
    return True
