"""Telling systemd how a service is: ``sd_notify(3)``, of which this is the whole protocol.

Without a service manager that asked for it, nothing is said. ``WATCHDOG`` is never: writing to a
slow stick takes minutes in which nothing can be told, and a service that is killed in the middle
of it has helped nobody.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(*lines: str) -> None:
    """Tell the service manager *lines*, such as ``READY=1``; nobody listening is no error."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return
    address = "\0" + place[1:] if place.startswith("@") else place
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.sendto("\n".join(lines).encode("utf-8"), address)
