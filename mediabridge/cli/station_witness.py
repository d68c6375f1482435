"""``mediabridge station witness``: another witness key, and the request for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._ceremony import grouped
from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import words_table
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, text


def witness(
    context: Context,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The request file to write."), dir_okay=False)
    ],
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.durable import require_plain, write_durably
    from mediabridge.stations.retiring import ask_for_witness
    from mediabridge.trust.fingerprint import Fingerprint

    require_plain(out.absolute())
    with open_station(context, passphrase_file) as station:
        request, data = ask_for_witness(station, operator=station.operator(operator))
    write_durably(out.absolute(), data, mode=0o644)
    lines: list[str | Table] = [
        text("The new witness key is here; the old one counts until the trust data names this."),
        text("The request is in {file}; it holds no secret.", file=out),
        text(
            "Write these words, or the digest, on paper: {digest}", digest=grouped(request.digest)
        ),
        words_table(context, Fingerprint(bytes.fromhex(request.digest))),
    ]
    return Result(lines, {"file": str(out), "digest": request.digest})
