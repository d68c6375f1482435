"""What ``doctor`` found, as the hub's operators may see it: codes and versions, and nothing else.

A finding's own words name folders, people and media; none of them goes. What the program refuses
goes as the code of its reason, everything else as the check's code and its state.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter

from mediabridge import __version__
from mediabridge.clock import to_rfc3339
from mediabridge.doctor.finding import Finding, State
from mediabridge.line import api

_WORD = TypeAdapter[str](api.Word)


def report(findings: Iterable[Finding], now: datetime) -> api.FaultReport:
    """Return the report about all that is not well in *findings*; without any it says that."""
    codes = Counter(each.code for each in findings if each.state is not State.OK)
    faults = [api.Fault(code=code, count=count) for code, count in sorted(codes.items())]
    return api.FaultReport(
        at=to_rfc3339(now),
        program=_word(__version__),
        system=_word(_system()),
        python=_word(platform.python_version()),
        faults=tuple(faults[: api.FAULTS_MOST]),
    )


def _system() -> str:
    try:
        said = platform.freedesktop_os_release()
    except OSError:
        return platform.system()
    return f"{said['ID']}-{said.get('VERSION_ID', '')}".rstrip("-")


def _word(value: str) -> str:
    """Return *value*, unless it is of a form that has no place in a report."""
    try:
        return _WORD.validate_python(value)
    except ValueError:
        return "unknown"
