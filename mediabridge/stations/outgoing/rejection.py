"""Why a bundle is sent back: closed lists, for the log and for the person."""

from __future__ import annotations

from enum import unique
from typing import Final

from mediabridge.errors import UsageError
from mediabridge.locale import n_, text
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


REMARK_CHARACTERS: Final = 200


def require_remark(why: Rejection | None, remark: str) -> None:
    """Refuse a *remark* that does not go with *why*; None is no rejection.

    Raises:
        UsageError: it is missing where nothing else says why, or too long, or about nothing.
    """
    if remark and why is None:
        raise UsageError(detail=text("--remark goes with --reject"))
    if why is Rejection.OTHER and not remark.strip():
        raise UsageError(detail=text("--reject OTHER needs a --remark"))
    if len(remark) > REMARK_CHARACTERS:
        detail = text("the remark has more than {limit} characters", limit=REMARK_CHARACTERS)
        raise UsageError(detail=detail)


SENTENCES: Final = {each.value: each.sentence for each in (*Rejection, *Consequence)}
"""What each code means, as message ids."""
