"""What goes out: collected, sealed, approved, written to a medium."""

from typing import TYPE_CHECKING

from mediabridge.lazily import stages

if TYPE_CHECKING:
    from mediabridge.stations.outgoing import (
        approvals,
        approving,
        changes,
        collecting,
        exporting,
        recovering,
        rejecting,
        releasing,
        sealing,
        software,
        underway,
    )

__all__ = [
    "approvals",
    "approving",
    "changes",
    "collecting",
    "exporting",
    "recovering",
    "rejecting",
    "releasing",
    "sealing",
    "software",
    "underway",
]

__getattr__ = stages(__name__, __all__)
