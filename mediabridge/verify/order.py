"""Order on a route: 1, 2, 3 without gap, each continuing the one before.

A missing number is named and never skipped: only the sender can say that it was void, in a
statement that its officers signed (:mod:`mediabridge.verify.void`).

Decided here and nowhere else: which number the next bundle has, for its sender
(:attr:`RouteState.next_seq`) and for its receiver (:func:`check_order`, and once more
within the registry's transaction :func:`check_number`); which bundle was taken before
(:func:`is_repetition`); and in which order a receiver examines what a medium holds
(:func:`to_examine`). Who keeps what was taken, books or journal, only lists it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from mediabridge.bundle import layout
from mediabridge.bundle.sums import parse_sums
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.errors import (
    AlreadyAppliedError,
    MediabridgeError,
    NumberVoidError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
)
from mediabridge.verify.whereabouts import said_of, whereabouts

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header, Route


@dataclass(frozen=True)
class Void:
    """Numbers that will not come: *first* to *last*; the number after them has *prev*."""

    first: int
    last: int
    replaced_by: int
    prev: str

    def covers(self, seq: int) -> bool:
        """Tell whether *seq* is one of them."""
        return self.first <= seq <= self.last


@dataclass(frozen=True)
class RouteState:
    """What is known of a route: how far it has come, and all that came before."""

    seq: int = 0
    """The last number that was taken, or passed because it is void."""
    sums_sha256: str = FIRST_PREV
    taken: Container[str] = frozenset()
    """SHA-256 of the SHA256SUMS of every bundle that was taken; asked, never gone through."""
    voids: tuple[Void, ...] = ()
    newest: tuple[int, str] = (0, FIRST_PREV)
    """The number and SHA-256 of SHA256SUMS of the newest bundle that was taken."""

    @classmethod
    def of(cls, bundles: Iterable[tuple[int, str]], voids: Iterable[Void] = ()) -> Self:
        """Return the state after *bundles*: the number and SHA-256 of SHA256SUMS of each.

        *voids* are passed where they come next, however they are listed.
        """
        known = list(bundles)
        newest = max(known, default=(0, FIRST_PREV))
        return cls.after(newest, frozenset(sums for _seq, sums in known), voids)

    @classmethod
    def after(
        cls, newest: tuple[int, str] | None, taken: Container[str], voids: Iterable[Void] = ()
    ) -> Self:
        """Return the state after *newest*, if there is any, for whoever keeps many of *taken*.

        *voids* are passed where they come next, however they are listed.
        """
        newest = newest or (0, FIRST_PREV)
        ordered = sorted(voids, key=lambda void: (void.first, void.last))
        seq, head = newest
        for void in ordered:
            if void.covers(seq + 1):
                seq, head = void.last, void.prev
        return cls(seq, head, taken, tuple(ordered), newest)

    @property
    def next_seq(self) -> int:
        """The number of the next bundle; it continues :attr:`sums_sha256`."""
        return self.seq + 1

    def void(self, seq: int) -> Void | None:
        """Return the newest statement by which *seq* is void, or None."""
        covering = [void for void in self.voids if void.covers(seq)]
        return max(covering, key=lambda void: void.last, default=None)

    def passing(self, voids: Iterable[Void]) -> RouteState:
        """Return the state with further *voids*."""
        added = [void for void in voids if void not in self.voids]
        if not added:
            return self
        state = RouteState.of([self.newest], [*self.voids, *added])
        return replace(state, taken=self.taken)


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
    # Most of what asks for an order has no header before it.
    from mediabridge.bundle.header import parse_header  # noqa: PLC0415

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
        AlreadyAppliedError, NumberVoidError, SequenceOldError, SequenceGapError: see
            :func:`check_number`.
        PrevMismatchError: the number fits, the bundle before does not.
    """
    digest = hashlib.sha256(sums).hexdigest()
    check_number(header.route, header.seq, digest, state, said=[header])
    if header.prev != state.sums_sha256:
        raise PrevMismatchError(got=header.seq, route=str(header.route))


def check_number(
    route: Route,
    seq: int,
    sums_sha256: str,
    state: RouteState,
    *,
    said: Sequence[Header] = (),
) -> None:
    """Accept a bundle only if it was not taken before and its number is the next.

    *said* are verified headers, which may say where a missing number is.

    Raises:
        AlreadyAppliedError: exactly this bundle was taken before.
        NumberVoidError: the sender's officers declared this number void.
        SequenceOldError: another bundle carries a number already passed.
        SequenceGapError: numbers in between are missing.
    """
    wanted = state.next_seq
    if sums_sha256 in state.taken:
        raise AlreadyAppliedError(seq=seq, route=str(route))
    void = state.void(seq)
    if void is not None:
        raise NumberVoidError(got=seq, route=str(route), wanted=void.replaced_by or wanted)
    if seq < wanted:
        raise SequenceOldError(got=seq, wanted=wanted, route=str(route))
    if seq > wanted:
        where = said_of(whereabouts([wanted], said), route.sender)
        raise SequenceGapError(
            got=seq, wanted=wanted, route=str(route), sender=route.sender, where=where
        )
