"""What the station's own machine refuses: a file, a folder, a disk; by path and errno."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from mediabridge.errors._base import MediabridgeError
from mediabridge.errors._station import CommandLineError, ConfigurationError


class FileMissingError(CommandLineError):
    """There is no file or folder of the name that was given."""

    reason = "FILE_MISSING"
    sentence = "There is no file or folder {name}."
    hint = "Check the name and the folder, and whether the medium is plugged in; then repeat."


class NotAFileError(CommandLineError):
    """A folder, a link, a pipe or a device stands where a plain file is wanted, or the reverse."""

    reason = "FILE_OF_WRONG_SORT"
    sentence = "{name} is not what is wanted here: a plain file, or a folder that is there."
    hint = "Name a plain file. A folder, a link, a pipe or a device is neither read nor replaced."


class FolderNotEmptyError(CommandLineError):
    """What should become a new folder is there already."""

    reason = "FOLDER_NOT_EMPTY"
    sentence = "{name} is there already, and is not an empty folder."
    hint = "Name a folder that is new or empty. Nothing that is there is replaced."


class StationDamagedError(ConfigurationError):
    """A station is here, but something of its folder is missing or of another sort."""

    reason = "STATION_DAMAGED"
    sentence = (
        "There is a station in this folder, but {name} in it is missing or damaged: {detail}."
    )
    hint = (
        "Do not set the station up again. The IT staff restore the whole folder from a backup"
        " that keeps symbolic links, owners and modes."
    )


class FileNotAllowedError(ConfigurationError):
    """The file or folder is another user's, or its mode keeps this user out."""

    reason = "FILE_NOT_ALLOWED"
    sentence = "This user may not use {name} ({detail})."
    hint = (
        "Log in as the user whose file it is. Was a command run as root? The IT staff give"
        " its files back to the station's user."
    )


class KioskLibraryError(ConfigurationError):
    """The library that the desk's screen is drawn with is not installed."""

    reason = "KIOSK_LIBRARY"
    sentence = "The Python package {name}, which the screen is drawn with, is not installed."
    hint = (
        "The IT staff installs the extra for the screen: docs/operations/kiosk.md says how."
        " Until then every step can be taken by its command."
    )


class HubLibraryError(ConfigurationError):
    """A library that the hub is built on is not installed."""

    reason = "HUB_LIBRARY"
    sentence = "The library {name}, which the hub is built on, is not installed."
    hint = "Install what the hub needs: docs/operations/hub.md says how."


class DiskFullError(ConfigurationError):
    """The station's own disk, or the user's share of it, is full."""

    reason = "DISK_FULL"
    sentence = "The disk that holds {name} is full ({detail})."
    hint = "Make room on it, then repeat; bundles in the outbox must stay."


class DiskReadOnlyError(ConfigurationError):
    """The station's own disk takes no changes."""

    reason = "DISK_READ_ONLY"
    sentence = "The disk that holds {name} is read-only."
    hint = "Call the IT staff: a disk that became read-only by itself is about to fail."


class DiskFailedError(ConfigurationError):
    """Any other error of the system about one of this machine's files."""

    reason = "DISK_FAILED"
    sentence = "The system could not use {name}: {detail}."
    hint = "Look at the status before repeating; have the IT staff check the disk."


_REFUSALS: Final[dict[int, type[MediabridgeError]]] = {
    errno.EACCES: FileNotAllowedError,
    errno.EPERM: FileNotAllowedError,
    errno.ENOSPC: DiskFullError,
    errno.EDQUOT: DiskFullError,
    errno.EFBIG: DiskFullError,
    errno.EROFS: DiskReadOnlyError,
    errno.ENOENT: FileMissingError,
    errno.EISDIR: NotAFileError,
    errno.ENOTDIR: NotAFileError,
    errno.ELOOP: NotAFileError,
    errno.ENXIO: NotAFileError,
    errno.ESPIPE: NotAFileError,
    errno.EEXIST: NotAFileError,
    errno.EINVAL: NotAFileError,
    errno.ENOTEMPTY: FolderNotEmptyError,
}


def machine_error(said: OSError, home: Path) -> MediabridgeError:
    """Return what *said* means at the station in *home*; the one place that decides it.

    The same errno is a slip of the person who named a file, and damage inside the station.
    """
    refusal = _REFUSALS.get(said.errno or 0, DiskFailedError)
    path = said.filename2 or said.filename
    detail = said.strerror or type(said).__name__
    if not isinstance(path, str | bytes):
        # Of an open file the system gives no name; most likely it is one of the station's.
        return refusal(name=home.name, detail=detail)
    name = os.fsdecode(path)
    if issubclass(refusal, CommandLineError) and _is_inside(name, home):
        return StationDamagedError(name=os.path.relpath(name, home), detail=detail)
    return refusal(name=Path(name).name or name, detail=detail)


def _is_inside(name: str, home: Path) -> bool:
    """Tell whether *name* lies in the folder of a station, without asking the disk for it."""
    here = Path.cwd()
    inside = (here / name) != here / home and (here / name).is_relative_to(here / home)
    return inside and os.path.lexists(home / "station.json")
