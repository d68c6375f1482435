"""The closed vocabulary of what a medium can be, each with one next step.

The screen, the log, ``--json`` and the tests use these names. A state that refuses
takes its sentence and its next step from its error class, so that each text stands once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any, Final

from mediabridge import errors
from mediabridge.errors import MediumError
from mediabridge.locale import n_, translate


@unique
class MediumState(StrEnum):
    """What a medium is, or what is being done with it."""

    NO_MEDIUM = "NO_MEDIUM"
    """Nothing is plugged in that could be a medium."""
    SEVERAL_MEDIA = "SEVERAL_MEDIA"
    """Several could be meant; a person has to choose."""
    NOT_STORAGE_ONLY = "NOT_STORAGE_ONLY"
    """BadUSB: it is, or is also, something else than a disk; never mounted."""
    UNREGISTERED = "UNREGISTERED"
    """No officer of this city signed for it."""
    SERIAL_COPIED = "SERIAL_COPIED"
    """Another stick with the serial number of a registered one."""
    IDENTITY_COPIED = "IDENTITY_COPIED"
    """medium.json of a registered stick on another stick."""
    REFORMATTED = "REFORMATTED"
    """A registered stick with another file system than it was registered with."""
    WRONG_DIRECTION = "WRONG_DIRECTION"
    """Registered, but not for this route."""
    REPORTED_LOST = "REPORTED_LOST"
    """On the list of lost sticks."""
    RETIRED = "RETIRED"
    """On the list of sticks taken out of service."""
    OVERDUE = "OVERDUE"
    """Usable, but its trip took longer than planned; the officer wants to know."""
    READ_ONLY = "READ_ONLY"
    """Protected by its switch, or by itself because it is worn."""
    BAD_FILESYSTEM = "BAD_FILESYSTEM"
    """Nothing on it that may be mounted."""
    FULL = "FULL"
    """Not enough free space."""
    FOREIGN_FILES = "FOREIGN_FILES"
    """Its exchange folder holds what the receiving station would refuse everything for."""
    DROPPINGS = "DROPPINGS"
    """Usable, with files of desktops in its exchange folder, which nobody reads."""
    VOLUME_DIRTY = "VOLUME_DIRTY"
    """Usable, but whoever wrote to it last did not unmount it."""
    MEDIA_FAILURE = "MEDIA_FAILURE"
    """Usable, but some system noted on it that it failed."""
    DAMAGED = "DAMAGED"
    """Usable, but blocks of what it carried had to be repaired; it is not to be relied on."""
    SLOW = "SLOW"
    """It works, but far more slowly than when it was registered."""
    FAKE_CAPACITY = "FAKE_CAPACITY"
    """It claims more than it can keep."""
    READ_BACK_MISMATCH = "READ_BACK_MISMATCH"
    """It gave back something else than was written."""
    IO_ERROR = "IO_ERROR"
    """The system reported an error from it."""
    PULLED_OUT = "PULLED_OUT"
    """It went away while it was in use."""
    MEDIUM_BUSY = "MEDIUM_BUSY"
    """Another program holds it; it must not be pulled out yet."""
    READY = "READY"
    """Recognised, registered, and waiting."""
    READING = "READING"
    """Being read; it must not be pulled out."""
    WRITING = "WRITING"
    """Being written; it must not be pulled out."""
    CHECKING = "CHECKING"
    """Being read back; it must not be pulled out."""
    ERASING = "ERASING"
    """What has arrived is being overwritten; it must not be pulled out."""
    SAFE_TO_REMOVE = "SAFE_TO_REMOVE"
    """Written, read back, unmounted, switched off."""


@unique
class Handling(StrEnum):
    """What a person's hands do with a medium in a state; every screen says it without colour."""

    PLUG_IN = "PLUG_IN"
    """Nothing is there yet."""
    LEAVE_IN = "LEAVE_IN"
    """It is in use, or will be again: it must not be pulled out."""
    TAKE_OUT = "TAKE_OUT"
    """It may be pulled out now."""
    PUT_BACK = "PUT_BACK"
    """It was pulled out before it might be."""
    AS_TOLD = "AS_TOLD"
    """It is not in use; what to do with it, the next step says."""

    @classmethod
    def of(cls, state: MediumState) -> Handling:
        """Return how a medium in *state* is handled."""
        return _HANDLING.get(state, cls.AS_TOLD)


