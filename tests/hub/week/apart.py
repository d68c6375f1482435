"""What is done in another process comes back, or what went wrong there as text."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _Given:
    does: Callable[..., Any]

    def __call__(self, *values: Any) -> tuple[Any, str]:
        try:
            return self.does(*values), ""
        except Exception:  # noqa: BLE001 - an error of ours does not pass from process to process
            return None, traceback.format_exc()


def each(workers: Executor, does: Callable[..., Any], *values: Sequence[Any]) -> Iterator[Any]:
    """Yield what *does* returns for each of *values*, which are given as to ``map``.

    Raises:
        AssertionError: something was raised there; says all of them.
    """
    done: Iterable[tuple[Any, str]] = list(workers.map(_Given(does), *values))
    wrong = [error for _result, error in done if error]
    assert not wrong, f"{len(wrong)} of {len(done)}:\n" + "\n".join(sorted(set(wrong))[:3])
    for result, _error in done:
        yield result
