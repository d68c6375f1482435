"""The registry that a station has of its own: the one of most stations, and of no settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal


@dataclass(frozen=True)
class Embedded:
    """One SQLite file in the station's folder."""

    adapter: Literal["sqlite"] = "sqlite"
    name: ClassVar[str] = ""
    """It is named by its file."""


EMBEDDED: Final = Embedded()
"""Where nothing else is said."""
