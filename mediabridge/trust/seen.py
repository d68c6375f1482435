"""What a command that only looks says of the trust data: read, and not judged.

It is read where its bytes are, to the byte, those that this station verified, validated and took
over (:mod:`mediabridge.trust.recognised`). Judging them once more takes longer than all that such
a command does; whatever decides by trust data has it verified and validated
(:mod:`mediabridge.trust.accepted`), and never asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mediabridge import canonical

if TYPE_CHECKING:
    from mediabridge.trust.trust_data import Person, Station, TrustData


class SeenStation(NamedTuple):
    """One of the ends that seal and open bundles."""

    label: str
    """Its id."""
    role: str
    key: str
    valid_from: str
    valid_until: str
    witness_key: str


class SeenPerson(NamedTuple):
    """A name and a key."""

    label: str
    """The name."""
    role: str
    key: str
    valid_from: str
    valid_until: str


class SeenRoute(NamedTuple):
    """Between which stations something travels, in this direction."""

    sender: str
    receiver: str


class SeenRevocation(NamedTuple):
    """A key, by fingerprint, that must not be believed any more."""

    key: str
    at: str


class SeenTrust(NamedTuple):
    """What looking needs of :class:`~mediabridge.trust.trust_data.TrustData`."""

    city: str
    mode: str
    version: int
    stations: tuple[SeenStation, ...]
    people: tuple[SeenPerson, ...]
    routes: tuple[SeenRoute, ...]
    revoked: tuple[SeenRevocation, ...]

    def station(self, station_id: str) -> SeenStation | None:
        """Return the station called *station_id*, or None."""
        return next((each for each in self.stations if each.label == station_id), None)

    @property
    def witnesses(self) -> dict[str, str]:
        """The key that each station cosigns others' logs with, by its id."""
        return {each.label: each.witness_key for each in self.stations}

    def is_revoked(self, fingerprint: str) -> bool:
        """Tell whether the key of this ``SHA256:…`` *fingerprint* is on the revocation list."""
        return any(each.key == fingerprint for each in self.revoked)


def of(trust: TrustData) -> SeenTrust:
    """Return what looking needs of *trust*, which was verified."""
    return SeenTrust(
        trust.city,
        trust.mode,
        trust.version,
        tuple(SeenStation(*_holder(each), each.witness_key) for each in trust.stations),
        tuple(map(_holder, trust.people)),
        tuple(SeenRoute(each.sender, each.receiver) for each in trust.routes),
        tuple(SeenRevocation(each.key, each.at) for each in trust.revoked),
    )


def read(data: bytes) -> SeenTrust:
    """Read ``trust.json``, of which the caller knows the bytes.

    Raises:
        ValueError: it is not even of its outer form.
    """
    document = canonical.load(data)
    try:
        return SeenTrust(
            document["city"],
            document["mode"],
            document["version"],
            tuple(
                SeenStation(*_read_holder(each, "id"), each["witness_key"])
                for each in document["stations"]
            ),
            tuple(_read_holder(each, "name") for each in document["people"]),
            tuple(SeenRoute(each["sender"], each["receiver"]) for each in document["routes"]),
            tuple(SeenRevocation(each["key"], each["at"]) for each in document["revoked"]),
        )
    except (KeyError, TypeError):
        raise ValueError from None


def _holder(one: Station | Person) -> SeenPerson:
    return SeenPerson(one.label, one.role, one.key, one.valid_from, one.valid_until)


def _read_holder(one: Mapping[str, Any], label: str) -> SeenPerson:
    return SeenPerson(one[label], one["role"], one["key"], one["valid_from"], one["valid_until"])
