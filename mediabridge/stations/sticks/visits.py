"""One stick at this station: recognised before anything else, put in order, let go.

Every journey begins with :func:`recognise` and ends with :func:`finish`. What the
policy refuses is logged and raised here, once; what fails in use passes through
:func:`watched`. The state of every copy is in the books (``carriages``), never on the
stick, so the next visit of this stick, or of another one, knows what to put right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from mediabridge.bundle.mending import Mended
from mediabridge.errors import (
    BadFilesystemError,
    FakeCapacityError,
    ForeignFilesError,
    MediabridgeError,
    MediumBusyError,
    MediumError,
    MediumFullError,
    MediumIoError,
    PulledOutError,
    ReadBackError,
    ReadOnlyMediumError,
    UnregisteredMediumError,
)
from mediabridge.locale import text
from mediabridge.media import policy
from mediabridge.media.device import UsbDevice
from mediabridge.media.identity import MediumIdentity, read_identity
from mediabridge.media.policy import Use
from mediabridge.media.register import MediumRow
from mediabridge.media.slot import Slot, slot_of
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.media.strangers import Strangers
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import mending
from mediabridge.translog.events import Event, Fact
from mediabridge.verify.medium import verify_identity


@dataclass(frozen=True)
class Visit:
    """A stick that was recognised: where it is, and who it is."""

    slot: Slot
    identity: MediumIdentity | None = None
    """None for a folder at a station that has no register yet, and while a stick is registered."""
    number: str = ""
    """Its number where that is known without a statement on the stick."""
    by_line: bool = False
    """Whether it is no stick, but the station's end of the line."""

    @property
    def medium(self) -> str:
        """Its number; empty for a folder or a stick that nobody registered."""
        return self.identity.medium if self.identity else self.number

    @property
    def shown(self) -> str:
        """What a screen calls it."""
        nameless = text("(not registered)") if self.slot.device else text("(folder)")
        return text("(line)") if self.by_line else self.medium or nameless

    @property
    def place(self) -> str:
        """What books, log and signatures call where a copy is; no stick can be called as a line."""
        return LINE if self.by_line else self.medium

    @property
    def facts(self) -> dict[str, Any]:
        """What log entries say about it."""
        return {"medium": self.place} if self.place else {}


LINE: Final = "line"
"""Where a copy is that went over the line; a stick's number begins with a capital or a digit."""

FAILURES = (
    BadFilesystemError,
    FakeCapacityError,
    ForeignFilesError,
    MediumBusyError,
    MediumFullError,
    MediumIoError,
    PulledOutError,
    ReadBackError,
    ReadOnlyMediumError,
)
"""What a stick does wrong while it is in use; any other error is about what it carries."""

Medium = Path | Slot | Visit
"""What a journey may be given: a folder, a slot, or a stick that was recognised before."""


def look(
    station: OpenStation, slot: Slot, others: Sequence[UsbDevice] = ()
) -> tuple[StateReport, Visit | None]:
    """Say what the stick in *slot* is, without using it; a visit only when it may be used.

    *others* are the devices plugged in beside it: a copy may be among them.
    """
    device = slot.device
    if device is not None:
        known = station.books.media.by_device(device.sha256)
        seen = policy.first(
            lambda: policy.judge_device(device),
            lambda: policy.judge_copies(device, others, known.medium if known else "?"),
        )
        if seen is not None:
            return seen, None
    try:
        with slot.mounted() as folder:
            identity, problem = _identity(station, folder)
    except MediumError as error:
        return StateReport(MediumState(error.reason), error.facts), None
    return _judge(station, slot, identity, problem)


def _judge(
    station: OpenStation, slot: Slot, identity: MediumIdentity | None, problem: str
) -> tuple[StateReport, Visit | None]:
    register = station.books.media
    if identity is None and slot.device is None and register.is_empty():
        return report(MediumState.READY, medium=Visit(slot).shown), Visit(slot)
    seen = policy.judge_medium(slot.device, identity, problem, register)
    if seen.state is not MediumState.READY:
        return seen, None
    visit = Visit(slot, identity)
    return policy.judge_trip(register, visit.medium, station.clock.now()) or seen, visit


def _identity(station: OpenStation, folder: Path) -> tuple[MediumIdentity | None, str]:
    """Return the officer's statement on the stick, or why there is none."""
    try:
        found = read_identity(folder)
        if found is None:
            return None, text("nothing on it says who it is")
        return verify_identity(*found, station.trust), ""
    except UnregisteredMediumError as error:
        return None, str(error.facts.get("detail", ""))
    except MediumError:
        raise
    except MediabridgeError as error:
        # A link, a huge file, a bad signature: whatever it is, no officer vouches for it.
        return None, error.reason


def recognise(station: OpenStation, medium: Medium, *, others: Sequence[UsbDevice] = ()) -> Visit:
    """Return the stick as one that may be used; log and raise the refusal otherwise.

    Raises:
        MediumError: its state refuses it; the reason is the state.
    """
    if isinstance(medium, Visit):
        return medium
    slot = slot_of(medium)
    mending.mend_interrupted(station, slot)
    seen, visit = look(station, slot, others)
    if visit is None:
        refuse(station, slot, seen)
    welcome(station, visit, seen)
    return visit


