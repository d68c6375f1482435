"""Where an option that names something may lead, for who works through the station's account."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final


class Door(Enum):
    """Where an option that names something may lead."""

    GIVEN = auto()
    """A file in the tray for the station."""
    MADE = auto()
    """A new file or folder in the tray for people."""
    MADE_ANYWHERE = auto()
    """The same, or on a mounted medium."""
    MEDIUM = auto()
    """A mounted medium."""
    KEY = auto()
    """A key file of this role's people, or on a mounted medium."""
    SPELT_KEY = auto()
    """A key file as above, or the URI of a key in a token."""
    TOKEN = auto()
    """The URI of a key in a token."""
    WORD = auto()
    """No way at all: it names no file here, only elsewhere an option of that name does."""
    SHUT = auto()
    """Nowhere: the option is not for this role."""


DOORS: Final[Mapping[str, Door]] = {
    "approval_token": Door.TOKEN,
    "clerk_key": Door.SPELT_KEY,
    "clerk_passphrase_fd": Door.SHUT,
    "clerk_passphrase_file": Door.SHUT,
    "csv": Door.MADE,
    "ecs": Door.MADE,
    "file": Door.GIVEN,
    "files": Door.GIVEN,
    "folder": Door.SHUT,
    "fonts": Door.SHUT,
    "form": Door.MADE,
    "html": Door.MADE,
    "key": Door.KEY,
    "keys": Door.SHUT,
    "medium": Door.MEDIUM,
    "new_passphrase_fd": Door.SHUT,
    "new_passphrase_file": Door.SHUT,
    "ocsf": Door.MADE,
    "out": Door.MADE,
    "output": Door.MADE_ANYWHERE,
    "pack": Door.MADE,
    "passphrase_file": Door.SHUT,
    "path": Door.MEDIUM,
    "pdf": Door.MADE,
    "root": Door.GIVEN,
    "share": Door.KEY,
    "source": Door.GIVEN,
    "target": Door.MADE,
    "token": Door.TOKEN,
    "tray": Door.SHUT,
    "xlsx": Door.MADE,
}
"""By the name of the option; a test asks for each that names a path."""

OWN_DOORS: Final[Mapping[tuple[str, str], Door]] = {
    # The number of a medium.
    ("audit show", "medium"): Door.WORD,
    # An officer's key in the clerk's login is what separate accounts are to end.
    ("export", "key"): Door.SHUT,
    ("export", "token"): Door.SHUT,
    ("keys new", "out"): Door.KEY,
    ("keys passphrase", "file"): Door.KEY,
    ("keys show", "file"): Door.KEY,
    ("media export", "file"): Door.MADE,
    # The agency's folder of stations.
    ("sync", "offices"): Door.SHUT,
    # The beginning of a digest.
    ("software install", "file"): Door.WORD,
    ("software show", "file"): Door.WORD,
    ("trust allowed-signers", "folder"): Door.MADE,
}
"""Where an option of a command leads elsewhere than the same name at others."""

GLOBAL_SHUT: Final = ("home", "passphrase_fd")
"""Options everywhere that no role has."""
