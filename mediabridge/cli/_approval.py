"""How an officer is asked at the terminal: the summary, the question, then the key.

The summary may be longer than a screen. So what must not be overlooked stands once more
directly above the question: which bundle it is, who prepared it, and what is unusual.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._station import officer_key
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.shown.approval import CARRY, beside_the_question
from mediabridge.shown.bundles import summary_table

if TYPE_CHECKING:
    from mediabridge.stations.outgoing.approving import Approver, Shown
    from mediabridge.trust.signers import Signer
    from mediabridge.trust.token_uri import TokenUri


def asking(
    context: Context,
    key: Path | TokenUri,
    passphrase_file: Path | None,
    *,
    yes: bool,
    question: str = CARRY,
) -> Approver:
    """Return what shows an officer a summary and asks, unless *yes*, before the key is opened."""

    def approver(shown: Shown) -> Signer:
        context.show(summary_table(shown.summary.model_dump(by_alias=True)))
        context.show("")
        for line in beside_the_question(shown):
            context.show(line)
        if not yes and not confirm(context, question):
            raise ApprovalDeclinedError
        return officer_key(context, key, passphrase_file)

    return approver
