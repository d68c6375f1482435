"""Records as CSV: RFC 4180, read as a stream and never trusted.

>>> with path.open("rb") as stream:
...     reader = CsvReader(stream, Kind.ISA_NOTICE, tables=station.tables)
...     for notice in reader:
...         take(notice)
>>> reader.errors.total      # 0, or the file is refused as a whole

:class:`CsvWriter` writes the exact values. What people open in a spreadsheet is
written by :class:`PeopleCsvWriter`, which disarms formulas and says so.
"""

from mediabridge.records.csv.reader import CsvReader
from mediabridge.records.csv.writer import CsvWriter, PeopleCsvWriter
from mediabridge.records.encoding import Encoding

__all__ = ["CsvReader", "CsvWriter", "Encoding", "PeopleCsvWriter"]
