"""``mediabridge doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.errors import DoctorFoundError
from mediabridge.locale import text, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.doctor import Finding


def doctor(context: Context) -> Result:
    from mediabridge.doctor import State, examine
    from mediabridge.stations.home import Home

    findings = list(examine(Home(context.home), context.clock.now()))
    wrong = [each for each in findings if each.state is State.WRONG]
    to_do = [each for each in findings if each.state is not State.OK]
    lines: list[str | Table] = [_table(findings), text("Wrong: {count}", count=len(wrong))]
    for each in to_do:
        lines.append(f"{translate(each.check.sentence)}: {each.found}")
        lines.append(f"  {each.advice}")
    data = {"findings": [each.as_dict() for each in findings], "wrong": len(wrong)}
    if wrong:
        return Result(lines, data, DoctorFoundError.exit_code, DoctorFoundError.reason)
    return Result(lines, data)


def _table(findings: Sequence[Finding]) -> Table:
    rows = [
        [translate(each.check.sentence), translate(each.state.sentence), each.found]
        for each in findings
    ]
    return Table([text("what"), text("state"), text("found")], rows)
