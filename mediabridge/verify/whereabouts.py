"""Where a number that is missing may be: on which medium its sender wrote it.

Only what a verified header says counts, or the sender's own log as far as it was opened here;
where neither says anything, that is said. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.bundle.header import Copy, Header

SHOWN: Final = 3
"""Numbers of which it is said where they are; of the others, how many there are."""


@dataclass(frozen=True)
class Whereabouts:
    """What is known of one number."""

    seq: int
    copies: tuple[Copy, ...]
    """The copies that were made of it, oldest first."""
    unwritten_at: int | None
    """The number at whose sealing there was no copy yet, where that is all that is known."""

    @property
    def media(self) -> list[str]:
        """Return the numbers of the media that it is on."""
        return list(dict.fromkeys(each.medium for each in self.copies if each.medium is not None))

    def sentence(self) -> str:
        """Return it as the sentence for whoever looks for it."""
        if self.copies:
            listed = ", ".join(_copy(each) for each in self.copies)
            return text("Number {seq} was written to: {copies}.", seq=self.seq, copies=listed)
        if self.unwritten_at is not None:
            return text(
                "When number {known} was sealed, number {seq} had not been written to any medium.",
                known=self.unwritten_at,
                seq=self.seq,
            )
        return text("Nothing here says on which medium number {seq} is.", seq=self.seq)


def whereabouts(
    missing: Iterable[int],
    headers: Iterable[Header],
    logged: Mapping[int, Iterable[Copy]] | None = None,
) -> list[Whereabouts]:
    """Return what is known of each *missing* number of one route.

    *headers* are those of verified bundles of the route, *logged* what its sender's log says.
    """
    known = list(headers)
    return [_of(seq, known, (logged or {}).get(seq, ())) for seq in missing]


def _of(seq: int, headers: list[Header], logged: Iterable[Copy]) -> Whereabouts:
    copies, newest = set(logged), None
    for header in headers:
        for each in header.outstanding:
            if each.seq == seq:
                copies.update(each.copies)
                newest = max(newest or 0, header.seq)
    ordered = sorted(copies, key=lambda copy: (copy.at, copy.medium or ""))
    return Whereabouts(seq, tuple(ordered), newest)


def said_of(found: list[Whereabouts], sender: str) -> str:
    """Return what to say of all of them, and what to do: in a few sentences."""
    sentences = [each.sentence() for each in found[:SHOWN]]
    if len(found) > SHOWN:
        sentences.append(text("Further numbers: {count}.", count=len(found) - SHOWN))
    media = [medium for each in found[:SHOWN] for medium in each.media]
    if media:
        sentences.append(
            text(
                "Look for that medium. If it is lost, have {sender} enter it: mediabridge media"
                " lost {medium}.",
                sender=sender,
                medium=media[0],
            )
        )
    else:
        sentences.append(text("Ask {sender} where it is.", sender=sender))
    return " ".join(sentences)


def _copy(copy: Copy) -> str:
    if copy.medium is None:
        return text("no registered medium ({time})", time=copy.at)
    return text("medium {medium} ({time})", medium=copy.medium, time=copy.at)
