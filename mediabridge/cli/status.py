"""``mediabridge status``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mediabridge.accounts import is_separate
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import hint_of, moment, n_, sentence_of, text
from mediabridge.shown.bundles import bundles_table, outcomes_table
from mediabridge.shown.media import out_table
from mediabridge.shown.sent_back import sent_back_lines
from mediabridge.stations.books import SoftwareState

if TYPE_CHECKING:
    from mediabridge.stations.desk import StationStatus
    from mediabridge.stations.expiry import Expiring
    from mediabridge.stations.trust_age import TrustAge
    from mediabridge.stations.watched import Watched
    from mediabridge.stations.witnessed import Witnessed, WitnessedElsewhere


def status(context: Context) -> Result:
    with open_station(context) as station:
        seen = station.status()
    # The banner above has said whose it is.
    lines: list[str | Table] = []
    for each in seen.attention:
        lines += [f"! {sentence_of(each)}", f"  {hint_of(each)}"]
    lines += [
        text("Collected, not yet sealed; records: {count}", count=seen.waiting_records),
        text("Receipts to carry: {count}", count=seen.due_receipts),
        text("Waiting for a receipt: {count}", count=seen.outstanding),
        *_for_people(seen),
        text("Held for a decision: {count}", count=seen.held),
        *_findings(seen.findings),
        text("Arrived early and kept: {count}", count=len(seen.parked)),
        _last_receipt(seen.last_receipt),
        _trust(seen.trust),
        *_watched(seen.watched),
    ]
    lines += sent_back_lines(seen.sent_back)
    if seen.under_way:
        lines += [text("On their way:"), bundles_table(seen.under_way)]
    if seen.overdue:
        lines += [text("OVERDUE, no receipt yet:"), bundles_table(seen.overdue)]
    if seen.media_out:
        lines += [text("Media that are out:"), out_table(seen.media_out, seen.media_overdue)]
    if seen.to_compare:
        peers = ", ".join(seen.to_compare)
        lines.append(
            text("RESTORED from a backup; still to be compared with: {peers}", peers=peers)
        )
    lines += map(_witnessed, seen.witnessed)
    lines += map(_witnessed_elsewhere, seen.witnessed_elsewhere)
    lines += _alarms(seen.alarms)
    separate = is_separate(context.home)
    lines += _accounts(separate=separate)
    if seen.escrow_drill:
        lines.append(text("Last drill of the escrow key: {time}", time=moment(seen.escrow_drill)))
    lines += _software(seen.software)
    if seen.done:
        lines.append(text("Nothing is left to carry."))
    lines += _own_records(seen.outcomes)
    if seen.expiring:
        lines += [text("Runs out soon:"), _expiring_table(seen.expiring)]
    data = {**seen.as_dict(), "separate_accounts": separate}
    if seen.attention:
        first = seen.attention[0]
        return Result(lines, data, first.exit_code, first.reason)
    return Result(lines, data)


def _software(found: Mapping[str, str] | None) -> list[str]:
    if found is None:
        return []
    from mediabridge.stations.installing import reason_said

    state = text(SoftwareState.of(found["state"]).sentence)
    if found["reason"]:
        state = f"{state}: {reason_said(found['reason'])}"
    name, version = found["name"], found["version"]
    return [text("{name} {version}: {state}", name=name, version=version, state=state)]


def _findings(count: int) -> list[str]:
    if not count:
        return []
    return [
        text(
            "Findings of populations to decide on: {count}. mediabridge population list",
            count=count,
        )
    ]


def _for_people(seen: StationStatus) -> list[str]:
    """Say what only a person can go on with; nothing where there is nothing."""
    found = (
        (n_("Waiting for an officer's approval: {count}. mediabridge approve"), seen.to_approve),
        (n_("Files that wait in the door: {count}"), seen.door_waiting),
        (n_("Files of the door that were refused: {count}. See failed/ in it"), seen.door_failed),
    )
    return [text(line, count=count) for line, count in found if count]


def _watched(last: Watched) -> list[str]:
    if not last.time:
        return []
    did = f"{last.event} {last.reason}".rstrip()
    return [text("Done last by mediabridge watch: {did}, {time}", did=did, time=moment(last.time))]


def _accounts(*, separate: bool) -> list[str]:
    return [] if separate else [text("One account for all: for training. mediabridge doctor")]


def _alarms(count: int) -> list[str]:
    if not count:
        return []
    return [
        text(
            "Alarms about transfer logs, evidence kept: {count}. mediabridge audit alarms",
            count=count,
        )
    ]


def _last_receipt(time: str | None) -> str:
    if time is None:
        return text("No receipt has come yet.")
    return text("Last receipt: {time}", time=moment(time))


def _trust(trust: TrustAge) -> str:
    return text(
        "Trust data: version {version}, since {time} (days: {days})",
        version=trust.version,
        time=moment(trust.since),
        days=trust.days,
    )


def _own_records(outcomes: Mapping[str, int]) -> list[str | Table]:
    return [text("Own records:"), outcomes_table(outcomes)] if outcomes else []


def _witnessed(one: Witnessed) -> str:
    if one.time is None:
        return text("{peer} has not witnessed our transfer log yet", peer=one.peer)
    return text(
        "{peer} has witnessed our transfer log; entries: {seen} of {entries}, at {time}",
        peer=one.peer,
        seen=one.seen,
        entries=one.entries,
        time=moment(one.time),
    )


def _witnessed_elsewhere(one: WitnessedElsewhere) -> str:
    return text(
        "{witness} has witnessed the transfer log of {log}; entries: {seen} of {entries},"
        " at {time}",
        witness=one.witness,
        log=one.log,
        seen=one.seen,
        entries=one.entries,
        time=moment(one.time),
    )


def _expiring_table(found: list[Expiring]) -> Table:
    from mediabridge.stations.expiry import KINDS

    rows = [
        [text(KINDS[each.kind], name=each.name), moment(each.until), str(each.days)]
        for each in found
    ]
    return Table([text("what"), text("until"), text("days left")], rows, right=frozenset({2}))
