"""Make and update the city's TUF repository: the trust data, and who vouches for it.

The folder is a standard TUF 1.0 repository with consistent snapshots, readable by
any TUF client::

    metadata/1.root.json  metadata/<v>.targets.json  metadata/<v>.snapshot.json
    metadata/timestamp.json                            written last
    targets/<sha256>.trust.json

The version of the targets metadata is the ``version`` inside ``trust.json``. A
reader that comes while files are being written sees the old state or the new one:
nothing it already refers to is touched, and ``timestamp.json`` switches over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import Signature, SSlibKey
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from mediabridge import durable, errors, locale
from mediabridge.clock import Clock
from mediabridge.trust import trust_data
from mediabridge.trust.generations import TARGET
from mediabridge.trust.signers import Signer
from mediabridge.trust.trust_data import TrustData

_Role = TypeVar("_Role", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True)
class Expiry:
    """How long each kind of metadata stays valid after it was signed (ADR 0002)."""

    root: timedelta = timedelta(days=3653)
    targets: timedelta = timedelta(days=1826)
    snapshot: timedelta = timedelta(days=1826)
    timestamp: timedelta = timedelta(days=1826)


@dataclass(frozen=True)
class RootHolders:
    """The keys of the root role, and how many of them have to agree."""

    signers: Sequence[Signer]
    threshold: int = 2


@dataclass(frozen=True)
class Publishers:
    """The keys that sign each new version of the trust data; all of *targets* sign it."""

    targets: Sequence[Signer]
    snapshot: Signer
    timestamp: Signer


def create(
    folder: Path,
    data: TrustData,
    *,
    root: RootHolders,
    publishers: Publishers,
    clock: Clock,
    expiry: Expiry | None = None,
) -> bytes:
    """Make a repository in *folder* that publishes *data*; return the first root's bytes.

    Those bytes are what a new station is given by hand, as the start of its trust.

    Raises:
        UsageError: there is a repository already, or too few keys for the thresholds.
        TrustInvalidError: *data* contradicts itself.
        OSError: the folder cannot be written.
    """
    if (folder / "metadata").exists():
        detail = locale.text("there is a trust repository in {folder} already", folder=folder.name)
        raise errors.UsageError(detail=detail)
    expiry = expiry or Expiry()
    (folder / "metadata").mkdir(parents=True)
    (folder / "targets").mkdir()
    holders = _root(root, publishers)
    holders.expires = clock.now() + expiry.root
    signed_root = _sign(holders, root.signers, holders)
    durable.write_durably(folder / "metadata" / "1.root.json", signed_root, mode=0o644)
    _publish(
        folder,
        data,
        versions=_Versions(data.version, 1, 1),
        root=holders,
        publishers=publishers,
        clock=clock,
        expiry=expiry,
    )
    return signed_root


@dataclass(frozen=True)
class _Versions:
    targets: int
    snapshot: int
    timestamp: int


def _publish(
    folder: Path,
    data: TrustData,
    *,
    versions: _Versions,
    root: Root,
    publishers: Publishers,
    clock: Clock,
    expiry: Expiry,
) -> None:
    now = clock.now()
    content = data.dump()
    # A copy with changes is not validated by itself; stations would refuse it later.
    trust_data.parse(content)
    target = TargetFile.from_data(TARGET, content, ["sha256"])
    targets = Targets(
        version=versions.targets, expires=now + expiry.targets, targets={TARGET: target}
    )
    snapshot = Snapshot(
        version=versions.snapshot,
        expires=now + expiry.snapshot,
        meta={"targets.json": MetaFile(versions.targets)},
    )
    timestamp = Timestamp(
        version=versions.timestamp,
        expires=now + expiry.timestamp,
        snapshot_meta=MetaFile(versions.snapshot),
    )
    # All signatures exist and are sufficient before the first file is written.
    files = {
        f"targets/{target.hashes['sha256']}.{TARGET}": content,
        f"metadata/{versions.targets}.targets.json": _sign(targets, publishers.targets, root),
        f"metadata/{versions.snapshot}.snapshot.json": _sign(snapshot, [publishers.snapshot], root),
        "metadata/timestamp.json": _sign(timestamp, [publishers.timestamp], root),
    }
    for name, file_content in files.items():
        durable.write_durably(folder / name, file_content, mode=0o644)


def _root(root: RootHolders, publishers: Publishers) -> Root:
    result = Root(consistent_snapshot=True)
    members: dict[str, Sequence[Signer]] = {
        Root.type: root.signers,
        Targets.type: publishers.targets,
        Snapshot.type: [publishers.snapshot],
        Timestamp.type: [publishers.timestamp],
    }
    for role, signers in members.items():
        for member in signers:
            result.add_key(_tuf_key(member), role)
        result.roles[role].threshold = len(signers)
    result.roles[Root.type].threshold = root.threshold
    return result


def _sign(signed: _Role, signers: Sequence[Signer], root: Root) -> bytes:
    metadata = Metadata(signed)
    for member in signers:
        key_id, signature = _tuf_key(member).keyid, member.sign(metadata.signed_bytes)
        metadata.signatures[key_id] = Signature(key_id, signature.hex())
    result = root.get_verification_result(signed.type, metadata.signed_bytes, metadata.signatures)
    if not result:
        detail = locale.text(
            "{role} has {got} of the {wanted} signatures it needs",
            role=signed.type,
            got=len(result.signed),
            wanted=result.threshold,
        )
        raise errors.UsageError(detail=detail)
    return metadata.to_bytes()


def _tuf_key(member: Signer) -> SSlibKey:
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(member.public_key))
