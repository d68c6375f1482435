"""What comes from outside is shown to a virus scanner before anything of it is used.

:func:`scan` is what most callers need: it takes an open file and returns a :class:`Scanned`, or
raises. Whoever leaves an entry in the log before refusing takes a :class:`Scanner` and asks it to
:meth:`~Scanner.look`: that never raises, and the answer has its ``refusal``. One scanner serves
all files of a command.

::

    with open_given(path) as stream:
        scanned = scan(stream, settings.scanner, name=path.name, now=clock.now())

The scanner is ClamAV's daemon behind its socket (docs/adr/0028-*). Nothing that it says is a
promise that a file is harmless: it is one more reason to refuse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.scanner.scanned import Scanned
    from mediabridge.scanner.scanning import Scanner, scan
    from mediabridge.scanner.settings import ScannerSettings

__getattr__ = offered(
    __name__,
    {
        "scanned": ("Scanned",),
        "scanning": ("Scanner", "scan"),
        "settings": ("ScannerSettings",),
    },
)

__all__ = ["Scanned", "Scanner", "ScannerSettings", "scan"]
