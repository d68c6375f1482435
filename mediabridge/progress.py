"""How a long step tells how far it is, without knowing who is listening.

Stages take a :class:`Progress` and call it once per chunk; the command line shows a
bar or writes a line now and then, the kiosk draws its own, tests pass
:class:`NullProgress`::

    progress.start(n_("Writing to the medium"), total_bytes)
    for chunk in chunks:
        target.write(chunk)
        progress.advance(len(chunk))
    progress.finish()
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Someone who wants to know how far a step is; one step at a time."""

    def start(self, label_msgid: str, total: int) -> None:
        """Begin a step of *total* bytes, ending any step before it.

        *label_msgid* is a message id marked with :func:`mediabridge.locale.n_`.
        """

    def advance(self, n: int) -> None:
        """Add *n* bytes to what is done."""

    def finish(self) -> None:
        """End the step; harmless when none is running."""


class NullProgress:
    """Nobody is listening."""

    def start(self, label_msgid: str, total: int) -> None:
        """Ignore the step."""

    def advance(self, n: int) -> None:
        """Ignore the units."""

    def finish(self) -> None:
        """Ignore the end."""
