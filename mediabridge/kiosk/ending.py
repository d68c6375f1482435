"""Being told to end, by a signal, while a worker thread has the station open.

The main thread only draws: what is done with a medium ends by :class:`~mediabridge.kiosk.pace.Pace`
at its next step, as after Ctrl-C, and the screen goes when nothing is done any more.
"""

from __future__ import annotations

import os
import signal
import termios
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session

_SCREEN: Final = (0, 1, 2)


def told(session: Session, number: int) -> None:
    """Let whatever goes on at *session* end; *number* is the signal."""
    if number == signal.SIGHUP:
        let_go_of_dead_terminal()
    session.ending.set()


def let_go_of_dead_terminal() -> None:
    """Draw into nothing if the window is gone.

    The thread in which Textual writes would end by the first error, and the main thread then wait
    for it for ever.
    """
    try:
        termios.tcgetattr(_SCREEN[-1])
    except termios.error:
        nothing = os.open(os.devnull, os.O_RDWR)
        for each in _SCREEN:
            os.dup2(nothing, each)
        os.close(nothing)
