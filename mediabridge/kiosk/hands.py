"""What the hands do with the medium that was looked at last, on every page and for everybody.

A medium that waits for its answer stays in while a person decides, prepares and has approved on
other pages, and while the screen is locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.media.states import Handling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.kiosk.bus import Bus
    from mediabridge.media.device import UsbDevice
    from mediabridge.media.states import MediumState


class Hands:
    """Remembers what was told of a medium last, and compares it with what is plugged in now."""

    def __init__(self, bus: Bus) -> None:
        """Know of no medium; *bus* says what is plugged in."""
        self._bus = bus
        self._told: Handling | None = None
        self._media: Sequence[UsbDevice] = ()

    def note(self, state: MediumState, media: Sequence[UsbDevice]) -> None:
        """Remember the *state* of what was told when *media* were plugged in."""
        self._told, self._media = Handling.of(state), media

    @property
    def now(self) -> Handling | None:
        """What the hands do; None where no medium needs them."""
        if self._told is Handling.LEAVE_IN:
            # What is plugged in again is another device to the system, and goes on all the same.
            return Handling.LEAVE_IN if self._bus.media else Handling.PUT_BACK
        is_out = self._told is Handling.TAKE_OUT and self._is_the_same
        return Handling.TAKE_OUT if is_out else None

    @property
    def may_go_on(self) -> bool:
        """Whether something is plugged in that was neither let go of nor refused."""
        was_ended = self._told in {Handling.TAKE_OUT, Handling.AS_TOLD} and self._is_the_same
        return bool(self._bus.media) and not was_ended

    @property
    def _is_the_same(self) -> bool:
        return bool(self._media) and self._bus.media == tuple(self._media)
