"""What is due to go by the line: sealed, copied, handed over, and only then noted as written."""

from __future__ import annotations

from dataclasses import dataclass, field

from mediabridge.errors import MediabridgeError
from mediabridge.line import upload
from mediabridge.line.client import Client
from mediabridge.locale import n_
from mediabridge.progress import Progress
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.desk import Desk
from mediabridge.stations.line.slot import LineSlot
from mediabridge.stations.line.spool import Spool
from mediabridge.stations.outgoing import recovering, releasing, sealing
from mediabridge.stations.sticks.visits import Visit


@dataclass
class Sent:
    """What came of it."""

    sealed: list[BundleRow] = field(default_factory=list)
    waiting: list[BundleRow] = field(default_factory=list)
    """Sealed, and still to be approved by an officer."""
    written: list[BundleRow] = field(default_factory=list)
    again: list[BundleRow] = field(default_factory=list)
    """Handed over once more: the hub had them no longer, and no receipt is in."""
    refused: list[MediabridgeError] = field(default_factory=list)
    """Why something stays here."""


def seal_due(station: Desk, clerk: AtDesk, done: Sent) -> None:
    """Seal what waits for the stations at the end of the line."""
    for receiver in filter(station.by_line, station.receivers()):
        try:
            while sealing.still_waiting(station, receiver):
                done.sealed.append(sealing.seal_bundle(station, clerk, receiver=receiver))
        except MediabridgeError as error:
            done.refused.append(error)


def due(station: Desk, spool: Spool, done: Sent) -> list[BundleRow]:
    """Return what is approved and may go, each copied into *spool*; what may not is noted."""
    recovering.review_approvals(station)
    found = []
    for row in _by_line(station, BundleState.APPROVED):
        try:
            releasing.examine(station, row)
            spool.copy_out(station.home.outbox / row.bundle)
            found.append(row)
        except MediabridgeError as error:
            done.refused.append(error)
    done.waiting = _by_line(station, BundleState.SEALED)
    return found


def unanswered(station: Desk) -> list[BundleRow]:
    """Return what went by the line and has no receipt yet."""
    return _by_line(station, BundleState.WRITTEN)


def forgotten(client: Client, rows: list[BundleRow]) -> list[BundleRow]:
    """Return those of *rows* that the hub has no longer, as after the loss of its database.

    Raises:
        LineError: the line or the hub.
    """
    return [row for row in rows if not upload.is_held(client.entry(row.bundle))]


def hand_over(client: Client, rows: list[BundleRow], spool: Spool, progress: Progress) -> None:
    """Hand over what the hub lacks of *rows*; nobody finds it there before it is written.

    Raises:
        LineError: the line or the hub; what has gone has gone.
    """
    for row in rows:
        folder = spool.outgoing / row.bundle
        progress.start(n_("Handing over to the hub"), releasing.size_of(folder))
        try:
            upload.upload(client, folder, told=progress.advance)
        finally:
            progress.finish()


def write(station: Desk, client: Client, row: BundleRow, spool: Spool, clerk: AtDesk) -> BundleRow:
    """Write *row* as onto a stick: it is there when the hub has it whole.

    Raises:
        LineError: the line or the hub; nothing counts as written.
        MediabridgeError: as :func:`~mediabridge.stations.outgoing.releasing.write_bundle`.
    """
    with spool.empty_medium() as medium:
        slot = LineSlot(medium, client, row.bundle, row.sums_sha256)
        return releasing.write_bundle(station, row, Visit(slot, by_line=True), clerk)


def _by_line(station: Desk, state: BundleState) -> list[BundleRow]:
    rows = station.books.bundles_in(state)
    return [row for row in rows if row.sender == station.id and station.by_line(row.receiver)]
