"""What operating systems leave on a stick by themselves, whoever looks at it: the one table.

A name of the table, of the type it is expected to have, is *passed over* by whoever reads
the exchange tree: neither opened nor entered, and never part of a bundle. Everything else
that does not belong there is *foreign*, and so is such a name on a link, or on a folder
where a file is expected: no system leaves those.

``autorun.inf`` is left out on purpose. No system makes it by itself, and it does something:
it tells Windows what to start, which is how worms travelled on sticks. It is foreign, so
that somebody looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final


@dataclass(frozen=True)
class Dropping:
    """One name, or one family of names, that a system is known to leave."""

    shown: str
    """What a person reads: the stick's own spelling is never repeated, it may be anything."""
    pattern: str
    """The whole name, as a regular expression over ASCII."""
    system: str
    """Who makes it."""
    is_folder: bool = False
    is_trash: bool = False
    """Whether it keeps what somebody deleted; a full stick's trash is named."""
    folds: bool = True
    """Whether the system, or the file systems it uses, take upper and lower case for the same."""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The compiled pattern; only the letters A to Z fold, never their look-alikes."""
        return re.compile(self.pattern, re.ASCII | (re.IGNORECASE if self.folds else 0))


_MAC: Final = "macOS"
_WINDOWS: Final = "Windows"
_LINUX: Final = "Linux"
_ANDROID: Final = "Android"

DROPPINGS: Final = (
    Dropping(".DS_Store", r"\.ds_store", _MAC),
    # The other half of any file, so any name may follow; it is not read either.
    Dropping("._*", r"\._[^\x00-\x1f\x7f]+", _MAC),
    Dropping(".apdisk", r"\.apdisk", _MAC),
    Dropping(".Spotlight-V100", r"\.spotlight-v100", _MAC, is_folder=True),
    Dropping(".DocumentRevisions-V100", r"\.documentrevisions-v100", _MAC, is_folder=True),
    Dropping(".fseventsd", r"\.fseventsd", _MAC, is_folder=True),
    Dropping(".TemporaryItems", r"\.temporaryitems", _MAC, is_folder=True),
    Dropping(".Trashes", r"\.trashes", _MAC, is_folder=True, is_trash=True),
    Dropping("desktop.ini", r"desktop\.ini", _WINDOWS),
    Dropping("Thumbs.db", r"(eh)?thumbs\.db", _WINDOWS),
    Dropping("System Volume Information", r"system volume information", _WINDOWS, is_folder=True),
    Dropping("$RECYCLE.BIN", r"\$recycle\.bin", _WINDOWS, is_folder=True, is_trash=True),
    Dropping("RECYCLER", r"recycle[rd]", _WINDOWS, is_folder=True, is_trash=True),
    Dropping("FOUND.nnn", r"found\.[0-9]{3}", _WINDOWS, is_folder=True),
    Dropping("FSCKnnnn.REC", r"fsck[0-9]{4}\.(rec|[0-9]{3})", _LINUX),
    Dropping(".Trash-n", r"\.trash(-[0-9]{1,10})?", _LINUX, is_folder=True, is_trash=True),
    # ext4 makes it in small letters, fsck.exfat in capitals.
    Dropping("lost+found", r"lost\+found", _LINUX, is_folder=True),
    Dropping(".directory", r"\.directory", _LINUX, folds=False),
    Dropping("LOST.DIR", r"lost\.dir", _ANDROID, is_folder=True),
    Dropping(".android_secure", r"\.android_secure", _ANDROID, is_folder=True),
    Dropping(".nomedia", r"\.nomedia", _ANDROID, folds=False),
)
"""Every name that is passed over (docs/format/bundle.md, section 1)."""


def known(name: str) -> Dropping | None:
    """Return what leaves something of this *name*, whatever it turns out to be; None if nothing."""
    return next((each for each in DROPPINGS if each.expression.fullmatch(name)), None)


def is_trash(name: str) -> bool:
    """Tell whether *name* is that of a folder in which a system keeps what was deleted."""
    found = known(name)
    return found is not None and found.is_trash
