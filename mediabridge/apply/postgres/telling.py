"""What went wrong, as a reason: the server's errors, told by their codes, never by their texts.

A text of the server can quote a whole row, and so can an error that is chained to it: what
is raised here has no cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from mediabridge import errors
from mediabridge.errors import RegistryError
from mediabridge.locale import text

_BY_CODE: Final[dict[str, type[RegistryError]]] = {
    "25006": errors.RegistryReadOnlyError,
    "40001": errors.RegistryLockedError,
    "40P01": errors.RegistryLockedError,
    "53100": errors.RegistryFullError,
    "53300": errors.RegistryLockedError,
    "55P03": errors.RegistryLockedError,
    "3D000": errors.RegistryAccessDeniedError,
    "3F000": errors.RegistryAccessDeniedError,
    "42501": errors.RegistryAccessDeniedError,
}
_BY_CLASS: Final[dict[str, type[RegistryError]]] = {
    "08": errors.RegistryUnreachableError,
    "22": errors.RegistryRefusedError,
    "23": errors.RegistryRefusedError,
    "25": errors.RegistryUnreachableError,
    "28": errors.RegistryAccessDeniedError,
    "57": errors.RegistryUnreachableError,
    "P0": errors.RegistryRefusedError,
    "XX": errors.RegistryCorruptError,
}
"""https://www.postgresql.org/docs/current/errcodes-appendix.html; P0 is what a trigger raises."""

_INTERNAL: Final = "XX000"


def told(error: psycopg.Error, name: str) -> RegistryError:
    """Return what *error* of the registry *name* means."""
    code = error.sqlstate
    if code is None and isinstance(error, psycopg.DataError):
        # psycopg's own word, with the value in its text: no server takes it, such as a NUL.
        return errors.RegistryRefusedError(name=name, detail=type(error).__name__)
    if code is None:
        # The connection itself: libpq's text names the server and its user, and no data.
        return errors.RegistryUnreachableError(name=name, detail=text("no connection"))
    refusal = _BY_CODE.get(code) or _BY_CLASS.get(code[:2])
    if refusal is None or code == _INTERNAL:
        refusal = errors.RegistryUnavailableError
    return refusal(name=name, detail=f"{type(error).__name__} {code}")


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Raise a RegistryError for every error of the server in the block."""
    try:
        yield
    except psycopg.Error as error:
        raise told(error, name) from None
