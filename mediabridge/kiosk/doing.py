"""Carrying out a live page to its end, whatever comes of it: a page follows, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mediabridge.errors import InternalError, MediabridgeError, machine_error
from mediabridge.kiosk.refused import Refused
from mediabridge.stopping import told

if TYPE_CHECKING:
    from mediabridge.kiosk.page import Live, Page


def followed(page: Live, changed: Callable[[], None], again: Page | None) -> Page | None:
    """Do what *page* is for; return the page that follows, which is a refusal where it failed.

    From *again* one may try once more. None: the person has gone elsewhere meanwhile.
    """
    session = page.session
    try:
        return page.run(changed)
    except MediabridgeError as error:
        return Refused(session, error, again)
    except OSError as said:
        return Refused(session, machine_error(said, session.means.home.root))
    except KeyboardInterrupt as stop:
        return Refused(session, told(stop))
    except Exception as cause:  # noqa: BLE001 - as in the frame of the command line
        return Refused(session, InternalError(detail=type(cause).__name__))
