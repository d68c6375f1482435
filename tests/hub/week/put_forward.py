"""``python -m tests.hub.week.put_forward FILE hub serve …``: a hub whose clock is put forward.

It is the command itself, in a process whose clock is as many seconds ahead as the file says by
then: that of the program, and that by which OpenSSL looks at the certificates of callers.
"""

from __future__ import annotations

import _ssl
import ctypes
import ssl
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.hub import hub, tls
from mediabridge.hub.settings import Listen

EVERY_SECONDS = 0.2
"""So often the file is looked at for OpenSSL."""


def _put_forward(context: ssl.SSLContext, file: Path) -> None:
    """Have *context* look at certificates as if it were later, from now on.

    Python hands over no such time.
    """
    library = ctypes.CDLL(_ssl.__file__)
    library.SSL_CTX_get0_param.argtypes = [ctypes.c_void_p]
    library.SSL_CTX_get0_param.restype = ctypes.c_void_p
    library.X509_VERIFY_PARAM_set_time.argtypes = [ctypes.c_void_p, ctypes.c_long]
    # The first thing in the object, behind its head, is OpenSSL's own context.
    inner = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
    parameters = library.SSL_CTX_get0_param(inner)

    def go_on() -> None:
        while True:
            library.X509_VERIFY_PARAM_set_time(parameters, int(time.time()) + _ahead(file))
            time.sleep(EVERY_SECONDS)

    # What is set stands still until it is set again.
    threading.Thread(target=go_on, daemon=True).start()


def _ahead(file: Path) -> int:
    return int(file.read_text("ascii"))


def main(file: Path, words: list[str]) -> int:
    now, context = SystemClock.now, tls.context

    def made(listen: Listen) -> ssl.SSLContext:
        found = context(listen)
        _put_forward(found, file)
        return found

    SystemClock.now = lambda clock: now(clock) + timedelta(seconds=_ahead(file))  # type: ignore[method-assign]
    hub.context = made
    return run(words)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
