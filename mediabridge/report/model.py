"""What a report says, as plain values: made once, laid out as a page, a sheet or a printed form.

Nothing of it is personal data: all of it comes from the entries of transfer logs, which hold
none, and from the register of media. Instants are RFC 3339 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import unique
from typing import NamedTuple

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.report.period import Period


class Ref(NamedTuple):
    """One entry of one log: what a statement of the report rests on."""

    station: str
    number: int


class Route(NamedTuple):
    """An ordered pair of stations."""

    sender: str
    receiver: str


class About(NamedTuple):
    """Which bundle a line is about."""

    bundle: str
    route: Route
    seq: int


@dataclass(frozen=True)
class LogRead:
    """One log that was read, as far as this station has it."""

    station: str
    own: bool
    """Whether it is this station's; else it is the copy of a peer's."""
    size: int
    root: str
    """In base64, as a checkpoint has it; computed of the entries that the report was made of."""
    first: str
    """When the first entry was written; empty where there is none."""
    last: str


@dataclass(frozen=True)
class Day:
    """What happened on one route on one day."""

    day: date
    route: Route
    sealed: int
    records: int
    applied: int
    """Bundles taken by the receiver, as far as its log is known here."""
    answered: int
    """Bundles whose receipt the sender accepted."""


@dataclass(frozen=True)
class Answered:
    """How long one bundle took from its sealing to its receipt."""

    about: About
    sealed: str
    answered: str
    seconds: int
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Turnaround:
    """How long the bundles of one route took, of those answered in the period."""

    route: Route
    count: int
    median: int
    """Seconds; the greater of the two in the middle, where there are two."""
    longest: tuple[Answered, ...]
    """The longest first, and not all of them."""
    shares: tuple[int, ...]
    """How many took as long as each of :data:`mediabridge.config.REPORT_WAITS`, and longer."""


@dataclass(frozen=True)
class Refusal:
    """What was refused for one reason at one station."""

    station: str
    event: str
    reason: str
    count: int
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Approvals:
    """What one officer approved, sent back or declared void."""

    person: str
    approved: int
    rejected: int
    voided: int


@dataclass(frozen=True)
class Released:
    """With how many approvals bundles of a route were let out."""

    route: Route
    approvals: int
    count: int
    refs: tuple[Ref, ...]
    """Where there was none at all."""


@unique
class Roles(Spoken):
    """Two roles that one person had with one bundle."""

    PREPARED_APPROVED = "PREPARED_APPROVED", n_("prepared and approved")
    APPROVED_CARRIED = "APPROVED_CARRIED", n_("approved and carried")


@dataclass(frozen=True)
class NotSeparated:
    """One person in two roles that should be two people's."""

    about: About
    person: str
    roles: Roles
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class MediumUse:
    """What one medium was used for."""

    medium: str
    label: str
    product: str
    state: str
    """As the register has it now; empty where no register knows the medium."""
    trips: int
    bundles: int
    bytes: int
    failures: int
    refs: tuple[Ref, ...]
    """Its failures, and that it was lost or retired."""


@dataclass(frozen=True)
class Carried:
    """What one person carried of one route on one medium."""

    person: str
    route: Route
    medium: str
    """Empty for a folder that is no medium."""
    bundles: int
    first: int
    last: int
    """The lowest and the highest number."""


@dataclass(frozen=True)
class Received:
    """What one person brought to a station."""

    person: str
    station: str
    bundles: int


@dataclass(frozen=True)
class Overdue:
    """A bundle that has no receipt, for longer than it should."""

    about: About
    sealed: str
    days: int
    left: bool
    """Whether it has left the station."""
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class LongTrip:
    """A trip that took, or takes, longer than it was planned."""

    medium: str
    route: Route
    trip: int
    holder: str
    issued: str
    returned: str
    """Empty while it is under way."""
    planned: int
    took: int
    """Minutes, both; until the end of what is known, where it is under way."""
    refs: tuple[Ref, ...]


@unique
class Absence(Spoken):
    """What became of numbers that are missing."""

    VOID = "VOID", n_("declared void by officers")
    AWAITED = "AWAITED", n_("awaited: a later one is there already")
    UNEXPLAINED = "UNEXPLAINED", n_("not explained by any entry")


@dataclass(frozen=True)
class Gap:
    """Numbers of a route that are missing in a log."""

    station: str
    route: Route
    first: int
    last: int
    absence: Absence
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Witness:
    """How far one peer and this station have seen each other's logs, when the report was made."""

    peer: str
    seen: int
    entries: int
    """Of this station's log: those under the newest checkpoint that the peer cosigned, and all."""
    seen_at: str
    """By the peer's own clock; empty before the first."""
    silent: int | None
    """Whole days from then to the newest entry of this station's log."""
    held: int
    """Entries of the peer's log that are here."""
    held_last: str
    """When the newest of them was written; empty without any."""
    held_silent: int | None
    """Whole days from then to the newest entry of this station's log."""


@unique
class AnomalyKind(Spoken):
    """What somebody should look at; none of these is a proof of a fault."""

    ALARM = "ALARM", n_("an alarm about a transfer log")
    OUT_OF_HOURS = "OUT_OF_HOURS", n_("at the weekend, or outside of office hours")
    SAME_PERSON = "SAME_PERSON", n_("the same person in two roles")
    UNUSUAL_SIZE = "UNUSUAL_SIZE", n_("far more or far fewer records than usual")
    REPEATED_FAILURES = "REPEATED_FAILURES", n_("the same failure several times on one day")
    RARE = "RARE", n_("an event that hardly ever happens")


@dataclass(frozen=True)
class Anomaly:
    """One thing to look at, with the entries that it rests on."""

    kind: AnomalyKind
    time: str
    station: str
    actor: str
    what: str
    """The event, the reason of an alarm, or an unusual number: a code or digits, no text."""
    usual: tuple[int, ...]
    """The fewest and the most that are usual, where that is what it is about."""
    count: int
    """How many entries there are; of more than a few only the first are linked."""
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Listed:
    """An entry that the report links to."""

    ref: Ref
    time: str
    event: str
    actor: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Report:
    """All that a report says."""

    city: str
    station: str
    training: bool
    period: Period
    as_of: str
    """Until when entries were read: the end of the period, or that of the logs."""
    logs: tuple[LogRead, ...]
    days: tuple[Day, ...]
    turnarounds: tuple[Turnaround, ...]
    refusals: tuple[Refusal, ...]
    approvals: tuple[Approvals, ...]
    released: tuple[Released, ...]
    not_separated: tuple[NotSeparated, ...]
    media: tuple[MediumUse, ...]
    carried: tuple[Carried, ...]
    received: tuple[Received, ...]
    overdue_days: Mapping[str, int]
    """After how many days a bundle to each station is overdue."""
    overdue: tuple[Overdue, ...]
    long_trips: tuple[LongTrip, ...]
    gaps: tuple[Gap, ...]
    witnesses: tuple[Witness, ...]
    anomalies: tuple[Anomaly, ...]
    more: Mapping[str, int]
    """How many lines of a list, by the name of its field, are not in the report."""
    entries: tuple[Listed, ...]
    """Those that are linked, by station and number."""
