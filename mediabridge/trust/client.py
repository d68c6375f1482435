"""Accept trust data from a medium: the stock TUF client, reading from a folder.

``tuf.ngclient.Updater`` makes every decision (TUF specification, section 5):
signatures, thresholds, root rotation, rollback, expiry, hashes. What is added here
is the transport, which knows four kinds of file name and no network, and the keeping:

    cache/current -> g-xxxxxxxx        a symbolic link, replaced in one step
    cache/g-xxxxxxxx/client/           what the TUF client remembers
    cache/g-xxxxxxxx/repository/       the accepted files, ready for the next medium

A refresh works on a copy of the generation and switches ``current`` at its end. A
refused one changes one thing: roots that were verified before it was refused are
remembered (section 5.3.8), so that keys they revoked count no more, whatever became of
the rest. What was accepted before stays in force. Expiry is measured against the machine's
clock, which is the one thing the TUF client does not let us pass in (ADR 0002).
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from mediabridge import canonical, durable, errors, locale
from mediabridge.config import LIMITS
from mediabridge.plainfile import open_folder, read_plain
from mediabridge.trust import trust_data
from mediabridge.trust.repository import TARGET

_NAME: Final = re.compile(
    r"metadata/(?:timestamp|[1-9][0-9]{0,9}\.(?:root|snapshot|targets))\.json"
    r"|targets/[0-9a-f]{64}\.trust\.json"
)
_Role = TypeVar("_Role", Snapshot, Timestamp)
_NOT_A_PLAIN_FILE: Final = {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}
_NOT_FOUND: Final = 404
_ROOTS: Final = shutil.ignore_patterns("root.json", "root_history")
_NOTHING_YET: Final = locale.n_("no trust data was accepted here yet")
_CONFIG: Final = UpdaterConfig(
    max_root_rotations=LIMITS.trust_root_rotations,
    root_max_length=LIMITS.trust_file_bytes,
    timestamp_max_length=LIMITS.trust_file_bytes,
    snapshot_max_length=LIMITS.trust_file_bytes,
    targets_max_length=LIMITS.trust_file_bytes,
)
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
    before_switch: Callable[[trust_data.TrustData], None] = lambda _: None,
) -> trust_data.TrustData:
    """Take over the trust data in *repository* if it is genuine and not older.

    Args:
        repository: The folder on the medium that holds ``metadata`` and ``targets``.
        cache: This station's folder for what it has accepted; made if missing.
        bootstrap: The root metadata this station was given by hand when it was set up.
        before_switch: Called with what was found genuine before it takes effect; if it
            raises, this does not take effect.

    Returns:
        The newest trust data; the same as before if the medium brings nothing newer.

    Raises:
        TrustRollbackError: the medium is older than what this station has accepted.
        TrustInvalidError: anything else is wrong with the repository.
        TrustRootTooOldError: the root was changed more often since *bootstrap* than is followed.
        MediumIoError: the operating system could not read the medium.
        OSError: the cache cannot be written.
    """
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = _FolderFetcher(repository)
    with _locked(cache, fcntl.LOCK_EX), _next_generation(cache) as work:
        try:
            trust = _accept(source, work / "client", bootstrap)
            _keep(work)
            before_switch(trust)
        except (RepositoryError, DownloadError) as error:
            _remember_roots(cache, work)
            raise _refusal(error, source, _current_generation(cache)) from None
        except errors.MediabridgeError:
            _remember_roots(cache, work)
            raise
        _switch(cache, work)
    return trust


def current(cache: Path) -> trust_data.TrustData:
    """Return the trust data this station accepted last, verified once more.

    It is verified under the root it was accepted under: a newer one, remembered from a
    refused repository, decides about what comes, not about what is there (ADR 0002).

    Raises:
        StationError: no trust data was ever accepted here.
        TrustInvalidError: what was accepted has expired since, or is damaged.
    """
    with _locked(cache, fcntl.LOCK_SH), tempfile.TemporaryDirectory() as scratch:
        repository = repository_copy(cache)
        client = Path(scratch, "client")
        try:
            shutil.copytree(repository.parent / "client", client, ignore=_ROOTS)
            roots = _chain(repository / "metadata")
            bootstrap = roots[max(roots, default=0)].read_bytes()
            return _accept(_FolderFetcher(repository), client, bootstrap)
        except (RepositoryError, DownloadError, OSError, KeyError, errors.MediumError) as error:
            raise errors.TrustInvalidError(detail=_explain(error)) from None


def repository_copy(cache: Path) -> Path:
    """Return the folder of the accepted repository, as it goes onto the next medium.

    It stays until the next successful :func:`refresh`.

    Raises:
        StationError: no trust data was ever accepted here.
        StationDamagedError: it was, but a backup without symbolic links lost it.
    """
    generation = _current_generation(cache)
    if generation is None and any(cache.glob("g-*")):
        raise errors.StationDamagedError(
            name=f"trust/{cache.name}/current", detail=locale.text("a symbolic link is missing")
        )
    if generation is None or not (generation / "repository").is_dir():
        raise errors.StationError(detail=locale.text(_NOTHING_YET))
    return generation / "repository"


class _FolderFetcher(FetcherInterface):
    """Reads the files of a TUF repository from a folder that nobody vouches for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        # A generator on purpose: what it raises reaches us as it is, whereas the base
        # class would turn a failing medium into a mere "failed to download".
        if not _NAME.fullmatch(url):
            msg = locale.text("{name} is not a name of this repository", name=url[:80])
            raise DownloadError(msg)
        yield self._read(*url.split("/"))

    def _read(self, part: str, name: str) -> bytes:
        try:
            with open_folder(self._folder / part) as folder:
                data = read_plain(name, LIMITS.trust_file_bytes, folder=folder)
            # How deep the TUF client's own reader goes depends on the interpreter.
            canonical.check_depth(data)
        except FileNotFoundError:
            msg = locale.text("{name} is missing", name=name)
            raise DownloadHTTPError(msg, _NOT_FOUND) from None
        except ValueError as error:
            msg = f"{name}: {error}"
            raise DownloadError(msg) from None
        except OSError as error:
            if error.errno in _NOT_A_PLAIN_FILE:
                msg = f"{name}: {locale.text('not a plain file')}"
                raise DownloadError(msg) from None
            raise errors.medium_error(error) from None
        return data


