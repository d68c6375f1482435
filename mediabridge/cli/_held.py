"""A held notice for ``--json``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mediabridge.stations.held import Held, Item, Listed, Looked


def held_data(found: Held | Listed) -> dict[str, Any]:
    """Return what a program reads of a notice in a list: nothing personal."""
    return {
        "record": found.record,
        "event": found.event,
        "bundle": found.bundle,
        "held_at": found.held_at,
        "reason": found.reason,
    }


def looked_data(found: Looked) -> dict[str, Any]:
    """Return what a program reads of one notice."""
    from mediabridge.records.names.characters import code_points

    return {
        **held_data(found.held),
        "items": _items(found.held.items),
        "persons": [{"person": each.number, "items": _items(each.items)} for each in found.persons],
        "options": [
            {
                "decision": each.result,
                "person": each.person,
                "name": each.way,
                "choose": [one.place for one in each.choose],
                "kanji_name": each.kanji_name,
                "changes": [
                    {"item": one.identifier, "before": one.before, "after": one.after}
                    for one in each.changes
                ],
            }
            for each in found.options
        ],
        "kanji": []
        if found.kanji is None
        else [
            {
                "place": each.place,
                "character": each.character,
                "code": code_points(each.character),
                "proposals": each.proposals,
                "proposal_codes": [code_points(one) for one in each.proposals],
                "rule": each.rule,
                "row": each.row,
                "reasons": each.reasons,
            }
            for each in found.kanji.characters
        ],
        "decided": None if found.decided is None else asdict(found.decided),
        "version": found.version,
    }


def _items(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [
        {
            "item": each.identifier,
            "notice": each.notice,
            "register": each.register,
            "differs": each.differs,
        }
        for each in items
    ]
