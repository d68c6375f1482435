"""Accept trust data from a medium: the stock TUF client, reading from a folder.

``tuf.ngclient.Updater`` makes every decision (TUF specification, section 5):
signatures, thresholds, root rotation, rollback, expiry, hashes. What is added is the
transport (:mod:`mediabridge.trust.folder_source`), the keeping
(:mod:`mediabridge.trust.generations`) and our limits (:mod:`mediabridge.trust.workflow`);
here, what is in the one target, and what is said to people when it is refused. What was
accepted is read by :mod:`mediabridge.trust.accepted` and :mod:`mediabridge.trust.recognised`.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root, Snapshot, Targets
from tuf.api.serialization import DeserializationError
from tuf.ngclient import Updater

from mediabridge import errors, locale
from mediabridge.durable import copy_folder
from mediabridge.trust import recognised, trust_data, tuf_keys
from mediabridge.trust.accepted import BEFORE_ALL, ROLES, check_version, signed_part
from mediabridge.trust.folder_source import FolderSource
from mediabridge.trust.generations import TARGET, chain, current_generation, locked, sync_tree
from mediabridge.trust.workflow import fetch, take_over, update

_ROOTS: Final = shutil.ignore_patterns("root.json", "root_history")
_PLAIN_WORDS: Final = (
    (ExpiredMetadataError, locale.n_("it has expired, or this station's clock is wrong")),
    (UnsignedMetadataError, locale.n_("signatures are missing or wrong")),
    (LengthOrHashMismatchError, locale.n_("a file is not the one that was signed")),
    (BadVersionNumberError, locale.n_("a file has another version than the others ask for")),
    (DownloadLengthMismatchError, locale.n_("a file is larger than allowed")),
    (DeserializationError, locale.n_("a file is no TUF metadata")),
    (RepositoryError, locale.n_("its files do not belong together")),
)
"""From the narrower to the wider; what the library says by itself is English."""


def refresh(
    repository: Path,
    cache: Path,
    bootstrap: bytes,
    *,
    now: datetime | None = None,
    before_switch: Callable[[trust_data.TrustData, tuple[str, ...]], None] = lambda *_: None,
) -> trust_data.TrustData:
    """Take over the trust data in *repository* if it is genuine and not older.

    Args:
        repository: The folder on the medium that holds ``metadata`` and ``targets``.
        cache: This station's folder for what it has accepted; made if missing.
        bootstrap: The root metadata this station was given by hand when it was set up.
        now: What expiry is measured against; without it, the machine's clock.
        before_switch: Called with what was found genuine, and the holders who signed it, before
            it takes effect; if it raises, this does not take effect.

    Returns:
        The newest trust data; the same as before if the medium brings nothing newer.

    Raises:
        TrustOlderError: the medium's is genuine as a whole, and older than what was accepted here.
        TrustRollbackError: only a part of it is older: somebody mixed old and new.
        TrustInvalidError: anything else is wrong with the repository.
        TrustRootTooOldError: the root was changed more often since *bootstrap* than is followed.
        MediumIoError: the operating system could not read the medium.
        OSError: the cache cannot be written.
    """
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = FolderSource(repository)

    def contents(updater: Updater, work: Path) -> trust_data.TrustData:
        trust = _trust(updater, work / "client")
        _keep(work)
        before_switch(trust, _signed_by(work / "client"))
        return trust

    with locked(cache, fcntl.LOCK_EX):
        try:
            return take_over(source, cache, bootstrap, now, contents)
        except (RepositoryError, DownloadError) as error:
            raise _refusal(error, source, current_generation(cache), bootstrap) from None


def reread(repository: Path) -> trust_data.TrustData:
    """Return what was accepted into *repository*, as the client itself finds it.

    Raises:
        TrustInvalidError: it is damaged.
    """
    with tempfile.TemporaryDirectory() as scratch:
        client = Path(scratch, "client")
        try:
            shutil.copytree(repository.parent / "client", client, ignore=_ROOTS)
            roots = chain(repository / "metadata")
            bootstrap = roots[max(roots, default=0)].read_bytes()
            return _accept(FolderSource(repository), client, bootstrap, BEFORE_ALL)
        except (RepositoryError, DownloadError, OSError, KeyError, errors.MediumError) as error:
            raise errors.TrustInvalidError(detail=explain(error)) from None


def _accept(
    source: FolderSource, client: Path, bootstrap: bytes, now: datetime | None
) -> trust_data.TrustData:
    """Run the TUF client workflow in the folder *client* as at *now*; take its one target."""
    return _trust(update(source, client, bootstrap, now), client)


def _trust(updater: Updater, client: Path) -> trust_data.TrustData:
    """Take the one target of a repository that *updater* has followed into *client*."""
    trust = trust_data.parse(fetch(updater, client, TARGET))
    check_version(trust, Metadata[Targets].from_file(str(client / "targets.json")).signed)
    return trust


def _signed_by(client: Path) -> tuple[str, ...]:
    """Return the holders whose signatures under what *client* has accepted are good, by name."""
    root = Metadata[Root].from_file(str(client / "root.json")).signed
    targets = Metadata[Targets].from_file(str(client / "targets.json"))
    found = root.get_verification_result(Targets.type, targets.signed_bytes, targets.signatures)
    return tuple(sorted({tuf_keys.holder_of(key) for key in found.signed.values()}))


def _keep(work: Path) -> None:
    """Lay out the verified files in *work* as a repository, and make all of it durable."""
    client, metadata, targets = (
        work / "client",
        work / "repository/metadata",
        work / "repository/targets",
    )
    copy_folder(client / "root_history", metadata)
    targets.mkdir()
    snapshot = Metadata[Snapshot].from_file(str(client / "snapshot.json")).signed
    signed = Metadata[Targets].from_file(str(client / "targets.json")).signed
    shutil.copyfile(client / "snapshot.json", metadata / f"{snapshot.version}.snapshot.json")
    shutil.copyfile(client / "targets.json", metadata / f"{signed.version}.targets.json")
    shutil.copyfile(client / "timestamp.json", metadata / "timestamp.json")
    digest = signed.targets[TARGET].hashes["sha256"]
    shutil.copyfile(client / TARGET, targets / f"{digest}.{TARGET}")
    recognised.note(work)
    sync_tree(work)


def _refusal(
    error: Exception, source: FolderSource, generation: Path | None, bootstrap: bytes
) -> errors.MediabridgeError:
    known = _versions(generation / "client") if generation is not None else []
    if known and isinstance(error, BadVersionNumberError | UnsignedMetadataError):
        older = _older(source, known, bootstrap)
        # A key that a newer root took away may have signed what is old, and nothing else.
        if isinstance(error, BadVersionNumberError) or isinstance(older, errors.TrustOlderError):
            return older or errors.TrustInvalidError(detail=explain(error))
    return errors.TrustInvalidError(detail=explain(error))


def _older(
    source: FolderSource, known: list[int], bootstrap: bytes
) -> errors.MediabridgeError | None:
    """Return that *source* is behind the versions *known*, when it is genuine by itself.

    It is asked as by a station that has accepted nothing yet: keys that a newer root took away
    vouched for it in their time. Nothing is taken from it, so what they sign today gains nothing.
    """
    with tempfile.TemporaryDirectory() as client:
        try:
            trust = _accept(source, Path(client), bootstrap, BEFORE_ALL)
        except (RepositoryError, DownloadError, errors.BundleError):
            return None
        pairs = list(zip(_versions(Path(client)), known, strict=False))
    behind = [(got, wanted) for got, wanted in pairs if got < wanted]
    if not behind:
        return None
    got, wanted = behind[-1]
    detail = locale.text("version {got}, known is {wanted}", got=got, wanted=wanted)
    if any(offered > accepted for offered, accepted in pairs):
        return errors.TrustRollbackError(detail=detail)
    return errors.TrustOlderError(detail=detail, version=trust.version)


def _versions(client: Path) -> list[int]:
    """Return the versions of what a TUF client verified in *client*, root first."""
    return [
        signed_part(client / f"{role}.json").version
        for role in ROLES
        if (client / f"{role}.json").exists()
    ]


def explain(error: Exception) -> str:
    """Say in plain words what *error* found wrong."""
    for kind, words in _PLAIN_WORDS:
        if isinstance(error, kind):
            return locale.text(words)
    if isinstance(error, DownloadError | errors.MediabridgeError):
        return str(error)  # our own, from the reader above
    return locale.text("what was accepted is damaged")
