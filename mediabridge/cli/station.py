"""``mediabridge station init``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._founding import Live, found
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import TRAINING_PASSPHRASE, open_station, passphrases
from mediabridge.cli._tables import tables_in_use
from mediabridge.clock import JST
from mediabridge.errors import UsageError
from mediabridge.kinds import Role
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.trust.passphrase import PassphraseSource

TRAINING_DOMAIN = "city.training.example"
TRAINING_MUNICIPALITY = "131041"


def init(
    context: Context,
    station: Annotated[str, typer.Argument(help=n_("Its id, such as lgwan-01 or registry-01."))],
    city: Annotated[
        Path,
        typer.Option(
            help=n_("The folder of the training city, made if missing; with --live its domain.")
        ),
    ],
    *,
    population: Annotated[
        Path | None,
        typer.Option(
            help=n_("A snapshot (CSV) to fill the embedded registry with."), dir_okay=False
        ),
    ] = None,
    municipality: Annotated[
        str | None,
        typer.Option(help=n_("Six-digit code of the city that is made; 131041 in training.")),
    ] = None,
    agency: Annotated[
        bool,
        typer.Option("--agency", help=n_("A city that is made has the agency's station, too.")),
    ] = False,
    live: Annotated[
        bool,
        typer.Option("--live", help=n_("Make keys of its own here, and a request for them.")),
    ] = False,
    role: Annotated[
        Role | None, typer.Option(help=n_("With --live: the side on which it stands."))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help=n_("With --live: a copy of the request."), dir_okay=False),
    ] = None,
    medium: Annotated[
        Path | None,
        typer.Option(help=n_("With --live: a medium to put the request on."), file_okay=False),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(help=n_("The zone of times on its screens, such as Asia/Tokyo.")),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    if live:
        if population is not None:
            raise UsageError(detail=text("--population is for training"))
        if agency:
            raise UsageError(detail=text("--agency is for training"))
        given = Live(role, str(city), municipality, time_zone, out, medium)
        return found(context, station, given, passphrase_file)
    if role or out or medium:
        raise UsageError(detail=text("--role, --out and --medium are for --live"))
    municipality = municipality or TRAINING_MUNICIPALITY
    from mediabridge.plainfile import open_given
    from mediabridge.stations.setup import init_station, require_zone

    require_zone(time_zone)
    if population is not None:
        open_given(population).close()
    made = not (city / "root.json").exists()
    if made:
        today = context.clock.now().astimezone(JST).date()
        tables_in_use(context).office(municipality, today)
        make_training_city(context, city, municipality, passphrase_file, agency=agency)
    init_station(
        context.home,
        city,
        station,
        clock=context.clock,
        time_zone=time_zone,
        private=_training_passphrase(city),
    )
    residents = _fill_registry(context, population, passphrase_file) if population else 0
    lines = [
        *([text("A training city was made in {folder}.", folder=city)] if made else []),
        text("Station {station} is ready in {folder}.", station=station, folder=context.home),
        *([text("Residents in the registry: {count}", count=residents)] if population else []),
    ]
    return Result(lines, {"station": station, "city_made": made, "residents": residents})


def make_training_city(
    context: Context,
    city: Path,
    municipality: str,
    passphrase_file: Path | None,
    *,
    agency: bool = False,
) -> None:
    """Make a training city; without a passphrase file its passphrase is kept beside the keys."""
    from mediabridge.trust.city import AGENCY, AGENCY_ROUTES, create_city

    city.mkdir(parents=True, exist_ok=True)
    if passphrase_file is None:
        _write_passphrase(city / TRAINING_PASSPHRASE)
    source: PassphraseSource = passphrases(context, passphrase_file, city)
    create_city(
        city,
        city=TRAINING_DOMAIN,
        municipality_code=municipality,
        clock=context.clock,
        passphrase_for=source,
        extra_stations=AGENCY if agency else {},
        extra_routes=AGENCY_ROUTES if agency else (),
        progress=context.progress,
    )


def _write_passphrase(path: Path) -> None:
    from mediabridge.durable import write_durably

    write_durably(path, f"{secrets.token_urlsafe(24)}\n".encode("ascii"), mode=0o600)


def _training_passphrase(city: Path) -> dict[str, bytes]:
    """Return the file with the passphrase of a training city; a real one has none."""
    source = city / TRAINING_PASSPHRASE
    return {source.name: source.read_bytes()} if source.exists() else {}


def _fill_registry(context: Context, population: Path, passphrase_file: Path | None) -> int:
    from mediabridge.sample import read_population
    from mediabridge.stations.registry import RegistryStation

    with open_station(context, passphrase_file) as station:
        if not isinstance(station, RegistryStation):
            raise UsageError(detail=text("--population is for a registry station"))
        return station.load_population(read_population(population, context.progress))
