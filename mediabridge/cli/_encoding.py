"""The encoding that a person names: taken as what it means, and said."""

from __future__ import annotations

from mediabridge.cli._context import Context
from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.records.encoding import Encoding, meant_by


def encoding_meant(context: Context, name: str | None) -> Encoding | None:
    """Return the encoding called *name*; say which it is when it is known by another name.

    Raises:
        UsageError: none is called so; those that there are are listed.
    """
    if name is None:
        return None
    meant = meant_by(name)
    if meant is None:
        known = ", ".join(Encoding)
        detail = text("no encoding is called {name}; there are: {known}", name=name, known=known)
        raise UsageError(detail=detail)
    if name.lower() != meant.value:
        context.say("The encoding {name} is taken as {meant}.", name=name, meant=meant.value)
    return meant
