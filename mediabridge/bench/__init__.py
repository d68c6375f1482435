"""Measuring this machine against the figures we promise.

Every figure stands beside a floor or a peer that was measured in the same run, on the
same machine, so that a noisy or slow machine changes both.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One figure: what was measured, what it is compared with, and whether the bound holds."""

    name: str
    measured: float
    unit: str
    floor_name: str
    floor: float
    bound: float | None
    """Largest allowed ratio of *measured* to *floor*; None where none is promised."""

    @property
    def ratio(self) -> float:
        """Measured divided by floor."""
        return self.measured / self.floor

    @property
    def holds(self) -> bool | None:
        """Whether the ratio is within its bound; None where none is promised."""
        return None if self.bound is None else self.ratio <= self.bound

    def as_dict(self) -> dict[str, object]:
        """Return the figure for ``--json``."""
        return {**asdict(self), "ratio": round(self.ratio, 3), "holds": self.holds}


@dataclass(frozen=True)
class Missing:
    """A figure that could not be measured here, and the programs that it takes."""

    name: str
    programs: tuple[str, ...]
