"""The yearly drill: do the shares really open what was sealed?

Every group of the holders who have come is tried on every bundle: the bundle key is
unwrapped and part 0, the inner manifest, is read to its authenticated end. It is not
written anywhere. The log says who came, and how many bundles opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge.bundle import layout
from mediabridge.bundle.opening import prove_opens
from mediabridge.config import KIB, LIMITS
from mediabridge.durable import new_file
from mediabridge.errors import (
    BundleError,
    EscrowDrillError,
    NothingOnMediumError,
    TreeUnexpectedError,
    UsageError,
)
from mediabridge.locale import text
from mediabridge.media import given, tree
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust import escrow, signers
from mediabridge.trust.keyfile import StoredKey

_PART_BYTES: Final = LIMITS.manifest_bytes + LIMITS.manifest_bytes // 512 + KIB
"""An encrypted manifest: 16 bytes for each 16 KiB, and a head of 56, are added to it."""


@dataclass(frozen=True)
class Drilled:
    """A drill in which everything opened."""

    bundles: tuple[str, ...]
    holders: tuple[str, ...]
    groups: int
    """How many groups of the holders were tried, each on every bundle."""


def drill(
    station: OpenStation, shares: Sequence[StoredKey], *, medium: Path | None = None
) -> Drilled:
    """Try *shares* on every bundle in the outbox of *station*, or on *medium*, and log it.

    Raises:
        SharesMixedError, SharesTooFewError: the shares do not open the escrow key.
        UsageError, NothingOnMediumError: there is no bundle to try them on.
        EscrowDrillError: a bundle did not open; that is logged, too.
        MediumIoError: the medium cannot be read; nothing was found out.
    """
    city = station.trust.city
    holders = sorted({each.id: each for each in shares}.items())
    needed = escrow.check(shares, city=city).needed
    keys = [
        signers.recipient_key(escrow.combine([share for _name, share in group], city=city))
        for group in combinations(holders, needed)
    ]
    opened, failed = _try_all(_bundles(station, medium), keys)
    if not opened and not failed:
        raise _nothing(medium)
    names = tuple(name for name, _share in holders)
    station.record(Event.ESCROW_DRILL, bundle_count=len(opened), refused=len(failed), holders=names)
    if failed:
        raise EscrowDrillError(count=len(opened), names=", ".join(failed))
    return Drilled(tuple(opened), names, len(keys))


def _bundles(
    station: OpenStation, medium: Path | None
) -> Iterator[tuple[str, AbstractContextManager[int]]]:
    if medium is None:
        for folder in sorted(station.home.outbox.iterdir()):
            if layout.BUNDLE_ID.fullmatch(folder.name):
                yield folder.name, tree.open_folder(str(folder))
        return
    there = given.folder_at(medium)
    for name in tree.bundles_on(there):
        yield name, tree.open_bundle(there, name)


def _try_all(
    bundles: Iterator[tuple[str, AbstractContextManager[int]]],
    keys: Sequence[MLKEM1024P384PrivateKey],
) -> tuple[list[str], list[str]]:
    """Return the bundles that every one of *keys* opens, and the others."""
    opened, failed = [], []
    for name, opening in bundles:
        try:
            with opening as folder, tempfile.TemporaryDirectory() as scratch:
                _try(folder, Path(scratch), keys)
            opened.append(name)
        except BundleError:
            failed.append(name)
    return opened, failed


def _try(folder: int, scratch: Path, keys: Sequence[MLKEM1024P384PrivateKey]) -> None:
    """Copy part 0 as it is, encrypted, and see that each of *keys* opens it."""
    header = _read(folder, layout.HEADER, LIMITS.small_file_bytes)
    wraps = _read(folder, layout.KEYS, LIMITS.small_file_bytes)
    first = layout.part_name(0)
    with new_file(scratch / first) as copy:
        copy.write(_read(folder, first, _PART_BYTES))
    for key in keys:
        prove_opens(header, wraps, scratch, key)


def _read(folder: int, name: str, limit: int) -> bytes:
    data = tree.read_regular(folder, name, limit)
    if data is None:
        raise TreeUnexpectedError(detail=text("missing: {names}", names=name))
    return data


def _nothing(medium: Path | None) -> UsageError | NothingOnMediumError:
    if medium is not None:
        return NothingOnMediumError(wanted=text("anyone"))
    detail = text("the outbox holds no bundle to try the shares on; name a medium with --medium")
    return UsageError(detail=detail)
