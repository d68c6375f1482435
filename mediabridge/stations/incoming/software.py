"""Software that came: verified with its bundle, kept with what proves it, and answered.

Nothing is installed here. What is staged waits for an officer's order, or for the IT staff, who
install it by hand once they have compared its digest (docs/operations/update.md).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.software import Software
from mediabridge.durable import move_durably, sync_file, sync_folder, write_durably
from mediabridge.errors import ReceiptInvalidError
from mediabridge.install.evidence import APPROVED, PAYLOAD
from mediabridge.install.judging import Unfit, unfit
from mediabridge.kinds import SOFTWARE, SOFTWARE_SCHEMA
from mediabridge.locale import text
from mediabridge.stations import settings
from mediabridge.stations.books import SoftwareRow, SoftwareState
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.receipt import Head
    from mediabridge.stations.station import OpenStation


@dataclass(frozen=True)
class Came:
    """What became of one file of software."""

    software: Software
    refused: Unfit | None
    """None: it is staged."""


def stage(
    station: OpenStation, opened: OpenedBundle, operator: str, *, scanned: bool
) -> list[Came]:
    """Keep each file of software in *opened* that is for this machine; answer for each.

    *scanned* is whether a virus scanner has looked at all of it and found nothing.

    Done again after a power cut it ends in the same.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg, which decides about versions.
        OSError: the disk takes no more; the bundle is not taken.
    """
    described = opened.manifest.summary.software or ()
    files = [each.name for each in opened.manifest.files if each.schema_id == SOFTWARE_SCHEMA]
    came = []
    for each, name in zip(described, files, strict=True):
        refused = _judged(station, each, scanned=scanned)
        if refused is None:
            _keep(station, opened, each, opened.files[name], operator)
        else:
            facts = _facts(opened, each)
            station.record(Event.SOFTWARE_REFUSED, actor=operator, **facts, reason=refused.value)
        _enter(station, opened, each, refused)
        came.append(Came(each, refused))
    return came


def _judged(station: OpenStation, described: Software, *, scanned: bool) -> Unfit | None:
    found = unfit(described, station.config.role)
    rule = settings.load(station.home.settings_file).software
    if found is None and not scanned and rule.unscanned == "refuse":
        return Unfit.NOT_SCANNED
    return found


def _facts(opened: OpenedBundle, described: Software) -> dict[str, str | int]:
    bundle = opened.verified.header.bundle
    return {"bundle": bundle, "file_sha256": described.sha256, "sort": described.sort}


def _keep(
    station: OpenStation, opened: OpenedBundle, described: Software, payload: Path, operator: str
) -> None:
    """Put *payload* and what proves it into a folder of its own, which appears as a whole."""
    draft = station.home.work / f"{SOFTWARE}-{described.sha256}"
    draft.mkdir(mode=0o700)
    sealed, manifest = opened.verified.sealed, opened.manifest
    approved = {
        "salt": manifest.salt,
        "summary": manifest.summary.model_dump(by_alias=True, mode="json"),
    }
    evidence = {
        layout.SUMS: sealed.sums,
        layout.HEADER: sealed.header,
        APPROVED: canonical.dump(approved),
        **sealed.signatures,
    }
    for name, data in evidence.items():
        write_durably(draft / name, data, mode=0o600)
    payload.rename(draft / PAYLOAD)
    sync_file(draft / PAYLOAD)
    sync_folder(draft)
    facts = _facts(opened, described)
    station.record(
        Event.SOFTWARE_STAGED,
        actor=operator,
        **facts,
        file_bytes=described.size,
        approvers=opened.verified.approvers,
    )
    station.home.software.mkdir(mode=0o700, exist_ok=True)
    target = station.home.software / described.sha256
    shutil.rmtree(target, ignore_errors=True)
    move_durably(draft, target)


def _enter(
    station: OpenStation, opened: OpenedBundle, described: Software, refused: Unfit | None
) -> None:
    row = SoftwareRow(
        direction="in",
        described=described,
        bundle=opened.verified.header.bundle,
        state=SoftwareState.STAGED if refused is None else SoftwareState.REFUSED,
        reason="" if refused is None else refused.value,
        at=station.now(),
    )
    with station.books.transaction():
        station.books.enter_software(row)


def outcomes(station: OpenStation, bundle: str) -> dict[str, Any]:
    """Return the member of a receipt on software, for the *bundle* that was taken; or nothing."""
    from mediabridge.receipt.issue import SoftwareOutcome  # noqa: PLC0415 - few bundles have any

    said = tuple(
        SoftwareOutcome(
            sha256=row.described.sha256,
            result="refused" if row.state is SoftwareState.REFUSED else "staged",
            reason=row.reason if row.state is SoftwareState.REFUSED else "",
        )
        for row in station.books.software_in(bundle)
    )
    return {SOFTWARE: said} if said else {}


def check_answer(station: OpenStation, head: Head, name: str) -> None:
    """Accept what *head* says of software only if it is about what its bundle carried.

    Raises:
        ReceiptInvalidError: it names other files, or leaves one out.
    """
    row = station.books.bundle(head.bundle)
    sent: Sequence[dict[str, Any]] = row.summary.get(SOFTWARE, ()) if row else ()
    told = [each.sha256 for each in head.software or ()]
    if told != [each["sha256"] for each in sent]:
        detail = text("it does not name the software of the bundle")
        raise ReceiptInvalidError(name=name, detail=detail)


def enter_answer(station: OpenStation, head: Head) -> None:
    """Enter what the receiver did with the software; within a transaction."""
    for each in head.software or ():
        state = SoftwareState.of(each.result)
        station.books.set_software("out", each.sha256, state, each.reason)
