"""The one way into a database of this station: books, registry and transfer log alike.

:func:`connect` opens a :class:`Store`: with the same safe settings for all, brought up to
the newest version of its tables after a copy of the earlier one was kept, and only when it
is this station's own. Its connection speaks in reasons: whatever goes wrong in SQLite is
raised as one of the :class:`Refusals` of the store, also in the middle of reading. The
names of errors are passed on, never their texts, which can quote data. What is needed for
the moment only is a :func:`scratch`. ::

    connection = sqlite.connect(path, BOOKS, owner)
    with sqlite.transaction(connection):
        connection.execute("INSERT INTO facts VALUES (?, ?)", (name, value))

Why these settings: docs/adr/0003-sqlite-for-stations.md.
"""

from mediabridge.sqlite.damage import damage
from mediabridge.sqlite.keeping import copy_whole
from mediabridge.sqlite.opening import connect, is_earlier, look, transaction
from mediabridge.sqlite.scratch import scratch
from mediabridge.sqlite.store import OWNED, Owner, Refusals, Store
from mediabridge.sqlite.telling import Connection

__all__ = [
    "OWNED",
    "Connection",
    "Owner",
    "Refusals",
    "Store",
    "connect",
    "copy_whole",
    "damage",
    "is_earlier",
    "look",
    "scratch",
    "transaction",
]
