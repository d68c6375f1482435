"""The stick or folder cannot be used (exit 30).

The reasons of this family are the states of a medium that refuse it; what a
station shows beside them, such as ``READY``, stands in :mod:`mediabridge.media.states`.
"""

from __future__ import annotations

from mediabridge.errors._base import ExitCode, MediabridgeError


class MediumError(MediabridgeError):
    """Family: the stick or folder cannot be used."""

    exit_code = ExitCode.MEDIUM


# --- what is plugged in -----------------------------------------------------


class NoMediumError(MediumError):
    """No folder or stick with our layout at the given place."""

    reason = "NO_MEDIUM"
    sentence = "There is no usable medium: {detail}."
    hint = "Insert the medium, or give its folder with --medium."


class OwnDiskError(MediumError):
    """A folder of the station's own disk was named as a medium, and nobody meant that."""

    reason = "OWN_DISK"
    sentence = "The folder {name} is no medium: it lies on this station's own disk."
    hint = (
        "Give the folder where the medium is mounted. Where a folder of this machine is meant,"
        " as in an exercise, add --folder."
    )


class SeveralMediaError(MediumError):
    """More than one stick could be meant."""

    reason = "SEVERAL_MEDIA"
    sentence = "Several media are plugged in ({count})."
    hint = "Remove all but the one that is to be used."


class NotStorageOnlyError(MediumError):
    """BadUSB: the device is, or is also, something else than a disk."""

    reason = "NOT_STORAGE_ONLY"
    sentence = "This device is not only a storage medium: it also offers {detail}. Not opened."
    hint = "Pull it out now and hand it to the security officer."


class BadFilesystemError(MediumError):
    """No partition that can be read, or more than one."""

    reason = "BAD_FILESYSTEM"
    sentence = "The medium cannot be opened: {detail}."
    hint = "Hand it to the security officer, who can prepare it again."


class ReadOnlyMediumError(MediumError):
    """The write-protect switch is on, or the stick protects itself because it is worn."""

    reason = "READ_ONLY"
    sentence = "The medium cannot be written to: it is write-protected."
    hint = "Look for a write-protect switch on it. If there is none, use another medium."


# --- who it is --------------------------------------------------------------


class UnregisteredMediumError(MediumError):
    """No statement of an officer of this city says that this stick may be used."""

    reason = "UNREGISTERED"
    sentence = "This medium is not registered: {detail}."
    hint = "Use a registered medium, or have the security officer register this one."


class SerialCopiedError(MediumError):
    """Another stick that gives the serial number of a registered one."""

    reason = "SERIAL_COPIED"
    sentence = "This device gives the serial number of medium {medium}, but is another device."
    hint = "Keep it and call the security officer."


class IdentityCopiedError(MediumError):
    """medium.json of a registered stick, on another stick."""

    reason = "IDENTITY_COPIED"
    sentence = "The files of medium {medium} were copied to this device, which is another one."
    hint = "Keep it and call the security officer."


class ReformattedError(MediumError):
    """A registered stick whose file system is not the one that was registered."""

    reason = "REFORMATTED"
    sentence = (
        "Medium {medium} has lost its registration: it was formatted again, or it forgets"
        " what is written to it."
    )
    hint = "Hand it to the security officer, who can try it and register it again."


class WrongDirectionError(MediumError):
    """The stick is registered, but not for this route."""

    reason = "WRONG_DIRECTION"
    sentence = "Medium {medium} may not be used in this direction ({detail})."
    hint = "Use a medium that is meant for this direction."


class ReportedLostError(MediumError):
    """The stick was reported lost and has turned up."""

    reason = "REPORTED_LOST"
    sentence = "Medium {medium} was reported lost."
    hint = "Do not use it. Keep it and call the security officer."


class MediumOverdueError(MediumError):
    """Sticks on a trip that takes longer than planned; a reason of ``status``."""

    reason = "MEDIUM_OVERDUE"
    sentence = "Media that should be back by now: {media}."
    hint = (
        "Ask whoever has them: mediabridge media list --overdue. One that cannot be found is"
        " reported at once: mediabridge media lost NUMBER."
    )


class RetiredMediumError(MediumError):
    """The stick was taken out of service."""

    reason = "RETIRED"
    sentence = "Medium {medium} was taken out of service."
    hint = "Use another medium and hand this one to the security officer."


class NoSerialError(MediumError):
    """A stick without a serial number cannot be told from its like."""

    reason = "NO_SERIAL"
    sentence = "This device gives no serial number, so it cannot be registered."
    hint = "Choose another product."


class NotEmptyError(MediumError):
    """Too much of a stick would be left out of a full probe, which tries free space only."""

    reason = "NOT_EMPTY"
    sentence = "This medium cannot be tried in full: {detail}."
    hint = "Format it as one file system over all of it, or use --quick to try samples."


# --- what happens while it is used ------------------------------------------


class NothingOnMediumError(MediumError):
    """A medium without a bundle for this station."""

    reason = "NOTHING_ON_MEDIUM"
    sentence = "The medium holds no bundle for {wanted}."
    hint = "Check that this is the right medium and that the sender has written to it."


class ForeignFilesError(MediumError):
    """The sender found what the receiver would refuse everything for."""

    reason = "FOREIGN_FILES"
    sentence = (
        "The exchange folder of the medium holds what does not belong there ({count}): {names}."
        " The receiving station would refuse all of it."
    )
    hint = "Do not carry it. Have the security officer put these aside (media put-aside); repeat."


class MediumIoError(MediumError):
    """The operating system reported an error from the medium."""

    reason = "IO_ERROR"
    sentence = "The medium could not be read or written ({detail})."
    hint = "Remove it, insert it again and repeat. If it happens again, use another medium."


class PulledOutError(MediumError):
    """The stick went away while it was in use."""

    reason = "PULLED_OUT"
    sentence = "The medium was pulled out too early."
    hint = "Insert it again, or another one: the work is continued. Nothing is lost."


class MediumBusyError(MediumError):
    """Some other program holds the stick, so that it cannot be unmounted."""

    reason = "MEDIUM_BUSY"
    sentence = "The medium is still in use by another program."
    hint = "Do not pull it out. Close the windows that show its content and repeat."


class MediumFullError(MediumError):
    """Less free space than the bundle needs."""

    reason = "FULL"
    sentence = "The medium has {got} bytes free; {wanted} are needed."
    hint = "{trash}Use another medium, or have the officer erase old bundles."


class FakeCapacityError(MediumError):
    """The stick claims more than it can keep."""

    reason = "FAKE_CAPACITY"
    sentence = "The medium claims {claimed} bytes, but keeps only about {got}."
    hint = "It is counterfeit or broken. Do not use it, and hand it to the security officer."


class ReadBackError(MediumError):
    """What was read back from the medium is not what was written."""

    reason = "READ_BACK_MISMATCH"
    sentence = "The medium gave back something else than was written ({name})."
    hint = "Do not carry this medium. Use another one and hand this one to the officer."
