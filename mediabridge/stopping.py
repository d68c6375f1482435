"""Being told to stop: Ctrl-C, the end of the session, the machine's shutdown.

All three end a command in the same way: an exception rises in the main thread, so that
everything that is held is let go on its way up. Once is enough: what comes after the first
is not heard, since it would break off the wiping and unmounting that the first began.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from mediabridge.errors import InterruptedByUserError, MediabridgeError, TerminatedError

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
        yield
    finally:
        for each in before.keys() - deaf:
            signal.signal(each, before[each])


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated
