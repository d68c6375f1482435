"""``mediabridge doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._fault_report import send_findings
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.errors import DoctorFoundError
from mediabridge.locale import n_, text, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.doctor import Finding


def doctor(
    context: Context,
    *,
    send: Annotated[
        bool,
        typer.Option(
            "--send", help=n_("Show what of it the hub's operators may see, and send it.")
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Do it without being asked."))] = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.doctor import State, examine
    from mediabridge.stations.home import Home

    findings = list(examine(Home(context.home), context.clock.now()))
    wrong = [each for each in findings if each.state is State.WRONG]
    to_do = [each for each in findings if each.state is not State.OK]
    lines: list[str | Table] = [_table(findings), text("Wrong: {count}", count=len(wrong))]
    for each in to_do:
        lines.append(f"{translate(each.check.sentence)}: {each.found}")
        lines.append(f"  {each.advice}")
    data: dict[str, Any] = {
        "findings": [each.as_dict() for each in findings],
        "wrong": len(wrong),
        "sent": None,
    }
    if send:
        data["sent"] = send_findings(context, findings, yes=yes, passphrase_file=passphrase_file)
        lines.append(text("Sent to the hub.") if data["sent"] else text("Nothing was sent."))
    if wrong:
        return Result(lines, data, DoctorFoundError.exit_code, DoctorFoundError.reason)
    return Result(lines, data)


def _table(findings: Sequence[Finding]) -> Table:
    rows = [
        [translate(each.check.sentence), translate(each.state.sentence), each.found]
        for each in findings
    ]
    return Table([text("what"), text("state"), text("found")], rows)
