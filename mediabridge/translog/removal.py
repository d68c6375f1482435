"""Why a ``kept-removed`` entry was written: which retention rule let go what was settled."""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Removal(Spoken):
    """The ``reason`` of the entry; :attr:`sentence` is what it means."""

    SEALED_COPY_OVER = (
        "SEALED_COPY_OVER",
        n_("The sealed copy of a bundle whose receipt is in and whose records are all settled."),
    )
    DELIVERY_OVER = (
        "DELIVERY_OVER",
        n_("Delivered notices of a bundle whose sender has the receipt."),
    )
    RECEIPT_OVER = (
        "RECEIPT_OVER",
        n_("A receipt that was issued here, and that its receiver has."),
    )
    REFUSED_FILE_OVER = (
        "REFUSED_FILE_OVER",
        n_("A file that was refused or sent back, with its report."),
    )
    SOFTWARE_OVER = (
        "SOFTWARE_OVER",
        n_("Software that came and was kept, in whose place this or a later version is installed."),
    )
