"""What a peer's log says against what came from it, and against our own books.

The entries that are new are gone through once. Those that the copy holds were held against the
books when they came; of them only the files are looked for that wait longer than one bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.kinds import collected_kind
from mediabridge.translog import events
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.events import Entry, Event
from mediabridge.verify import begun
from mediabridge.verify.begun import Beginnings
from mediabridge.verify.logged import (
    BY_ITS_RECEIVER,
    BY_ITS_SENDER,
    Facts,
    check_collected,
    check_entry,
)

if TYPE_CHECKING:
    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.stations.station import OpenStation
    from mediabridge.translog.section import VerifiedSection

_COMPARED: Final = frozenset(
    {*BY_ITS_SENDER, *BY_ITS_RECEIVER, Event.FILE_COLLECTED, Event.RECEIPT_ACCEPTED}
)
_OF_WITNESS: Final = frozenset({Event.BUNDLE_SEALING, Event.BUNDLE_SEALED})
"""What tells of what was cosigned of our log."""
# Most entries are about something else; to find that out none has to be read as JSON.
_SPELT: Final = tuple(f'"event":"{event}"'.encode("ascii") for event in _COMPARED)


@dataclass(frozen=True)
class Logs:
    """What a bundle says of both logs, found right as such."""

    section: VerifiedSection
    witness: WitnessKey
    """The sender's."""
    seen: Cosigned | None
    """What the sender has cosigned of our log."""


def check(station: OpenStation, opened: OpenedBundle, logs: Logs, *, required: bool) -> bool:
    """Hold what *logs* say against *opened*, which brought them, and against the books.

    *required* says that this sender's log ends with the sealing of each bundle. Returns whether
    it ends with that of this one.

    Raises:
        LogSaysOtherwiseError: it says otherwise of a file, a bundle or a receipt.
    """
    header, log = opened.verified.header, logs.section
    sender = header.route.sender
    carried = _carried(opened)
    collected: dict[str, Facts] = {}
    sealings = Beginnings(header.bundle, log.checkpoint.size - 1)
    held = station.mirror(sender).size() if log.branch is None else log.branch
    for index, entry in _entries(log, sender):
        if entry.event is Event.FILE_COLLECTED:
            file = str(entry.facts.get("file_sha256"))
            if file in carried:
                collected[file] = entry.facts
            continue
        if entry.event is Event.BUNDLE_SEALING:
            sealings.add(index, entry)
        if index >= held:
            _check_known(station, sender, entry, logs.witness)
            _check_begun_once(station, sender, index, entry, held)
    _check_files(station, log, sender, carried, collected)
    known = _known_before(opened, logs.seen)
    return sealings.check(known, opened.manifest.operator, required=required)


def _known_before(opened: OpenedBundle, seen: Cosigned | None) -> Facts:
    """Return what the sender knew of *opened* when it began to seal it."""
    header, manifest = opened.verified.header, opened.manifest
    signed = seen and seen.checkpoint
    return begun.facts(
        bundle=header.bundle,
        route=header.route,
        seq=header.seq,
        prev=header.prev,
        records=manifest.records,
        files=manifest.files,
        receipts=len(manifest.receipts),
        seen={"peer_size": signed.size, "peer_root": signed.root.hex()} if signed else {},
    )


def _check_begun_once(
    station: OpenStation, sender: str, index: int, entry: Entry, held: int
) -> None:
    """Refuse to have a sealing begun again that the copy knows."""
    bundle = str(entry.facts.get("bundle"))
    if entry.event is Event.BUNDLE_SEALING and any(
        events.parse(each, sender).event is Event.BUNDLE_SEALING
        for each in station.mirror(sender).about(bundle, held)
    ):
        begun.refuse_again(index)


def _entries(log: VerifiedSection, sender: str) -> Iterator[tuple[int, Entry]]:
    for index, data in enumerate(log.section.entries, log.section.start):
        if any(spelt in data for spelt in _SPELT):
            yield index, events.parse(data, sender)


def _carried(opened: OpenedBundle) -> dict[str, tuple[str, Facts]]:
    """Return what was collected of the bundle by its digest: name, and what is known."""
    return {
        file.sha256: (
            file.name,
            {"kind": kind, "records": file.records, "file_bytes": file.size},
        )
        for file in opened.manifest.files
        if (kind := collected_kind(file.schema_id)) is not None
    }


def _check_files(
    station: OpenStation,
    log: VerifiedSection,
    sender: str,
    carried: Mapping[str, tuple[str, Facts]],
    collected: Mapping[str, Facts],
) -> None:
    for digest, (name, known) in carried.items():
        said = collected.get(digest)
        if said is None:
            # It waited while another bundle left: the entry came with that one.
            earlier = station.mirror(sender).collected(digest, log.section.start)
            said = None if earlier is None else events.parse(earlier, sender).facts
        check_collected(name, said, known)


def _check_known(station: OpenStation, sender: str, entry: Entry, witness: WitnessKey) -> None:
    if entry.event is Event.RECEIPT_ACCEPTED:
        _check_receipt(station, sender, entry)
    else:
        _check_bundle(station, sender, entry)
    # What was sealed for another station tells of the log of that one.
    if entry.event in _OF_WITNESS and entry.facts.get("route_to", station.id) == station.id:
        _check_seen(station, entry, witness)


def _check_bundle(station: OpenStation, sender: str, entry: Entry) -> None:
    """Compare what is said of a bundle that went one way or the other between us."""
    row = station.books.bundle(str(entry.facts.get("bundle")))
    told = BY_ITS_SENDER if row is not None and row.sender == sender else BY_ITS_RECEIVER
    if row is None or sender not in {row.sender, row.receiver} or entry.event not in told:
        return
    known: Facts = {
        "route_from": row.sender,
        "route_to": row.receiver,
        "seq": row.seq,
        "sums": row.sums_sha256,
        "records": row.records,
    }
    check_entry(entry.event, entry.facts, known)


def _check_receipt(station: OpenStation, sender: str, entry: Entry) -> None:
    """Compare what is said of a receipt that was issued here."""
    issued = station.books.receipt(str(entry.facts.get("receipt")), sender=sender)
    if issued is None:
        return
    known: dict[str, str | int] = {
        "bundle": issued.bundle,
        "seq": issued.seq,
        "records": issued.lines,
        "supplement": issued.supplement,
    }
    if issued.sha256 is not None:
        known["receipt_sha256"] = issued.sha256
    check_entry(entry.event, entry.facts, known)


def _check_seen(station: OpenStation, entry: Entry, witness: WitnessKey) -> None:
    """Compare what is said to be cosigned of our log with what came cosigned, and was kept."""
    size = entry.facts.get("peer_size")
    if isinstance(size, int) and station.log.was_cosigned(witness.name, size):
        check_entry(entry.event, entry.facts, {"peer_root": station.log.root(size).hex()})
