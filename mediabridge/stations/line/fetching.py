"""What waits at the hub comes here, and is taken by the journey of a stick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mediabridge.config import LIMITS
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleParkedError,
    LineUntrueError,
    MediabridgeError,
    NumberVoidError,
    SequenceOldError,
    TrustOlderError,
)
from mediabridge.line import api, download
from mediabridge.line.client import Client
from mediabridge.locale import n_, text
from mediabridge.media import writing
from mediabridge.media.slot import FolderSlot
from mediabridge.progress import Progress
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.desk import Desk
from mediabridge.stations.incoming import importing
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.line.spool import Spool
from mediabridge.stations.sticks.visits import Visit


@dataclass
class Fetched:
    """What came of it."""

    trust: int | None = None
    """The version of the trust data that was taken over; None where there was no newer one."""
    taken: list[Taken] = field(default_factory=list)
    early: list[BundleParkedError] = field(default_factory=list)
    """Came before a number that is missing, and is kept."""
    refused: list[MediabridgeError] = field(default_factory=list)
    """Why something that the hub offered was not taken."""
    settled: list[str] = field(default_factory=list)
    """Bundles that the hub need not keep for this station."""


def offered(client: Client, station: str, done: Fetched) -> list[api.Entry]:
    """Return what the hub says waits for *station*; what cannot be for it is noted in *done*."""
    found = list[api.Entry]()
    for entry in client.waiting():
        if entry.receiver != station or entry.state != "complete":
            detail = text("it offers what is not for this station")
            done.refused.append(LineUntrueError(detail=detail))
        else:
            found.append(entry)
    return found


def fetch(
    client: Client, entries: Iterable[api.Entry], spool: Spool, done: Fetched, progress: Progress
) -> None:
    """Fetch the *entries* into *spool*, as many as may wait there; go on with what had begun.

    Raises:
        LineDownError, LineRefusedError: the line; what has come stays.
    """
    coming = [each for each in entries if not download.is_there(each, spool.incoming)]
    for entry in coming:
        # What lies here under its name was refused, and is another one than the hub has now.
        spool.drop(entry.bundle)
    coming = coming[: max(LIMITS.bundles_on_medium - len(spool.whole()), 0)]
    for entry in coming:
        size = sum(file.size for file in entry.files)
        progress.start(n_("Fetching from the hub"), size)
        try:
            download.download(client, entry, spool.incoming, told=progress.advance)
        except LineUntrueError as untrue:
            done.refused.append(untrue)
        finally:
            progress.finish()


def take_trust(station: Desk, spool: Spool, done: Fetched) -> None:
    """Take over trust data that has come, if it is genuine and newer, as from a medium."""
    before = station.trust.version
    try:
        station.accept_trust(spool.trust)
    except TrustOlderError:
        return
    except MediabridgeError as error:
        done.refused.append(error)
    else:
        done.trust = station.trust.version if station.trust.version != before else None


def known(station: Desk, entries: Iterable[api.Entry]) -> set[str]:
    """Return those of *entries* that this very station has taken before, by content."""
    rows = ((each, station.books.bundle(each.bundle)) for each in entries)
    return {
        each.bundle
        for each, row in rows
        if row is not None and row.receiver == station.id and row.sums_sha256 == each.sums_sha256
    }


def take_in(station: Desk, spool: Spool, clerk: AtDesk, done: Fetched) -> None:
    """Take what has come, each bundle by itself: one that is refused keeps no other."""
    # What came early is tried once more when what was missing may have come.
    for bundle in spool.whole():
        _take_one(station, spool, bundle, clerk, done)
    for bundle in spool.whole():
        row = station.books.bundle(bundle)
        if (
            row is not None
            and row.sums_sha256 == spool.sums_of(bundle)
            and bundle not in done.settled
        ):
            done.settled.append(bundle)


def _take_one(station: Desk, spool: Spool, bundle: str, clerk: AtDesk, done: Fetched) -> None:
    try:
        with spool.as_medium(bundle) as medium:
            writing.write_tree(station.trust_copy, medium)
            visit = Visit(FolderSlot(medium), by_line=True)
            importing.take_all(station, station, visit, clerk, note=done.taken.append)
    except (AlreadyAppliedError, NumberVoidError, SequenceOldError):
        done.settled.append(bundle)
    except BundleParkedError as early:
        done.early.append(early)
    except MediabridgeError as error:
        done.refused.append(error)
