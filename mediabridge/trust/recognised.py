"""What this station accepted last, recognised by its bytes: for a command that only looks.

When trust data is taken over, the digest of each of its files is written down beside them.
Where all of them are still the same, verifying them again could only come to the same result,
so that a command which decides nothing by it needs neither a TUF library nor the models of
``trust.json`` to say whose keys run out.
Where one of them is missing, is more, or is another one, and where nothing was written down,
:mod:`mediabridge.trust.accepted` verifies everything and has the last word. Whatever decides
by trust data asks there in any case: a list of digests is signed by nobody.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from mediabridge import errors
from mediabridge.clock import from_rfc3339
from mediabridge.config import LIMITS
from mediabridge.plainfile import read_plain
from mediabridge.trust import seen
from mediabridge.trust.generations import TARGET, chain, current_generation, locked
from mediabridge.trust.seen import SeenTrust

NOTED: Final = "accepted.sha256"
"""The list beside the folders ``client`` and ``repository`` of a generation."""

_ROLES: Final = ("timestamp", "snapshot", "targets")
_NOTED_BYTES: Final = LIMITS.trust_files * 512


def note(generation: Path) -> None:
    """Write down what *generation* consists of; the caller has verified it, and makes it last.

    Raises:
        OSError: it cannot be read or written.
        ValueError: a file is none that a refresh leaves.
    """
    (generation / NOTED).write_text(_listed(generation), "utf-8")


def current(cache: Path) -> SeenTrust:
    """Return what is to be said of the trust data this station accepted last.

    Raises:
        As :func:`mediabridge.trust.accepted.current`.
    """
    found = _content(cache)
    if found is not None:
        return found
    # It verifies by the TUF library; most commands get by without.
    from mediabridge.trust import accepted  # noqa: PLC0415

    return seen.of(accepted.current(cache))


def expires(cache: Path) -> dict[str, datetime]:
    """Return when the accepted metadata of each TUF role expires.

    Raises:
        As :func:`mediabridge.trust.accepted.expires`.
    """
    found = _expiry(cache)
    if found is not None:
        return found
    from mediabridge.trust import accepted  # noqa: PLC0415 - as above

    return accepted.expires(cache)


def _content(cache: Path) -> SeenTrust | None:
    """Return what is there when it is what was written down, None otherwise."""
    with locked(cache, fcntl.LOCK_SH):
        try:
            generation = _known(cache)
            return seen.read(_read(generation / "client" / TARGET))
        except (OSError, ValueError, errors.MediabridgeError):
            return None


def _expiry(cache: Path) -> dict[str, datetime] | None:
    with locked(cache, fcntl.LOCK_SH):
        try:
            generation = _known(cache)
            roots = chain(generation / "repository/metadata")
            files = {"root": roots[max(roots)]}
            files |= {role: generation / f"client/{role}.json" for role in _ROLES}
            return {role: _expires(path) for role, path in files.items()}
        except (OSError, ValueError, KeyError):
            return None


def _expires(path: Path) -> datetime:
    return from_rfc3339(json.loads(_read(path))["signed"]["expires"])


def _known(cache: Path) -> Path:
    """Return the generation in force.

    Raises:
        ValueError: it is not, to the byte, what was written down; or nothing was.
        OSError: it cannot be read.
    """
    generation = current_generation(cache)
    if generation is None:
        raise ValueError
    noted = read_plain(generation / NOTED, _NOTED_BYTES).decode()
    if _listed(generation) != noted:
        raise ValueError
    return generation


def _listed(generation: Path) -> str:
    """Return a line for each file of *generation*: its digest, its sort and its path."""
    lines = (f"{_digest(path)} {path.relative_to(generation)}\n" for path in _files(generation))
    return "".join(lines)


def _files(generation: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(generation):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if name != NOTED)


def _digest(path: Path) -> str:
    # A link is another thing than the file that it leads to.
    if path.is_symlink():
        return f"{hashlib.sha256(str(path.readlink()).encode()).hexdigest()} link"
    return f"{hashlib.sha256(_read(path)).hexdigest()} file"


def _read(path: Path) -> bytes:
    return read_plain(path, LIMITS.trust_file_bytes)
