"""``mediabridge audit``: the transfer logs in a pack or for a SIEM, and whether a pack holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.config import LIMITS
from mediabridge.errors import LogPackDiffersError, LogPackError, UsageError
from mediabridge.locale import Language, language, n_, text

if TYPE_CHECKING:
    from mediabridge.stations.auditing import PackedLog


def export(
    context: Context,
    pack: Annotated[
        Path | None, typer.Argument(help=n_("The folder to make."), file_okay=False)
    ] = None,
    *,
    ecs: Annotated[
        Path | None,
        typer.Option("--ecs", help=n_("A file of JSON lines for a SIEM, in ECS."), dir_okay=False),
    ] = None,
    ocsf: Annotated[
        Path | None,
        typer.Option(
            "--ocsf", help=n_("A file of JSON lines for a SIEM, in OCSF."), dir_okay=False
        ),
    ] = None,
) -> Result:
    from mediabridge.stations import auditing

    files = {name: path.absolute() for name, path in (("ecs", ecs), ("ocsf", ocsf)) if path}
    if (pack is None) is not bool(files):
        raise UsageError(detail=text("either PACK is needed, or --ecs, --ocsf or both"))
    if pack is None:
        return _for_siem(context, files)
    with open_station(context) as station:
        table, data = _listed(auditing.export(station, pack.absolute()))
    advice = text("Note these sizes and roots on paper; they are compared at the next audit.")
    return Result([table, advice], {"logs": data})


def _for_siem(context: Context, files: Mapping[str, Path]) -> Result:
    """Write the files of lines; none has its name before each of them is whole."""
    from mediabridge.durable import appearing
    from mediabridge.stations import siem

    if len(set(files.values())) < len(files):
        raise UsageError(detail=text("each file needs a name of its own"))
    with open_station(context) as station, ExitStack() as appear:
        outputs = {
            name: appear.enter_context(appearing(path, mode=0o644)) for name, path in files.items()
        }
        count = siem.export(station, outputs)
    named = {name: str(path) for name, path in files.items()}
    return Result([text("Lines written: {count}", count=count)], {"files": named, "lines": count})


def verify(
    context: Context,
    packs: Annotated[
        list[Path] | None,
        typer.Argument(
            help=n_("Packs of one city; without any, the station's own database."),
            metavar="PACK...",
        ),
    ] = None,
    *,
    known: Annotated[
        list[Path] | None,
        typer.Option(help=n_("A checkpoint that was kept; may be repeated."), dir_okay=False),
    ] = None,
    only_new: Annotated[
        bool, typer.Option(help=n_("Read only what is behind the checkpoints that were kept."))
    ] = False,
    policy: Annotated[
        Path | None,
        typer.Option(help=n_("The keys to go by, instead of the pack's own."), dir_okay=False),
    ] = None,
    settled: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIGEST",
            help=n_("Evidence of an alarm that was dealt with; may be repeated."),
        ),
    ] = None,
) -> Result:
    from mediabridge.standalone import verify_log

    if only_new and not known:
        raise UsageError(detail=text("--only-new needs --known"))
    if not all(map(verify_log.DIGEST.fullmatch, settled or ())):
        raise UsageError(detail=text("--settled needs the 64 characters of a digest"))
    if not packs:
        if policy or settled:
            raise UsageError(detail=text("--policy and --settled need a pack"))
        return _live(context, known or (), only_new=only_new)
    outcome = verify_log.verify(
        packs, known or (), policy, only_new=only_new, settled=settled or ()
    )
    lines = verify_log.report(outcome, language() is Language.JA)
    if outcome.verdict == verify_log.HOLDS:
        return Result(lines, verify_log.plain(outcome))
    refusal = LogPackError if outcome.verdict == verify_log.UNREADABLE else LogPackDiffersError
    return Result(lines, verify_log.plain(outcome), refusal.exit_code, refusal.reason)


def _live(context: Context, known: Sequence[Path], *, only_new: bool) -> Result:
    from mediabridge.stations import auditing

    kept = [_read_note(each) for each in known]
    with open_station(context) as station:
        table, data = _listed(auditing.check(station, kept, only_new=only_new))
    if only_new:
        line = text(
            "What is new since the checkpoints that you kept holds, and continues them. What is"
            " before them was not looked at; logs without one were looked at as a whole."
        )
    else:
        line = text("All that is stored of these logs holds. What other copies say, packs show.")
    return Result([table, line], {"logs": data})


def _read_note(path: Path) -> bytes:
    from mediabridge.plainfile import open_given

    with open_given(path) as file:
        # One byte more than a note can have: then it is refused as a note.
        return file.read(LIMITS.log_note_bytes + 1)


def _listed(packed: Iterable[PackedLog]) -> tuple[Table, list[dict[str, Any]]]:
    """Return the logs as a table, and as data; while their database is open."""
    data = [
        {"origin": each.log.origin, "size": each.size, "root": each.root, "after": each.after}
        for each in packed
    ]
    headings = [text("log"), text("signed entries"), text("root"), text("not signed yet")]
    rows = [[str(value) for value in each.values()] for each in data]
    return Table(headings, rows, frozenset({1, 3})), data
