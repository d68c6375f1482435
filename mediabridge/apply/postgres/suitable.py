"""Is the server set up so that nothing is lost, changed in its spelling, or told to others?"""

from __future__ import annotations

from typing import Final

from mediabridge import errors
from mediabridge.apply.postgres.session import Session

_NEEDED: Final = {
    # Names come back code point for code point.
    "server_encoding": "UTF8",
    # What was committed outlives a power cut.
    "fsync": "on",
    "full_page_writes": "on",
}
_OLDEST: Final = 13
"""The first version that tells afterwards what became of a transaction it could not answer."""

_SILENT: Final = {"fatal", "panic"}
_TERSE_PLACES: Final = {"stderr", "syslog", "eventlog"}


def check(session: Session) -> None:
    """Refuse a server that would not keep what it promises; make commits durable.

    Raises:
        RegistryUnsuitableError: a setting is not as it has to be.
    """
    version = int(session.setting("server_version_num")) // 10000
    if version < _OLDEST:
        raise _unsuitable(session, "server_version", str(version), f">= {_OLDEST}")
    for name, wanted in _NEEDED.items():
        got = session.setting(name)
        if got != wanted:
            raise _unsuitable(session, name, got, wanted)
    _check_log(session)
    if session.setting("synchronous_commit") == "off":
        session.execute("SET synchronous_commit = on")


def _check_log(session: Session) -> None:
    """Refuse a server that would write a row it refuses, with its names, into its own log.

    Terse messages have no rows in them; but the files for other programs never are terse.
    """
    if session.setting("log_min_messages") in _SILENT:
        return
    verbosity = session.setting("log_error_verbosity")
    if verbosity != "terse":
        raise _unsuitable(session, "log_error_verbosity", verbosity, "terse")
    places = {each.strip() for each in session.setting("log_destination").split(",")}
    if not places <= _TERSE_PLACES:
        told = ", ".join(sorted(places - _TERSE_PLACES))
        raise _unsuitable(session, "log_destination", told, ", ".join(sorted(_TERSE_PLACES)))


def _unsuitable(
    session: Session, setting: str, got: str, wanted: str
) -> errors.RegistryUnsuitableError:
    return errors.RegistryUnsuitableError(
        name=session.name, setting=setting, got=got, wanted=wanted
    )
