"""What an officer sent back, said to whoever prepared it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.locale import text, translate
from mediabridge.stations.outgoing.rejection import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediabridge.stations.books import SentBack


def sent_back_lines(back: Iterable[SentBack]) -> Iterator[str]:
    """Yield who sent what back, and why."""
    for each in back:
        yield text(
            "{officer} sent bundle number {seq} for {receiver} back to {operator}: {reason}",
            officer=each.officer,
            seq=each.seq,
            receiver=each.receiver,
            operator=each.operator,
            reason=translate(SENTENCES[each.reason]),
        )
        if each.remark:
            yield text("Remark: {remark}", remark=each.remark)
