"""Being told to stop: Ctrl-C, the end of the session, the machine's shutdown.

All three end a command in the same way: an exception rises in the main thread, so that
everything that is held is let go on its way up. Once is enough: what comes after the first
is not heard, since it would break off the wiping and unmounting that the first began.

Python drops an exception that rises while an object is being finalised, and the libraries
for udev finalise one for every device that is looked at. Such a stop is not lost: it rises
again a moment later, outside.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from mediabridge.errors import InterruptedByUserError, MediabridgeError, TerminatedError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], object]
_AGAIN_SECONDS: Final = 0.05
"""How long after a stop was dropped it rises again: by then the finalising is over."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP: what takes care of Ctrl-C takes care of it, too."""


def told(stop: BaseException) -> MediabridgeError:
    """Return what *stop*, a KeyboardInterrupt, is called on screens and in the log."""
    return TerminatedError() if isinstance(stop, Terminated) else InterruptedByUserError()


@contextmanager
def heard() -> Iterator[None]:
    """Let each of the signals end the block; one that is ignored already (nohup) stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _going_to(_stop), _never_dropped():
        yield


@contextmanager
def put_off(told: Callable[[int], None]) -> Iterator[None]:
    """Call *told* with the first signal, which rises only when the block has come to its end.

    Within :func:`heard`, for a block whose work is done in other threads: an exception here would
    not reach them, and leave nobody to wait for them. *told* takes no lock that the main thread
    may hold.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        _be_deaf()
        came.append(number)
        told(number)

    with _going_to(note):
        yield
    if came:
        _stop(came[0], None)


@contextmanager
def _going_to(handler: _Handler) -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    deaf = {each for each, known in before.items() if known in (signal.SIG_IGN, None)}
    try:
        for each in before.keys() - deaf:
            signal.signal(each, handler)
        yield
    finally:
        for each in before.keys() - deaf:
            signal.signal(each, before[each])


def _be_deaf() -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    _be_deaf()
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


@contextmanager
def _never_dropped() -> Iterator[None]:
    """Let a stop that Python has dropped rise again."""
    hook, handler = sys.unraisablehook, signal.getsignal(signal.SIGALRM)

    def note(dropped: sys.UnraisableHookArgs) -> None:
        stop = dropped.exc_value
        if isinstance(stop, KeyboardInterrupt):
            _raise_again(type(stop))
        else:
            hook(dropped)

    sys.unraisablehook = note
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        sys.unraisablehook = hook


def _raise_again(stop: type[KeyboardInterrupt]) -> None:
    def rise(_number: int, _frame: FrameType | None) -> NoReturn:
        raise stop

    signal.signal(signal.SIGALRM, rise)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
