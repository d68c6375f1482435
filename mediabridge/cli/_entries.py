"""How entries of the transfer log look on a terminal: where they stand, when, what, by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.cli._result import Table
from mediabridge.locale import column, n_, said, text
from mediabridge.translog.vocabulary import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mediabridge.translog.lives import Noted

_SHORT = 8
"""So many characters of a long id name it, as in the commands that are shown to be typed."""

_LONG = frozenset({"bundle", "file_sha256", "receipt"})

_ON_IT = frozenset({Event.BUNDLE_WRITTEN, Event.BUNDLE_VERIFIED, Event.BUNDLE_OPENED})
"""Steps between which the medium is not another: the release and the arrival have named it."""

_COUNTED = ("records", "applied", "held")

_PHRASES = {
    "kind": n_("kind {value}"),
    "bundle": n_("bundle {value}"),
    "file_sha256": n_("file {value}"),
    "medium": n_("medium {value}"),
    "trip": n_("trip {value}"),
    "holder": n_("holder {value}"),
    "bundle_count": n_("bundles {value}"),
    "records": n_("records {value}"),
    "applied": n_("applied {value}"),
    "held": n_("held {value}"),
    "refused": n_("not taken {value}"),
    "errors": n_("errors {value}"),
    "result": n_("result {value}"),
    "supplement": n_("decision {value}"),
    "receipt": n_("receipt {value}"),
    "second": n_("second person {value}"),
    "approvers": n_("approved by {value}"),
    "signers": n_("signed by {value}"),
    "key": n_("key {value}"),
    "reason": n_("reason {value}"),
}
"""What of the facts a line says, in its order; all of them are in ``--json``."""


def entries_table(noted: Sequence[Noted]) -> Table:
    """Return one entry a line, each with the facts that say which one it is."""
    what = [f"{_title(each)}; {', '.join(_facts(each))}" for each in noted]
    return _table([each.place for each in noted], noted, what)


def life_table(groups: Sequence[Sequence[Noted]]) -> Table:
    """Return one step a line; how often it was taken once more stands behind its first entry."""
    more = [f" +{len(group) - 1}" if len(group) > 1 else "" for group in groups]
    places = [f"{group[0].place}{others}" for group, others in zip(groups, more, strict=True)]
    what = ["; ".join((_title(group[0]), *_details(group))) for group in groups]
    return _table(places, [group[0] for group in groups], what)


def _table(places: Sequence[str], noted: Sequence[Noted], what: Sequence[str]) -> Table:
    zone, times = column([each.entry.time for each in noted])
    when = text("when ({zone})", zone=zone) if zone else text("when")
    rows = [list(row) for row in zip(places, times, what, strict=True)]
    return Table([text("log entry"), when, text("what happened")], rows)


def _title(each: Noted) -> str:
    return text("{what}: {who}", what=said(each.entry.event), who=each.entry.actor)


def _facts(each: Noted) -> Iterator[str]:
    facts = each.entry.facts
    if {"route_from", "route_to"} <= facts.keys():
        route = f"{facts['route_from']} > {facts['route_to']}"
        yield f"{route}, {facts['seq']}" if "seq" in facts else route
    if {"first", "last"} <= facts.keys():
        yield text("numbers {first}-{last}", first=facts["first"], last=facts["last"])
    for name, phrase in _PHRASES.items():
        if name in facts:
            yield text(phrase, value=_value(name, facts[name]))


def _value(name: str, fact: Any) -> str:
    if isinstance(fact, str):
        return fact[:_SHORT] if name in _LONG else fact
    return str(fact) if isinstance(fact, int) else ", ".join(fact) or "-"


def _details(group: Sequence[Noted]) -> Iterator[str]:
    """Yield what a step says besides who took it: the medium, the counts, why."""
    facts = group[0].entry.facts
    if "medium" in facts and group[0].entry.event not in _ON_IT:
        yield text("medium {value}", value=facts["medium"])
    if counts := _counts(group):
        yield ", ".join(text(_PHRASES[name], value=count) for name, count in counts.items())
    if "reason" in facts:
        yield text("reason {value}", value=facts["reason"])


def _counts(group: Sequence[Noted]) -> dict[str, int]:
    """Return how many records a step was about; of several files, in all of them."""
    facts = group[0].entry.facts
    counts = {name: n for name in _COUNTED if isinstance(n := facts.get(name), int)}
    if counts.keys() == {*_COUNTED}:
        counts["refused"] = counts["records"] - counts["applied"] - counts["held"]
    for each in group[1:]:
        more = each.entry.facts.get("records")
        if each.entry.event is Event.FILE_COLLECTED and isinstance(more, int):
            counts["records"] += more
    return counts
