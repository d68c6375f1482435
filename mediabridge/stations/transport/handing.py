"""Hand out: what came for the other system appears in ``out``, whole and once.

The folder of each bundle appears by one rename, under the bundle's sender and number. That it was
put out is kept outside the station's folder: one that is restored from a backup does not put out
again what the other system has had.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from pathlib import Path

from mediabridge.durable import folder_appearing, new_file, write_durably
from mediabridge.stations import relaying
from mediabridge.stations.station import OpenStation
from mediabridge.stations.transport.door import Door
from mediabridge.stations.transport.picking import is_shared


def put_out(station: OpenStation, door: Door) -> Iterator[str]:
    """Put out what was delivered since; yield the name of each folder that appeared.

    Raises:
        OSError: it cannot be written; or (``ENOTEMPTY``) another folder has its name.
    """
    for folder in sorted(station.home.delivered.iterdir()):
        if (door.handed / folder.name).exists() or not _is_taken(station, folder.name):
            continue
        if relaying.passes_on(station, folder.name.rpartition("-")[0]):
            # It goes on by itself; the other system would carry it a second time.
            continue
        files = sorted(folder.iterdir())
        if files and not _is_out(folder, door.out / folder.name):
            _appear(files, door.out / folder.name)
            yield folder.name
        write_durably(door.handed / folder.name, b"", mode=0o600)


def _is_taken(station: OpenStation, name: str) -> bool:
    """Tell whether the books have the bundle: what a crash left half taken comes once more."""
    sender, _, number = name.rpartition("-")
    return bool(station.books.between(sender, station.id, int(number), int(number)))


def _appear(files: list[Path], target: Path) -> None:
    shared = is_shared(target.parent)
    with folder_appearing(target) as draft:
        for file in files:
            with file.open("rb") as source, new_file(draft / file.name) as output:
                shutil.copyfileobj(source, output)
            (draft / file.name).chmod(0o640 if shared else 0o600)
        # The other system takes it away; its group is that of the folder already. The service may
        # not hand that on further (RestrictSUIDSGID), and nothing is made in here any more.
        draft.chmod(0o770 if shared else 0o700)


def _is_out(folder: Path, target: Path) -> bool:
    """Tell whether a crash came between putting out and noting so."""
    if not target.is_dir():
        return False
    names = [each.name for each in folder.iterdir()]
    same, _other, _errors = filecmp.cmpfiles(folder, target, names, shallow=False)
    return len(same) == len(names)
