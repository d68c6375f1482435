"""How bundles, summaries and verdicts are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.kinds import Kind
from mediabridge.locale import moment, n_, said, text, translate
from mediabridge.shown.codes import code_said
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from mediabridge.stations.books import BundleRow
    from mediabridge.verify import Verdict
    from mediabridge.verify.verdict import Check

CHECKS = {
    "names-kinds-sizes": n_("files on the medium"),
    "damaged-blocks": n_("damaged blocks, repaired"),
    "outbox": n_("own copy"),
    "not-older": n_("trust data not older than ours"),
    "trust-data": n_("trust data"),
    "sums-grammar": n_("form of the signed list"),
    "station-signature": n_("signature of the station"),
    "header-hash": n_("header"),
    "approvals": n_("approvals"),
    "void-statements": n_("statements on void numbers"),
    "profile": n_("protection profile"),
    "mode": n_("live or training"),
    "destination": n_("destination"),
    "sender": n_("sender"),
    "keys-valid": n_("keys valid on the day"),
    "dates": n_("dates"),
    "order": n_("number on the route"),
    "file-set": n_("number of parts"),
    "file-hashes": n_("every file"),
    "unwrap-decrypt-unpack": n_("opening"),
    "digests-counts-summary": n_("files inside"),
    "prepared-by": n_("prepared by another than who approved"),
    "recipient-key": n_("key for what comes back"),
    "approvals-by-kind": n_("approvals for these kinds"),
    "virus-scanner": n_("virus scanner"),
    "log-section": n_("transfer logs of both stations"),
    "cosignature": n_("what the sender has seen of our transfer log"),
    "log-entries": n_("what the log of the sender says of what came"),
    "every-record": n_("every record"),
    "one-transaction": n_("applying"),
}
"""What each check of :mod:`mediabridge.verify` is called."""


def verdict_table(verdict: Verdict, *, full: bool = False) -> Table:
    """Return the numbered checks with what was found.

    What was wanted is shown where a check failed; *full* shows it everywhere, as an
    officer wants it.
    """
    rows = [
        [
            str(check.step.number),
            translate(CHECKS[check.name]),
            _mark(check),
            _found(check),
            str(said(translate(check.wanted))) if full or not check.passed else "",
        ]
        for check in verdict.checks
    ]
    headings = [text("no."), text("check"), text("result"), text("found"), text("wanted")]
    if not any(row[-1] for row in rows):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    return Table(headings, rows, right=frozenset({0}))


def passed_table(verdict: Verdict) -> Table:
    """Return the checks of a bundle that was taken, ticked off.

    What was found is for an officer: a clerk takes "none yet" for something that is missing.
    """
    rows = [
        [str(check.step.number), translate(CHECKS[check.name]), _mark(check)]
        for check in verdict.checks
    ]
    return Table([text("no."), text("check"), text("result")], rows, right=frozenset({0}))


def _mark(check: Check) -> str:
    return text("OK") if check.passed else text("REFUSED")


def _found(check: Check) -> str:
    if check.got == check.reason:
        return text("see the reason below ({code})", code=check.reason)
    return str(said(translate(check.got)))


def verdict_data(verdict: Verdict) -> list[dict[str, object]]:
    """Return the checks for ``--json``."""
    return [check.as_dict() for check in verdict.checks]


def summary_table(summary: Mapping[str, Any]) -> Table:
    """Return what an officer looks at before approving."""
    route = summary["route"]
    rows = [
        [text("bundle"), summary["bundle"]],
        [text("route and number"), f"{route['from']} > {route['to']}, {summary['seq']}"],
        [text("prepared by"), summary["operator"]],
        *(
            [text("records: {kind}", kind=Kind(kind)), str(n)]
            for kind, n in summary["records"].items()
        ),
        *([[text("as of"), moment(summary["as_of"])]] if "as_of" in summary else []),
        *([_reason_said(code, summary), str(n)] for code, n in sorted(summary["events"].items())),
        *software_rows(summary.get("software", ())),
        [text("records in the bundle before"), str(summary["previous_records"])],
        [text("receipts carried"), str(summary["receipts"])],
        [text("files and bytes"), f"{summary['files']}, {summary['size']}"],
        [text("content (SHA-256)"), summary["content"]],
    ]
    return Table([text("what"), text("value")], rows)


def software_rows(described: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return all that a summary says of each file of software, one thing a line."""
    from mediabridge.bundle.software import Sort

    return [
        row
        for number, each in enumerate(described, 1)
        for row in (
            [text("software {number}", number=number), f"{each['name']} {each['version']}"],
            [text("  what it is"), str(said(Sort.of(each["sort"])))],
            [text("  for"), role_said(each["role"])],
            [text("  replaces, from version"), each["replaces"] or text("any")],
            [text("  bytes"), str(each["size"])],
            ["  SHA-256", each["sha256"]],
        )
    ]


def role_said(role: str) -> str:
    """Return for which side's stations software is."""
    from mediabridge.trust.trust_data import Duty

    return text("any station") if role == "any" else str(said(Duty.of(role)))


def _reason_said(code: str, summary: Mapping[str, Any]) -> str:
    """Return what the reason *code* of a summary's records means: of a population, a category."""
    if "as_of" in summary:
        return text("category {code}", code=code_said("category", code))
    return text("event {code}", code=code_said("event", code))


def bundles_table(rows: Iterable[BundleRow], removed: Container[str] = ()) -> Table:
    """Return a list of bundles, one a line; of those *removed* the sealed copy went by rule."""
    headings = [text("no."), text("from"), text("to"), text("made"), text("records"),
                text("state"), text("bundle")]  # fmt: skip
    cells = [
        [str(row.seq), row.sender, row.receiver, moment(row.created), str(row.records),
         _state_said(row, removed), row.bundle]
        for row in rows
    ]  # fmt: skip
    return Table(headings, cells, right=frozenset({0, 4}))


def _state_said(row: BundleRow, removed: Container[str]) -> str:
    state = str(said(row.state))
    if row.bundle not in removed:
        return state
    return text("{state}; copy removed by rule", state=state)


def result_said(result: str | None) -> str:
    """Return what became of a record, or that nobody knows yet."""
    from mediabridge.stations.bundles import outcome_said

    return text("no answer yet") if result in {None, "open"} else outcome_said(result)[0]


def outcomes_table(outcomes: Mapping[str, int]) -> Table:
    """Return how many records had each result."""
    rows = [[result_said(result), str(count)] for result, count in outcomes.items()]
    return Table([text("result"), text("records")], rows, right=frozenset({1}))
