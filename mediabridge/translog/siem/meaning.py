"""What each event of the transfer log means in the words of ECS and of OCSF; one row for each.

``docs/operations/siem.md`` has the same rows for people, and a test holds each against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from mediabridge.translog.vocabulary import Event


class Outcome(StrEnum):
    """How what an entry is about ended, as ECS spells it."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Activity(Enum):
    """An activity of OCSF: the uid of its class, its id there, and both as they are called."""

    STOP = 6002, 4, "Application Lifecycle: Stop"
    OTHER = 6002, 99, "Application Lifecycle: Other"
    LOGON = 3002, 1, "Authentication: Logon"
    READ_FILE = 1001, 2, "File System Activity: Read"
    CREATE = 3004, 1, "Entity Management: Create"
    READ = 3004, 2, "Entity Management: Read"
    UPDATE = 3004, 3, "Entity Management: Update"
    DELETE = 3004, 4, "Entity Management: Delete"
    MOVE = 3004, 5, "Entity Management: Move"

    def __init__(self, of_class: int, number: int, called: str) -> None:
        self.of_class = of_class
        self.number = number
        self.called = called


class Meaning(NamedTuple):
    """One event in the words of both."""

    category: str
    """``event.category`` of ECS."""
    type: str
    """``event.type`` of ECS, one that the category expects."""
    outcome: Outcome
    activity: Activity
    entity: str = ""
    """What OCSF calls the type of the entity that was managed; a word of ours."""


_OK, _FAILED, _OPEN = Outcome
_A = Activity