def _accept(source: _FolderFetcher, client: Path, bootstrap: bytes) -> trust_data.TrustData:
    """Run the TUF client workflow in the folder *client*; take its one target."""
    updater = _update(source, client, bootstrap)
    target = updater.get_targetinfo(TARGET)
    if target is None:
        detail = locale.text("{name} is not among the signed files", name=TARGET)
        raise errors.TrustInvalidError(detail=detail)
    trust = trust_data.parse(
        Path(updater.download_target(target, str(client / TARGET))).read_bytes()
    )
    signed = Metadata[Targets].from_file(str(client / "targets.json")).signed.version
    if trust.version != signed:
        detail = locale.text(
            "{name} has version {got}, its signatures say {wanted}",
            name=TARGET,
            got=trust.version,
            wanted=signed,
        )
        raise errors.TrustInvalidError(detail=detail)
    return trust


def _update(source: _FolderFetcher, client: Path, bootstrap: bytes) -> Updater:
    """Bring the four roles up to date, or say that the root cannot be."""
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
    try:
        updater.refresh()
    except (RepositoryError, DownloadError):
        _check_reach(source, client, bootstrap)
        raise
    _check_reach(source, client, bootstrap)
    return updater


def _check_reach(source: _FolderFetcher, client: Path, bootstrap: bytes) -> None:
    """See that the client did not stop at its limit of rotations, which it does in silence.

    It counts from the first root every time, those it remembers included, so a station
    that once reached the limit would never see another root again.
    """
    first = Metadata[Root].from_bytes(bootstrap).signed.version
    newest = _newest(client)
    if newest - first < LIMITS.trust_root_rotations:
        return
    with suppress(DownloadError):
        source.download_bytes(f"metadata/{newest + 1}.root.json", LIMITS.trust_file_bytes)
        raise errors.TrustRootTooOldError(
            first=first, newest=newest, limit=LIMITS.trust_root_rotations
        )


def _newest(client: Path) -> int:
    """Return the version of the newest root that *client* verified; 0 when it has none."""
    try:
        return int((client / "root.json").readlink().name.partition(".")[0])
    except FileNotFoundError:
        return 0


def _chain(folder: Path) -> dict[int, Path]:
    """Return the root metadata in *folder* by version."""
    return {int(path.name.partition(".")[0]): path for path in folder.glob("*.root.json")}


def _remember_roots(cache: Path, work: Path) -> None:
    """Keep of a refused refresh in *work* the roots it verified, and nothing else of it."""
    generation = _current_generation(cache)
    history = work / "client" / "root_history"
    newest = _newest(work / "client")
    # Where nothing was accepted yet, the first root is what was known.
    known = _newest(generation / "client") if generation else min(_chain(history), default=0)
    if newest <= known:
        return
    kept = Path(tempfile.mkdtemp(prefix="g-", dir=cache))
    client = kept / "client"
    if generation is not None:
        shutil.copytree(generation, kept, symlinks=True, dirs_exist_ok=True)
    shutil.copytree(history, client / "root_history", dirs_exist_ok=True)
    (client / "root.json").unlink(missing_ok=True)
    (client / "root.json").symlink_to(Path("root_history", f"{newest}.root.json"))
    _sync_tree(kept)
    _switch(cache, kept)


