"""How media, their trips and their health look on a terminal and in ``--json``."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.config import MIB
from mediabridge.locale import moment, said, text, translate
from mediabridge.media.trips import health
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.media.strangers import Strangers
    from mediabridge.media.trips import Carriage, MediumRow, Trip
    from mediabridge.stations.sticks.losing import LostReport

_UNKNOWN = "-"
_TRIPS_SHOWN = 3


def media_table(
    rows: Iterable[MediumRow], trips: Mapping[str, Trip | None], late: set[str]
) -> Table:
    """Return the media, one a line, with who has each."""
    headings = [text("medium"), text("label"), text("state"), text("with"), text("to"),
                text("due"), text("advice")]  # fmt: skip
    cells = []
    for row in rows:
        trip = trips[row.medium]
        late_mark = _due_mark(trip, late) if trip else ""
        advice = text("take out of service") if health(row).recommend_retire else ""
        holder, receiver = (trip.holder or _UNKNOWN, trip.route_to) if trip else ("", "")
        state = translate(row.state.sentence)
        label = row.label or _UNKNOWN
        cells.append([row.medium, label, state, holder, receiver, late_mark, advice])
    return Table(headings, cells)


def advice_table(rows: Iterable[MediumRow]) -> Table:
    """Return why each of these media should be taken out of service."""
    cells = [[row.medium, translate(reason)] for row in rows for reason in health(row).reasons]
    return Table([text("medium"), text("advice")], cells)


def out_table(trips: Iterable[Trip], late: Sequence[str]) -> Table:
    """Return the trips that are not over, one a line, with who has the medium."""
    cells = [
        [trip.medium, trip.holder or _UNKNOWN, trip.route_to, _due_mark(trip, late)]
        for trip in trips
    ]
    return Table([text("medium"), text("with"), text("to"), text("due")], cells)


def _due_mark(trip: Trip, late: Container[str]) -> str:
    due = _due(trip)
    return text("{due}, overdue", due=due) if trip.medium in late else due


def identity_table(row: MediumRow) -> Table:
    """Return who a medium is."""
    routes = ", ".join(f"{sender} > {receiver}" for sender, receiver in row.directions)
    known = row.serial is not None
    facts = {
        text("medium"): row.medium,
        text("label"): row.label,
        text("state"): translate(row.state.sentence),
        text("device"): f"{row.vendor} {row.product}" if known else None,
        text("USB numbers"): f"{row.vendor_id}:{row.product_id}" if known else None,
        text("serial number"): row.serial,
        text("file system"): f"{row.filesystem} {row.filesystem_uuid}" if known else None,
        text("capacity (bytes)"): row.capacity,
        text("routes"): routes or (text("every route") if known else None),
        text("registered"): f"{moment(row.registered_at)} {row.registered_by}",
        text("device identity (SHA-256)"): row.device_sha256,
    }
    rows = [[name, _UNKNOWN if value is None else str(value)] for name, value in facts.items()]
    return Table([text("what"), text("value")], rows)


def health_lines(row: MediumRow) -> list[str | Table]:
    """Return the health of a medium, with the advice and its reasons."""
    figures = {
        text("bytes written"): str(row.bytes_written),
        text("times written"): str(row.writes),
        text("write speed, last and at registration (MB/s)"): _speeds(
            row.last_write_speed, row.write_speed
        ),
        text("read speed, last and at registration (MB/s)"): _speeds(
            row.last_read_speed, row.read_speed
        ),
        text("errors while in use"): str(row.io_errors),
        text("read back differently"): str(row.mismatches),
        text("pulled out too early"): str(row.pulled_out),
        text("put in order again"): str(row.repairs),
        text("bundles repaired"): str(row.mended),
    }
    table = Table([text("health"), text("value")], [list(each) for each in figures.items()])
    advice = health(row)
    if not advice.recommend_retire:
        return [table, text("There is nothing against using this medium.")]
    reasons = [translate(reason) for reason in advice.reasons]
    return [table, text("This medium should be taken out of service:"), *reasons]


def trip_table(trip: Trip) -> Table:
    """Return one trip with planned and actual time; a line for each is too wide for a terminal."""
    facts = {
        text("from"): trip.route_from,
        text("to"): trip.route_to,
        text("with"): trip.holder,
        text("issued"): _time(trip.issued_at),
        text("arrived"): _time(trip.arrived_at),
        text("returned"): _time(trip.returned_at),
        text("planned (min)"): trip.planned_minutes,
        text("took (min)"): trip.actual_minutes,
        text("bundles"): len(trip.bundles),
    }
    rows = [[name, _UNKNOWN if value is None else str(value)] for name, value in facts.items()]
    return Table([text("trip"), str(trip.trip or _UNKNOWN)], rows)


def trip_tables(trips: Sequence[Trip]) -> list[str | Table]:
    """Return the latest of *trips*, newest first, and where the others are."""
    shown: list[str | Table] = [trip_table(trip) for trip in trips[:_TRIPS_SHOWN]]
    older = len(trips) - len(shown)
    if older:
        shown.append(text("Earlier trips: {count}; `media export` has them all.", count=older))
    return shown


def carriages_table(carriages: Iterable[Carriage]) -> Table:
    """Return the copies that this station put onto a medium."""
    rows = [
        [
            copy.bundle,
            said(copy.state),
            moment(copy.started_at),
            _time(copy.finished_at) or "",
        ]
        for copy in carriages
    ]
    return Table([text("bundle"), text("state"), text("begun"), text("finished")], rows)


def row_data(row: MediumRow) -> dict[str, Any]:
    """Return a medium for ``--json``."""
    directions = [{"from": sender, "to": receiver} for sender, receiver in row.directions]
    return {**asdict(row), "directions": directions}


def trip_data(trip: Trip | None) -> dict[str, Any] | None:
    """Return a trip for ``--json``."""
    return None if trip is None else {**asdict(trip), "actual_minutes": trip.actual_minutes}


def everything(
    row: MediumRow, trips: Iterable[Trip], carriages: Iterable[Carriage]
) -> dict[str, Any]:
    """Return all that is known of a medium for ``--json``."""
    advice = health(row)
    return {
        "medium": row_data(row),
        "health": {"recommend_retire": advice.recommend_retire, "reasons": advice.reasons},
        "trips": [trip_data(trip) for trip in trips],
        "bundles": [asdict(copy) for copy in carriages],
    }


def lost_lines(report: LostReport, form: Path | None) -> list[str | Table]:
    """Return what a lost medium carried, and what is to be done now."""
    number = report.medium.medium
    lines: list[str | Table] = [
        text("Medium {medium} is reported lost. It will be refused from now on.", medium=number),
        text("The other station learns of it with the next bundle. Tell the security officer now."),
    ]
    if report.bundles:
        lines.append(lost_table(report))
    else:
        lines.append(text("As far as this station knows, there was no bundle on it."))
    if report.write_again:
        lines.append(text("Not known to have arrived; write it again to another medium:"))
        lines += [f"  mediabridge write {each.bundle[:8]}" for each in report.write_again]
        lines.append(
            text("Or an officer signs that the number is void, and what it held goes anew or not:")
        )
        for each in report.write_again:
            lines += [f"  {each.as_command('reissue')}", f"  {each.as_command('void')}"]
    if form is None:
        lines.append(
            text("The incident form: mediabridge media lost {medium} --form FILE.md", medium=number)
        )
    else:
        lines.append(text("The incident form is in {file}.", file=form))
    return lines


def lost_table(report: LostReport) -> Table:
    """Return the bundles that were on a lost medium, one a line."""
    rows = [
        [
            each.bundle,
            str(each.seq or _UNKNOWN),
            str(sum(each.records.values())),
            ", ".join(each.recipients) or _UNKNOWN,
            each.arrival,
        ]
        for each in report.bundles
    ]
    headings = [text("bundle"), text("no."), text("records"), text("encrypted to")]
    return Table([*headings, text("has arrived")], rows, right=frozenset({1, 2}))


def _time(utc: str | None) -> str | None:
    return moment(utc) if utc else None


def _due(trip: Trip) -> str:
    from mediabridge.clock import to_rfc3339

    return moment(to_rfc3339(trip.due)) if trip.due else ""


def _speeds(last: int | None, registered: int | None) -> str:
    return " / ".join(
        _UNKNOWN if each is None else f"{each / MIB:.1f}" for each in (last, registered)
    )


def strangers_lines(found: Strangers) -> list[str]:
    """Return what lies in the exchange folder and is no part of it, a line for each sort."""
    lines = []
    if found.foreign:
        lines.append(
            text(
                "What does not belong in the exchange folder ({count}): {names}",
                count=len(found.foreign),
                names=found.shown_foreign,
            )
        )
    if found.droppings:
        lines.append(
            text(
                "What computers leave by themselves ({count}): {names}",
                count=len(found.droppings),
                names=found.shown_droppings,
            )
        )
    return lines
