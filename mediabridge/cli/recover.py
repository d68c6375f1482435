"""``mediabridge recover open`` and ``recover drill``: the escrow key is used, or tried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.bundle.terms import Mode
from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._shares import share_in
from mediabridge.cli._station import officer_key, open_station, token_key
from mediabridge.errors import ApprovalDeclinedError, MediabridgeError
from mediabridge.locale import moment, n_, text, translate
from mediabridge.shown.bundles import verdict_data, verdict_table
from mediabridge.verify.recovery import RecoveryReason

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header
    from mediabridge.stations.recovery.recovering import Recovered, Seen

Shares = Annotated[
    list[Path],
    typer.Option(help=n_("A holder's share; given once for each holder."), dir_okay=False),
]


def open_(
    context: Context,
    bundle: Annotated[
        Path, typer.Argument(help=n_("The bundle's folder, or a medium with this one bundle."))
    ],
    *,
    root: Annotated[
        Path, typer.Option(help=n_("The city's root.json, by which all else is judged."))
    ],
    share: Shares,
    reason: Annotated[RecoveryReason, typer.Option(help=n_("Why it has to be opened."))],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The folder to make for what is in it."))
    ],
    medium: Annotated[
        Path | None,
        typer.Option(help=n_("A medium whose trust data is used."), file_okay=False),
    ] = None,
    passphrase_file: PassphraseFile = None,
    approval_key: Annotated[
        list[Path] | None,
        typer.Option(help=n_("The key file of an officer; given for each."), dir_okay=False),
    ] = None,
    approval_token: Annotated[
        list[str] | None,
        typer.Option(metavar="URI", help=n_("The key of an officer in a token; given for each.")),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Do it without being asked."))] = False,
) -> Result:
    from mediabridge.stations.recovery.recovering import People, Source, recover

    def agree(seen: Seen) -> None:
        context.show(verdict_table(seen.verdict, full=True))
        context.show("")
        if not context.json:
            route = seen.header.route
            ends = {"sender": route.sender, "receiver": route.receiver}
            banner = n_("[{mode}] bundle from {sender} to {receiver}")
            context.about.elsewhere(banner, seen.header.mode, **ends)
        for line in _before_the_question(seen, reason):
            context.show(line)
        if not yes and not confirm(context, n_("Open this bundle with the escrow key?")):
            raise ApprovalDeclinedError

    keys = [*(approval_key or ()), *map(token_key, approval_token or ())]
    people = People(
        agree,
        lambda: [officer_key(context, key, passphrase_file) for key in keys],
        lambda path: share_in(context, path, passphrase_file),
    )
    try:
        recovered = recover(
            Source(bundle, root, medium),
            out.absolute(),
            reason=reason,
            shares=share,
            people=people,
            now=context.clock.now(),
            progress=context.progress,
        )
    except MediabridgeError as error:
        if error.verdict is not None:
            context.show(verdict_table(error.verdict))
            error.facts["checks"] = verdict_data(error.verdict)
        raise
    return _told(recovered, out)


def drill(
    context: Context,
    *,
    share: Shares,
    medium: Annotated[
        Path | None,
        typer.Option(
            help=n_("A mounted medium with bundles to try; otherwise the outbox."), file_okay=False
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.recovery.drill import drill as try_shares

    with open_station(context) as station:
        opened = [share_in(context, path, passphrase_file) for path in share]
        done = try_shares(station, opened, medium=medium)
    holders = ", ".join(done.holders)
    lines = [
        text("Bundles that opened: {count}. Nothing of them was kept.", count=len(done.bundles)),
        text("Holders there: {holders}; groups tried: {n}", holders=holders, n=done.groups),
    ]
    data = {"bundles": done.bundles, "holders": done.holders, "groups": done.groups}
    return Result(lines, data)


def _before_the_question(seen: Seen, reason: RecoveryReason) -> list[str]:
    header, shares = seen.header, seen.shares
    holders = ", ".join(shares.holders)
    return [
        text(
            "Bundle {bundle} ({mode}): {route}, number {seq}, made {created}",
            bundle=header.bundle,
            mode=translate(Mode.of(header.mode).sentence),
            route=f"{header.route.sender} > {header.route.receiver}",
            seq=header.seq,
            created=moment(header.created),
        ),
        text("Approved by: {officers}", officers=", ".join(seen.approvers) or text("none")),
        text(
            "The escrow key needs {needed} of its holders: {holders}",
            needed=shares.needed,
            holders=holders,
        ),
        text("Reason: {reason}", reason=translate(reason.sentence)),
    ]


def _told(recovered: Recovered, out: Path) -> Result:
    header, manifest = recovered.header, recovered.manifest
    rows = [[kind, str(count)] for kind, count in manifest.records.items()]
    lines: list[str | Table] = [
        text("The bundle was opened into {folder}.", folder=out),
        Table([text("kind"), text("records")], rows, right=frozenset({1})),
        text(
            "Files: {files}; receipts: {receipts}",
            files=len(manifest.files),
            receipts=len(manifest.receipts),
        ),
        text(
            "Signed for by {officers}; keep the statement: {file}",
            officers=", ".join(sorted(recovered.officers)),
            file=recovered.statement,
        ),
        text("It is not encrypted any more. Delete it as soon as it has served its purpose."),
    ]
    return Result(lines, _data(header, recovered, out))


def _data(header: Header, recovered: Recovered, out: Path) -> dict[str, object]:
    manifest = recovered.manifest
    return {
        "bundle": header.bundle,
        "folder": str(out),
        "records": manifest.records,
        "files": len(manifest.files),
        "receipts": len(manifest.receipts),
        "officers": sorted(recovered.officers),
        "statement": str(recovered.statement),
    }
