"""Asking the system's service udisks2, over D-Bus, to mount, unmount and switch off.

So our process needs no root: polkit decides what its user may do (``system/polkit``).
Each call has its own connection; between two insertions there is nothing that could
have gone stale. Block devices are named by their nodes, such as ``/dev/sdb1``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from mediabridge.config import (
    MEDIA_CALL_SECONDS,
    MEDIA_MOUNT_SECONDS,
    MEDIA_REPAIRS,
    MEDIA_UNMOUNT_SECONDS,
)
from mediabridge.errors import (
    BadFilesystemError,
    MediabridgeError,
    MediaServiceError,
    MediumBusyError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
    medium_error,
)
from mediabridge.locale import text

_SERVICE: Final = "org.freedesktop.UDisks2"
_ROOT: Final = "/org/freedesktop/UDisks2"
_BLOCKS: Final = f"{_ROOT}/block_devices/"
_ERROR: Final = f"{_SERVICE}.Error."
_READING: Final = "ro,nosuid,nodev,noexec"
_WRITING: Final = "rw,nosuid,nodev,noexec"
_NO_OBJECT: Final = frozenset(
    f"org.freedesktop.DBus.Error.{name}"
    for name in ("UnknownObject", "UnknownMethod", "UnknownInterface", "InvalidArgs")
)
"""What a block device answers that is gone, or that has no file system."""


BLOCK: Final = Path("/sys/class/block")
"""Where the kernel has a folder for each disk and partition that is there."""


def is_unknown(error: MediabridgeError) -> bool:
    """Tell whether udisks2 knows no such file system: there is none, or it has not looked yet."""
    return isinstance(error, BadFilesystemError) and "unknown" in error.facts


_Options = dict[str, tuple[str, Any]]


@dataclass
class BusError(Exception):
    """An error that came back over D-Bus: its name and its English message."""

    name: str
    message: str = ""


@dataclass(frozen=True)
class Call:
    """One method call to udisks2."""

    path: str
    interface: str
    method: str
    signature: str
    body: tuple[Any, ...]
    seconds: float = MEDIA_CALL_SECONDS


class MessageBus(Protocol):
    """Whatever carries a call to udisks2."""

    def send(self, call: Call) -> tuple[Any, ...]:
        """Return the answer to *call*; a file descriptor comes as an integer.

        Raises:
            BusError: udisks2 or the bus answered with an error.
            MediaServiceError: there is no bus, or no answer in time.
        """


class SystemBus:
    """The system's D-Bus, through jeepney."""

    def send(self, call: Call) -> tuple[Any, ...]:
        """Send *call* over a connection of its own and return the answer."""
        # Imported here, so that commands without media start without it.
        from jeepney import (  # noqa: PLC0415
            DBusAddress,
            FileDescriptor,
            HeaderFields,
            MessageType,
            new_method_call,
        )
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        address = DBusAddress(call.path, bus_name=_SERVICE, interface=call.interface)
        message = new_method_call(address, call.method, call.signature or None, call.body)
        try:
            with open_dbus_connection("SYSTEM", enable_fds=True) as connection:
                answer = connection.send_and_get_reply(message, timeout=call.seconds)
        except (OSError, EOFError) as error:  # OSError: TimeoutError and ConnectionError as well
            raise MediaServiceError(detail=text("D-Bus does not answer")) from error
        if answer.header.message_type == MessageType.error:
            message_text = str(answer.body[0]) if answer.body else ""
            raise BusError(str(answer.header.fields[HeaderFields.error_name]), message_text)
        return tuple(
            each.to_raw_fd() if isinstance(each, FileDescriptor) else each for each in answer.body
        )


