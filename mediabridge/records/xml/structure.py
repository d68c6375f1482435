"""The elements of one record: taken as text when all is well, examined when not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.never_carried import is_forbidden_column
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.xml.form import field_tags

SPACE = " \t\r\n"
"""What may stand between elements (XML 1.0, production 3)."""


def plain_values(record: Any, tags: Mapping[str, str]) -> dict[str, str] | None:
    """Return the text of each field, or None if *record* is more or other than plain fields.

    This runs for every record and comes before the schema: libxml2 would load what an
    ``xsi:schemaLocation`` names, so nothing with an attribute is ever validated.
    """
    if record.attrib:
        return None
    try:
        values = {tags[item.tag]: item.text for item in record if not (item.attrib or len(item))}
    except KeyError:
        return None
    return values if len(values) == len(record) else None


def examine(record: Any, kind: Kind, row: int) -> tuple[dict[str, str], list[RecordError]]:
    """Return the texts that can be judged by themselves, and what is wrong with the elements."""
    values: dict[str, str] = {}
    errors = [
        RecordError(row, None, reason)
        for reason, found in (
            (Reason.ATTRIBUTE_NOT_ALLOWED, any(item.attrib for item in record.iter())),
            (Reason.TEXT_OUTSIDE_FIELD, any(map(is_text, _between_fields(record)))),
        )
        if found
    ]
    tags, order = field_tags(kind), list(FIELDS[kind])
    seen: list[str] = []
    for position, item in enumerate(record, start=1):
        name = tags.get(item.tag)
        if name is None:
            errors.append(RecordError(row, None, _stranger(item), {"position": position}))
            continue
        reason = _wrong(item, name, seen, order)
        seen.append(name)
        if reason is not None:
            errors.append(RecordError(row, name, reason, FIELDS[kind][name].facts()))
        if reason in {None, Reason.ELEMENT_MISPLACED}:
            values[name] = item.text
    return values, errors


def is_text(text: str | None) -> bool:
    """Tell whether *text* is more than the space allowed between elements."""
    return text is not None and bool(text.strip(SPACE))


def text_before(element: etree._Element) -> str | None:
    """Return the text between *element* and the one before it, or the start of their parent."""
    previous = element.getprevious()
    if previous is not None:
        return previous.tail
    parent = element.getparent()
    return None if parent is None else parent.text


def _between_fields(record: etree._Element) -> Iterator[str | None]:
    yield record.text
    yield from (item.tail for item in record)


def _stranger(item: etree._Element) -> Reason:
    # Where its prefix is undeclared, libxml2 hands on the name with the prefix in it.
    local = str(item.tag).rpartition("}")[2].rpartition(":")[2]
    forbidden = is_forbidden_column(local)
    return Reason.ELEMENT_NEVER_CARRIED if forbidden else Reason.ELEMENT_UNKNOWN


def _wrong(item: etree._Element, name: str, seen: list[str], order: list[str]) -> Reason | None:
    if name in seen:
        return Reason.ELEMENT_REPEATED
    if len(item):
        return Reason.ELEMENT_NESTED
    if item.text is None:
        return Reason.ELEMENT_EMPTY
    if any(order.index(name) < order.index(other) for other in seen):
        return Reason.ELEMENT_MISPLACED
    return None
