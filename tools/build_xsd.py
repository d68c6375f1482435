"""Write the XML schema of the exchange format from the one table of fields.

python -m tools.build_xsd            write the schema, in the package and in docs
python -m tools.build_xsd --check    exit 1 unless writing would change nothing

The schema says what one record looks like. What its values must mean together is
said by the rules, and listed in docs/format/records.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS, Field, Need
from mediabridge.records.model import ADAPTERS
from mediabridge.records.reasons import Reason
from mediabridge.records.xml.form import NAMESPACE, SCHEMA_FILE, root_name

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "docs" / "format" / SCHEMA_FILE.name
TARGETS = (SCHEMA_FILE, PUBLISHED)

HEAD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Generated from mediabridge/records/fields.py by tools/build_xsd.py; do not edit. -->
<!-- Identifiers and layout are this project's proposal; the official interface is not
     published. docs/format/records.md says more about every field. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
           xmlns="{NAMESPACE}"
           targetNamespace="{NAMESPACE}"
           elementFormDefault="qualified">
"""

BASES = {
    Reason.NOT_A_DATE: "xs:date",
    Reason.NOT_A_TIME: "xs:dateTime",
    Reason.NOT_A_NUMBER: "xs:nonNegativeInteger",
}
"""The built-in type a form restricts; everything else is text."""

FREE_FORMS = frozenset({Reason.CHARACTER_NOT_ALLOWED, Reason.NOT_KANJI})
"""Forms whose patterns use properties of Unicode that XML Schema 1.0 does not have."""


def schema() -> str:
    """Return the whole schema."""
    return HEAD + "".join("".join(_kind(kind)) for kind in Kind) + "</xs:schema>\n"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"""
  <xs:element name="{root_name(kind)}">
    <xs:complexType>
      <xs:sequence>
        <xs:element ref="{kind}" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>

  <xs:element name="{kind}">
    <xs:complexType>
      <xs:sequence>
"""
    shapes = _shapes(kind)
    for item in FIELDS[kind].values():
        yield from _field(item, shapes[item.identifier])
    yield """\
      </xs:sequence>
    </xs:complexType>
  </xs:element>
"""


def _field(item: Field, shape: dict[str, Any]) -> Iterator[str]:
    occurs = "" if item.need is Need.ALWAYS else ' minOccurs="0"'
    label = escape(f"{item.japanese} / {item.english}")
    yield f"""\
        <xs:element name="{item.identifier}"{occurs}>
          <xs:annotation><xs:documentation>{label}</xs:documentation></xs:annotation>
          <xs:simpleType>
            <xs:restriction base="{BASES.get(item.form, "xs:string")}">
"""
    for name, value in _facets(item, shape):
        yield f"              <xs:{name} value={quoteattr(str(value))}/>\n"
    yield """\
            </xs:restriction>
          </xs:simpleType>
        </xs:element>
"""


def _facets(item: Field, shape: dict[str, Any]) -> Iterator[tuple[str, str | int]]:
    if item.allowed:
        yield from (("enumeration", value) for value in item.allowed)
        return
    if item.form is Reason.NOT_A_PERIOD:
        yield "pattern", f"[0-{item.limit}]|indefinite"
        return
    if item.form in FREE_FORMS:
        yield "minLength", 1
    else:
        yield "pattern", re.sub(r"^\^|\$$|\?:", "", shape["pattern"])
    if item.form is Reason.NOT_A_NUMBER:
        yield "maxInclusive", item.limit
    elif "maxLength" in shape:
        yield "maxLength", shape["maxLength"]


def _shapes(kind: Kind) -> dict[str, dict[str, Any]]:
    """Return, by identifier, what the model says of a field's text."""
    document = ADAPTERS[kind].json_schema()
    models = [document, *document.get("$defs", {}).values()]
    return {
        name: _text_shape(shape)
        for model in models
        for name, shape in model.get("properties", {}).items()
    }


def _text_shape(shape: dict[str, Any]) -> dict[str, Any]:
    choices: list[dict[str, Any]] = shape.get("anyOf", [shape])
    return next((choice for choice in choices if "pattern" in choice), shape)


def main(arguments: list[str]) -> int:
    """Write or check the schema; return the exit code."""
    wanted = schema()
    if arguments != ["--check"]:
        for path in TARGETS:
            path.write_text(wanted, encoding="utf-8")
        return 0
    stale = [path for path in TARGETS if path.read_text(encoding="utf-8") != wanted]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is out of date: run tools/build_xsd.py", file=sys.stderr)
    return int(bool(stale))


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
