"""Why a key is revoked: the closed list that ``trust.json`` and the screens share."""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Reason(Spoken):
    """Why a key must not be believed any more."""

    KEY_LOST = "KEY_LOST", n_("the key was lost")
    KEY_EXPOSED = "KEY_EXPOSED", n_("somebody else may have the key")
    STATION_STOLEN = "STATION_STOLEN", n_("the station was stolen")
    LEFT_OFFICE = "LEFT_OFFICE", n_("the person has left this office")
    REPLACED = "REPLACED", n_("another key takes its place")
