"""Writing notices in a vendor's form: CSV or XML, one after the other, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from contextlib import ExitStack
from typing import BinaryIO, Final, Protocol

from lxml import etree

from mediabridge.apply.dropfolder.profile import Column, Profile
from mediabridge.errors import RegistryRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import IsaNotice
from mediabridge.records.reasons import Reason

_LINE_ENDS: Final = {"crlf": "\r\n", "lf": "\n"}
_UTF_16: Final = "utf-16-le"
_CODES: Final = {Reason.NOT_IN_LIST, Reason.NOT_A_CODE}
"""The forms of items whose values are codes."""


class Sheet(Protocol):
    """One file that is being written."""

    def add(self, notice: IsaNotice) -> None:
        """Write one notice.

        Raises:
            RegistryRefusedError: it has a code that the profile does not know, or a
                character that the file's encoding does not have.
        """

    def close(self) -> None:
        """Write what belongs at the end."""


def open_sheet(output: BinaryIO, profile: Profile) -> Sheet:
    """Begin a file of the form of *profile*."""
    return _Csv(output, profile) if profile.format == "csv" else _Xml(output, profile)


def values_of(notice: IsaNotice, profile: Profile) -> list[str]:
    """Return the notice's values in the order of the columns.

    Raises:
        RegistryRefusedError: the profile does not know one of its codes.
    """
    items = notice.model_dump(mode="json", exclude_none=True)
    return [_value(column, items.get(column.item or "")) for column in profile.column]


def _value(column: Column, item: object) -> str:
    if item is None:
        return column.value
    told = str(item)
    if column.codes:
        if told not in column.codes:
            raise RegistryRefusedError(detail=_no_code(str(column.item), told))
        return column.codes[told]
    if column.date:
        # A part that is not known is 00 and no date of a calendar: the parts are moved only.
        year, month, day = told[:10].split("-")
        return column.date.replace("%Y", year).replace("%m", month).replace("%d", day)
    return told


def _no_code(item: str, told: str) -> str:
    """Say what the profile lacks; what is no code itself may be a name, and is not repeated."""
    if FIELDS[Kind.ISA_NOTICE][item].form in _CODES:
        return text("the profile has no code for {item} {code}", item=item, code=told)
    return text("the profile has no code for a value of {item}", item=item)


class _Csv:
    def __init__(self, output: BinaryIO, profile: Profile) -> None:
        self._output, self._profile = output, profile
        self._codec = _UTF_16 if profile.encoding is Encoding.UTF_16 else profile.encoding.value
        if profile.encoding is Encoding.UTF_16:
            output.write(codecs.BOM_UTF16_LE)
        elif profile.mark and profile.encoding is Encoding.UTF_8:
            output.write(codecs.BOM_UTF8)
        if profile.header:
            self._write([column.name for column in profile.column])

    def add(self, notice: IsaNotice) -> None:
        self._write(values_of(notice, self._profile))

    def close(self) -> None:
        """Write nothing: the last line has its end."""

    def _write(self, values: list[str]) -> None:
        line = io.StringIO()
        csv.writer(
            line,
            delimiter=self._profile.delimiter,
            quoting=csv.QUOTE_ALL if self._profile.quote == "all" else csv.QUOTE_MINIMAL,
            lineterminator=_LINE_ENDS[self._profile.line_end],
        ).writerow([_encodable(value, self._codec, self._profile) for value in values])
        self._output.write(line.getvalue().encode(self._codec))


def _encodable(value: str, codec: str, profile: Profile) -> str:
    """Return *value* with what its encoding lacks named, where the profile says so."""
    if _fits(value, codec):
        return value
    if profile.unencodable == "refuse":
        code = next(f"U+{ord(each):04X}" for each in value if not _fits(each, codec))
        detail = text("{encoding} has no character {code}", encoding=profile.encoding, code=code)
        raise RegistryRefusedError(detail=detail)
    return "".join(each if _fits(each, codec) else f"{{U+{ord(each):04X}}}" for each in value)


def _fits(value: str, codec: str) -> bool:
    """Tell whether *value* comes back from *codec* as it is; some codecs take look-alikes."""
    try:
        return value.encode(codec).decode(codec) == value
    except UnicodeError:
        return False


class _Xml:
    def __init__(self, output: BinaryIO, profile: Profile) -> None:
        self._profile, self._stack = profile, ExitStack()
        self._file = self._stack.enter_context(
            etree.xmlfile(output, encoding=profile.encoding.value.upper())
        )
        self._file.write_declaration()
        self._stack.enter_context(self._file.element(profile.root))

    def add(self, notice: IsaNotice) -> None:
        record = etree.Element(self._profile.element)
        for column, value in zip(
            self._profile.column, values_of(notice, self._profile), strict=True
        ):
            etree.SubElement(record, column.name).text = value
        self._file.write(record)

    def close(self) -> None:
        self._stack.close()
