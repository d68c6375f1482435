"""A city's next trust data without a ceremony: what two officers sign there is signed at once."""

from __future__ import annotations

from pathlib import Path

from tuf.api.metadata import Metadata, Root, Snapshot, Timestamp

from mediabridge.clock import Clock
from mediabridge.trust import repository
from mediabridge.trust.repository import Expiry, Publishers
from mediabridge.trust.trust_data import TrustData


def publish(
    folder: Path,
    data: TrustData,
    *,
    publishers: Publishers,
    clock: Clock,
    expiry: Expiry | None = None,
) -> None:
    """Publish *data* in *folder*, of whatever version it is; the root keys are not needed."""
    metadata = folder / "metadata"
    roots = [int(path.name.removesuffix(".root.json")) for path in metadata.glob("*.root.json")]
    root = Metadata[Root].from_file(str(metadata / f"{max(roots)}.root.json")).signed
    timestamp = Metadata[Timestamp].from_file(str(metadata / "timestamp.json")).signed
    name = f"{timestamp.snapshot_meta.version}.snapshot.json"
    snapshot = Metadata[Snapshot].from_file(str(metadata / name)).signed
    repository._publish(
        folder,
        data,
        versions=repository._Versions(data.version, snapshot.version + 1, timestamp.version + 1),
        root=root,
        publishers=publishers,
        clock=clock,
        expiry=expiry or Expiry(),
    )
