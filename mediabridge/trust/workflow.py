"""The stock TUF client within our limits, and what stays of its work when it is refused.

This much is the same for whatever a repository carries; what is in ours is known to
:mod:`mediabridge.trust.client`.

A take-over works on a copy of the generation in force and switches ``current`` at its end. A
refused one changes one thing: roots that were verified before it was refused are
remembered (TUF specification, section 5.3.8), so that keys they revoked count no more,
whatever became of the rest. What was accepted before stays in force.

Time is a parameter here, too: the TUF client takes the machine's clock when it is made, and
is told the caller's time before it compares anything with it (ADR 0002).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Root
from tuf.ngclient import Updater, UpdaterConfig

from mediabridge import canonical, errors, locale
from mediabridge.config import LIMITS
from mediabridge.trust.folder_source import FolderSource
from mediabridge.trust.generations import next_generation, switch
from mediabridge.trust.roots import newest_root, remember_roots

_CONFIG: Final = UpdaterConfig(
    max_root_rotations=LIMITS.trust_root_rotations,
    root_max_length=LIMITS.trust_file_bytes,
    timestamp_max_length=LIMITS.trust_file_bytes,
    snapshot_max_length=LIMITS.trust_file_bytes,
    targets_max_length=LIMITS.trust_file_bytes,
)
_T = TypeVar("_T")


def take_over(
    source: FolderSource,
    cache: Path,
    bootstrap: bytes,
    now: datetime | None,
    contents: Callable[[Updater, Path], _T],
) -> _T:
    """Put the repository in *source* in force when it and its contents are good.

    Args:
        source: Where it is read from.
        cache: What was accepted before; the caller has it locked.
        bootstrap: The first root, given by hand.
        now: What expiry is measured against; without it, the machine's clock.
        contents: Given the client after its refresh and the folder of the new generation:
            takes what the repository carries and makes it durable there. If it raises, the
            repository does not take effect.

    Returns:
        What *contents* returned.

    Raises:
        RepositoryError, DownloadError: the TUF client refused it.
        TrustInvalidError: *bootstrap* is no root that the client should see.
        TrustRootTooOldError: the root was changed more often since *bootstrap* than is followed.
        MediumIoError: the operating system could not read the medium.
        OSError: the cache cannot be written.
    """
    with next_generation(cache) as work:
        try:
            taken = contents(update(source, work / "client", bootstrap, now), work)
        except (RepositoryError, DownloadError, errors.MediabridgeError):
            remember_roots(cache, work)
            raise
        switch(cache, work)
    return taken


def update(source: FolderSource, client: Path, bootstrap: bytes, now: datetime | None) -> Updater:
    """Bring the four roles in the folder *client* up to date as at *now*.

    Raises:
        As :func:`take_over`.
    """
    try:
        canonical.check_depth(bootstrap)
    except ValueError as error:
        raise errors.TrustInvalidError(detail=f"root.json: {error}") from None
    updater = Updater(
        str(client),
        "metadata",
        target_base_url="targets",
        fetcher=source,
        config=_CONFIG,
        bootstrap=bootstrap,
    )
    if now is not None:
        # The one thing it has no parameter for; it is read at the first expiry, in refresh().
        updater._trusted_set.reference_time = now  # noqa: SLF001
    try:
        updater.refresh()
    except (RepositoryError, DownloadError):
        _check_reach(source, client, bootstrap)
        raise
    _check_reach(source, client, bootstrap)
    return updater


def fetch(updater: Updater, client: Path, name: str) -> bytes:
    """Return the target *name*, compared with its signed hash, by way of the folder *client*.

    Raises:
        TrustInvalidError: nobody signed a file of this name.
        RepositoryError, DownloadError: it is missing, or another one.
        MediumIoError: the operating system could not read the medium.
    """
    target = updater.get_targetinfo(name)
    if target is None:
        detail = locale.text("{name} is not among the signed files", name=name)
        raise errors.TrustInvalidError(detail=detail)
    return Path(updater.download_target(target, str(client / name))).read_bytes()


def _check_reach(source: FolderSource, client: Path, bootstrap: bytes) -> None:
    """See that the client did not stop at its limit of rotations, which it does in silence.

    It counts from the first root every time, those it remembers included, so a station
    that once reached the limit would never see another root again.
    """
    first = Metadata[Root].from_bytes(bootstrap).signed.version
    newest = newest_root(client)
    if newest - first < LIMITS.trust_root_rotations:
        return
    with suppress(DownloadError):
        source.download_bytes(f"metadata/{newest + 1}.root.json", LIMITS.trust_file_bytes)
        raise errors.TrustRootTooOldError(
            first=first, newest=newest, limit=LIMITS.trust_root_rotations
        )
