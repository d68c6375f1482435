"""The last step: the stock TUF client accepts the whole, then it is written.

The draft is laid out beside a copy of what was published and offered to the client that
every station uses: as to a new station, and as to one that knows the last version. What
the client has accepted appears in the folder by one rename. The draft goes last of all, so
a publication that was interrupted is repeated.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata

from mediabridge import errors, locale
from mediabridge.durable import copy_folder, move_durably, write_durably
from mediabridge.trust import accepted, client
from mediabridge.trust.ceremony import folder as folders
from mediabridge.trust.ceremony import signing
from mediabridge.trust.ceremony.draft import Draft
from mediabridge.trust.ceremony.folder import Folder, Opened
from mediabridge.trust.generations import TARGET, sync_tree
from mediabridge.trust.trust_data import TrustData


def publish(opened: Opened) -> TrustData:
    """Publish the draft in the folder; return the trust data that is in force from now on.

    Raises:
        DraftInvalidError: there is no draft.
        CeremonyIncompleteError: signatures are missing; who has to give them is said.
        TrustInvalidError: the stock client does not accept the whole; nothing was written.
        OSError: it cannot be written; what was published before is in force.
    """
    draft, folder = opened.wanted, opened.folder
    signing.check_complete(signing.standings(draft, opened.published))
    with tempfile.TemporaryDirectory() as scratch:
        write(folder, _accepted(Path(scratch), folder, draft), draft.trust.version)
    return draft.trust


def write(folder: Folder, accepted: Path, version: int) -> None:
    """Put the repository *accepted* in force as *version*; the draft goes.

    Raises:
        OSError: it cannot be written; what was published before is in force.
    """
    write_durably(folder.first_root.absolute(), folders.first_root(accepted))
    _appear(accepted, folder.version(version))
    folders.discard(folder)


@contextmanager
def in_force(folder: Folder) -> Iterator[Path]:
    """Yield the repository that was published last, as a medium carries it.

    Raises:
        UsageError: nothing was published here yet.
        TrustInvalidError: it does not follow from the first root.
    """
    newest = folder.newest()
    if newest is None:
        raise errors.UsageError(detail=locale.text("nothing was published from this folder yet"))
    with folders.accepted(newest) as (repository, _):
        yield repository


def _accepted(scratch: Path, folder: Folder, draft: Draft) -> Path:
    """Return the next version as the stock client keeps it, below *scratch*."""
    before, repository, known = folder.newest(), scratch / "next", scratch / "known"
    if before is not None:
        client.refresh(before, known, folders.first_root(before))
        # What the client accepted is copied, not what else lies in a folder that travels.
        copy_folder(accepted.repository_copy(known), repository)
    for name, content in _files(draft).items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    bootstrap = folders.first_root(repository)
    for cache in (scratch / "new", known):
        client.refresh(repository, cache, bootstrap)
    return accepted.repository_copy(known)


def _appear(accepted: Path, target: Path) -> None:
    """Give *target* the content of *accepted* in one step that lasts."""
    partial = target.absolute().with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    copy_folder(accepted, partial)
    sync_tree(partial)
    move_durably(partial, target.absolute())


def _files(draft: Draft) -> Mapping[str, bytes]:
    digest = draft.targets.signed.targets[TARGET].hashes["sha256"]
    found = {f"targets/{digest}.{TARGET}": draft.trust.dump()}
    metadata: Metadata[Any]
    for role, metadata in draft.metadata().items():
        name = role if role == "timestamp" else f"{metadata.signed.version}.{role}"
        found[f"metadata/{name}.json"] = metadata.to_bytes()
    return found
