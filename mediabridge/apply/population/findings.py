"""What the comparison of a population with the register found, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import unique
from typing import TYPE_CHECKING, Final, NamedTuple

from mediabridge.apply.journal import Counts, Entered, Resolution, Value
from mediabridge.apply.resident import Found, Resident
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken

if TYPE_CHECKING:
    from mediabridge.apply.reasons import ApplyReason
    from mediabridge.apply.rules import Change, Decision
    from mediabridge.records.model import IsaPopulation

POPULATION: Final = "population"
"""What the history has in the place of an event: an extract tells no event."""


@unique
class FindingKind(Spoken):
    """In what way the two sides differ; what may be decided follows from it."""

    DIFFERENT = "different", n_("other items than in the register")
    MISSING = "missing", n_("in the extract, not in the register")
    EXTRA = "extra", n_("in the register, not in the extract")
    UNCLEAR = "unclear", n_("has to be cleared up first")
    SETTLED = "settled", n_("settled by the register since")


@dataclass(frozen=True)
class Extract:
    """Which extract a population is, as its entries say."""

    extract_id: str
    moment: str
    """As of when, as the register spells times: with ``+09:00``, so text order is time order."""

    @property
    def day(self) -> str:
        """The day of it."""
        return self.moment[:10]

    @classmethod
    def of(cls, entry: IsaPopulation) -> Extract:
        """Return the extract that *entry* is of."""
        return cls(entry.extract_id, entry.as_of.isoformat())


@dataclass(frozen=True)
class Population:
    """A population that came, and what of its comparison is still open."""

    bundle_id: str
    seq: int
    came_at: str
    taken_by: str
    extract: Extract
    counts: Counts
    """What became of its entries when it came."""
    found: Mapping[FindingKind, int]
    waiting: Mapping[FindingKind, int]
    """Of these, on how many nobody has decided."""

    @property
    def open(self) -> int:
        """On how many findings nobody has decided."""
        return sum(self.waiting.values())


class Pair(NamedTuple):
    """One entry that is not plainly the same as the register, and what is known of it here."""

    position: int
    entry: IsaPopulation
    content: bytes
    found: Found | None
    """Whose card it has or had."""
    born: Sequence[Resident]
    """Where nobody has the card: who in force was born that day, of that nationality."""


class Judged(NamedTuple):
    """What becomes of one entry; held only with the kind of its finding."""

    decision: Decision
    kind: FindingKind | None = None
    alike: Sequence[Resident] = ()
    """Who may be meant where no card says it: the extract may name them, so they are not extra."""


@dataclass(frozen=True)
class Finding:
    """One difference that was found, complete, so that it can be shown."""

    bundle_id: str
    position: int
    """Of the entry in its bundle; whom no entry names, comes after the last."""
    kind: FindingKind
    reason: ApplyReason
    resident_id: int | None
    card_number: str | None
    entry: IsaPopulation | None
    """None for whom the extract does not name."""


class Open(NamedTuple):
    """A finding that waits, and what the register says of it by now."""

    finding: Finding
    found: Found | None
    like: bool


@dataclass(frozen=True)
class Settlement:
    """A decision on one finding, and what it changes; a change without before is a new record."""

    resolution: Resolution
    change: Change | None = None


def entered_by(settled: Settlement, resident_id: int) -> Entered:
    """Return what is kept of the change that *settled* makes in the record *resident_id*."""
    change, resolution = settled.change, settled.resolution
    assert change is not None  # noqa: S101 - the caller has looked
    before, after = change.before._asdict(), change.after._asdict()
    names = [name for name in after if name != "id" and before[name] != after[name]]
    return Entered(
        resolution.bundle_id,
        resolution.supplement,
        resident_id,
        POPULATION,
        change.operation,
        _some(before, names),
        _some(after, names),
    )


def _some(items: Mapping[str, Value], names: list[str]) -> dict[str, Value]:
    return {name: items[name] for name in names}


def found_text(found: Mapping[FindingKind, int]) -> str:
    """Return how many findings there are of each kind, as a table keeps it."""
    return json.dumps({kind.value: number for kind, number in found.items()})


def found_of(kept: str) -> dict[FindingKind, int]:
    """Return what :func:`found_text` kept."""
    return {FindingKind.of(kind): number for kind, number in json.loads(kept).items()}


NOBODY: Final = Resident(*(None for _ in Resident._fields))  # type: ignore[arg-type]
"""What the register says of somebody who is not in it: the state before a new record."""
