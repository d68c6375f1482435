"""What a person signs who prepared, carried or received a bundle (format 1, section 7.1).

A statement is canonical JSON that whoever reads it can put together again from what it is
about, so that only its signature has to be kept. It bears no time: the bundle's random number
makes it single, and when it was made says the log that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from mediabridge import canonical
from mediabridge.bundle.header import Header, Route

_FORMAT: Final = 1


@unique
class Deed(StrEnum):
    """What somebody did with a bundle and answers for."""

    PREPARED = "prepared"
    """Had it sealed: what is inside, and under which number."""

    CARRIED = "carried"
    """Took it over on a medium, to carry it."""

    RECEIVED = "received"
    """Brought it, on a medium, to the station that it is for."""


def statement_namespace(deed: Deed, city: str) -> str:
    """Return the SSHSIG namespace of the signatures that say *deed* in *city*."""
    return f"mediabridge-{deed}-v1@{city}"


def prepared(person: str, *, bundle: str, route: Route, seq: int, summary: str) -> bytes:
    """Return what *person* signs who prepared a bundle.

    Args:
        person: The name in the trust data.
        bundle: The bundle's random number.
        route: Its route.
        seq: Its number on the route.
        summary: The header's ``summary``, which binds every figure and every inner file.
    """
    return canonical.dump(
        {
            "bundle": bundle,
            "format": _FORMAT,
            "person": person,
            "route_from": route.sender,
            "route_to": route.receiver,
            "seq": seq,
            "statement": Deed.PREPARED.value,
            "summary": summary,
        }
    )


def prepared_of(person: str, header: Header) -> bytes:
    """Return what *person* signed who prepared the bundle of *header*."""
    return prepared(
        person,
        bundle=header.bundle,
        route=header.route,
        seq=header.seq,
        summary=header.summary,
    )


@dataclass(frozen=True)
class InHand:
    """A bundle on a medium, which somebody carries or brings."""

    bundle: str
    """Its random number."""
    sums: str
    """SHA-256 of its SHA256SUMS, in hexadecimal."""
    medium: str
    """The number of the medium; empty for one that has none."""


def in_hand(deed: Deed, person: str, what: InHand) -> bytes:
    """Return what *person* signs who carried, or received, *what*."""
    return canonical.dump(
        {
            "bundle": what.bundle,
            "format": _FORMAT,
            "medium": what.medium,
            "person": person,
            "statement": deed.value,
            "sums": what.sums,
        }
    )
