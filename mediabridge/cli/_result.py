"""What a command hands back; a table may stand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mediabridge.errors import ExitCode
from mediabridge.shown.table import Table

__all__ = ["SUCCESS", "Result", "Table"]

SUCCESS = frozenset({ExitCode.DONE, ExitCode.NOTHING_NEW})
"""The codes after which nobody has to do anything; a repetition is a success again."""


@dataclass(frozen=True)
class Result:
    """The outcome of a command that did what it was asked.

    A command that could not raises a :class:`~mediabridge.errors.MediabridgeError`.
    """

    lines: Sequence[str | Table] = ()
    """What a person reads on stdout, in the language in use; tables stand between lines."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """What a program reads with ``--json``: JSON types, names from the formats, untranslated."""

    code: ExitCode = ExitCode.DONE
    """The exit code; for a check that ran and found something, that code."""

    reason: str = "DONE"
    """Upper snake case; ``DONE`` or a reason of :mod:`mediabridge.errors`."""

    @property
    def ok(self) -> bool:
        """Return whether nothing is left to do about it."""
        return self.code in SUCCESS
