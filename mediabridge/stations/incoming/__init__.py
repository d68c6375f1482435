"""What comes in: staged, verified, opened, taken, and answered by a receipt."""

from typing import TYPE_CHECKING

from mediabridge.lazily import stages

if TYPE_CHECKING:
    from mediabridge.stations.incoming import (
        delivered,
        importing,
        parking,
        receipts,
        software,
        voids,
    )

__all__ = ["delivered", "importing", "parking", "receipts", "software", "voids"]

__getattr__ = stages(__name__, __all__)
