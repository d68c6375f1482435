"""Statements on void numbers travel in the folder of each bundle, beside what is signed.

A bundle holds so many of them and no more. Where more wait, each bundle carries others than
the one before it, so that a few bundles in a row bring all.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.durable import write_durably
from mediabridge.stations.books import BundleRow
from mediabridge.stations.outgoing import outbox
from mediabridge.stations.station import OpenStation
from mediabridge.verify.void import SignedVoid, check_statement


def attach(station: OpenStation, row: BundleRow) -> None:
    """Put the statements that the receiver still needs beside *row*'s bundle in the outbox.

    Raises:
        SignerRevokedError and its like: a signature does not hold any more; the officers have
            to sign once more.
    """
    folder = outbox.folder(station, row.bundle)
    wanted: dict[str, bytes] = {}
    for signed in _needed_beside(station, row):
        files = _files(signed)
        if len(wanted) + len(files) <= LIMITS.void_files:
            check_statement(signed.data, signed.signatures, station.trust)
            wanted |= files
    for path in [path for path in folder.iterdir() if layout.is_void_file(path.name)]:
        if path.name not in wanted:
            path.unlink()
    # The signatures first: without its statement a signature says nothing.
    for name in sorted(wanted, key=layout.is_void_statement):
        path = folder / name
        if not path.is_file() or path.read_bytes() != wanted[name]:
            write_durably(path, wanted[name])


def bundles_for(station: OpenStation, receiver: str) -> int:
    """Return how many bundles in a row it takes to bring *receiver* every statement that waits."""
    waiting = _waiting(station, receiver)
    return max(1, ceil(len(waiting) / _share(waiting)))


def _needed_beside(station: OpenStation, row: BundleRow) -> list[SignedVoid]:
    """Return what is on the number before *row*, its share of what waits, and the rest.

    The rest has what the receiver confirmed of the numbers before: one that was restored may
    have forgotten it.
    """
    before = _directly_before(station, row)
    waiting = _waiting(station, row.receiver)
    share = _share(waiting)
    turn = row.seq * share % max(1, len(waiting))
    turned = waiting[turn:] + waiting[:turn]
    ordered = [*before[:1], *turned[:share], *before[1:], *turned[share:]]
    return list({each.data: each for each in ordered}.values())


def _waiting(station: OpenStation, receiver: str) -> list[SignedVoid]:
    """Return what is not confirmed, but for what a restored station said before it knew more.

    Its receiver would refuse that: it names another bundle than the one that was taken last.
    """
    waiting = station.books.voids(station.id, receiver, waiting=True)
    restored = [each for each in waiting if each.statement.log]
    return [each for each in waiting if not any(_within(each, other) for other in restored)]


def _within(signed: SignedVoid, other: SignedVoid) -> bool:
    one, more = signed.statement, other.statement
    same = (one.first, one.last) == (more.first, more.last)
    return bool(one.log) and not same and more.first <= one.first and one.last <= more.last


def _directly_before(station: OpenStation, row: BundleRow) -> list[SignedVoid]:
    """Return the statements on the numbers that end at the one before *row*, nearest first."""
    known, before = station.books.voids(row.sender, row.receiver), row.seq - 1
    found = []
    for signed in sorted(known, key=lambda each: each.statement.last, reverse=True):
        if any(_within(signed, other) for other in known if other.statement.log):
            continue
        if signed.statement.on_route.covers(before):
            before = signed.statement.first - 1
            found.append(signed)
    return found


def _share(waiting: Sequence[SignedVoid]) -> int:
    """Return how many of *waiting* each bundle carries for certain, beside the one before it."""
    room = LIMITS.void_files // max((len(_files(each)) for each in waiting), default=1)
    return max(1, room - (len(waiting) > room))


def _files(signed: SignedVoid) -> dict[str, bytes]:
    name = layout.void_name(signed.statement.first, signed.statement.last)
    signatures = {
        layout.void_signature_name(name, officer): data
        for officer, data in signed.signatures.items()
    }
    return {name: signed.data, **signatures}