@dataclass(frozen=True)
class UDisks:
    """What the station asks of udisks2, with errors in our words."""

    bus: MessageBus = field(default_factory=SystemBus)
    block: Path = BLOCK

    def check(self) -> None:
        """Ask whether udisks2 is there; the bus starts it if it is installed.

        Raises:
            MediaServiceError: it is not.
        """
        try:
            self.bus.send(Call(_ROOT, "org.freedesktop.DBus.Peer", "Ping", "", ()))
        except BusError as error:
            raise MediaServiceError(detail=text("it is not running")) from error

    def mount_points(self, node: str) -> list[Path]:
        """Return where the volume *node* is mounted, by whomever.

        Raises:
            PulledOutError, BadFilesystemError, MediaServiceError: it cannot be asked.
        """
        found = self._get(node, _BLOCKS + Path(node).name, "Filesystem", "MountPoints")
        return [Path(os.fsdecode(bytes(each).rstrip(b"\0"))) for each in found]

    def mount(self, node: str, *, write: bool) -> Path:
        """Mount the volume *node* and return the folder.

        Raises:
            PulledOutError, BadFilesystemError, ReadOnlyMediumError, MediumBusyError,
            MediumIoError, MediaServiceError: it cannot be mounted.
        """
        options: _Options = {"options": ("s", _WRITING if write else _READING)}
        (folder,) = self._call(
            node, "Filesystem", "Mount", options=options, seconds=MEDIA_MOUNT_SECONDS
        )
        return Path(folder)

    def unmount(self, node: str) -> None:
        """Flush and unmount the volume *node*.

        Raises:
            PulledOutError, MediumBusyError, MediumIoError, MediaServiceError: it stays mounted.
        """
        self._call(node, "Filesystem", "Unmount", seconds=MEDIA_UNMOUNT_SECONDS)

    def mend(self, node: str) -> bool:
        """Check the unmounted volume *node*, and repair it if need be; tell whether it was.

        FAT has no journal: a stick that was pulled out while it was written may hold files
        whose clusters were never noted, and gives an input error when they are read.

        Raises:
            PulledOutError, MediumBusyError, MediumIoError, BadFilesystemError,
            MediaServiceError: it cannot be checked, or not be repaired.
        """
        if self._is_sound(node):
            return False
        for _ in range(MEDIA_REPAIRS):
            with suppress(MediumIoError):
                # udisks2 calls it a failure where the program that repairs says it had to.
                self._call(node, "Filesystem", "Repair", seconds=MEDIA_UNMOUNT_SECONDS)
            if self._is_sound(node):
                return True
        raise BadFilesystemError(detail=text("the file system is damaged"))

    def _is_sound(self, node: str) -> bool:
        try:
            (sound,) = self._call(node, "Filesystem", "Check", seconds=MEDIA_UNMOUNT_SECONDS)
        except BadFilesystemError as error:
            if not is_unknown(error):
                raise
            return True  # No program for this file system is installed: nobody knows better.
        except MediumIoError:
            return False
        return bool(sound)

    def open_disk(self, node: str, *, write: bool) -> int:
        """Return a descriptor of the disk *node* that goes past the page cache.

        Raises:
            PulledOutError, MediumBusyError, ReadOnlyMediumError, MediumIoError,
            MediaServiceError: it cannot be opened.
        """
        # O_EXCL: nobody mounts it meanwhile.
        flags = os.O_DIRECT | os.O_CLOEXEC | (os.O_EXCL if write else 0)
        (descriptor,) = self._call(
            node, "Block", "OpenDevice", "rw" if write else "r", options={"flags": ("i", flags)}
        )
        return int(descriptor)

    def rescan(self, node: str) -> None:
        """Have the system look at the disk *node* again, after it was written beneath it.

        Raises:
            PulledOutError, MediumIoError, MediaServiceError: it cannot be asked.
        """
        self._call(node, "Block", "Rescan")

    def switch_off(self, node: str) -> None:
        """Flush and switch off the device of the disk *node*; one that cannot is ejected.

        Raises:
            PulledOutError, MediumBusyError, MediumIoError, MediaServiceError: it stays on.
        """
        drive = self._get(node, _BLOCKS + Path(node).name, "Block", "Drive")
        can = self._get(node, drive, "Drive", "CanPowerOff")
        method = "PowerOff" if can else "Eject"
        self._call(node, "Drive", method, path=drive, seconds=MEDIA_UNMOUNT_SECONDS)

    def _get(self, node: str, path: str, interface: str, name: str) -> Any:
        names = (f"{_SERVICE}.{interface}", name)
        call = Call(path, "org.freedesktop.DBus.Properties", "Get", "ss", names)
        ((_signature, value),) = self._send(node, call)
        return value

    def _call(
        self,
        node: str,
        interface: str,
        method: str,
        *words: str,
        path: str = "",
        options: _Options | None = None,
        seconds: float = MEDIA_CALL_SECONDS,
    ) -> tuple[Any, ...]:
        """Call a method of udisks2, whose last parameter is always a table of options."""
        # A station without a screen has nobody who could answer a password dialogue.
        body = (*words, {"auth.no_user_interaction": ("b", True), **(options or {})})
        signature = "s" * len(words) + "a{sv}"
        where = path or _BLOCKS + Path(node).name
        call = Call(where, f"{_SERVICE}.{interface}", method, signature, body, seconds)
        return self._send(node, call)

    def _send(self, node: str, call: Call) -> tuple[Any, ...]:
        try:
            return self.bus.send(call)
        except BusError as error:
            # Not by its node: of the devices in /dev a service in a sandbox sees none.
            is_there = (self.block / Path(node).name).exists()
            raise _translated(error, call.method, is_there=is_there) from error


def _translated(error: BusError, method: str, *, is_there: bool) -> MediabridgeError:
    """Return our error for one of the bus.

    udisks2 has names for who may and what is busy, but ``Failed`` for all that the
    kernel says; there its English message, which is not translated, is looked at.
    """
    name = error.name.removeprefix(_ERROR)
    if name.startswith("NotAuthorized"):
        return MediaServiceError(detail=text("this user may not use media"))
    if not is_there:
        return PulledOutError()
    if name in {"DeviceBusy", "AlreadyMounted", "AlreadyUnmounting"} or "busy" in error.message:
        return MediumBusyError()
    if error.name in _NO_OBJECT or "is not supported" in error.message:
        return BadFilesystemError(detail=text("the system finds no file system on it"), unknown=1)
    if name == error.name:
        return MediaServiceError(detail=text("it is not running"))
    return _failed(error.message, method)


_MESSAGES: Final[tuple[tuple[str, Callable[[], MediabridgeError]], ...]] = (
    ("write-protected", ReadOnlyMediumError),
    ("Read-only file system", ReadOnlyMediumError),
    ("Input/output error", lambda: medium_error(os.strerror(errno.EIO))),
)


def _failed(message: str, method: str) -> MediabridgeError:
    for words, made in _MESSAGES:
        if words in message:
            return made()
    if method == "Mount":
        return BadFilesystemError(detail=text("the file system is damaged or of another kind"))
    return medium_error(text("the system's media service could not carry it out"))
