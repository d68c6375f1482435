"""What a virus scanner said, as the ``scan`` of an entry has it."""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Scan(Spoken):
    """The verdict on one file, or on all files of a bundle; :attr:`sentence` is what it means."""

    CLEAN = "clean", n_("nothing was found")
    INFECTED = "infected", n_("something was found")
    OVER_LIMIT = "over-limit", n_("over a limit of the scanner, not looked at as a whole")
    NOT_SCANNED = "not-scanned", n_("not scanned")