def welcome(station: OpenStation, visit: Visit, seen: StateReport) -> None:
    """Show that the stick may be used; note what it says of itself, if that is news.

    The other station registered it; its officer's statement has just been verified.
    """
    note_flags(station, visit)
    station.tell(seen.state, **seen.facts)
    identity, device = visit.identity, visit.slot.device
    if identity is None or device is None:
        return
    digest = hashlib.sha256(identity.to_bytes()).hexdigest()
    known = station.books.media.row(identity.medium)
    if known is None or (known.serial is None and known.medium_sha256 == digest):
        with station.books.transaction():
            station.books.media.put(MediumRow.of(identity, digest, device.sha256))


def note_flags(station: OpenStation, visit: Visit, **facts: Any) -> None:
    """Log and show what the file system of the stick warns of; it can be used all the same.

    Raises:
        MediumError: it cannot be read; that is logged, too.
    """
    with watched(station, visit, None, **facts):
        flags = visit.slot.flags()
    for flag in sorted(flags):
        station.record(Event.MEDIUM_FLAGGED, reason=flag, **visit.facts, **facts)
        station.tell(MediumState(flag), medium=visit.shown)


def note_droppings(station: OpenStation, visit: Visit, found: Strangers) -> None:
    """Log how many files of desktops were passed over, and show of which sort they are."""
    if found.droppings:
        count = len(found.droppings)
        station.record(Event.DROPPINGS_PASSED, droppings=count, **visit.facts)
        station.tell(MediumState.DROPPINGS, medium=visit.shown, names=found.shown_droppings)


def note_mended(station: OpenStation, visit: Visit, bundle: str, mended: Mended) -> None:
    """Log, count and show that *bundle* came damaged from the stick and was put right."""
    counts: dict[str, Any] = {
        "files": mended.files,
        "damaged": mended.damaged,
        "blocks": mended.blocks,
    }
    station.record(Event.BUNDLE_REPAIRED, bundle=bundle, **counts, **visit.facts)
    if visit.medium:
        with station.books.transaction():
            station.books.media.note_mended(visit.medium)
    station.tell(MediumState.DAMAGED, medium=visit.shown, **counts)


def allow(station: OpenStation, visit: Visit, use: Use) -> None:
    """Refuse to use a recognised stick for *use* when it is not meant for it.

    Raises:
        WrongDirectionError, ReadOnlyMediumError: the reason is the state.
    """
    seen = policy.judge_use(visit.identity, visit.slot.device, use)
    if seen is not None:
        refuse(station, visit.slot, seen)


def refuse(station: OpenStation, slot: Slot, seen: StateReport) -> NoReturn:
    """Log and show that the stick is not used, and raise its state as an error."""
    note_refused(station, slot.device, seen)
    raise seen.error()


def note_refused(station: OpenStation, device: UsbDevice | None, seen: StateReport) -> None:
    """Log and show that a device, or a folder where it is None, is not used."""
    facts: dict[str, Any] = {"reason": seen.state}
    number = str(seen.facts.get("medium", ""))
    if station.books.media.row(number) is not None:
        facts["medium"] = number
    if device is not None:
        facts["device_sha256"] = device.sha256
    station.record(Event.MEDIUM_REFUSED, **facts)
    station.tell(seen.state, **seen.facts)


@contextmanager
def watched(
    station: OpenStation, visit: Visit, state: MediumState | None = None, **facts: Fact
) -> Iterator[None]:
    """Do something with the stick while showing *state*; log how it failed, if it does.

    An error of a stick that is no longer there is raised as what it is, a pull.
    """
    if state is not None:
        station.tell(state, medium=visit.shown)
    try:
        yield
    except MediabridgeError as error:
        cause = true_cause(visit, error)
        if isinstance(cause, FAILURES):
            note_failure(station, visit, cause, facts)
        if cause is error:
            raise
        raise cause from error
    finally:
        station.progress.finish()


def true_cause(visit: Visit, error: MediabridgeError) -> MediabridgeError:
    """Return PulledOutError for any error of a stick that went away meanwhile."""
    if isinstance(error, PulledOutError) or visit.slot.is_present():
        return error
    return PulledOutError(medium=visit.medium)


def note_failure(
    station: OpenStation, visit: Visit, error: MediumError, facts: dict[str, Any]
) -> None:
    """Log and show how a stick failed, and count it among what it did wrong before."""
    station.record(Event.MEDIUM_FAILED, reason=error.reason, **visit.facts, **facts)
    if visit.medium:
        with station.books.transaction():
            station.books.media.note_failed(visit.medium, error.reason)
    if error.reason in MediumState.__members__:
        shown: dict[str, Any] = {"medium": visit.shown, **error.facts}
        station.tell(MediumState(error.reason), **shown)


def finish(station: OpenStation, visit: Visit) -> bool:
    """Let the stick go; return whether it may be pulled out now.

    False for a folder, which whoever mounted it has to unmount.
    """
    with watched(station, visit):
        safe = visit.slot.eject()
    if safe:
        station.tell(MediumState.SAFE_TO_REMOVE, medium=visit.shown)
    return safe
