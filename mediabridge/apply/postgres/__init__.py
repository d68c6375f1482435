"""The registry in a schema of a PostgreSQL server: for a city whose register is there already.

Only :func:`mediabridge.apply.opening.open_registry` names what is in here; everyone else
knows the ports (:mod:`mediabridge.apply.ports`). Importing it needs the extra
``postgresql``, and libpq, the library of PostgreSQL's clients, from the system.

Why it is made like this: docs/adr/0013-postgresql-for-the-registry.md.
"""

from mediabridge.apply.postgres.registry import PostgresRegistry, examine

__all__ = ["PostgresRegistry", "examine"]
