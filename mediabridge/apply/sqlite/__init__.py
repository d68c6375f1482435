"""The registry in one SQLite file: the adapter that every registry station has.

Only :func:`mediabridge.apply.opening.open_registry` names what is in here; everyone else
knows the ports (:mod:`mediabridge.apply.ports`).
"""

from mediabridge.apply.sqlite.registry import SqliteRegistry

__all__ = ["SqliteRegistry"]
