"""A section is judged as a bundle's would be, by whoever has a mirror and no station."""

from __future__ import annotations

from dataclasses import dataclass

from mediabridge.translog import merkle
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import Known, LogSection, VerifiedSection
from mediabridge.translog.verdicts import Held, Judgement, Told, judge


@dataclass(frozen=True)
class NoLog:
    """The reader's own log before its first entry."""

    station: str = "reader"

    def size(self) -> int:
        return 0

    def root(self, size: int) -> bytes:
        raise AssertionError(size)

    def checkpoints(self, size: int) -> list[bytes]:
        raise AssertionError(size)


class NoMirror:
    """A mirror of a log of which nothing has come."""

    def size(self) -> int:
        return 0

    def frontier(self, size: int | None = None) -> merkle.Frontier:
        assert not size
        return merkle.Frontier()

    def leaf_hash(self, index: int) -> bytes:
        raise AssertionError(index)


def accepted(
    section: LogSection,
    *,
    origin: str,
    vkey: Vkey,
    mirror: Known,
    mode: str | None = None,
    proof: Checkpoint | None = None,
) -> VerifiedSection:
    """Judge *section* as that of the first bundle that comes; raise what is not right of it."""
    held = Held(origin=origin, vkey=vkey, mirror=mirror, own=NoLog(), mode=mode)
    return judge(held, 0, Told(1, section, None, proof)).accepted()


def told(mirror: Known, section: LogSection, vkey: Vkey, *, seq: int) -> Judgement:
    """Judge *section* as that of the bundle *seq* of a sender whose number 1 was taken."""
    held = Held(origin=vkey.name, vkey=vkey, mirror=mirror, own=NoLog())
    return judge(held, 1, Told(seq, section, None))
