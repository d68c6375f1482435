"""What is asked of a machine in which the package is installed, beside what people type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from harness import PATIENCE
from installed_desk import Station

HOME: Final = "/var/lib/mediabridge"
UNIT: Final = "mediabridge-watch"
LOOK: Final = Path(__file__).with_name("look.py")


def look(station: Station, what: str) -> list[Any]:
    """Return what the station's databases say, asked by their owner and without the program."""
    ask = f"runuser -u mediabridge -- python3 - {HOME} {what}"
    said = station.machine.check(ask, PATIENCE, stdin=LOOK.read_bytes())
    return [json.loads(line) for line in said.splitlines()]


def books(station: Station) -> list[tuple[str, str, int]]:
    """Return direction, state and number of each bundle in the books."""
    return sorted((row[0], row[1], row[2]) for row in look(station, "books"))


def watch(station: Station, name: str) -> str:
    """Return a property of the running unit."""
    return str(station.machine.check(f"systemctl show -P {name} {UNIT}", PATIENCE)).strip()
