"""The page of the first day, as what it is for a test: who types what, where, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/operations/first-day.md"
STATIONS: Final = ("lgwan-01", "registry-01")
_PARTS: Final = re.compile(
    r"^## (?P<step>[0-9]+)\. "
    r"|^`(?P<account>[a-z]+)` at (?P<where>both|`(?P<station>[a-z0-9-]+)`):$"
    r"|^```sh\n(?P<lines>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Line:
    """A line that one account types at one station."""

    step: int
    account: str
    station: str
    text: str


def typed() -> Iterator[Line]:
    """Yield what the page has typed, in its order; "both" is one station after the other."""
    step, account, stations = 0, "", tuple[str, ...]()
    for found in _PARTS.finditer(PAGE.read_text("utf-8")):
        if found["step"]:
            step = int(found["step"])
        elif found["account"]:
            account = found["account"]
            stations = STATIONS if found["where"] == "both" else (found["station"],)
        else:
            for station in stations:
                for text in found["lines"].splitlines():
                    yield Line(step, account, station, text)
