"""How right the remaining time is that progress shows, once the first tenth is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

JUDGED: Final = (0.1, 0.9)
"""Between which shares of a step: before, nobody has seen enough; after, hardly any is left."""

THIRD: Final = 4 / 3
"""By which factor an estimate may be off, as it is aimed at: right within a third."""

BOUND: Final = 1.5
"""The same where it is measured; it was 1.05 to 1.25 on a quiet machine, to 1.37 on a busy one."""


@dataclass(frozen=True)
class Step:
    """One step that somebody waited for."""

    label: str
    total: int
    ticks: tuple[tuple[float, int], ...]
    """How many seconds after its beginning how much of *total* was done, in order."""
    seconds: float

    def furthest(self) -> float:
        """Return by which factor an estimate between the marks was furthest from what it took.

        Infinite where nothing was told between them: nobody saw how far it was.
        """
        low, high = JUDGED
        factors = [
            max(estimate / left, left / estimate)
            for elapsed, done in self.ticks
            if low <= done / self.total <= high
            for estimate in [elapsed * (self.total - done) / done]
            for left in [self.seconds - elapsed]
            if estimate > 0 and left > 0
        ]
        return max(factors, default=float("inf"))


@dataclass
class Watched:
    """A progress that keeps every step, by a clock that is given."""

    seconds: Callable[[], float]
    steps: list[Step] = field(default_factory=list)
    _label: str = ""
    _total: int = 0
    _began: float = 0.0
    _ticks: list[tuple[float, int]] = field(default_factory=list)

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Begin a step of *total* bytes, or things, ending any step before it."""
        del counted
        self.finish()
        self._label, self._total, self._began, self._ticks = label_msgid, total, self.seconds(), []

    def advance(self, n: int) -> None:
        """Add *n* bytes to what is done."""
        done = n + (self._ticks[-1][1] if self._ticks else 0)
        self._ticks.append((self.seconds() - self._began, done))

    def finish(self) -> None:
        """Keep the step that ends here, if one is running."""
        if self._total:
            took = self.seconds() - self._began
            self.steps.append(Step(self._label, self._total, tuple(self._ticks), took))
        self._total = 0
