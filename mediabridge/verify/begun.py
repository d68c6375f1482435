"""Step 8: the log that a bundle carries ends with the sealing of this very bundle.

What is known of a bundle before its section is cut stands in the entry ``bundle-sealing``, the last
under the checkpoint that travels (transfer-log.md, section 6). Its sender builds the entry from
:func:`facts`, and its reader holds it against the same of what arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import InnerFile, content_digest
from mediabridge.errors import LogSaysOtherwiseError
from mediabridge.kinds import LOG_SCHEMA
from mediabridge.locale import text
from mediabridge.translog.events import Entry, Event, Fact
from mediabridge.verify.logged import check_entry

_EVENT: Final = Event.BUNDLE_SEALING


def facts(
    *,
    bundle: str,
    route: Route,
    seq: int,
    prev: str,
    records: Mapping[str, int],
    files: Iterable[InnerFile],
    receipts: int,
    seen: Mapping[str, Fact],
) -> dict[str, Fact]:
    """Return what ``bundle-sealing`` says of a bundle; the names are those of the vocabulary.

    *records* are counted by kind; of *files* the log is left out, which cannot be known before it
    is cut; *seen* is ``peer_size`` and ``peer_root``, what was cosigned of the receiver's log.
    """
    others = tuple(file for file in files if file.schema_id != LOG_SCHEMA)
    return {
        "bundle": bundle,
        "route_from": route.sender,
        "route_to": route.receiver,
        "seq": seq,
        "prev": prev,
        "records": sum(records.values()),
        "kinds": [f"{kind}:{count}" for kind, count in sorted(records.items())],
        "files": len(others),
        "content": content_digest(others),
        "receipts": receipts,
        **seen,
    }


@dataclass
class Beginnings:
    """The entries on sealings in one section, gone through once in their order."""

    bundle: str
    """The one that brought the section."""
    end: int
    """The number of the section's last entry."""
    found: bool = False
    """Whether there is any such entry."""
    last: Entry | None = None
    """The section's last entry, if it is one."""
    earlier: bool = False
    """Whether another one is about the same bundle."""

    def add(self, index: int, entry: Entry) -> None:
        """Take note of the entry number *index*, of a sealing."""
        self.found = True
        if index == self.end:
            self.last = entry
        elif entry.facts.get("bundle") == self.bundle:
            self.earlier = True

    def check(self, known: Mapping[str, Fact], operator: str, *, required: bool) -> bool:
        """Accept the section's end if it tells what is *known* of the bundle, by *operator*.

        Only where it is not *required*, because the sender has never written such an entry, may
        there be none. Returns whether there is one.

        Raises:
            LogSaysOtherwiseError: it is missing, one of two, or says less or otherwise.
        """
        if self.last is None:
            if required or self.found:
                detail = text(
                    "the log does not end with the sealing of this bundle ({event})",
                    event=_EVENT.value,
                )
                raise LogSaysOtherwiseError(detail=detail)
            return False
        if self.earlier:
            refuse_again(self.end)
        said = {name: self.last.facts.get(name, text("nothing")) for name in known}
        check_entry(_EVENT, {**said, "actor": self.last.actor}, {**known, "actor": operator})
        return True


def refuse_again(index: int) -> None:
    """Refuse the entry number *index*, which begins a sealing that was begun before.

    Raises:
        LogSaysOtherwiseError: always.
    """
    detail = text(
        "entry {index} begins a sealing once more ({event})", index=index, event=_EVENT.value
    )
    raise LogSaysOtherwiseError(detail=detail)
