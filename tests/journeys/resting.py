"""What people do when a screen names a next step, until nothing is left to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from types import MappingProxyType

from journeys.balance import PEER, SIDES, Office
from journeys.months import decide, issue_anew
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.errors import (
    BundleParkedError,
    MediabridgeError,
    NumberVoidError,
    RecipientKeyGoneError,
    SequenceOldError,
    StationRestoredError,
    StationSetBackError,
)
from mediabridge.stations import setback
from mediabridge.stations.books import BundleState
from mediabridge.stations.rotation import asking
from mediabridge.trust.trust_data import Recipient

QUIET_ROUNDS = 12
"""Within so many rounds with every stick at both desks, everything must have come to rest."""


STEPS = 30
"""So many next steps one after the other, at one desk, lead nowhere."""


def come_to_rest(office: Office) -> None:
    """Do what the screens say, with every stick at both desks, until both say there is nothing."""
    for _round in range(QUIET_ROUNDS):
        for stick in office.sticks:
            for side in SIDES:
                _take_the_next_steps(office, side, stick)
                office.pack(side)
                office.carry(side, stick)
        while decide(office, 0):
            pass
        for side in SIDES:
            _ask_what_is_not_compared(office, side)
        if not open_at(office):
            return
    raise AssertionError(told(office))


def open_at(office: Office) -> dict[str, str]:
    """Return what is left to do at each side; empty when both books are closed."""
    left = {}
    for side in SIDES:
        with office.at(side) as station:
            status = station.status()
        # An answer alone is not waited for by whoever sends it, but by whom it is for.
        undecided = {"open", "held"} & status.outcomes.keys()
        if not status.done or undecided or status.held:
            left[side] = f"{status.outcomes}, held {status.held}, {status.parked}"
    return left


def _take_the_next_steps(office: Office, side: str, stick: Stick) -> None:
    """Do what the screens of *side* said, here or at the other side."""
    said = office.sides[side].told
    for _ in range(STEPS):
        if not said:
            return
        reason, error = said.popitem()
        step = NEXT_STEPS.get(reason)
        if step is not None:
            step(office, side, stick, error)
    raise AssertionError(told(office))


def _ask_what_is_not_compared(office: Office, side: str) -> None:
    """Have a peer of a restored station say what it knows, which its next bundle does anyway."""
    with office.at(side) as station:
        if not setback.waiting_for(station):
            return
    office.pack(PEER[side], empty=True)
    for stick in office.sticks:
        office.carry(PEER[side], stick)
        office.carry(side, stick)


def _ask_the_peer(office: Office, side: str, stick: Stick, _error: MediabridgeError) -> None:
    """Have the other side seal a bundle now, which tells what it knows."""
    office.pack(PEER[side], empty=True)
    office.carry(PEER[side], stick)
    office.carry(side, stick)


def _tell_the_sender(office: Office, side: str, stick: Stick, _error: MediabridgeError) -> None:
    """Seal a bundle for whoever sent an old number, and have it imported there."""
    office.pack(side, empty=True)
    with office.at(side) as station:
        for row in station.books.bundles_in(BundleState.APPROVED):
            office.given(side, lambda row=row: station.write(row, stick))
    office.tally.happened["sender of an old number told"] += 1
    office.carry(PEER[side], stick)


def _continue(office: Office, side: str, stick: Stick, error: MediabridgeError) -> None:
    """Have officers sign that the missing numbers are void, and bring that to the other side."""
    peer = str(error.facts["peer"])
    officers = [office.world.key("officer-1"), office.world.key("officer-2")]
    with office.at(side) as station:
        drawn = setback.draft_continuing(station, peer)
        setback.continue_after(station, peer, drawn, officers)
    office.tally.happened["continued after a restoring"] += 1
    office.pack(side, empty=True)
    office.carry(side, stick)


def _write_again(office: Office, side: str, stick: Stick, error: MediabridgeError) -> None:
    """Have the sender write the missing numbers once more: ``mediabridge write``."""
    first, _, last = str(error.facts["missing"]).partition("-")
    numbers = range(int(first), int(last or first) + 1)
    for number in numbers:
        office.given(PEER[side], lambda number=number: _write(office, PEER[side], number, stick))


def _write(office: Office, side: str, number: int, stick: Stick) -> None:
    with office.at(side) as station:
        rows = [row for row in station.books.bundles("out") if row.seq == number]
        for row in rows:
            if row.state in {BundleState.WRITTEN, BundleState.DELIVERED}:
                station.write(row, stick)
                office.tally.happened["written again on demand"] += 1


def _exchange_key(office: Office, side: str, _stick: Stick, error: MediabridgeError) -> None:
    """Enter a new recipient key in a ceremony; the sender issues anew what nobody can open.

    Not for an old copy of what was issued anew since.
    """
    with office.at(PEER[side]) as station:
        rows = [row for row in station.books.bundles("out") if row.seq == error.facts["seq"]]
    if rows and all(row.state is BundleState.VOID for row in rows):
        return
    with office.at(side) as station:
        request, _file = asking.ask_for_key(station, operator="clerk-1")
        named = [each for each in station.trust.recipients if each.station != side]
        version = station.trust.version + 1
    fresh = Recipient(id=side, station=side, key=request.keys["recipient"])
    office.world.publish(version, recipients=(*named, fresh))
    for name in (PEER[side], side):
        with office.at(name) as station:
            station.accept_trust(layout.trust_folder(office.world.medium))
    office.tally.happened["recipient key exchanged in a ceremony"] += 1
    with office.at(PEER[side]) as station:
        rows = station.books.bundles("out")
    for row in reversed(rows):
        if row.state not in {BundleState.DELIVERED, BundleState.VOID}:
            issue_anew(office, PEER[side], row.bundle)


def _take_void_ones_off(office: Office, side: str, stick: Stick, _error: MediabridgeError) -> None:
    """Hand the stick to the officer, who takes off it what is void; then it is served again."""
    with office.at(PEER[side]) as station:
        rows = station.books.bundles("out")
    for row in rows:
        if row.state is BundleState.VOID:
            shutil.rmtree(layout.bundles_folder(stick.folder) / row.bundle, ignore_errors=True)
    office.carry(side, stick)


NEXT_STEPS: Mapping[str, Callable[[Office, str, Stick, MediabridgeError], None]] = MappingProxyType(
    {
        BundleParkedError.reason: _write_again,
        NumberVoidError.reason: _take_void_ones_off,
        RecipientKeyGoneError.reason: _exchange_key,
        SequenceOldError.reason: _tell_the_sender,
        StationRestoredError.reason: _ask_the_peer,
        StationSetBackError.reason: _continue,
    }
)
"""What is done about a refusal, beside carrying on: exactly what its hint says."""


def told(office: Office) -> str:
    """Return what the books say, for whoever has to find out why it does not rest."""
    lines = [f"open: {open_at(office)}", f"refused: {dict(office.tally.refused)}"]
    for side in SIDES:
        lines += [f"{side} was told {each}" for each in office.sides[side].told.values()]
        with office.at(side) as station:
            lines += [
                f"{side}: {row.direction} {row.seq} {row.state} {row.bundle}"
                for row in station.books.bundles()
            ]
    return "\n".join(lines)
