"""What an exFAT volume says of itself: the flags in its boot sector.

Nobody else says it. fsck.exfat of exfatprogs 1.2.0 calls a volume clean whatever these
flags are, udisks 2.9 has no check for exFAT, and the kernel mounts it with a line in its
log. Source: Microsoft, exFAT file system specification, sections 3.1 and 3.1.13.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

SECTOR: Final = 512
"""The smallest sector; all that is looked at lies within."""

_NAME: Final = slice(3, 11), b"EXFAT   "
_BOOT_SIGNATURE: Final = slice(510, 512), b"\x55\xaa"
_FLAGS: Final = slice(106, 108)


@unique
class VolumeFlag(StrEnum):
    """A flag that is set; the names are the specification's, the values those of the states."""

    VOLUME_DIRTY = "VOLUME_DIRTY"
    """Whoever wrote to it last did not come to the end: a pull, or a power cut."""
    MEDIA_FAILURE = "MEDIA_FAILURE"
    """Some system met with failures of the medium, and has not forgotten all of them."""


_BITS: Final = {VolumeFlag.VOLUME_DIRTY: 0x0002, VolumeFlag.MEDIA_FAILURE: 0x0004}


def volume_flags(sector: bytes) -> frozenset[VolumeFlag]:
    """Return what *sector*, the first of an exFAT volume, warns of; nothing of any other."""
    if any(sector[place] != wanted for place, wanted in (_NAME, _BOOT_SIGNATURE)):
        return frozenset()
    flags = int.from_bytes(sector[_FLAGS], "little")
    return frozenset(flag for flag, bit in _BITS.items() if flags & bit)