_HANDLING: Final[Mapping[MediumState, Handling]] = MappingProxyType(
    {
        MediumState.NO_MEDIUM: Handling.PLUG_IN,
        MediumState.PULLED_OUT: Handling.PLUG_IN,
        MediumState.SAFE_TO_REMOVE: Handling.TAKE_OUT,
        **dict.fromkeys(
            (
                MediumState.OVERDUE,
                MediumState.DROPPINGS,
                MediumState.VOLUME_DIRTY,
                MediumState.MEDIA_FAILURE,
                MediumState.DAMAGED,
                MediumState.SLOW,
                MediumState.MEDIUM_BUSY,
                MediumState.READY,
                MediumState.READING,
                MediumState.WRITING,
                MediumState.CHECKING,
                MediumState.ERASING,
            ),
            Handling.LEAVE_IN,
        ),
    }
)


@dataclass(frozen=True)
class _Words:
    sentence: str
    hint: str


_WAIT: Final = n_("Leave it plugged in and wait.")

_OWN: Final[Mapping[MediumState, _Words]] = MappingProxyType(
    {
        MediumState.NO_MEDIUM: _Words(
            n_("No medium is plugged in."), n_("Plug in a registered medium.")
        ),
        MediumState.OVERDUE: _Words(
            n_("Medium {medium} should have been back earlier. It can be used."),
            n_("Go on, and tell the security officer."),
        ),
        MediumState.DROPPINGS: _Words(
            n_("Medium {medium} holds files that computers leave by themselves: {names}."),
            n_("Go on: they are passed over. An officer can erase them with the rest."),
        ),
        MediumState.VOLUME_DIRTY: _Words(
            n_("The file system of medium {medium} was not closed when it was last written."),
            n_("Go on. Next time, wait until it may be removed; the IT staff can format it anew."),
        ),
        MediumState.MEDIA_FAILURE: _Words(
            n_("Some computer noted on medium {medium} that the medium had failed."),
            n_("Go on, and ask the security officer for another medium soon."),
        ),
        MediumState.DAMAGED: _Words(
            n_(
                "Medium {medium} gave back {damaged} of {blocks} blocks damaged."
                " They were repaired; everything is checked as always."
            ),
            n_("Go on, and have the security officer take this medium out of service."),
        ),
        MediumState.SLOW: _Words(
            n_("Medium {medium} has become slow: {got} instead of {wanted} MB/s."),
            n_("Go on, and ask the security officer for another medium soon."),
        ),
        MediumState.READY: _Words(
            n_("Medium {medium} is ready."), n_("Leave it plugged in and go on.")
        ),
        MediumState.READING: _Words(n_("Medium {medium} is being read."), _WAIT),
        MediumState.WRITING: _Words(n_("Medium {medium} is being written."), _WAIT),
        MediumState.CHECKING: _Words(n_("Medium {medium} is being read back and checked."), _WAIT),
        MediumState.ERASING: _Words(
            n_("What has arrived is being erased from medium {medium}."), _WAIT
        ),
        MediumState.SAFE_TO_REMOVE: _Words(
            n_("Medium {medium} may be removed now."), n_("Pull it out.")
        ),
    }
)

_REFUSALS: Final[Mapping[str, type[MediumError]]] = MappingProxyType(
    {
        found.reason: found
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, MediumError) and found.reason
    }
)


def refusal_of(state: MediumState) -> type[MediumError] | None:
    """Return the error class of a refusing *state*, or None for one that goes on."""
    return None if state in _OWN and state is not MediumState.NO_MEDIUM else _REFUSALS[state]


@dataclass(frozen=True)
class StateReport:
    """A state with the facts that fill its sentence: what a screen or a log shows."""

    state: MediumState
    facts: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """What is the matter, in the language in use."""
        return self._filled(_words(self.state).sentence)

    @property
    def hint(self) -> str:
        """The one next step, in the language in use."""
        return self._filled(_words(self.state).hint)

    def error(self) -> MediumError:
        """Return the error that a journey raises for this state.

        Raises:
            ValueError: the state does not refuse.
        """
        refusal = refusal_of(self.state)
        if refusal is None:
            raise ValueError(self.state)
        return refusal(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        return {
            "state": self.state,
            "sentence": self.sentence,
            "hint": self.hint,
            "facts": dict(self.facts),
        }

    def as_plain(self) -> dict[str, Any]:
        """Return state and facts as JSON, for another process to show in its own language."""
        return {
            "state": self.state,
            "facts": {name: str(fact) for name, fact in self.facts.items()},
        }

    def _filled(self, msgid: str) -> str:
        # An error fills in "?" where a fact is missing; so must a state, whoever reports it.
        return MediumError(**self.facts).render(translate(msgid))


def report(state: MediumState, **facts: Any) -> StateReport:
    """Return *state* with *facts*."""
    return StateReport(state, MappingProxyType(facts))


def _words(state: MediumState) -> _Words:
    own = _OWN.get(state)
    if own is not None:
        return own
    refusal = _REFUSALS[state]
    return _Words(refusal.sentence, refusal.hint)
