"""Order on a route: 1, 2, 3 without gap, each continuing the one before.

A missing number is named and never skipped: only the sender can say that it was void.

Decided here and nowhere else: which number the next bundle has, for its sender
(:attr:`RouteState.next_seq`) and for its receiver (:func:`check_order`, and once more
within the registry's transaction :func:`check_number`); which bundle was taken before
(:func:`is_repetition`); and in which order a receiver examines what a medium holds
(:func:`to_examine`). Who keeps what was taken, books or journal, only lists it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mediabridge.bundle import layout
from mediabridge.bundle.header import FIRST_PREV, Header, Route, parse_header
from mediabridge.bundle.sums import parse_sums
from mediabridge.errors import (
    AlreadyAppliedError,
    MediabridgeError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
)


@dataclass(frozen=True)
class RouteState:
    """What is known of a route: its newest bundle, if any, and all that came before."""

    seq: int = 0
    sums_sha256: str = FIRST_PREV
    taken: frozenset[str] = frozenset()
    """SHA-256 of the SHA256SUMS of every bundle that was taken."""

    @classmethod
    def of(cls, bundles: Iterable[tuple[int, str]]) -> Self:
        """Return the state after *bundles*: the number and SHA-256 of SHA256SUMS of each."""
        known = list(bundles)
        seq, newest = max(known, default=(0, FIRST_PREV))
        return cls(seq, newest, frozenset(sums for _seq, sums in known))

    @property
    def next_seq(self) -> int:
        """The number of the next bundle; it continues :attr:`sums_sha256`."""
        return self.seq + 1


StateOf = Callable[[str], RouteState]
"""Returns the state of the route from a sender, by the sender's id."""


def to_examine(claimed: Mapping[str, Header | None], reader: str) -> list[str]:
    """Return the bundles that *reader* did not write itself, in the order to examine them.

    *claimed* is, by the name of the folder, the header as it stands there, or None where
    it cannot be read; these come first. Nothing else is decided on what is only claimed.
    """
    places = {
        name: ("", 0) if header is None else (header.route.sender, header.seq)
        for name, header in claimed.items()
    }
    others = (name for name, (sender, _seq) in places.items() if sender != reader)
    return sorted(others, key=lambda name: (*places[name], name))


def is_repetition(name: str, header: bytes, sums: bytes, state_of: StateOf) -> bool:
    """Tell whether exactly the bundle in the folder *name* was taken before.

    Its signed list identifies it. The list must also be the list of this folder: a genuine
    one beside another bundle's files would make a new bundle look like an old one.
    """
    try:
        claimed = parse_header(header)
        listed = parse_sums(sums)[layout.HEADER]
    except MediabridgeError:
        return False
    belongs = listed == hashlib.sha256(header).hexdigest() and claimed.bundle == name
    return belongs and hashlib.sha256(sums).hexdigest() in state_of(claimed.route.sender).taken


def check_order(header: Header, sums: bytes, state: RouteState) -> None:
    """Accept *header* only as the next bundle of its route.

    Raises:
        AlreadyAppliedError, SequenceOldError, SequenceGapError: see :func:`check_number`.
        PrevMismatchError: the number fits, the bundle before does not.
    """
    check_number(header.route, header.seq, hashlib.sha256(sums).hexdigest(), state)
    if header.prev != state.sums_sha256:
        raise PrevMismatchError(got=header.seq, route=str(header.route))


def check_number(route: Route, seq: int, sums_sha256: str, state: RouteState) -> None:
    """Accept a bundle only if it was not taken before and its number is the next.

    Raises:
        AlreadyAppliedError: exactly this bundle was taken before.
        SequenceOldError: another bundle carries a number already passed.
        SequenceGapError: numbers in between are missing.
    """
    wanted = state.next_seq
    if sums_sha256 in state.taken:
        raise AlreadyAppliedError(seq=seq, route=str(route))
    if seq < wanted:
        raise SequenceOldError(got=seq, wanted=wanted, route=str(route))
    if seq > wanted:
        raise SequenceGapError(got=seq, wanted=wanted, route=str(route), sender=route.sender)
