"""Whether anybody is there at all: what tells a hub that is gone from one that says no."""

from __future__ import annotations

import errno
import socket
from typing import Final
from urllib.parse import urlsplit

from mediabridge.config import LINE_REACH_SECONDS

_HTTPS: Final = 443
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)


def is_forbidden() -> bool:
    """Tell whether this process may have no socket with an address, as a service without a network.

    ``RestrictAddressFamilies=`` of systemd answers as a kernel that knows no such address.
    """
    return not any(map(_may_have, _FAMILIES))


def _may_have(family: int) -> bool:
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
    except OSError as error:
        return error.errno != errno.EAFNOSUPPORT
    return True


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
