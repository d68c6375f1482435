"""Writers: one for machines, which alters nothing, and one for people."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from typing import BinaryIO, Final

from mediabridge.kinds import Kind
from mediabridge.locale import Language, language, translate
from mediabridge.records.csv.header import FOR_READING, HEADER_ROW
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS, label
from mediabridge.records.load import Loader, RecordInvalidError, to_text
from mediabridge.records.model import Record
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables

_CODECS: Final = {Encoding.UTF_16: "utf-16-le"}
_OLD: Final = frozenset({Encoding.CP932, Encoding.SHIFT_JIS_2004})
"""Encodings that do not hold every character."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class CsvWriter:
    """Writes records exactly: all fields quoted, CRLF, a header of identifiers."""

    def __init__(
        self,
        stream: BinaryIO,
        kind: Kind,
        *,
        tables: RuleTables,
        encoding: Encoding = Encoding.UTF_8,
        bom: bool = False,
    ) -> None:
        """Write the header to *stream*; *bom* asks for a mark before UTF-8 as well."""
        self._stream = stream
        self._encoding = encoding
        self._codec = _CODECS.get(encoding, encoding.value)
        self._loader = Loader(kind, tables)
        self._columns = list(FIELDS[kind])
        self._csv = csv.writer(_Sink(stream, self._codec), quoting=csv.QUOTE_ALL)
        self._row = HEADER_ROW
        if encoding is Encoding.UTF_16:
            stream.write(codecs.BOM_UTF16_LE)
        elif bom and encoding is Encoding.UTF_8:
            stream.write(codecs.BOM_UTF8)
        self._csv.writerow(self._columns)

    def write(self, record: Record) -> None:
        """Write one record.

        Raises:
            RecordInvalidError: the record breaks a rule, or holds a character that the
                encoding cannot hold; nothing of it was written.
        """
        self._write(self._loader.check(record, self._row + 1))

    def write_again(self, record: Record) -> None:
        """Write one record as a reader, with the same tables, has just found it to be right.

        It is not judged a second time, which takes three quarters of what :meth:`write` takes.

        Raises:
            RecordInvalidError: it holds a character that the encoding cannot hold; nothing
                of it was written.
        """
        self._write(to_text(record))

    def write_rows(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Write rows of text, by column, as a reader with the same tables found them to be right.

        Raises:
            RecordInvalidError: a row holds a character that the encoding cannot hold; the rows
                before it were written.
        """
        if self._encoding in _OLD:
            for row in zip(*columns.values(), strict=True):
                self._write({name: text for name, text in zip(columns, row, strict=True) if text})
            return
        count = len(next(iter(columns.values())))
        rows = zip(*(columns.get(name, ("",) * count) for name in self._columns), strict=True)
        self._stream.write(_quoted(list(rows)).encode(self._codec))
        self._row += count

    def _write(self, values: dict[str, str]) -> None:
        row = self._row + 1
        if self._encoding in _OLD:
            self._refuse_unfit(values, row)
        self._csv.writerow([values.get(name, "") for name in self._columns])
        self._row = row

    def _refuse_unfit(self, values: dict[str, str], row: int) -> None:
        errors = [
            RecordError(
                row,
                name,
                Reason.NOT_IN_ENCODING,
                {"codepoint": _codepoint(value, self._codec), "encoding": self._codec},
            )
            for name, value in values.items()
            if not _fits(value, self._codec)
        ]
        if errors:
            raise RecordInvalidError(errors)


class PeopleCsvWriter:
    """Writes what people open in a spreadsheet: labels, a byte order mark, no formulas."""

    def __init__(self, stream: BinaryIO, kind: Kind) -> None:
        """Write a first row that says what this file is, and a row of labels."""
        stream.write(codecs.BOM_UTF8)
        self._columns = list(FIELDS[kind])
        self._csv = csv.writer(_Sink(stream, "utf-8"), quoting=csv.QUOTE_ALL)
        japanese = language() is Language.JA
        self._csv.writerow([translate(FOR_READING)])
        self._csv.writerow([label(kind, name, japanese=japanese) for name in self._columns])

    def write(self, values: dict[str, str]) -> None:
        """Write one row of text by identifier, disarmed."""
        self._csv.writerow([disarmed(values.get(name, "")) for name in self._columns])


def disarmed(text: str) -> str:
    """Return *text* so that a spreadsheet shows it instead of computing it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _quoted(rows: Sequence[Sequence[str]]) -> str:
    """Return the lines of *rows*, all fields of which are quoted."""
    lines = "".join(['"' + '","'.join(row) + '"\r\n' for row in rows])
    if lines.count('"') == 2 * sum(map(len, rows)):
        return lines
    # Some field holds a quotation mark itself, which is to be doubled.
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    return written.getvalue()


class _Sink:
    """What :mod:`csv` writes its rows to."""

    def __init__(self, stream: BinaryIO, codec: str) -> None:
        self._stream = stream
        self._codec = codec

    def write(self, text: str) -> int:
        return self._stream.write(text.encode(self._codec))


def _fits(text: str, codec: str) -> bool:
    # Some codecs write ¥ as the byte of a backslash; only the way back shows it.
    try:
        return text.encode(codec).decode(codec) == text
    except UnicodeEncodeError:
        return False


def _codepoint(text: str, codec: str) -> str:
    unfit = next((one for one in text if not _fits(one, codec)), text[0])
    return f"U+{ord(unfit):04X}"
