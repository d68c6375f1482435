#!/usr/bin/env python3
"""Our reader of TUF repositories, as the public TUF conformance suite calls it.

    tools/tuf_conformance.py --metadata-dir DIR init ROOT
    tools/tuf_conformance.py --metadata-dir DIR --metadata-url URL refresh
    tools/tuf_conformance.py … --target-name NAME --target-base-url URL --target-dir DIR download

What a station does with a medium is done here by the station's own code: reading within
our limits and names (``folder_source``), the client (``workflow``), and what stays in force
after a refusal (``generations``). Only three things are the suite's:

* a file is fetched into the folder of a medium when our reader asks for it, because the suite
  serves its repositories over HTTP and counts what is asked for;
* the one target bears the name that the suite gives it, and is not read as trust data;
* what is in force is copied to where the suite looks.

docs/tuf-conformance.md says how it is run, and where we deviate on purpose.
"""

from __future__ import annotations

import argparse
import fcntl
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.ngclient import Updater

from mediabridge.config import LIMITS
from mediabridge.errors import MediabridgeError
from mediabridge.trust.folder_source import FolderSource
from mediabridge.trust.generations import TARGET, current_generation, locked, sync_tree
from mediabridge.trust.workflow import fetch, take_over

_ROLES = ("root", "timestamp", "snapshot", "targets")
_SECONDS = 30
_NOT_FOUND = 404


class _ServedMedium(FolderSource):
    """A medium onto which a file comes from a server at the moment it is read."""

    def __init__(self, folder: Path, urls: dict[str, str], target: str) -> None:
        super().__init__(folder, target)
        self._urls = urls
        self._root = folder
        for part in urls:
            (folder / part).mkdir()

    def _read(self, part: str, name: str) -> bytes:
        copy = self._root / part / name
        if not copy.exists() and part in self._urls:
            self._fetch_to(copy, f"{self._urls[part].rstrip('/')}/{name}")
        return super()._read(part, name)

    @staticmethod
    def _fetch_to(copy: Path, url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310
                # One byte more than may be read, for our reader to refuse.
                copy.write_bytes(answer.read(LIMITS.trust_file_bytes + 1))
        except urllib.error.HTTPError as error:
            if error.code != _NOT_FOUND:
                raise


def main() -> int:
    """Do what the suite asks for; 0 when it succeeded, 1 when our reader refused."""
    arguments = _parse()
    metadata: Path = arguments.metadata_dir
    if arguments.command == "init":
        shutil.copyfile(arguments.root, metadata / "first-root")
        shutil.copyfile(arguments.root, metadata / "root.json")
        return 0
    try:
        if arguments.command == "refresh":
            _take_over(metadata, {"metadata": arguments.metadata_url}, TARGET, _nothing)
        else:
            _download(metadata, arguments)
    except (RepositoryError, DownloadError, MediabridgeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _download(metadata: Path, arguments: argparse.Namespace) -> None:
    urls = {"metadata": arguments.metadata_url, "targets": arguments.target_base_url}
    for name in arguments.target_name:
        data = _take_over(metadata, urls, name, _target(name))
        (arguments.target_dir / name).write_bytes(data)


def _take_over(
    metadata: Path, urls: dict[str, str], target: str, contents: Callable[[Updater, Path], bytes]
) -> bytes:
    """Let our reader take over what is served at *urls*; show what is in force afterwards."""
    cache = metadata / "cache"
    cache.mkdir(exist_ok=True)
    bootstrap = (metadata / "first-root").read_bytes()
    with tempfile.TemporaryDirectory() as folder, locked(cache, fcntl.LOCK_EX):
        medium = _ServedMedium(Path(folder), urls, target)
        try:
            return take_over(medium, cache, bootstrap, datetime.now(UTC), contents)
        finally:
            _show(current_generation(cache), metadata)


def _show(generation: Path | None, metadata: Path) -> None:
    for role in _ROLES if generation else ():
        accepted = generation / "client" / f"{role}.json"  # type: ignore[operator]
        if accepted.exists():
            shutil.copyfile(accepted, metadata / accepted.name)


def _nothing(_updater: Updater, work: Path) -> bytes:
    sync_tree(work)
    return b""


def _target(name: str) -> Callable[[Updater, Path], bytes]:
    def contents(updater: Updater, work: Path) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            data = fetch(updater, Path(folder), name)
        sync_tree(work)
        return data

    return contents


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-base-url")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
