"""The folder of a ceremony, which travels between those who sign.

    draft.json          the next version while it is being made (draft.py)
    published/000007/   version 7 as a TUF repository, whole; the newest is in force
    root.json           the first root, which a station is given by hand; from version 1 on

A version appears whole, by one rename. The folder comes from a stick, so nothing in it is
believed: what was published has to follow from the first root, and the draft from what was
published. Whoever signs compares the first root's SHA-256, which every step shows, with the
one on paper.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.metadata import Metadata, Root, Snapshot, Timestamp

from mediabridge import locale
from mediabridge.config import LIMITS
from mediabridge.durable import sync_folder, write_durably
from mediabridge.errors import DraftInvalidError, NotAFileError, TrustInvalidError
from mediabridge.plainfile import read_plain
from mediabridge.trust import client
from mediabridge.trust.accepted import repository_copy
from mediabridge.trust.ceremony import draft
from mediabridge.trust.ceremony.draft import Draft, Published
from mediabridge.trust.generations import chain
from mediabridge.trust.trust_data import TrustData

_VERSION: Final = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True)
class Folder:
    """Where a ceremony keeps what."""

    path: Path

    @property
    def draft_file(self) -> Path:
        """The next version, while there is one."""
        return self.path / "draft.json"

    @property
    def first_root(self) -> Path:
        """The root that a station is set up with."""
        return self.path / "root.json"

    def version(self, number: int) -> Path:
        """Return the repository of version *number*, laid out as ``trust/`` on a medium."""
        return self.path / "published" / f"{number:06d}"

    def newest(self) -> Path | None:
        """Return the repository of the version in force, or None before the first."""
        names = (each.name for each in (self.path / "published").glob("[0-9]*"))
        numbers = [int(name) for name in names if _VERSION.fullmatch(name)]
        return self.version(max(numbers)) if numbers else None


@dataclass(frozen=True)
class Opened:
    """What a folder holds, verified as far as it can be without its owner."""

    folder: Folder
    published: Published | None
    draft: Draft | None
    data: bytes
    """The bytes of ``draft.json`` as they were read; empty when there is none."""

    @property
    def wanted(self) -> Draft:
        """The draft.

        Raises:
            DraftInvalidError: there is none.
        """
        if self.draft is None:
            raise DraftInvalidError(detail=locale.text("there is none"))
        return self.draft


def open_folder(path: Path) -> Opened:
    """Read the folder of a ceremony; a folder without anything is a ceremony that begins.

    Raises:
        TrustInvalidError: what was published does not follow from the first root.
        DraftInvalidError, DraftChangedError: as :func:`mediabridge.trust.ceremony.draft.parse`.
        NotAFileError: something else than a folder stands there.
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_dir():
        raise NotAFileError(name=path.name)
    folder = Folder(path)
    published = load_published(folder)
    try:
        data = read_plain(folder.draft_file, LIMITS.trust_file_bytes)
    except FileNotFoundError:
        return Opened(folder, published, None, b"")
    except ValueError as error:
        raise DraftInvalidError(detail=str(error)) from None
    if published is not None and draft.is_of(data, published.trust):
        # It was published, and the power went before it could be removed.
        return Opened(folder, published, None, b"")
    return Opened(folder, published, draft.parse(data, published), data)


def load_published(folder: Folder) -> Published | None:
    """Return what was published last, accepted by the stock client as at a new station.

    Raises:
        TrustInvalidError: it does not follow from the first root, has expired, or lies under
            the number of another version.
        OSError: it cannot be read.
    """
    newest = folder.newest()
    if newest is None:
        return None
    with accepted(newest) as (repository, trust):
        digest = hashlib.sha256(first_root(repository)).hexdigest()
        return _published(repository, trust, digest)


@contextmanager
def accepted(version: Path) -> Iterator[tuple[Path, TrustData]]:
    """Yield what the stock client accepts of the folder *version*, and nothing else that is there.

    Raises:
        TrustInvalidError, OSError: as :func:`load_published`.
    """
    bootstrap = first_root(version)
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch, "cache")
        trust = client.refresh(version, cache, bootstrap)
        if version.name != f"{trust.version:06d}":
            detail = locale.text(
                "{name} holds version {version}", name=version.name, version=trust.version
            )
            raise TrustInvalidError(detail=detail)
        yield repository_copy(cache), trust


def first_root(repository: Path) -> bytes:
    """Return the bytes of the first root in *repository*, which nobody vouches for.

    Raises:
        TrustInvalidError: there is none, or it is no plain file of the size of one.
        OSError: it cannot be read.
    """
    try:
        return read_plain(repository / "metadata" / "1.root.json", LIMITS.trust_file_bytes)
    except FileNotFoundError:
        detail = locale.text("{name} is missing", name="1.root.json")
    except ValueError as error:
        detail = f"1.root.json: {error}"
    raise TrustInvalidError(detail=detail)


def save(folder: Folder, drafted: Draft) -> None:
    """Write the draft in one step.

    Raises:
        OSError: the one that was there is as it was.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    write_durably(folder.draft_file.absolute(), drafted.dump())


def discard(folder: Folder) -> None:
    """Remove the draft; what was published stays."""
    folder.draft_file.unlink(missing_ok=True)
    sync_folder(folder.path)


def _published(repository: Path, trust: TrustData, first: str) -> Published:
    metadata = repository / "metadata"
    roots = chain(metadata)
    timestamp = Metadata[Timestamp].from_file(str(metadata / "timestamp.json")).signed
    name = f"{timestamp.snapshot_meta.version}.snapshot.json"
    snapshot = Metadata[Snapshot].from_file(str(metadata / name)).signed
    root = Metadata[Root].from_file(str(roots[max(roots)])).signed
    return Published(root, trust, snapshot.version, timestamp.version, first)
