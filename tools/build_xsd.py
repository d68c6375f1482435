"""Write the XML schema of the exchange format from the one table of fields.

python -m tools.build_xsd            write the schema, in the package and in docs
python -m tools.build_xsd --check    exit 1 unless writing would change nothing

The schema says what one record looks like, to the character: every value is a string
with a pattern, because the built-in dates and numbers of XML Schema take away white space
around a value before they look at it, and have several forms of one value. What its values
must mean together is said by the rules, and listed in docs/format/records.md.
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

XML_CHARACTERS = ((0x9, 0xA), (0xD, 0xD), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""What a document of XML 1.0 can hold, and so a pattern in one."""

SAID_BY_SCHEMA = frozenset(
    {
        Reason.RECORD_OTHER_KIND,
        Reason.ELEMENT_UNKNOWN,
        Reason.ELEMENT_NEVER_CARRIED,
        Reason.ELEMENT_REPEATED,
        Reason.ELEMENT_MISPLACED,
        Reason.ELEMENT_EMPTY,
        Reason.ELEMENT_NESTED,
        Reason.TEXT_OUTSIDE_FIELD,
        Reason.TOO_LONG,
        Reason.NOT_A_DATE,
        Reason.NO_SUCH_DAY,
        Reason.NOT_A_PARTIAL_DATE,
        Reason.NOT_A_TIME,
        Reason.NOT_A_NUMBER,
        Reason.NOT_A_PERIOD,
        Reason.NOT_AN_IDENTIFIER,
        Reason.NOT_A_CODE,
        Reason.NOT_A_CARD_NUMBER,
        Reason.NOT_ROMAN_LETTERS,
        Reason.NOT_KANJI,
        Reason.MEANT_OTHERWISE,
        Reason.NAME_SPACES,
        Reason.GAIJI_FORM,
        Reason.PRIVATE_USE,
        Reason.CHARACTER_NOT_ALLOWED,
        Reason.DIRECTION_MARK,
        Reason.INVISIBLE_CHARACTER,
        Reason.CHARACTER_LOST,
        Reason.STRAY_SELECTOR,
    }
)
"""For these the schema refuses a record as the reader does; for all others the reader alone.

``REQUIRED`` and ``NOT_IN_LIST`` belong to both: the schema knows no category, and
``NAME_WITHOUT_LETTER`` is the reader's for names in their original form only.
"""

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
            <xs:restriction base="xs:string">
"""
    for name, value in _facets(item, shape):
        yield f"              <xs:{name} value={_visible(quoteattr(str(value)))}/>\n"
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
    yield "pattern", _pattern(shape["pattern"])
    if "maxLength" in shape:
        yield "maxLength", shape["maxLength"]


def _pattern(pattern: str) -> str:
    r"""Return a *pattern* of the models in the syntax of XML Schema.

    An XML Schema pattern matches the whole value. Code points that XML cannot hold are
    left out of it, and so is ``\p{Cn}``: each validator has its own Unicode.
    """
    bare = re.sub(r"^\^|\$$|\?:|\\p\{Cn\}", "", pattern)
    return re.sub(r"\\x\{([0-9A-F]+)\}(?:-\\x\{([0-9A-F]+)\})?", _range, bare)


def _visible(text: str) -> str:
    """Return *text* of XML so that an editor shows every character of it."""
    return re.sub(r"[^ -~]", lambda found: f"&#x{ord(found[0]):X};", text)


def _range(found: re.Match[str]) -> str:
    first, last = int(found[1], 16), int(found[2] or found[1], 16)
    fitting = [(max(first, low), min(last, high)) for low, high in XML_CHARACTERS]
    return "".join(
        chr(low) + (f"-{chr(high)}" if high > low else "") for low, high in fitting if low <= high
    )


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
