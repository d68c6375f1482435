"""Two things that take turns within one process, in processor time."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable


def paired(
    bare: Callable[[], object], ours: Callable[[], object], turns: int
) -> tuple[float, float]:
    """Return the median seconds of processor time that each took in so many *turns*."""
    taken: dict[Callable[[], object], list[float]] = {bare: [], ours: []}
    gc.collect()
    # What was there before is not looked through again at every turn.
    gc.freeze()
    try:
        for turn in range(turns):
            # Whoever is second finds the file in the processor's cache, and the other's garbage.
            for work in (bare, ours) if turn % 2 == 0 else (ours, bare):
                gc.collect()
                start = time.process_time()
                work()
                taken[work].append(time.process_time() - start)
    finally:
        gc.unfreeze()
    return statistics.median(taken[bare]), statistics.median(taken[ours])
