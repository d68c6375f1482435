"""The trust data of every city that the hub serves: public, verified as a station verifies it.

``CITIES/<any name>/root.json`` is the first root, which the operators were given by hand, and
``CITIES/<any name>/trust`` the city's TUF repository as it stands on a medium. What was accepted
lies in a folder that this process takes away again: the hub keeps nothing on its own disk.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS
from mediabridge.errors import MediabridgeError, TrustInvalidError
from mediabridge.hub.logs import log
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.trust import accepted, client, keytext
from mediabridge.trust.trust_data import Station, TrustData

NO_LINE: Final = "registry"
"""The role that never calls: a registry station has no network."""

_ROOT: Final = "root.json"
_REPOSITORY: Final = "trust"
_NEWEST: Final = f"{_REPOSITORY}/metadata/timestamp.json"


@dataclass(frozen=True)
class City:
    """What is known of one city."""

    trust: TrustData
    repository: Path
    """The verified repository, as it is handed on to stations."""
    until: datetime
    """When the first of its files expires."""
    seen: tuple[int, int, int]
    """The marks of the file by which a newer version is noticed."""

    @cached_property
    def callers(self) -> tuple[Station, ...]:
        """The stations that have a line, and whose keys are not revoked."""
        trust = self.trust
        return tuple(
            station
            for station in trust.stations
            if station.role != NO_LINE and not trust.is_revoked(keytext.fingerprint(station.key))
        )


class Cities:
    """All cities, by their domain; looked through again now and then."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet; see :meth:`look`."""
        self._folder = folder
        # Bound to this object: the folder goes when it does.
        self._kept = tempfile.TemporaryDirectory(prefix="mediabridge-hub-")
        self._by_folder: dict[str, City] = {}
        self._by_domain: dict[str, City] = {}

    def look(self, now: datetime) -> list[City]:
        """Take over what is new since the last time; return the cities it is new for.

        A city whose trust data is wrong is said in the log, and keeps what it had.

        Raises:
            OSError: the folder of cities cannot be read.
        """
        found = {path.name: path for path in sorted(self._folder.iterdir()) if path.is_dir()}
        fresh = [name for name, path in found.items() if self._is_new(name, path)]
        taken = {name: city for name in fresh if (city := self._take(found[name], now))}
        known = {name: city for name, city in self._by_folder.items() if name in found} | taken
        self._by_folder, self._by_domain = known, dict(_by_domain(known))
        return list(taken.values())

    def get(self, domain: str) -> City | None:
        """Return the city of this *domain*, or None."""
        return self._by_domain.get(domain)

    def __iter__(self) -> Iterator[City]:
        return iter(tuple(self._by_domain.values()))

    def __len__(self) -> int:
        return len(self._by_domain)

    def _is_new(self, name: str, path: Path) -> bool:
        known = self._by_folder.get(name)
        return known is None or known.seen != _marks(path / _NEWEST)

    def _take(self, path: Path, now: datetime) -> City | None:
        cache, marks = Path(self._kept.name, path.name), _marks(path / _NEWEST)
        try:
            root = read_plain(path / _ROOT, LIMITS.trust_file_bytes)
            trust = client.refresh(path / _REPOSITORY, cache, root, now=now)
            until = min(accepted.expires(cache).values())
        except (MediabridgeError, OSError, ValueError) as error:
            reason = error.reason if isinstance(error, MediabridgeError) else type(error).__name__
            log(logging.ERROR, "city-refused", city=path.name, reason=reason)
            return None
        log(logging.INFO, "city-taken", city=trust.city, version=trust.version)
        return City(trust, accepted.repository_copy(cache), until, marks)


def _by_domain(known: dict[str, City]) -> Iterator[tuple[str, City]]:
    """Yield each city under its domain; two folders of one domain are served by neither."""
    domains = [city.trust.city for city in known.values()]
    for name, city in known.items():
        if domains.count(city.trust.city) > 1:
            log(logging.ERROR, "city-refused", city=name, reason=TrustInvalidError.reason)
        else:
            yield city.trust.city, city


def _marks(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_ino, found.st_size, found.st_mtime_ns


def file_of(city: City, path: str) -> bytes | None:
    """Return the file *path* of the *city*'s repository, or None if it has no such file."""
    names = {
        found.relative_to(city.repository).as_posix(): found
        for found in city.repository.glob("*/*")
        if found.is_file()
    }
    found = names.get(path)
    return read_plain(found, LIMITS.trust_file_bytes) if found else None


def refused(city: City, now: datetime) -> str | None:
    """Return why nobody of *city* is served at *now*, or None."""
    if now > city.until:
        return text("the trust data of its city has expired at the hub")
    return None
