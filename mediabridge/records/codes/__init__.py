"""Code tables: statuses of residence, nationalities, events, municipalities and more.

Every table is a file that a site can replace (``load``), with a column
``juki_code`` for the code of its own resident-registry system. Official code
lists for these data are not published, so most codes are this project's
proposals; each table says per column how certain it is (:class:`Certainty`).

In a hot path keep the table and read its dictionary::

    statuses = table("status_of_residence", site_dir)
    if record.status not in statuses.entries: ...
    entry = statuses.lookup(record.status, on=record.event_date)
"""

from mediabridge.records.codes.codetable import CodeTable, Entry
from mediabridge.records.codes.municipality import has_valid_check_digit, municipality_check_digit
from mediabridge.records.codes.periods import Period, Permitted
from mediabridge.records.codes.periods import parse as permitted_periods
from mediabridge.records.codes.problems import Fault, Problem
from mediabridge.records.codes.store import load, table, tables
from mediabridge.records.codes.tablefile import Certainty, Origin, Provenance

__all__ = [
    "Certainty",
    "CodeTable",
    "Entry",
    "Fault",
    "Origin",
    "Period",
    "Permitted",
    "Problem",
    "Provenance",
    "has_valid_check_digit",
    "load",
    "municipality_check_digit",
    "permitted_periods",
    "table",
    "tables",
]
