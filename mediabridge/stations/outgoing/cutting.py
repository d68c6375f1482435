"""The part of both logs that a bundle carries: a section of our own, our witness of the other's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.bundle.seal import Source
from mediabridge.kinds import LOG_SCHEMA
from mediabridge.stations.outgoing import acknowledged, elsewhere
from mediabridge.stations.station import OpenStation
from mediabridge.translog import note, section
from mediabridge.translog.events import Fact

LOG_FILE = "translog.jsonl"


class Agreed(NamedTuple):
    """How far each of the two has seen the other's log: known before anything is sealed."""

    start: int
    """The size of our log that the receiver acknowledged."""
    proof: str | None
    """Its word for that."""
    peer_size: int
    """Entries of its log that we have; 0 before the first bundle."""
    peer_checkpoint: str | None
    """Its checkpoint of that size with our cosignature."""
    facts: Mapping[str, Fact]
    """What our log says of that."""


def agreed(station: OpenStation, peer: str) -> Agreed:
    """Return how far *station* and *peer* have seen each other's log, and cosign what there is.

    Raises:
        LogCorruptError: the receiver acknowledged more than there is: our log was put back.
    """
    start, proof = acknowledged.proven(station, peer)
    # The entry on the sealing would be one more, and hide it.
    station.log.require(start)
    mirror = station.mirror(peer)
    trusted = station.trust.station(peer)
    assert trusted is not None  # noqa: S101 - a route of the trust data leads there
    vkey, time = note.Vkey.parse(trusted.log_key), station.clock.now()
    cosigned = mirror.cosign(station.witness_signer, vkey, time)
    if cosigned is None:
        return Agreed(start, proof, 0, None, {})
    size = mirror.size()
    facts: dict[str, Fact] = {"peer_size": size, "peer_root": mirror.root().hex()}
    return Agreed(start, proof, size, cosigned.decode("utf-8"), facts)


def cut(station: OpenStation, peer: str, folder: Path, agreed: Agreed) -> tuple[Source, CarriedLog]:
    """Write the section for *peer* into *folder*; return the file, and what the manifest says."""
    path, start = folder / LOG_FILE, agreed.start
    signed = station.log.section(start, station.log_signer)
    with path.open("xb") as output:
        lines = section.write_lines(signed.entries, output)
    carried = CarriedLog(
        start=start,
        size=start + lines,
        checkpoint=signed.note.decode("utf-8"),
        file=LOG_FILE,
        peer_size=agreed.peer_size,
        peer_checkpoint=agreed.peer_checkpoint,
        **({} if agreed.proof is None else {"acknowledged": agreed.proof}),
        **elsewhere.shown(station, peer),
    )
    return Source(path, LOG_FILE, LOG_SCHEMA, 0), carried
