"""``station.json``: who a station is. Everything else it knows from trust data.

Every command reads this file, and nearly always it is right. That is seen here, member by
member; whatever is not surely right is left to the model of it, which has the last word and says
what is wrong (:mod:`mediabridge.stations.who_model`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Final, cast, get_args

from mediabridge import canonical
from mediabridge.bundle.terms import IDENTIFIER, ModeName
from mediabridge.config import FORMAT
from mediabridge.kinds import Role
from mediabridge.sqlite import Owner

_REQUIRED: Final = frozenset({"station", "role", "mode", "city", "municipality_code"})
_ALLOWED: Final = _REQUIRED | {"format", "time_zone"}


@dataclass(frozen=True, kw_only=True)
class StationConfig:
    """The members of the file; made by :func:`made` or :func:`parse` alone."""

    format: int = FORMAT
    station: str
    role: Role
    mode: ModeName
    city: str
    municipality_code: str
    time_zone: str | None = None
    """In which zone the screens show a time, such as ``Asia/Tokyo``; None: the machine's."""

    @property
    def owner(self) -> Owner:
        """Whose this station's databases are."""
        return Owner(self.mode, self.city, self.station)

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        there = {name: each for name, each in asdict(self).items() if each is not None}
        return canonical.dump(there)


def made(**members: Any) -> StationConfig:
    """Return a station of these *members*, named as in :class:`StationConfig`.

    Raises:
        ValueError: one is missing, unknown or not what it has to be; its text names each.
    """
    return _judged(members)


def parse(data: bytes) -> StationConfig:
    """Read the bytes of the file.

    Raises:
        ValueError: not canonical JSON, or a member is missing, unknown or not what it has to be;
            its text names each of these.
    """
    return _judged(canonical.load(data))


def _judged(document: object) -> StationConfig:
    if _is_surely_right(document):
        return StationConfig(**cast("dict[str, Any]", document))
    # It takes longer to load than all that a command that looks has to do.
    from mediabridge.stations import who_model  # noqa: PLC0415

    return StationConfig(**who_model.checked(document))


def _is_surely_right(document: object) -> bool:
    """Tell whether :mod:`mediabridge.stations.who_model` would accept *document* as it is."""
    if not isinstance(document, dict) or not _REQUIRED <= document.keys() <= _ALLOWED:
        return False
    number = document.get("format", FORMAT)
    texts = [each for name, each in document.items() if name != "format"]
    if document.get("time_zone", "") is None:
        texts.remove(None)
    return (
        type(number) is int
        and number == FORMAT
        and all(type(each) is str for each in texts)
        and re.fullmatch(IDENTIFIER, document["station"]) is not None
        and document["role"] in get_args(Role)
        and document["mode"] in get_args(ModeName)
    )
