"""What came too early is kept, sealed as it is, until the gap before it is closed.

It was verified as a whole but for its turn, and is verified again, with all that is known by
then, when that turn comes. It is not opened here. What is kept survives a restart, since it
appears in its folder by one rename; it is removed when it is taken, void or otherwise passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.stages import SealedBundle
from mediabridge.config import LIMITS
from mediabridge.durable import move_durably
from mediabridge.errors import BundleParkedError, MediabridgeError, NumberVoidError
from mediabridge.locale import text
from mediabridge.media import staging, tree
from mediabridge.plainfile import read_plain
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event
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
    sender = early.route.sender
    first = state_of(sender).next_seq
    there = {header.seq for header in kept(station) if header.route == early.route}
    last = min(there | {early.seq}) - 1
    media = _media_of(station, early, range(first, last + 1))
    return BundleParkedError(
        route=str(early.route),
        missing=str(first) if first == last else f"{first}-{last}",
        kept=", ".join(map(str, sorted(there | {early.seq}))),
        sender=sender,
        media=text("medium {media}", media=", ".join(media))
        if media
        else text("its medium is not known here"),
    )


def _media_of(station: OpenStation, early: Header, numbers: range) -> list[str]:
    """Return the media that *numbers* were written to, as far as the sender's log is here."""
    sender, found = early.route.sender, set()
    for data in station.mirror(sender).entries():
        entry = events.parse(data, sender)
        facts = entry.facts
        meant = facts.get("route_to") == station.id and facts.get("seq") in numbers
        if entry.event is Event.BUNDLE_WRITTEN and meant:
            found.add(str(facts.get("medium", "")))
    return sorted(found - {""})


def _kept(station: OpenStation) -> Iterator[tuple[str, Header | None]]:
    folder = station.home.parked
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if layout.BUNDLE_ID.fullmatch(path.name):
            yield path.name, _header(path)


def _header(path: Path) -> Header | None:
    try:
        return parse_header(read_plain(path / layout.HEADER, LIMITS.small_file_bytes))
    except (OSError, ValueError, MediabridgeError):
        return None


def _folder(station: OpenStation, bundle: str) -> Path:
    return station.home.parked / bundle
