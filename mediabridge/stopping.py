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
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from mediabridge.errors import InterruptedByUserError, MediabridgeError, TerminatedError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
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
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    deaf = {each for each, handler in before.items() if handler in (signal.SIG_IGN, None)}
    try:
        for each in before.keys() - deaf:
            signal.signal(each, _stop)
        with _never_dropped():
            yield
    finally:
        for each in before.keys() - deaf:
            signal.signal(each, before[each])


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
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