def _keep(work: Path) -> None:
    """Lay out the verified files in *work* as a repository, and make all of it durable."""
    client, metadata, targets = (
        work / "client",
        work / "repository/metadata",
        work / "repository/targets",
    )
    shutil.copytree(client / "root_history", metadata)
    targets.mkdir()
    snapshot = Metadata[Snapshot].from_file(str(client / "snapshot.json")).signed
    signed = Metadata[Targets].from_file(str(client / "targets.json")).signed
    shutil.copyfile(client / "snapshot.json", metadata / f"{snapshot.version}.snapshot.json")
    shutil.copyfile(client / "targets.json", metadata / f"{signed.version}.targets.json")
    shutil.copyfile(client / "timestamp.json", metadata / "timestamp.json")
    digest = signed.targets[TARGET].hashes["sha256"]
    shutil.copyfile(client / TARGET, targets / f"{digest}.{TARGET}")
    _sync_tree(work)


def _sync_tree(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            durable.sync_file(Path(root, name))
        durable.sync_folder(Path(root))


@contextmanager
def _next_generation(cache: Path) -> Iterator[Path]:
    """Yield a copy of the current generation; whatever is not current afterwards goes."""
    work = Path(tempfile.mkdtemp(prefix="g-", dir=cache))
    try:
        generation = _current_generation(cache)
        if generation is None:
            (work / "client").mkdir()
        else:
            shutil.copytree(generation / "client", work / "client", symlinks=True)
        yield work
    finally:
        generation = _current_generation(cache)
        for leftover in cache.glob("g-*"):
            if leftover != generation:
                shutil.rmtree(leftover)


def _current_generation(cache: Path) -> Path | None:
    try:
        return cache / (cache / "current").readlink()
    except FileNotFoundError:
        return None


def _switch(cache: Path, generation: Path) -> None:
    link = cache / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(cache / "current")
    durable.sync_folder(cache)


@contextmanager
def _locked(cache: Path, kind: int) -> Iterator[None]:
    # The TUF client is made for one instance at a time; a reader must not see a
    # generation disappear under its hands.
    try:
        folder = os.open(cache, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise errors.StationError(detail=locale.text(_NOTHING_YET)) from None
    try:
        fcntl.flock(folder, kind)
        yield
    finally:
        os.close(folder)


def _refusal(
    error: Exception, source: _FolderFetcher, generation: Path | None
) -> errors.MediabridgeError:
    if isinstance(error, BadVersionNumberError) and generation is not None:
        older = _older(source, _FolderFetcher(generation / "repository"))
        if older is not None:
            return errors.TrustRollbackError(detail=older)
    return errors.TrustInvalidError(detail=_explain(error))


def _older(source: _FolderFetcher, known: _FolderFetcher) -> str | None:
    """Say in what *source* is behind *known*; it only names the reason of a refusal."""
    try:
        for offered, accepted in zip(_versions(source), _versions(known), strict=False):
            if offered < accepted:
                return locale.text("version {got}, known is {wanted}", got=offered, wanted=accepted)
    except (RepositoryError, DownloadError):
        return None
    return None


def _versions(source: _FolderFetcher) -> Iterator[int]:
    timestamp = _unverified(source, "timestamp.json", Timestamp)
    yield timestamp.version
    yield timestamp.snapshot_meta.version
    name = f"{timestamp.snapshot_meta.version}.snapshot.json"
    targets = _unverified(source, name, Snapshot).meta.get("targets.json")
    if targets is not None:
        yield targets.version


def _unverified(source: _FolderFetcher, name: str, kind: type[_Role]) -> _Role:
    data = source.download_bytes(f"metadata/{name}", LIMITS.trust_file_bytes)
    signed = Metadata[_Role].from_bytes(data).signed
    if not isinstance(signed, kind):
        msg = locale.text("{name} is not a {kind}", name=name, kind=kind.type)
        raise RepositoryError(msg)
    return signed


def _explain(error: Exception) -> str:
    for kind, words in _PLAIN_WORDS:
        if isinstance(error, kind):
            return locale.text(words)
    if isinstance(error, DownloadError | errors.MediabridgeError):
        return str(error)  # our own, from the reader above
    return locale.text("what was accepted is damaged")
