"""The command line: one file per command, and the frame around them.

A command is a typed function that returns a :class:`~mediabridge.cli._result.Result`::

    # mediabridge/cli/seal.py
    from mediabridge.cli._context import Context
    from mediabridge.cli._result import Result

    def seal(
        context: Context,
        *,
        empty: Annotated[bool, typer.Option("--empty", help=n_("Seal even if ..."))] = False,
    ) -> Result:
        from mediabridge.cli._station import open_station
        ...
        return Result(lines=[text("Sealed bundle {seq}.", seq=31)], data={"seq": 31})

Its name, module and one-line help stand in :mod:`mediabridge.cli._table`, the only
place that names every command, so that ``--help`` imports none of them. The frame
(:mod:`mediabridge.cli._app`) prints the result as text or as one JSON object, turns
every :class:`~mediabridge.errors.MediabridgeError` into two lines on stderr and its
exit code, and lets nothing else reach the screen. Commands print nothing themselves:
what happens on the way goes to ``context.say``, ``context.show`` and ``context.progress``.
"""

from __future__ import annotations

import gc
import io
import sys
from typing import Final

_BETWEEN_COLLECTIONS: Final = 10_000
"""Objects that are made before Python looks for cycles that nobody needs any more.

Every 700, as it does by itself, takes a tenth of a large import: records have no cycles, and
each time the program's own modules are looked through again. The memory is the same.
"""


def main() -> None:
    """Run the command line of this process and exit; the console script."""
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    from mediabridge.cli._app import run_process

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal in EUC-JP or cp932 lacks some 正字; a name must not stop the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    code = run_process()
    # Before it ends, Python looks through all modules for cycles, which takes a tenth of a short
    # command. Nothing waits for that: what a command opens is closed when it has its result.
    gc.freeze()
    sys.exit(code)
