"""What this station accepted last: verified again by each command that decides by it.

It reads its own copy, and the stock TUF client is made for a network: it brings an HTTP library
with it. So the copy is read here with the same library's metadata alone, as strictly as it was
laid out: each file where a refresh put it, and both copies of it the same. Whatever is not so
is left to the client, which has the last word and says what is wrong
(:func:`mediabridge.trust.client.reread`).
"""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from mediabridge import errors, locale
from mediabridge.trust import trust_data
from mediabridge.trust.folder_reading import read
from mediabridge.trust.generations import NOTHING_YET, TARGET, chain, current_generation, locked
from mediabridge.trust.trust_data import TrustData

ROLES: Final = (Root.type, Timestamp.type, Snapshot.type, Targets.type)
BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""At this time nothing has expired: for what is asked of signatures and versions only."""

_Role = TypeVar("_Role", Root, Timestamp, Snapshot, Targets)


def current(cache: Path) -> TrustData:
    """Return the trust data this station accepted last, verified once more.

    It is verified under the root it was accepted under: a newer one, remembered from a
    refused repository, decides about what comes, not about what is there (ADR 0002). Whether
    it has expired since is not asked here but where it is used (:func:`expires`): a station
    whose trust data ran out has to be opened to take the next.

    Raises:
        StationError: no trust data was ever accepted here.
        TrustInvalidError: what was accepted is damaged.
    """
    with locked(cache, fcntl.LOCK_SH):
        repository = repository_copy(cache)
        try:
            return _as_laid_out(repository)
        except (RepositoryError, DownloadError, OSError, ValueError, errors.MediabridgeError):
            # It is damaged, or laid out in another way: nothing is decided here.
            from mediabridge.trust import client  # noqa: PLC0415 - see the head

            return client.reread(repository)


def expires(cache: Path) -> dict[str, datetime]:
    """Return when the accepted metadata of each TUF role expires.

    Raises:
        StationError, StationDamagedError: as :func:`repository_copy`.
        TrustInvalidError: a file is damaged.
    """
    with locked(cache, fcntl.LOCK_SH):
        repository = repository_copy(cache)
        roots = chain(repository / "metadata")
        accepted = repository.parent / "client"
        try:
            files = {role: accepted / f"{role}.json" for role in ROLES}
            # A newer root, remembered from a refused repository, is not what was accepted.
            files[Root.type] = roots[max(roots, default=0)]
            return {role: signed_part(path).expires for role, path in files.items()}
        except (RepositoryError, OSError, KeyError) as error:
            from mediabridge.trust import client  # noqa: PLC0415 - it has the words

            raise errors.TrustInvalidError(detail=client.explain(error)) from None


def repository_copy(cache: Path) -> Path:
    """Return the folder of the accepted repository, as it goes onto the next medium.

    It stays until the next successful :func:`mediabridge.trust.client.refresh`.

    Raises:
        StationError: no trust data was ever accepted here.
        StationDamagedError: it was, but a backup without symbolic links lost it.
    """
    generation = current_generation(cache)
    if generation is None and any(cache.glob("g-*")):
        raise errors.StationDamagedError(
            name=f"trust/{cache.name}/current", detail=locale.text("a symbolic link is missing")
        )
    if generation is None or not (generation / "repository").is_dir():
        raise errors.StationError(detail=locale.text(NOTHING_YET))
    return generation / "repository"


def signed_part(path: Path) -> Root | Timestamp | Snapshot | Targets:
    """Return the signed part of the TUF metadata in *path*, its signatures not looked at.

    Raises:
        RepositoryError: it is none.
    """
    signed: Root | Timestamp | Snapshot | Targets = Metadata.from_file(str(path)).signed
    return signed


def check_version(trust: TrustData, targets: Targets) -> None:
    """See that *trust* is the version that *targets* was signed for.

    Raises:
        TrustInvalidError: it is another one.
    """
    if trust.version != targets.version:
        detail = locale.text(
            "{name} has version {got}, its signatures say {wanted}",
            name=TARGET,
            got=trust.version,
            wanted=targets.version,
        )
        raise errors.TrustInvalidError(detail=detail)


def _as_laid_out(repository: Path) -> TrustData:
    """Verify the files of *repository* and of the client beside it; the numbers are TUF's.

    Raises:
        RepositoryError, DownloadError, OSError, ValueError, MediabridgeError: something is not
            as a refresh leaves it.
    """
    metadata, client = repository / "metadata", repository.parent / "client"
    newest = max(chain(metadata))
    # 5.3: the root it was accepted under, by its own keys; no newer one is there.
    root = _verified(Root, read(metadata, f"{newest}.root.json"), None)
    _require_version(root.version, newest)
    # 5.4: signed by the root's keys, and no other than the one that is handed on.
    timestamp_bytes = _same(read(client, "timestamp.json"), read(metadata, "timestamp.json"))
    timestamp = _verified(Timestamp, timestamp_bytes, root)
    # 5.5 and 5.6: the size and hashes that were signed, then signatures, versions and expiry.
    snapshot = _listed(Snapshot, read(client, "snapshot.json"), root, timestamp.snapshot_meta)
    listed = _found(snapshot.meta, "targets.json")
    targets = _listed(Targets, read(client, "targets.json"), root, listed)
    # 5.7: the target under the name that its hash gives it.
    target = _found(targets.targets, TARGET)
    algorithm, digest = next(iter(target.hashes.items()))
    if not root.consistent_snapshot or algorithm != "sha256":
        raise RepositoryError
    name = f"{digest}.{TARGET}"
    data = _same(read(client, TARGET), read(repository / "targets", name))
    target.verify_length_and_hashes(data)
    trust = trust_data.parse(data)
    check_version(trust, targets)
    return trust


def _listed(role: type[_Role], data: bytes, root: Root, listed: MetaFile) -> _Role:
    """Verify metadata that other metadata has *listed*."""
    listed.verify_length_and_hashes(data)
    signed = _verified(role, data, root)
    _require_version(signed.version, listed.version)
    return signed


def _verified(role: type[_Role], data: bytes, root: Root | None) -> _Role:
    """Verify the signatures of *root* below *data*; those of a root are its own."""
    document: Metadata[_Role] = Metadata.from_bytes(data)
    signed = document.signed
    if not isinstance(signed, role):
        raise RepositoryError
    signer = root if root is not None else signed
    if not isinstance(signer, Root):
        raise RepositoryError
    signer.verify_delegate(role.type, document.signed_bytes, document.signatures)
    if signed.is_expired(BEFORE_ALL):
        raise ExpiredMetadataError
    return signed


_Value = TypeVar("_Value")


def _found(among: Mapping[str, _Value], name: str) -> _Value:
    if name not in among:
        raise RepositoryError
    return among[name]


def _require_version(got: int, wanted: int) -> None:
    if got != wanted:
        raise BadVersionNumberError


def _same(one: bytes, other: bytes) -> bytes:
    if one != other:
        raise LengthOrHashMismatchError
    return one
