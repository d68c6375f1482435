"""The roots that a station has verified; they outlive the refusal of their repository."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from mediabridge.durable import copy_folder
from mediabridge.trust.generations import chain, current_generation, switch, sync_tree


def newest_root(client: Path) -> int:
    """Return the version of the newest root that *client* verified; 0 when it has none."""
    try:
        return Metadata[Root].from_bytes((client / "root.json").read_bytes()).signed.version
    except (OSError, RepositoryError):
        return 0


def remember_roots(cache: Path, work: Path) -> None:
    """Keep of a refused refresh in *work* the roots it verified, and nothing else of it."""
    generation = current_generation(cache)
    history = work / "client" / "root_history"
    newest = newest_root(work / "client")
    # Where nothing was accepted yet, the first root is what was known.
    known = newest_root(generation / "client") if generation else min(chain(history), default=0)
    if newest <= known:
        return
    kept = Path(tempfile.mkdtemp(prefix="g-", dir=cache))
    client = kept / "client"
    if generation is not None:
        copy_folder(generation, kept, links=True, into=True)
    copy_folder(history, client / "root_history", into=True)
    (client / "root.json").unlink(missing_ok=True)
    (client / "root.json").symlink_to(Path("root_history", f"{newest}.root.json"))
    sync_tree(kept)
    switch(cache, kept)
