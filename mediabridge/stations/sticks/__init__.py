"""The media themselves: recognised, put in order, kept track of, let go."""

from typing import TYPE_CHECKING

from mediabridge.lazily import stages

if TYPE_CHECKING:
    from mediabridge.stations.sticks import (
        following,
        leaving,
        visits,
    )

__all__ = ["following", "leaving", "visits"]

__getattr__ = stages(__name__, __all__)
