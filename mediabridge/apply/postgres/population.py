"""Filling an empty registry: into a staging table by ``COPY``, then over in one statement.

The staging table takes any text. Which row the tables themselves refuse is then found by
halves, since what a server says about it is in its own language, and quotes the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.postgres.session import Session
from mediabridge.apply.resident import POPULATION_COLUMNS
from mediabridge.errors import RegistryRefusedError

_NUMBERS: Final = frozenset({"period_months", "period_days", "last_sequence"})
_COLUMNS: Final = ", ".join(POPULATION_COLUMNS)
_ARRIVED: Final = ", ".join(
    f"{name}::bigint" if name in _NUMBERS else name for name in POPULATION_COLUMNS
)
_STAGING: Final = f"""
    CREATE TEMPORARY TABLE arriving (
        number bigint PRIMARY KEY, {", ".join(f"{name} text" for name in POPULATION_COLUMNS)}
    ) ON COMMIT DROP
"""
_MERGE: Final = f"""
    INSERT INTO resident (id, {_COLUMNS})
    SELECT number, {_ARRIVED} FROM arriving WHERE number > %s AND number <= %s ORDER BY number
"""  # noqa: S608 - made of column names of this package
_AFTERWARDS: Final = """
    INSERT INTO card SELECT card_number, id FROM resident WHERE card_number IS NOT NULL;
    SELECT setval(pg_get_serial_sequence('resident', 'id'), max(id)) FROM resident;
"""


def load(session: Session, people: Iterable[Mapping[str, str | None]]) -> int:
    """Load *people* in the open transaction of *session* and return how many there were.

    Raises:
        RegistryRefusedError: there are residents, or a row, which is named, does not fit.
    """
    if session.rows("SELECT EXISTS (SELECT 1 FROM resident)")[0][0]:
        raise rows.already_filled()
    session.execute(_STAGING)
    numbered = ((number, *rows.population_row(number, row)) for number, row in enumerate(people, 1))
    session.copy_in(f"arriving (number, {_COLUMNS})", numbered)
    ((number,),) = session.rows("SELECT count(*) FROM arriving")
    problem = _merge(session, number)
    if problem is not None:
        raise _first_refused(session, number, problem)
    if number:
        session.execute(_AFTERWARDS)
    return int(number)


def _first_refused(
    session: Session, number: int, problem: RegistryRefusedError
) -> RegistryRefusedError:
    """Return the refusal of the first row that is refused, of *number* rows."""
    taken, refused = 0, number
    while refused - taken > 1:
        # Each half is added to what was taken before it.
        middle = (taken + refused) // 2
        found = _merge(session, middle, beyond=taken)
        if found is None:
            taken = middle
        else:
            refused, problem = middle, found
    return rows.refused_row(refused, problem)


def _merge(session: Session, number: int, *, beyond: int = 0) -> RegistryRefusedError | None:
    """Take the rows up to *number*, or none of them and return why one of them is refused."""
    session.execute("SAVEPOINT attempt")
    try:
        session.execute(_MERGE, beyond, number)
    except RegistryRefusedError as error:
        session.execute("ROLLBACK TO SAVEPOINT attempt")
        return error
    session.execute("RELEASE SAVEPOINT attempt")
    return None
