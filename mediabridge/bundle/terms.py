"""Words that a header and its neighbours share, for whoever reads no header.

What reads and checks one brings a library that takes longer to load than a command that only
looks has to work; :mod:`mediabridge.bundle.header` builds its models of these.
"""

from __future__ import annotations

import re
from enum import unique
from typing import Final, Literal

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken

IDENTIFIER: Final = "[a-z0-9][a-z0-9-]{0,30}"
"""The whole of what a station or a person is called."""

NUMBER: Final = re.compile(r"(?!(?:[^0-9]*[0-9]){8})[A-Z0-9][A-Za-z0-9-]{0,30}", re.ASCII)
"""A medium's number. Eight digits could be a date of birth, a card or a telephone number."""

FIRST_PREV: Final = "0" * 64
"""``prev`` of a route's first bundle."""


ModeName = Literal["live", "training"]
"""How files spell a :class:`Mode`."""


@unique
class Mode(Spoken):
    """Whether a bundle is about residents or about invented people."""

    LIVE = "live", n_("live")
    TRAINING = "training", n_("training")
