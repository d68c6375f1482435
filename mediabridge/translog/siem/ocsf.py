"""An entry as one event of the Open Cybersecurity Schema Framework (OCSF)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mediabridge.clock import from_rfc3339
from mediabridge.translog.events import Entry
from mediabridge.translog.siem.meaning import MEANS, Activity, Outcome

VERSION: Final = "1.8.0"
"""The version of the schema that the events are of, and are tested against."""

_PRODUCT: Final = {"name": "mediabridge", "vendor_name": "mediabridge"}
_STATUS: Final = {Outcome.UNKNOWN: 0, Outcome.SUCCESS: 1, Outcome.FAILURE: 2}
_INFORMATIONAL, _MEDIUM = 1, 3
_OTHER, _SHA256, _REGULAR_FILE, _UNKNOWN_DEVICE = 99, 3, 1, 0

_NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "bundle": ("bundle",),
    "key": ("recipient_sha256",),
    "kept": ("bundle", "receipt", "file_sha256"),
    "medium": ("medium", "device_sha256"),
    "receipt": ("receipt",),
    "record": ("bundle", "asked_about"),
    "route": ("sums",),
    "trust": ("trust_version",),
}
"""Which fact names an entity of each type, by preference; without any it is the station's."""


def event(entry: Entry, index: int, log: str) -> dict[str, Any]:
    """Return entry number *index* of the log that is called *log* in a pack.

    Every fact stands in ``unmapped`` under its own name; what the class has an attribute for
    stands in that attribute as well.
    """
    means, facts = MEANS[entry.event], entry.facts
    activity = means.activity
    found: dict[str, Any] = {
        "activity_id": activity.number,
        "category_uid": activity.of_class // 1000,
        "class_uid": activity.of_class,
        "metadata": {
            "event_code": entry.event.value,
            "log_name": log,
            "product": _PRODUCT,
            "sequence": index,
            "uid": f"{log}#{index}",
            "version": VERSION,
        },
        "severity_id": _MEDIUM if means.outcome is Outcome.FAILURE else _INFORMATIONAL,
        "status_id": _STATUS[means.outcome],
        "time": int(from_rfc3339(entry.time).timestamp()) * 1000,
        "type_uid": activity.of_class * 100 + activity.number,
        "unmapped": {**facts, "actor": entry.actor, "station": entry.station},
    }
    if activity.number == _OTHER:
        found["activity_name"] = entry.event.value
    if "reason" in facts:
        found["status_detail"] = facts["reason"]
    return found | _OF_CLASS[activity.of_class](entry)


def _managed(entry: Entry) -> dict[str, Any]:
    kind = MEANS[entry.event].entity
    names = [str(entry.facts[name]) for name in _NAMED_BY.get(kind, ()) if name in entry.facts]
    return {
        "actor": {"user": {"uid": entry.actor}},
        "entity": {"type": kind, "uid": next(iter(names), entry.station)},
    }


def _file(entry: Entry) -> dict[str, Any]:
    # A file's own name may say whom it is about, so the log has none: its digest names it.
    digest = entry.facts.get("file_sha256")
    hashes = {"hashes": [{"algorithm_id": _SHA256, "value": digest}]} if digest else {}
    return {
        "actor": {"user": {"uid": entry.actor}},
        "device": {"name": entry.station, "type_id": _UNKNOWN_DEVICE},
        "file": {"name": str(digest or "-"), "type_id": _REGULAR_FILE, **hashes},
    }


def _application(entry: Entry) -> dict[str, Any]:
    return {"app": {**_PRODUCT, "uid": entry.station}}


def _authentication(entry: Entry) -> dict[str, Any]:
    return {"service": {"name": "mediabridge"}, "user": {"uid": entry.actor}}


_OF_CLASS: Final[Mapping[int, Callable[[Entry], dict[str, Any]]]] = {
    Activity.READ_FILE.of_class: _file,
    Activity.LOGON.of_class: _authentication,
    Activity.CREATE.of_class: _managed,
    Activity.OTHER.of_class: _application,
}
