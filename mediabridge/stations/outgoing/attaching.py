"""Statements on void numbers travel in the folder of each bundle, beside what is signed."""

from __future__ import annotations

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
        check_statement(signed.data, signed.signatures, station.trust)
        files = _files(signed)
        if len(wanted) + len(files) <= LIMITS.void_files:
            wanted |= files
    for path in [path for path in folder.iterdir() if layout.is_void_file(path.name)]:
        if path.name not in wanted:
            path.unlink()
    # The signatures first: without its statement a signature says nothing.
    for name in sorted(wanted, key=layout.is_void_statement):
        path = folder / name
        if not path.is_file() or path.read_bytes() != wanted[name]:
            write_durably(path, wanted[name])


def _needed_beside(station: OpenStation, row: BundleRow) -> list[SignedVoid]:
    """Return what the receiver has not confirmed, and whatever lies directly before *row*.

    A receiver that was restored itself may have forgotten what it had confirmed.
    """
    needed = station.books.voids(row.sender, row.receiver, waiting=True)
    known, before = station.books.voids(row.sender, row.receiver), row.seq - 1
    for signed in sorted(known, key=lambda each: each.statement.last, reverse=True):
        if signed.statement.on_route.covers(before):
            before = signed.statement.first - 1
            if signed not in needed:
                needed.append(signed)
    return needed


def _files(signed: SignedVoid) -> dict[str, bytes]:
    name = layout.void_name(signed.statement.first, signed.statement.last)
    signatures = {
        layout.void_signature_name(name, officer): data
        for officer, data in signed.signatures.items()
    }
    return {name: signed.data, **signatures}
