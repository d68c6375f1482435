"""``mediabridge audit alarms``: what the evidence of each alarm about a transfer log says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.config import ALARMS_KEPT
from mediabridge.locale import moment, said, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediabridge.stations.alarms import Alarm


def alarms(context: Context) -> Result:
    from mediabridge.stations.alarms import kept, require_named

    with open_station(context) as station:
        found = kept(station.home)
        require_named(station.log, found)
        data = [_data(each) for each in found]
    lines = [line for each, plain in zip(found, data, strict=True) for line in _said(each, plain)]
    if not found:
        lines.append(text("No evidence of an alarm about a transfer log is kept here."))
    elif len(found) >= ALARMS_KEPT:
        lines.append(text("There is no room for more of them: the first ones stay."))
    return Result(lines, {"alarms": data})


def _data(alarm: Alarm) -> dict[str, Any]:
    from mediabridge.stations import alarms

    alarm.check()
    names = (alarms.CHECKPOINT, alarms.HELD, alarms.COSIGNED, alarms.ELSEWHERE)
    signed = {name: _signed(alarm.read(name)) for name in names}
    if (elsewhere := signed[alarms.ELSEWHERE]) is not None:
        elsewhere["witness"] = _witness(alarm.read(alarms.ELSEWHERE))
    here, first = alarm.read(alarms.HELD_ENTRY), alarm.place.first if alarm.place else None
    there = None if first is None or not alarm.about_peer else alarm.entry(first)
    return {
        "digest": alarm.digest,
        **alarm.facts.model_dump(exclude={"format", "files"}),
        **{name: each for name, each in signed.items() if each},
        "entry_there": _entry(there, alarm.facts.peer),
        "entry_here": _entry(here, alarm.facts.peer),
    }


def _signed(data: bytes | None) -> dict[str, Any] | None:
    from mediabridge.spelling import to_base64
    from mediabridge.translog import checkpoint, note

    if data is None:
        return None
    told = checkpoint.parse(note.parse(data).text)
    return {"origin": told.origin, "size": told.size, "root": to_base64(told.root)}


def _witness(data: bytes | None) -> str:
    """Return the station that has cosigned a checkpoint of another's log."""
    from mediabridge.translog import cosignature, note

    names = [line.name for line in note.parse(data or b"").lines]
    return cosignature.station_of(next(name for name in names if "/witness/" in name))


def _entry(data: bytes | None, station: str) -> dict[str, Any] | None:
    """Return an entry as data; what is none says so by its event alone."""
    from mediabridge.translog import events

    if data is None:
        return None
    try:
        entry = events.parse(data, station)
    except ValueError:
        return {"time": None, "event": None, "actor": None}
    return {"time": entry.time, "event": entry.event, "actor": entry.actor}


def _said(alarm: Alarm, data: dict[str, Any]) -> Iterator[str | Table]:
    facts = alarm.facts
    yield text(
        "{reason}: bundle {bundle} of {peer}, number {seq}; about the transfer log of {log}",
        reason=facts.reason,
        bundle=facts.bundle,
        peer=facts.peer,
        seq=facts.seq,
        log=facts.log,
    )
    witness = data.get("elsewhere", {}).get("witness", "")
    names = {
        "checkpoint": text("signed there"),
        "held": text("held here"),
        "cosigned": text("seen there"),
        "elsewhere": text("seen at {station}", station=witness),
    }
    rows = [
        [title, data[name]["origin"], str(data[name]["size"]), data[name]["root"]]
        for name, title in names.items()
        if name in data
    ]
    yield Table(
        [text("checkpoint"), text("log"), text("entries"), text("root")], rows, frozenset({2})
    )
    where = alarm.place.said() if alarm.place else text("no entry, the signature alone")
    yield text("The first entry that differs: {where}", where=where)
    told = {text("there"): data["entry_there"], text("here"): data["entry_here"]}
    entries = [[place, *_shown(entry)] for place, entry in told.items() if entry]
    if entries:
        yield Table([text("entry"), text("when"), text("what happened"), text("by whom")], entries)
    yield text("Evidence: {folder}", folder=f"alarms/{alarm.digest}")


def _shown(entry: dict[str, Any]) -> list[str]:
    if entry["event"] is None:
        return ["-", text("not of the form"), "-"]
    return [moment(entry["time"]), str(said(entry["event"])), entry["actor"]]
