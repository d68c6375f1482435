"""What a vendor's system made of a file: its result file, read as a whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mediabridge.apply.dropfolder.profile import Results
from mediabridge.config import MIB
from mediabridge.errors import RegistryRefusedError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.records.result import Result

_RESULT_BYTES: Final = 64 * MIB
"""A line takes about fifty; more than a million records."""


def read(path: Path, form: Results) -> dict[str, Result]:
    """Return the outcome that the file at *path* has for each notice, by its number.

    Raises:
        RegistryRefusedError: it is not in the form that the profile describes, has a code that
            the profile does not know, or says two things of one notice; what is wrong is named
            without any value.
        OSError: it cannot be read.
    """
    try:
        data = read_plain(path, _RESULT_BYTES).decode(form.encoding.value)
        lines = csv.DictReader(
            data.removeprefix("\ufeff").splitlines(), delimiter=form.delimiter, strict=True
        )
        return _without_contradiction(_outcomes(lines, form, path.name), path.name)
    except (ValueError, csv.Error):
        raise _refused(path.name, text("it is not in the form of the profile")) from None


def _outcomes(lines: csv.DictReader[str], form: Results, name: str) -> Iterator[tuple[str, Result]]:
    if not {form.record, form.status} <= set(lines.fieldnames or ()):
        raise _refused(name, text("it does not have the columns of the profile"))
    for number, line in enumerate(lines, 1):
        code = line[form.status]
        if line[form.record] is None or code not in form.codes:
            detail = text("the profile does not know the code in row {number}", number=number)
            raise _refused(name, detail)
        yield line[form.record], form.codes[code]


def _without_contradiction(outcomes: Iterable[tuple[str, Result]], name: str) -> dict[str, Result]:
    said: dict[str, Result] = {}
    for number, (record, result) in enumerate(outcomes, 1):
        if said.setdefault(record, result) is not result:
            detail = text("row {number} contradicts one above it", number=number)
            raise _refused(name, detail)
    return said


def _refused(name: str, problem: str) -> RegistryRefusedError:
    return RegistryRefusedError(detail=text("{name}: {detail}", name=name, detail=problem))
