"""Why a ``journey-recovered`` entry was written: what an interruption left, put right."""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Recovery(Spoken):
    """The ``reason`` of the entry; :attr:`sentence` is what it means."""

    SEAL_INTERRUPTED = (
        "SEAL_INTERRUPTED",
        n_("A bundle was being sealed; it was given to nobody and is removed."),
    )
    WRITE_INTERRUPTED = (
        "WRITE_INTERRUPTED",
        n_("A copy was begun on a medium and never read back; the bundle is written anew."),
    )
    UNFINISHED_COPY_REMOVED = (
        "UNFINISHED_COPY_REMOVED",
        n_("What was left of an unfinished copy was taken off the medium."),
    )
    FILESYSTEM_REPAIRED = (
        "FILESYSTEM_REPAIRED",
        n_("The file system of a medium was not sound, and was repaired."),
    )
    DELIVERED_COPY_GONE = (
        "DELIVERED_COPY_GONE",
        n_("A copy that has arrived is on the medium no more: its erasing got that far."),
    )
    RECEIPT_MISSING = (
        "RECEIPT_MISSING",
        n_("A bundle was applied just before the interruption; its receipt is issued now."),
    )
