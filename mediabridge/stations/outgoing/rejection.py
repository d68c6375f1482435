"""Why a bundle is sent back: closed lists, for the log and for the person."""

from __future__ import annotations

from enum import unique
from typing import Final

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Rejection(Spoken):
    """Why a bundle was sent back: the ``reason`` of ``bundle-rejected`` in the log."""

    WRONG_CONTENT = "WRONG_CONTENT", n_("It holds something that must not be carried.")
    INCOMPLETE = "INCOMPLETE", n_("Something is missing in it.")
    UNUSUAL = "UNUSUAL", n_("It is not like other days, and nobody could say why.")
    OTHER = "OTHER", n_("For another reason, which the remark says.")


@unique
class Consequence(Spoken):
    """Why a bundle goes back that no officer looked at; stands in the log like the others."""

    FOLLOWS_REJECTED = "FOLLOWS_REJECTED", n_("It was built on a bundle that was sent back.")


SENTENCES: Final = {each.value: each.sentence for each in (*Rejection, *Consequence)}
"""What each code means, as message ids."""
