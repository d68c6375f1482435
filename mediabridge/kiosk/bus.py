"""What is plugged in, watched in a thread of its own for as long as the kiosk runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Final

from mediabridge.config import WATCH_TICK_SECONDS
from mediabridge.errors import InternalError, MediabridgeError
from mediabridge.media import watching
from mediabridge.media.watching import Snapshot

if TYPE_CHECKING:
    from mediabridge.media.device import UsbDevice

_PATIENCE_SECONDS: Final = 0.2
"""How soon it is noticed that nobody wants to know any more."""


class Bus:
    """The newest snapshot, for whoever asks.

    One watch from beginning to end: what is plugged in while another page is shown is a newcomer
    all the same, and a keyboard among it is named as soon as somebody turns to the media.
    """

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._news = Condition()
        self._number = 0
        self._latest: Snapshot | None = None
        self._failed: MediabridgeError | None = None
        self._closed = False
        self.changed: Callable[[], None] = lambda: None
        """Called, in a thread, when another medium is plugged in, or none any more."""

    def start(self) -> None:
        """Begin to watch; the thread holds nothing of the station, and ends with the process."""
        Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        """Stop at the next look."""
        self._closed = True

    @property
    def media(self) -> tuple[UsbDevice, ...]:
        """What is plugged in, as far as it was looked."""
        return self._latest.media if self._latest is not None else ()

    @property
    def is_empty(self) -> bool:
        """Whether no medium is plugged in, as far as it was looked."""
        return self._latest is not None and not self._latest.media

    def snapshots(self, left: Event) -> Iterator[Snapshot]:
        """Yield what is plugged in, and again at each tick, until *left* is set.

        Raises:
            MediaServiceError: this machine has no udev.
            InternalError: what nobody had foreseen ended the watch.
        """
        seen = 0
        while not left.is_set():
            with self._news:
                if self._failed is not None:
                    raise self._failed
                if self._number == seen:
                    self._news.wait(_PATIENCE_SECONDS)
                    continue
                seen, latest = self._number, self._latest
            if latest is not None:
                yield latest

    def _watch(self) -> None:
        try:
            # A closed one ends in the middle: nothing is held that would have to be let go.
            with suppress(StopIteration):
                for snapshot in watching.watch(tick_seconds=WATCH_TICK_SECONDS):
                    if self._closed:
                        return
                    self._tell(snapshot)
        except MediabridgeError as error:
            self._fail(error)
        except Exception as cause:  # noqa: BLE001 - a screen that waits for ever says nothing
            self._fail(InternalError(detail=type(cause).__name__))

    def _fail(self, error: MediabridgeError) -> None:
        with self._news:
            self._failed = error
            self._news.notify_all()

    def _tell(self, snapshot: Snapshot) -> None:
        with self._news:
            before, self._latest = self._latest, snapshot
            self._number += 1
            self._news.notify_all()
        if before is None or before.media != snapshot.media:
            self.changed()
