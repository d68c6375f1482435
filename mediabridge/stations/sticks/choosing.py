"""Which of the sticks that are plugged in is meant: the one that is ready, or none.

A stick is never ignored in silence: each that cannot be used is named with its state.
"""

from __future__ import annotations

from collections.abc import Sequence

from mediabridge.errors import NoMediumError, SeveralMediaError
from mediabridge.locale import text
from mediabridge.media.slot import Slot
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import mending, visits
from mediabridge.stations.sticks.visits import Visit

Seen = tuple[Slot, StateReport, Visit | None]
"""A slot, what its stick is, and the visit when it may be used."""


def look_at_all(station: OpenStation, slots: Sequence[Slot]) -> list[Seen]:
    """Say what each stick is, beside the others; a copied one shows only beside its original."""
    devices = [slot.device for slot in slots if slot.device is not None]
    return [(slot, *visits.look(station, slot, devices)) for slot in slots]


def choose(station: OpenStation, slots: Sequence[Slot]) -> Visit:
    """Return the one stick that may be used.

    Raises:
        NoMediumError: nothing is plugged in.
        SeveralMediaError: more than one may be used.
        MediumError: none may be used; the error is the state of the first.
    """
    if not slots:
        station.tell(MediumState.NO_MEDIUM)
        raise NoMediumError(detail=text("nothing is plugged in"))
    for slot in slots:
        mending.mend_interrupted(station, slot)
    seen = look_at_all(station, slots)
    usable = [visit for _slot, _report, visit in seen if visit is not None]
    for slot, found, visit in seen:
        if visit is None and usable:
            visits.note_refused(station, slot.device, found)
    if len(usable) > 1:
        visits.note_refused(station, None, report(MediumState.SEVERAL_MEDIA, count=len(usable)))
        raise SeveralMediaError(count=len(usable))
    if not usable:
        (slot, found, _visit), *others = seen
        for other, other_found, _none in others:
            visits.note_refused(station, other.device, other_found)
        visits.refuse(station, slot, found)
    (found,) = (found for _slot, found, visit in seen if visit is not None)
    visits.welcome(station, usable[0], found)
    return usable[0]
