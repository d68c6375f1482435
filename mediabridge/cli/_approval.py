"""How an officer is asked at the terminal: the summary, the question, then the key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._show import summary_table
from mediabridge.cli._station import officer_key
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_

if TYPE_CHECKING:
    from mediabridge.stations.outgoing.approving import Approver, Shown
    from mediabridge.trust.signers import Signer


def asking(context: Context, key: Path, passphrase_file: Path | None, *, yes: bool) -> Approver:
    """Return what shows an officer a summary and asks, unless *yes*, before the key is opened."""

    def approver(shown: Shown) -> Signer:
        context.show(summary_table(shown.summary.model_dump(by_alias=True)))
        if not yes and not confirm(context, n_("Is this what shall be carried?")):
            raise ApprovalDeclinedError
        return officer_key(context, key, passphrase_file)

    return approver
