"""``mediabridge media register`` and the others that keep the register of media."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium, OfficerKey, OfficerToken, Operator, PassphraseFile
from mediabridge.cli._papers import Fonts, lay_out
from mediabridge.cli._result import Result
from mediabridge.cli._station import officer_key, one_key, open_station
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.media.trips import Trip
    from mediabridge.printed import Paper

Number = Annotated[str, typer.Argument(help=n_("The medium's number."))]
To = Annotated[str, typer.Option(help=n_("Who has it from here on."))]


def register(
    context: Context,
    number: Number,
    label: Annotated[str, typer.Option(help=n_("What is written on its label."))],
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    route: Annotated[
        list[str] | None,
        typer.Option(help=n_("FROM:TO, a route it may be used on; may be repeated.")),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help=n_("Try samples of it only."))] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=n_("The number or the device was in use before."))
    ] = False,
    medium: Medium = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.shown.media import identity_table, row_data
    from mediabridge.stations.sticks import enrolling
    from mediabridge.stations.sticks.finding import the_slot

    chosen = one_key(key, token)
    directions = [_route(each) for each in route or []]
    with open_station(context, passphrase_file) as station:
        officer = officer_key(context, chosen, passphrase_file)
        done = enrolling.enrol(
            station,
            the_slot(medium, context.home),
            number,
            label,
            officer,
            directions=directions,
            quick=quick,
            replacing=replace,
        )
    line = text("Medium {medium} is registered.", medium=done.row.medium)
    return Result([line, identity_table(done.row)], {**row_data(done.row), "safe": done.safe})


def issue(
    context: Context,
    number: Number,
    to: To,
    *,
    route: Annotated[str | None, typer.Option(help=n_("FROM:TO, the route of the trip."))] = None,
    minutes: Annotated[
        int | None, typer.Option(help=n_("How long the trip is planned to take."))
    ] = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
) -> Result:
    from mediabridge.config import TRIP_MINUTES
    from mediabridge.stations.sticks import custody

    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, clerk=clerk) as station:
        custody.known(station, number)
        trip = custody.hand_out(
            station,
            number,
            to=to,
            route=_route(route) if route else None,
            minutes=TRIP_MINUTES if minutes is None else minutes,
        )
    return _trip(text("Medium {medium} was issued to {holder}.", medium=number, holder=to), trip)


def hand_over(
    context: Context,
    number: Number,
    to: To,
    *,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
) -> Result:
    from mediabridge.stations.sticks import custody

    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, clerk=clerk) as station:
        trip = custody.hand_over(station, number, to=to)
    return _trip(text("Medium {medium} is with {holder} now.", medium=number, holder=to), trip)


def arrive(context: Context, number: Number, *, operator: Operator = None) -> Result:
    from mediabridge.stations.sticks import custody

    with open_station(context) as station:
        trip = custody.arrive(station, number, operator=operator)
    return _trip(text("Medium {medium} has arrived.", medium=number), trip)


def return_(context: Context, number: Number, *, operator: Operator = None) -> Result:
    from mediabridge.stations.sticks import custody

    with open_station(context) as station:
        trip = custody.give_back(station, number, operator=operator)
    return _trip(text("Medium {medium} is back; its trip is over.", medium=number), trip)


def lost(
    context: Context,
    number: Number,
    *,
    form: Annotated[
        Path | None,
        typer.Option(help=n_("The incident form to write: .md, .html or .pdf."), dir_okay=False),
    ] = None,
    fonts: Fonts = None,
    operator: Operator = None,
) -> Result:
    from mediabridge.durable import require_plain
    from mediabridge.media.trips import ServiceState
    from mediabridge.shown.media import lost_lines
    from mediabridge.stations.sticks import custody, incident, losing

    if form is not None:
        require_plain(form.absolute())
    with open_station(context) as station:
        if form is not None and custody.known(station, number).state is ServiceState.LOST:
            # Somebody fills in the form of a loss that was reported earlier, or over there.
            report = losing.report_of(station, number)
        else:
            report = losing.report_lost(station, number, operator=operator)
        mode = station.config.mode
    if form is not None:
        _write_form(incident.papers(report, mode), form, fonts)
    return Result(lost_lines(report, form), {**report.as_dict(), "form": form and str(form)})


def _write_form(papers: Sequence[Paper], form: Path, fonts: Sequence[Path] | None) -> None:
    """Write the incident form as what its name ends in; Markdown needs no library."""
    from mediabridge.durable import write_durably
    from mediabridge.stations.sticks import incident

    match form.suffix.lower():
        case ".html" | ".htm":
            lay_out(papers, form, None, fonts)
        case ".pdf":
            lay_out(papers, None, form, fonts)
        case _:
            write_durably(form.absolute(), incident.markdown(papers).encode())


def retire(
    context: Context,
    number: Number,
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.sticks import custody

    chosen = one_key(key, token)
    with open_station(context, passphrase_file) as station:
        row = custody.retire(station, number, officer_key(context, chosen, passphrase_file))
    line = text("Medium {medium} is out of service. It will be refused from now on.", medium=number)
    return Result([line], {"medium": number, "state": row.state})


def list_(
    context: Context,
    *,
    overdue: Annotated[
        bool, typer.Option("--overdue", help=n_("Only those that should be back."))
    ] = False,
) -> Result:
    from mediabridge.media.trips import health
    from mediabridge.shown.media import advice_table, media_table, row_data, trip_data

    with open_station(context) as station:
        books, now = station.books.media, station.clock.now()
        late = {trip.medium for trip in books.overdue(now)}
        rows = [row for row in books.all() if row.medium in late or not overdue]
        trips = {row.medium: books.open_trip(row.medium) for row in rows}
    data = [
        {**row_data(row), "overdue": row.medium in late, "trip": trip_data(trips[row.medium])}
        for row in rows
    ]
    if not rows:
        return Result([_no_media(overdue=overdue)], {"media": data})
    advised = [row for row in rows if health(row).recommend_retire]
    why = [advice_table(advised)] if advised else []
    return Result([media_table(rows, trips, late), *why], {"media": data})


def _no_media(*, overdue: bool) -> str:
    if overdue:
        return text("No medium is overdue.")
    return text(
        "No medium is registered yet. A security officer plugs one in and registers it:"
        " mediabridge media register NUMBER --label TEXT --key FILE"
    )


def show(context: Context, number: Number) -> Result:
    from mediabridge.shown import media as shows
    from mediabridge.stations.sticks import custody

    with open_station(context) as station:
        row = custody.known(station, number)
        trips = station.books.media.trips(number)
        carriages = station.books.media.carriages(medium=number)
    lines = [
        shows.identity_table(row),
        *shows.health_lines(row),
        *shows.trip_tables(trips),
        shows.carriages_table(carriages),
    ]
    return Result(lines, shows.everything(row, trips, carriages))


def export(
    context: Context,
    file: Annotated[
        Path,
        typer.Argument(help=n_("The file: .csv, or .xlsx for paper."), dir_okay=False),
    ],
) -> Result:
    from mediabridge.cli._media_export import register_csv
    from mediabridge.durable import write_durably

    if file.suffix.lower() == ".xlsx":
        return _workbook(context, file)
    with open_station(context) as station:
        content, count = register_csv(station.books.media)
    write_durably(file.absolute(), content)
    return Result([text("Lines written: {count}", count=count)], {"lines": count})


def _workbook(context: Context, file: Path) -> Result:
    from mediabridge.durable import appearing
    from mediabridge.report import ledger, workbook

    with open_station(context) as station, appearing(file.absolute(), mode=0o644) as output:
        made = ledger.everything_until(station)
        written = workbook.write(
            output, ledger.sheets(station), title=text("Ledger of media"), made=made
        )
    return Result([text("Lines written: {count}", count=written)], {"lines": written})


def _route(given: str) -> tuple[str, str]:
    from mediabridge.errors import UsageError

    sender, colon, receiver = given.partition(":")
    if not colon:
        raise UsageError(detail=text("a route is written FROM:TO"))
    return sender, receiver


def _trip(line: str, trip: Trip) -> Result:
    from mediabridge.shown.media import trip_data, trip_table

    return Result([line, trip_table(trip)], {"trip": trip_data(trip)})
