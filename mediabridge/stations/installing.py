"""Software that came, at the desk: which there is, and what proves it.

It is never installed by this account. The IT staff install it as root, by hand, once they have
compared its digest (docs/operations/update.md).
"""

from __future__ import annotations

from mediabridge.errors import SoftwareChangedError, SoftwareUnknownError
from mediabridge.install import evidence
from mediabridge.install.judging import Unfit
from mediabridge.locale import translate
from mediabridge.stations import removed
from mediabridge.stations.books import SoftwareRow, SoftwareState
from mediabridge.stations.station import OpenStation
from mediabridge.verify.software import Here, Proven, check_evidence


def chosen(station: OpenStation, start: str) -> SoftwareRow:
    """Return the one file of software whose SHA-256 begins with *start*; what came goes first.

    Raises:
        SoftwareUnknownError: none does, or several do.
    """
    for direction in ("in", "out"):
        rows = station.books.software(direction)
        found = [row for row in rows if row.described.sha256.startswith(start)]
        if len(found) == 1:
            return found[0]
    raise SoftwareUnknownError(name=start[:64])


def proven(station: OpenStation, row: SoftwareRow) -> Proven | None:
    """Return what is proven of a file that is kept here; None where it is kept no more.

    Raises:
        SoftwareChangedError: a file of it was exchanged, or is gone without its rule.
        BundleError, ApprovalError: as :func:`mediabridge.verify.software.check_evidence`.
    """
    if row.state is not SoftwareState.STAGED or removed.software_removed_at(station, row):
        return None
    sha256 = row.described.sha256
    here = Here(station.id, station.config.mode)
    folder = station.home.software / sha256
    found = evidence.read(folder)
    checked = check_evidence(found, sha256, station.trust, here)
    if checked.software != row.described or checked.header.bundle != row.bundle:
        raise SoftwareChangedError(name=sha256[:16], detail="station.db")
    evidence.check_payload(folder, checked.software)
    return checked


def reason_said(code: str) -> str:
    """Return what the *code* of a refusal means; one of another program stays as it is."""
    return translate(Unfit.of(code).sentence) if code in set(Unfit) else code
