"""How long the lines of the first day took, and of what; nothing is held to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from installed_desk import Typed
from manual import STATIONS, Line

Taken = tuple[Line, Typed]
APPLIED: Final = (7, "mediabridge import")
"""With it the first bundle is applied."""


def told(taken: Sequence[Taken]) -> str:
    """Say it for each step, and from ``station init`` to the first bundle applied."""
    found = []
    for name in STATIONS:
        here = _upto_applied([each for each in taken if each[0].station == name])
        for step, lines in groupby(here, lambda each: each[0].step):
            found.append(_line(f"{name}, step {step}", lines))
        found.append(_line(f"{name}, after installing", (e for e in here if e[0].step > 1)))
    return "\n".join(found)


def _upto_applied(taken: list[Taken]) -> list[Taken]:
    ends = [n for n, (line, _) in enumerate(taken, 1) if (line.step, line.text) == APPLIED]
    # At the other side all is done before that.
    last = ends[0] if ends else sum(line.step < APPLIED[0] for line, _ in taken)
    return taken[:last]


def _line(what: str, taken: Iterable[Taken]) -> str:
    typed = [each for _, each in taken]
    seconds, worked = (sum(getattr(each, of) for each in typed) for of in ("seconds", "worked"))
    return f"{what}: {seconds:.0f} s, of a processor {worked:.0f} s"
