"""Writes records as XML, exactly."""

from __future__ import annotations

import re
from types import TracebackType
from typing import BinaryIO, Final, Self

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import Loader, RecordInvalidError, to_text
from mediabridge.records.model import Record
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables
from mediabridge.records.xml.form import NAMESPACE, root_name

# A reader turns a bare carriage return into a line feed; a reference it leaves alone.
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlWriter:
    """Writes records exactly: UTF-8, one record a line, absent values left out.

    Use it with ``with``, or call :meth:`close`: the end of the document is written then.
    """

    def __init__(self, stream: BinaryIO, kind: Kind, *, tables: RuleTables) -> None:
        """Write the beginning of the document to *stream*."""
        self._stream = stream
        self._kind = kind
        self._loader = Loader(kind, tables)
        self._order = list(FIELDS[kind])
        self._row = 0
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root_name(kind)} xmlns="{NAMESPACE}">\n'
        stream.write(head.encode())

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the document, unless an error left it incomplete."""
        if error is None:
            self.close()

    def write(self, record: Record) -> None:
        """Write one record.

        Raises:
            RecordInvalidError: the record breaks a rule, or holds a character that
                XML 1.0 cannot hold; nothing of it was written.
        """
        row = self._row + 1
        _refuse_unfit(to_text(record), row)
        self._write(self._loader.check(record, row))

    def write_again(self, record: Record) -> None:
        """Write one record as a reader, with the same tables, has just found it to be right.

        Raises:
            RecordInvalidError: it holds a character that XML 1.0 cannot hold; nothing of it
                was written.
        """
        values = to_text(record)
        _refuse_unfit(values, self._row + 1)
        self._write(values)

    def _write(self, values: dict[str, str]) -> None:
        fields = "".join(
            f"<{name}>{values[name].translate(_ESCAPES)}</{name}>"
            for name in self._order
            if name in values
        )
        self._stream.write(f"<{self._kind}>{fields}</{self._kind}>\n".encode())
        self._row += 1

    def close(self) -> None:
        """Write the end of the document; the stream itself stays open."""
        self._stream.write(f"</{root_name(self._kind)}>\n".encode())


def _refuse_unfit(values: dict[str, str], row: int) -> None:
    errors = [
        RecordError(
            row,
            name,
            Reason.NOT_IN_ENCODING,
            {"codepoint": f"U+{ord(unfit[0]):04X}", "encoding": "XML 1.0"},
        )
        for name, text in values.items()
        if (unfit := _UNFIT.search(text)) is not None
    ]
    if errors:
        raise RecordInvalidError(errors)
