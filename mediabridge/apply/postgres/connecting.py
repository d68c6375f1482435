"""Reaching the server: in a way that nobody else can take its place, or ours.

Over a network the server shows a certificate, which is verified together with its name;
on this machine it is found in a folder. Everything that libpq would otherwise take from
the environment is refused, since some of it weakens that, and one is a password.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from mediabridge import errors
from mediabridge.apply.places import PostgresPlace
from mediabridge.config import (
    DATABASE_WAIT_SECONDS,
    KIB,
    SERVER_CONNECT_SECONDS,
    SERVER_IDLE_SECONDS,
)
from mediabridge.locale import text
from mediabridge.plainfile import read_plain

_PASSFILE_BYTES: Final = 64 * KIB
_SETTINGS_FILE: Final = "station.toml"
_NO_FILE: Final = f"{os.devnull}/none"

_SESSION: Final = {
    # Nothing else: with pg_temp behind it, tables of a schema that is not there would be made
    # as temporary ones, without a word.
    "search_path": "{schema}",
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": f"{DATABASE_WAIT_SECONDS}s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": f"{SERVER_IDLE_SECONDS}s",
    "client_min_messages": "error",
    # A station without power must not keep a lock until the server's system gives it up.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


def connect(place: PostgresPlace) -> psycopg.Connection:
    """Connect to the server of *place*; outside a transaction each statement is one.

    Raises:
        SettingsError: the environment, or the password file, is not as it has to be.
        RegistryError: the server cannot be reached, or does not let us in.
    """
    words = conninfo(place)
    try:
        return psycopg.connect(words, autocommit=True)
    except psycopg.OperationalError as error:
        if (stranger := _stranger(str(error), place)) is not None:
            raise stranger from None
    return _ask_again(place, words)


def conninfo(place: PostgresPlace, settings: str = _SETTINGS_FILE) -> str:
    """Return the words for libpq by which the server of *place* is reached.

    Raises:
        SettingsError: the environment, or the password file, is not as it has to be; *settings*
            is the file that is named for it.
    """
    _refuse_environment(settings)
    return make_conninfo(
        host=place.host,
        port=place.port,
        dbname=place.database,
        user=place.user,
        client_encoding="UTF8",
        application_name="mediabridge",
        connect_timeout=SERVER_CONNECT_SECONDS,
        options=_options(place),
        passfile=_passfile(place, settings),
        # Encryption by Kerberos would be taken in the place of a verified certificate.
        gssencmode="disable",
        **_proof(place),
    )


def _proof(place: PostgresPlace) -> dict[str, Any]:
    """Return how the server has to show that it is the one."""
    if place.is_local:
        return {"requirepeer": place.server_user} if place.server_user else {}
    return {"sslmode": "verify-full", "sslrootcert": str(place.root_certificate)}


def _options(place: PostgresPlace) -> str:
    settings = {name: value.format(schema=place.schema_) for name, value in _SESSION.items()}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _passfile(place: PostgresPlace, settings: str) -> str:
    """Return the password file for libpq, which passes over one that others can read."""
    if place.credential is not None:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            detail = text("there is no systemd credential {name}", name=place.credential)
            raise errors.SettingsError(name=settings, detail=detail)
        return _private_copy(_read(Path(folder, place.credential), settings, credential=True))
    if place.passfile is None:
        # Not the file in the user's home, which nobody named.
        return _NO_FILE
    _read(place.passfile, settings)
    return str(place.passfile)


def _read(path: Path, settings: str, *, credential: bool = False) -> bytes:
    try:
        return read_plain(path, _PASSFILE_BYTES, private=not credential, credential=credential)
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else error
        detail = text("{name}: {detail}", name=path.name, detail=problem)
        raise errors.SettingsError(name=settings, detail=detail) from None


@cache
def _private_copy(content: bytes) -> str:
    """Put *content* where this process alone reads it, for as long as it lives.

    A credential on a tmpfs has group permissions, which are the mask of its access control list;
    libpq (17) takes such a file for one that others can read, and passes over it.
    """
    descriptor = os.memfd_create("passfile")
    os.fchmod(descriptor, 0o600)
    os.write(descriptor, content)
    return f"/proc/self/fd/{descriptor}"


def _refuse_environment(settings: str) -> None:
    for known in pq.Conninfo.get_defaults():
        name = known.envvar.decode() if known.envvar else ""
        if name in os.environ:
            detail = text("{name} is set in the environment; unset it", name=name)
            raise errors.SettingsError(name=settings, detail=detail)


def _stranger(message: str, place: PostgresPlace) -> errors.RegistryAccessDeniedError | None:
    """Return what is wrong with the server itself, as libpq says it, for which it has no code."""
    if not place.is_local and _UNVERIFIED.search(message):
        detail = text("its certificate, or its name in it, cannot be verified")
        return errors.RegistryAccessDeniedError(name=place.name, detail=detail)
    if "requirepeer" in message:
        detail = text("the process at the socket is not that of {user}", user=place.server_user)
        return errors.RegistryAccessDeniedError(name=place.name, detail=detail)
    return None


def _ask_again(place: PostgresPlace, conninfo: str) -> psycopg.Connection:
    """Connect to a server that was not to be had just now.

    Why not, it says in its own language, so nobody looks at that. It may have been starting,
    or the line have been cut: only who is turned away a second time is not let in.
    """
    if pq.PGconn.ping(conninfo.encode()) != pq.Ping.OK:
        raise errors.RegistryUnreachableError(name=place.name, detail=text("no connection"))
    try:
        return psycopg.connect(conninfo, autocommit=True)
    except psycopg.OperationalError:
        detail = text("it refuses the user {user}", user=place.user)
        raise errors.RegistryAccessDeniedError(name=place.name, detail=detail) from None


_UNVERIFIED: Final = re.compile("certificate|SSL|TLS")
