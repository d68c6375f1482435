"""What a check found: a closed list of checks, three states, and one next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import unique
from typing import Any, Final

from mediabridge.errors import MediabridgeError
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.locale.spoken import Spoken


@unique
class State(Spoken):
    """How bad it is."""

    OK = "ok", n_("OK")
    LOOK = "look", n_("to look at")
    WRONG = "wrong", n_("WRONG")


@unique
class Check(Spoken):
    """What is looked at; the code stands in ``--json``, the sentence on the screen."""

    CRYPTOGRAPHY = "cryptography", n_("cryptography")
    CORE_DUMPS = "core-dumps", n_("memory dumps")
    SWAP = "swap", n_("swapping")
    TERMINAL = "terminal", n_("characters of the screen")
    DISK_SPACE = "disk-space", n_("space on the disk")
    DISK_KIND = "disk-kind", n_("kind of disk")
    DISK_ENCRYPTION = "disk-encryption", n_("encryption of the disk")
    OWNER = "owner", n_("owner of the files")
    MODES = "modes", n_("who else may read them")
    ACCOUNTS = "accounts", n_("separate accounts")
    DATABASES = "databases", n_("databases")
    CLOCK = "clock", n_("clock")
    UDISKS = "udisks", n_("service for media (udisks2)")
    MEDIA_RULES = "media-rules", n_("rules for media")
    MEDIA_GROUP = "media-group", n_("right to use media")
    REPAIR_TOOLS = "repair-tools", n_("tools that repair media")
    USBGUARD = "usbguard", n_("guard against other USB devices")
    STATION = "station", n_("station")
    TRUST = "trust", n_("trust data")
    KEYS = "keys", n_("keys")
    EXPIRY = "expiry", n_("what expires")
    ALARMS = "alarms", n_("alarms about transfer logs")
    SCANNER = "scanner", n_("virus scanner")
    INSTALLER = "installer", n_("installing new versions")
    PASSPHRASE = "passphrase", n_("passphrase on the disk")


@dataclass(frozen=True)
class Finding:
    """One check: how it stands, what was found, and what to do; texts in the reader's language."""

    check: Check
    state: State
    found: str
    advice: str = ""
    reason: str = ""
    """What the program would refuse with, where that is what was found."""

    @property
    def code(self) -> str:
        """What may be told to people who must not read what was found."""
        return self.reason or f"{self.check.value}.{self.state.value}"

    def as_dict(self) -> dict[str, str]:
        """Return the finding for ``--json``."""
        return {
            "check": self.check.value,
            "state": self.state.value,
            "found": self.found,
            "advice": self.advice,
        }


def fine(check: Check, msgid: str, /, **facts: Any) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(check, State.OK, text(msgid, **facts))


def refused(check: Check, error: MediabridgeError) -> Finding:
    """Return what is wrong as the program itself would say it."""
    return Finding(check, State.WRONG, sentence_of(error), hint_of(error), error.reason)


def made(check: Check, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what *look* finds; where the machine does not let it look, that is the finding."""
    try:
        yield from look()
    except MediabridgeError as error:
        yield refused(check, error)
    except OSError as error:
        found = text("it cannot be looked at: {detail}", detail=error.strerror or "")
        yield Finding(check, State.LOOK, found, text(CALL_IT))


CALL_IT: Final = n_("Ask the IT staff.")
