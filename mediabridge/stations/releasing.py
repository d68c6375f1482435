"""Write: an approved bundle goes onto a medium and is read back."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.model import SealedBundle
from mediabridge.locale import n_
from mediabridge.media import staging, tree, writing
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.sealing import route_facts
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.verify import Examination, Expectation, Verdict
from mediabridge.verify.verdict import Step


def write_bundle(station: OpenStation, row: BundleRow, medium: Path, *, operator: str) -> None:
    """Copy *row*'s bundle and the trust data to *medium*, read back, note it.

    The station examines its own copy first, exactly as the receiver will.

    Raises:
        ApprovalMissingError, ApprovalsTooFewError: it may not leave yet.
        TreeLinkError: a folder on the medium is a link that leads elsewhere.
        MediumError: the medium cannot take it; nothing counts as written.
    """
    _examine(station, row)
    tree.refuse_linked_folders(medium)
    source = station.home.outbox / row.bundle
    station.record(Event.BUNDLE_RELEASED, actor=operator, **route_facts(row))
    size = sum(path.stat().st_size for path in source.iterdir())
    station.progress.start(n_("Writing to the medium and reading back"), 2 * size)
    writing.write_tree(station.trust_copy, layout.trust_folder(medium))
    writing.write_bundle(source, medium, progress=station.progress.advance)
    station.progress.finish()
    station.record(Event.BUNDLE_WRITTEN, actor=operator, **route_facts(row))
    if row.state is BundleState.APPROVED:
        with station.books.transaction():
            station.books.set_state(row.bundle, BundleState.WRITTEN)


def _examine(station: OpenStation, row: BundleRow) -> None:
    """Examine the outbox copy as the receiver will, up to every file's hash."""
    sealed = read_outbox(station.home.outbox / row.bundle)
    verdict = Verdict()
    with verdict.check(Step.TREE, "outbox"):
        pass
    expectation = Expectation(now=station.clock.now(), mode=station.config.mode)
    Examination(sealed, station.trust, expectation, verdict).verify()


def read_outbox(folder: Path) -> SealedBundle:
    """Return a bundle folder on the station's own disk as a sealed bundle, hashing it."""
    digests, sizes = {}, {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as source:
            digests[path.name] = hashlib.file_digest(source, "sha256").hexdigest()
            sizes[path.name] = os.fstat(source.fileno()).st_size
    return staging.sealed_from(folder.name, folder, digests, sizes)
