"""What came too early is kept, sealed as it is, until the gap before it is closed.

It was verified as a whole but for its turn, and is verified again, with all that is known by
then, when that turn comes. It is not opened here. What is kept survives a restart, since it
appears in its folder by one rename; it is removed when it is taken, void or otherwise passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.bundle import layout
from mediabridge.bundle.terms import NUMBER
from mediabridge.config import LIMITS
from mediabridge.durable import move_durably
from mediabridge.errors import BundleParkedError, MediabridgeError, NumberVoidError
from mediabridge.plainfile import read_plain
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event
from mediabridge.verify.whereabouts import Whereabouts, said_of, whereabouts

if TYPE_CHECKING:
    from mediabridge.bundle.header import Copy, Header, Route
    from mediabridge.bundle.stages import SealedBundle
    from mediabridge.verify.order import StateOf


def keep(station: OpenStation, sealed: SealedBundle) -> None:
    """Keep the staged bundle *sealed*; it is there as a whole, or not at all."""
    station.home.parked.mkdir(mode=0o700, exist_ok=True)
    move_durably(sealed.folder, _folder(station, sealed.name))


def is_kept(station: OpenStation, bundle: str) -> bool:
    """Tell whether *bundle* is kept already."""
    return _folder(station, bundle).is_dir()


def is_full(station: OpenStation, bundle: str) -> bool:
    """Tell whether there are too many already to keep *bundle* as well."""
    return not is_kept(station, bundle) and len(list(_kept(station))) >= LIMITS.parked


def kept(station: OpenStation) -> list[Header]:
    """Return the headers of what is kept, by route and number."""
    found = (header for _name, header in _kept(station) if header is not None)
    return sorted(found, key=lambda header: (str(header.route), header.seq))


def due(station: OpenStation, state_of: StateOf) -> str | None:
    """Return a bundle that is kept and is the next of its route, or None."""
    for header in kept(station):
        if header.seq == state_of(header.route.sender).next_seq:
            return header.bundle
    return None


def stage(station: OpenStation, bundle: str, target: Path) -> SealedBundle:
    """Copy what is kept of *bundle* into *target*, as from a medium: nothing is believed.

    Raises:
        BundleError: it is not what it was.
    """
    # Every status asks what is kept, and copies nothing.
    from mediabridge.media import staging, tree  # noqa: PLC0415

    with tree.open_folder(str(_folder(station, bundle))) as folder:
        return staging.stage_folder(folder, bundle, target)


def tidy(station: OpenStation, state_of: StateOf) -> None:
    """Remove what has been passed: taken by another copy, void, or not readable any more."""
    for name, header in list(_kept(station)):
        if header is None:
            remove(station, name, "HEADER_MALFORMED")
            continue
        state = state_of(header.route.sender)
        if state.void(header.seq):
            remove(station, name, NumberVoidError.reason)
        elif header.seq < state.next_seq:
            remove(station, name, "ALREADY_APPLIED")


def remove(station: OpenStation, bundle: str, reason: str) -> None:
    """Remove what is kept of *bundle*, after the log says why."""
    station.record(Event.PARKED_REMOVED, bundle=bundle, reason=reason)
    shutil.rmtree(_folder(station, bundle))


def missing_before(station: OpenStation, early: Header, state_of: StateOf) -> BundleParkedError:
    """Return what is said of *early*: what is missing before it, and where that may be."""
    first = state_of(early.route.sender).next_seq
    there = _there(station, early)
    last = min(there) - 1
    return BundleParkedError(
        route=str(early.route),
        missing=str(first) if first == last else f"{first}-{last}",
        kept=", ".join(map(str, sorted(there))),
        sender=early.route.sender,
        where=said_of(awaited_before(station, early, state_of), early.route.sender),
    )


def awaited_before(station: OpenStation, early: Header, state_of: StateOf) -> list[Whereabouts]:
    """Return what is known of each number that is missing before *early*.

    *early*, and all that is kept, was verified when it came.
    """
    there = _there(station, early)
    missing = range(state_of(early.route.sender).next_seq, min(there))
    return whereabouts(missing, there.values(), _written(station, early.route, missing))


def _there(station: OpenStation, early: Header) -> dict[int, Header]:
    """Return *early* and what else is kept of its route, by number."""
    same = [header for header in kept(station) if header.route == early.route]
    return {header.seq: header for header in [*same, early]}


def _written(station: OpenStation, route: Route, numbers: range) -> dict[int, set[Copy]]:
    """Return the copies of *numbers* that were made, as far as the sender's log is here."""
    from mediabridge.bundle.header import Copy  # noqa: PLC0415 - there is a header, so it is loaded

    found: dict[int, set[Copy]] = {}
    for data in station.mirror(route.sender).all_of(Event.BUNDLE_WRITTEN):
        entry = events.parse(data, route.sender)
        facts = entry.facts
        meant = facts.get("route_to") == route.receiver and facts.get("seq") in numbers
        if meant:
            medium = str(facts.get("medium", ""))
            copy = Copy(at=entry.time, medium=medium if NUMBER.fullmatch(medium) else None)
            found.setdefault(int(str(facts["seq"])), set()).add(copy)
    return found


def _kept(station: OpenStation) -> Iterator[tuple[str, Header | None]]:
    folder = station.home.parked
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if layout.BUNDLE_ID.fullmatch(path.name):
            yield path.name, _header(path)


def _header(path: Path) -> Header | None:
    # Most stations keep nothing, and need nothing that reads a header.
    from mediabridge.bundle.header import parse_header  # noqa: PLC0415

    try:
        return parse_header(read_plain(path / layout.HEADER, LIMITS.small_file_bytes))
    except (OSError, ValueError, MediabridgeError):
        return None


def _folder(station: OpenStation, bundle: str) -> Path:
    return station.home.parked / bundle
