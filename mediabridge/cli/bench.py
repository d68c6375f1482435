"""``mediabridge bench``."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import TRAINING_PASSPHRASE
from mediabridge.config import GIB, KIB, MIB
from mediabridge.errors import ExitCode, UsageError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.bench import Figure, Missing

_ROUNDS: Final = 5
"""How often each command is started; half of them count as faster."""

_UNITS = {"KiB": KIB, "MiB": MIB, "GiB": GIB}


def bench(
    context: Context,
    name: Annotated[
        str,
        typer.Argument(
            help=n_(
                "What to measure: answering, apply, audit, bundle, growth, lookup, media, parity,"
                " receipt, records, remaining or start."
            )
        ),
    ],
    *,
    size: Annotated[str, typer.Option(help=n_("Payload, such as 100MiB or 2GiB."))] = "100MiB",
    noise: Annotated[
        str | None,
        typer.Option(help=n_("How much noise bundle seals besides; as much as the payload.")),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help=n_("Where to work; needs four times the payload."))
    ] = None,
    medium: Medium = None,
    records: Annotated[
        int,
        typer.Option(
            help=n_("Records to read, or in the register; bundles that an audit is of."), min=1000
        ),
    ] = 100_000,
    days: Annotated[
        int, typer.Option(help=n_("Working days behind the stations; 1250 are five years."), min=5)
    ] = 60,
    seed: Annotated[int, typer.Option(help=n_("The same seed invents the same people."))] = 1,
) -> Result:
    benches: dict[str, Callable[[], Sequence[Figure | Missing]]] = {
        "answering": lambda: _answering(context, size, folder),
        "apply": lambda: _apply(context, records, seed, folder),
        "audit": lambda: _audit(context, records, folder),
        "bundle": lambda: _bundle(context, size, noise or size, folder),
        "growth": lambda: _growth(context, days, records, folder),
        "lookup": lambda: _lookup(context, records, folder),
        "media": lambda: _media(context, size, folder, medium),
        "parity": lambda: _parity(context, size, folder),
        "receipt": lambda: _receipt(context, records, folder),
        "records": lambda: _records(records, seed),
        "remaining": lambda: _remaining(context, records, seed, folder),
        "start": lambda: _start(context, folder),
    }
    if name not in benches:
        raise UsageError(detail=text("there is no bench of this name"))
    return _result(benches[name]())


def _records(records: int, seed: int) -> list[Figure]:
    from mediabridge.bench import records as bench_records

    return bench_records.run(records, seed)


def _answering(context: Context, size: str, folder: Path | None) -> list[Figure | Missing]:
    from mediabridge.kiosk import answering

    with _scratch(folder) as scratch:
        return list(answering.run(scratch, _bytes(size), tell=context.show))


def _receipt(context: Context, records: int, folder: Path | None) -> list[Figure]:
    from mediabridge.bench import receipt

    with _scratch(folder) as scratch:
        return [receipt.run(scratch, records, tell=context.show)]


def _remaining(context: Context, records: int, seed: int, folder: Path | None) -> list[Figure]:
    from mediabridge.bench import waiting

    with _scratch(folder) as scratch:
        return list(waiting.run(scratch, records, seed, tell=context.show))


def _apply(
    context: Context, records: int, seed: int, folder: Path | None
) -> list[Figure | Missing]:
    from mediabridge.bench import apply

    with _scratch(folder) as scratch:
        return list(apply.run(scratch, records, seed, tell=context.show))


def _audit(context: Context, bundles: int, folder: Path | None) -> list[Figure | Missing]:
    from mediabridge.bench import audit

    with _scratch(folder) as scratch:
        return list(audit.run(scratch, bundles, audit.ROUNDS, tell=context.show))


def _bundle(context: Context, size: str, noise: str, folder: Path | None) -> list[Figure | Missing]:
    from mediabridge.bench import bundle
    from mediabridge.bench import noise as bench_noise

    payload, random = _bytes(size), _bytes(noise)
    found: list[Figure | Missing] = []
    with _scratch(folder) as scratch:
        found += bundle.run(scratch, payload, tell=context.show)
    with _scratch(folder) as scratch:
        return [*found, *bench_noise.run(scratch, random, tell=context.show)]


def _parity(context: Context, size: str, folder: Path | None) -> list[Figure]:
    from mediabridge.bench import parity

    with _scratch(folder) as scratch:
        return list(parity.run(scratch, _bytes(size), tell=context.show))


def _growth(context: Context, days: int, records: int, folder: Path | None) -> list[Figure]:
    from mediabridge.bench import growth
    from mediabridge.bench.grown import Years

    with _scratch(folder) as scratch:
        # So many records in all, half of them in each direction.
        years = Years(days, max(records // days // 2, 20))
        return list(growth.run(scratch, years, _ROUNDS, TRAINING_PASSPHRASE, tell=context.show))


def _lookup(context: Context, records: int, folder: Path | None) -> list[Figure | Missing]:
    from mediabridge.bench import lookup

    with _scratch(folder) as scratch:
        return list(lookup.run(scratch, records, tell=context.show))


def _start(context: Context, folder: Path | None) -> list[Figure]:
    from mediabridge.bench import start

    with _scratch(folder) as scratch:
        return start.run(scratch, _ROUNDS, TRAINING_PASSPHRASE, tell=context.show)


def _media(context: Context, size: str, folder: Path | None, medium: Path | None) -> list[Figure]:
    from mediabridge.bench import media
    from mediabridge.stations.sticks.finding import the_slot

    with _scratch(folder) as scratch:
        return list(media.run(scratch, lambda: the_slot(medium), _bytes(size), tell=context.show))


@contextmanager
def _scratch(folder: Path | None) -> Iterator[Path]:
    """Give a folder to work in, within *folder*; it is gone afterwards."""
    if folder is not None:
        # What is no folder is then refused by the name that was given.
        os.scandir(folder).close()
    with tempfile.TemporaryDirectory(dir=folder) as made:
        yield Path(made)


def _bytes(size: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,5})(KiB|MiB|GiB)", size)
    if match is None:
        raise UsageError(detail=text("--size is a number and KiB, MiB or GiB"))
    return int(match[1]) * _UNITS[match[2]]


def _result(found: Sequence[Figure | Missing]) -> Result:
    from mediabridge.bench import Figure

    figures = [each for each in found if isinstance(each, Figure)]
    missing = [each for each in found if not isinstance(each, Figure)]
    headings = [text("figure"), text("measured"), text("beside"), text("ratio"), text("bound"), ""]
    data = {
        "figures": [figure.as_dict() for figure in figures],
        "missing": [asdict(each) for each in missing],
    }
    lines: list[str | Table] = [
        Table(headings, [_row(figure) for figure in figures], right=frozenset({1, 3, 4})),
        *(
            text(
                "Not measured: {name}. Not installed here: {programs}",
                name=each.name,
                programs=", ".join(each.programs),
            )
            for each in missing
        ),
    ]
    if any(figure.holds is False for figure in figures):
        return Result(lines, data, ExitCode.INTERNAL, "BOUND_BROKEN")
    return Result(lines, data)


def _row(figure: Figure) -> list[str]:
    return [
        figure.name,
        f"{figure.measured:.1f} {figure.unit}",
        f"{figure.floor_name}: {figure.floor:.1f} {figure.unit}",
        f"{figure.ratio:.2f}",
        "-" if figure.bound is None else f"{figure.bound:.2f}",
        _judgement(figure),
    ]


def _judgement(figure: Figure) -> str:
    if figure.holds is None:
        return text("not promised")
    return text("holds") if figure.holds else text("BROKEN")
