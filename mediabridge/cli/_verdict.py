"""The checks that were made before a refusal, on the screen and for ``--json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.shown.bundles import verdict_data, verdict_table

if TYPE_CHECKING:
    from mediabridge.cli._context import Context
    from mediabridge.errors import MediabridgeError


def show_verdict_of(context: Context, error: MediabridgeError) -> None:
    """Show the checks that were made before *error*, if any, and keep them for ``--json``."""
    if error.verdict is not None:
        context.show(verdict_table(error.verdict))
        error.facts["checks"] = verdict_data(error.verdict)
