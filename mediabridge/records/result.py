"""What becomes of a record: the words of a receipt, by themselves.

Apart from the records, which bring all their rules with them: who only counts results needs none.
"""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Result(Spoken):
    """What became of one record at the receiver."""

    APPLIED = "applied", n_("applied")
    ALREADY_APPLIED = "already_applied", n_("already applied")
    HANDED_OVER = "handed_over", n_("handed over to another system")
    SUPERSEDED = "superseded", n_("superseded by newer news")
    HELD = "held", n_("held")
    MOVED_OUT = "moved_out", n_("moved out")
    NOT_FOUND = "not_found", n_("not found")
    CONFLICT = "conflict", n_("conflict")
    REJECTED = "rejected", n_("refused")

    @property
    def is_open(self) -> bool:
        """Whether its answer is still to come, with a supplement to the receipt."""
        return self in {Result.HELD, Result.HANDED_OVER}

    @property
    def is_decision(self) -> bool:
        """Whether a supplement can say so: a person decides it, or another system answers it."""
        return not self.is_open and self is not Result.ALREADY_APPLIED
