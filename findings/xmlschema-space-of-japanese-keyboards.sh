#!/usr/bin/env bash
# Guess: around a number of XML Schema only the white space of XML is collapsed: U+0020, TAB, CR
#        and LF.
# Seen: xmlschema 4.3.2 takes away whatever Python calls white space: a number after an
#       ideographic space (U+3000), as a Japanese keyboard writes it, or after a no-break space is
#       valid. libxml2 (lxml 6.1.1) refuses both.
set -euo pipefail

packages=(xmlschema==4.3.2 lxml==6.1.1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
echo "${packages[*]}"
"$work/venv/bin/python" - <<'PYTHON'
import xmlschema
from lxml import etree

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="number" type="xs:nonNegativeInteger"/>
</xs:schema>"""
first, second = etree.XMLSchema(etree.fromstring(SCHEMA)), xmlschema.XMLSchema(SCHEMA)
seen = {}
for name, space in (("nothing", ""), ("U+0020", " "), ("U+00A0", "\u00a0"), ("U+3000", "\u3000")):
    document = f"<number>{space}12</number>"
    seen[name] = first.validate(etree.fromstring(document)), second.is_valid(document)
    print(f"before the number {name:7}  valid to libxml2: {seen[name][0]}, to xmlschema: {seen[name][1]}")
assert seen["nothing"] == seen["U+0020"] == (True, True)
assert seen["U+00A0"] == seen["U+3000"] == (False, True)
PYTHON
