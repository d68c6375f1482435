"""The sealed container, format 1 (``docs/format/bundle.md``). Bytes in, bytes out.

A bundle passes through three types, and a function that needs a checked bundle
asks for it in its signature::

    SealedBundle  ->  VerifiedBundle  ->  OpenedBundle
    (staged copy)     (steps 1 to 5)      (steps 6 and 7)

:func:`~mediabridge.bundle.seal.seal` makes a bundle folder,
:func:`~mediabridge.bundle.opening.decrypt` reads one; whether a bundle may be
*believed* is decided in :mod:`mediabridge.verify` alone. Nothing here knows keys
by name, devices, databases, the network or the clock.
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header, Route
    from mediabridge.bundle.manifest import InnerFile, Manifest
    from mediabridge.bundle.stages import OpenedBundle, SealedBundle, VerifiedBundle

__all__ = [
    "Header",
    "InnerFile",
    "Manifest",
    "OpenedBundle",
    "Route",
    "SealedBundle",
    "VerifiedBundle",
]

__getattr__ = offered(
    __name__,
    {
        "header": ("Header", "Route"),
        "manifest": ("InnerFile", "Manifest"),
        "stages": ("OpenedBundle", "SealedBundle", "VerifiedBundle"),
    },
)
