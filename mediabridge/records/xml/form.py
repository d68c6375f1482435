"""The form of the document: names, namespace, and the schema shipped with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS

NAMESPACE: Final = "urn:mediabridge:exchange:1"
"""The namespace of every element, root, records and fields alike."""

SCHEMA_FILE: Final = Path(__file__).with_name("mediabridge-exchange-1.xsd")
"""The shipped schema; ``docs/format`` publishes the same bytes."""


def root_name(kind: Kind) -> str:
    """Return the local name of the root element that holds records of *kind*."""
    return f"{kind}s"


def qualified(local: str) -> str:
    """Return *local* as lxml writes a name in this namespace."""
    return f"{{{NAMESPACE}}}{local}"


def field_tags(kind: Kind) -> dict[str, str]:
    """Return the identifier of each field by the qualified name of its element."""
    return {qualified(name): name for name in FIELDS[kind]}


@cache
def schema() -> etree.XMLSchema:
    """Return the shipped schema, compiled once."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    return etree.XMLSchema(etree.parse(SCHEMA_FILE, parser))