MEANS: Final[Mapping[Event, Meaning]] = {
    Event.STATION_INITIALISED: Meaning("host", "start", _OK, _A.OTHER),
    Event.STATION_BACKED_UP: Meaning("host", "info", _OK, _A.OTHER),
    Event.STATION_RESTORED: Meaning("host", "change", _OK, _A.OTHER),
    Event.STATION_COMPARED: Meaning("host", "info", _OK, _A.OTHER),
    Event.STATION_SET_BACK: Meaning("host", "info", _FAILED, _A.OTHER),
    Event.TRUST_UPDATED: Meaning("configuration", "change", _OK, _A.UPDATE, "trust"),
    Event.TRUST_REROOTED: Meaning("configuration", "change", _OK, _A.UPDATE, "trust"),
    Event.TRUST_OLDER: Meaning("configuration", "info", _OPEN, _A.READ, "trust"),
    Event.CLOCK_DOUBTED: Meaning("host", "info", _FAILED, _A.OTHER),
    Event.CLOCK_CONFIRMED: Meaning("host", "info", _OK, _A.OTHER),
    Event.PASSPHRASE_WRONG: Meaning("authentication", "start", _FAILED, _A.LOGON),
    Event.FILE_COLLECTED: Meaning("file", "access", _OK, _A.READ_FILE),
    Event.FILE_REFUSED: Meaning("file", "access", _FAILED, _A.READ_FILE),
    Event.FILE_SCANNED: Meaning("file", "info", _OPEN, _A.READ_FILE),
    Event.BUNDLE_SEALING: Meaning("file", "creation", _OPEN, _A.CREATE, "bundle"),
    Event.BUNDLE_SEALED: Meaning("file", "creation", _OK, _A.CREATE, "bundle"),
    Event.BUNDLE_APPROVED: Meaning("api", "allowed", _OK, _A.UPDATE, "bundle"),
    Event.APPROVAL_REMOVED: Meaning("api", "change", _OK, _A.UPDATE, "bundle"),
    Event.BUNDLE_REJECTED: Meaning("api", "denied", _OK, _A.UPDATE, "bundle"),
    Event.VOID_DECLARED: Meaning("api", "change", _OK, _A.UPDATE, "route"),
    Event.VOID_ACCEPTED: Meaning("api", "change", _OK, _A.UPDATE, "route"),
    Event.BUNDLE_RELEASED: Meaning("file", "access", _OK, _A.UPDATE, "bundle"),
    Event.BUNDLE_CARRIED: Meaning("file", "access", _OK, _A.MOVE, "bundle"),
    Event.BUNDLE_WRITTEN: Meaning("file", "creation", _OK, _A.MOVE, "bundle"),
    Event.BUNDLE_REPAIRED: Meaning("file", "change", _OK, _A.UPDATE, "bundle"),
    Event.BUNDLE_REFUSED: Meaning("file", "access", _FAILED, _A.READ, "bundle"),
    Event.ALARM_KEPT: Meaning("file", "creation", _FAILED, _A.CREATE, "evidence"),
    Event.BUNDLE_VERIFIED: Meaning("file", "access", _OK, _A.READ, "bundle"),
    Event.BUNDLE_PARKED: Meaning("file", "creation", _OK, _A.READ, "bundle"),
    Event.PARKED_REMOVED: Meaning("file", "deletion", _OK, _A.DELETE, "bundle"),
    Event.KEPT_REMOVED: Meaning("file", "deletion", _OK, _A.DELETE, "kept"),
    Event.BUNDLE_OPENED: Meaning("file", "access", _OK, _A.READ, "bundle"),
    Event.BUNDLE_SCANNED: Meaning("file", "info", _OPEN, _A.READ, "bundle"),
    Event.BUNDLE_APPLIED: Meaning("database", "change", _OK, _A.UPDATE, "bundle"),
    Event.BUNDLE_REPEATED: Meaning("file", "access", _OK, _A.READ, "bundle"),
    Event.RECORD_DECIDED: Meaning("database", "change", _OK, _A.UPDATE, "record"),
    Event.RECORD_LOOKED_UP: Meaning("database", "access", _OK, _A.READ, "record"),
    Event.RECEIPT_ISSUED: Meaning("file", "creation", _OK, _A.CREATE, "receipt"),
    Event.RECEIPT_ACCEPTED: Meaning("file", "access", _OK, _A.READ, "receipt"),
    Event.BUNDLE_DELIVERED: Meaning("file", "info", _OK, _A.UPDATE, "bundle"),
    Event.RECIPIENT_KEY_ANNOUNCED: Meaning("iam", "creation", _OK, _A.CREATE, "key"),
    Event.RECIPIENT_KEY_ACCEPTED: Meaning("iam", "change", _OK, _A.UPDATE, "key"),
    Event.RECIPIENT_KEY_ERASED: Meaning("iam", "deletion", _OK, _A.DELETE, "key"),
    Event.RECIPIENT_KEY_REQUESTED: Meaning("iam", "creation", _OK, _A.CREATE, "key"),
    Event.WITNESS_KEY_REQUESTED: Meaning("iam", "creation", _OK, _A.CREATE, "key"),
    Event.WITNESS_KEY_RETIRED: Meaning("iam", "change", _OK, _A.UPDATE, "key"),
    Event.MEDIUM_REGISTERED: Meaning("host", "change", _OK, _A.CREATE, "medium"),
    Event.MEDIUM_ISSUED: Meaning("host", "access", _OK, _A.UPDATE, "medium"),
    Event.MEDIUM_HANDED_OVER: Meaning("host", "access", _OK, _A.UPDATE, "medium"),
    Event.MEDIUM_ARRIVED: Meaning("host", "info", _OK, _A.UPDATE, "medium"),
    Event.MEDIUM_RETURNED: Meaning("host", "info", _OK, _A.UPDATE, "medium"),
    Event.MEDIUM_LOST: Meaning("host", "info", _FAILED, _A.UPDATE, "medium"),
    Event.MEDIUM_RETIRED: Meaning("host", "change", _OK, _A.DELETE, "medium"),
    Event.MEDIUM_ERASING: Meaning("file", "deletion", _OPEN, _A.DELETE, "medium"),
    Event.MEDIUM_ERASED: Meaning("file", "deletion", _OK, _A.DELETE, "medium"),
    Event.MEDIUM_REFUSED: Meaning("host", "access", _FAILED, _A.READ, "medium"),
    Event.MEDIUM_FAILED: Meaning("host", "info", _FAILED, _A.UPDATE, "medium"),
    Event.MEDIUM_FLAGGED: Meaning("host", "info", _OPEN, _A.READ, "medium"),
    Event.DROPPINGS_PASSED: Meaning("file", "info", _OK, _A.READ, "medium"),
    Event.FOREIGN_PUT_ASIDE: Meaning("file", "change", _OK, _A.UPDATE, "medium"),
    Event.SOFTWARE_STAGED: Meaning("file", "creation", _OK, _A.CREATE, "software"),
    Event.SOFTWARE_REFUSED: Meaning("file", "access", _FAILED, _A.READ, "software"),
    Event.SOFTWARE_ORDERED: Meaning("package", "info", _OPEN, _A.UPDATE, "software"),
    Event.SOFTWARE_INSTALLED: Meaning("package", "installation", _OK, _A.UPDATE, "software"),
    Event.SOFTWARE_FAILED: Meaning("package", "installation", _FAILED, _A.UPDATE, "software"),
    Event.ESCROW_DRILL: Meaning("iam", "info", _OK, _A.READ, "escrow"),
    Event.JOURNEY_INTERRUPTED: Meaning("process", "end", _FAILED, _A.STOP),
    Event.JOURNEY_RECOVERED: Meaning("process", "change", _OK, _A.OTHER),
}
"""Every event of the vocabulary; a test holds that none is missing."""
