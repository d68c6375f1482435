#!/usr/bin/env bash
# Guess: a type that is restricted by a pattern takes no more than the type itself.
# Seen: libxml2 2.14 (lxml 6.1.1) refuses white space around an xs:date, xs:dateTime or xs:gYear,
#       although XML Schema collapses it; but it takes the very same value as soon as the type is
#       restricted by a pattern that has no white space. Numbers are right in both ways.
set -euo pipefail

package=lxml==6.1.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$package"
echo "$package"
"$work/venv/bin/python" - <<'PYTHON'
from lxml import etree

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="value"><xs:simpleType>'
END = "</xs:simpleType></xs:element></xs:schema>"


def takes(base: str, facet: str, value: str) -> bool:
    schema = f'{HEAD}<xs:restriction base="{base}">{facet}</xs:restriction>{END}'
    return etree.XMLSchema(etree.fromstring(schema)).validate(etree.fromstring(f"<value>{value}</value>"))


print("libxml2", ".".join(map(str, etree.LIBXML_VERSION)))
seen = {}
for base, value in (
    ("xs:date", "2026-11-18"),
    ("xs:dateTime", "2026-11-18T17:05:00"),
    ("xs:gYear", "2026"),
    ("xs:nonNegativeInteger", "12"),
):
    pattern = f'<xs:pattern value="{value}"/>'
    assert takes(base, "", value) and takes(base, pattern, value)
    seen[base] = takes(base, "", f" {value}"), takes(base, pattern, f" {value}")
    print(f"{base:21} after a space: {seen[base][0]}; restricted by a pattern: {seen[base][1]}")
assert seen.pop("xs:nonNegativeInteger") == (True, True)
assert set(seen.values()) == {(False, True)}
PYTHON
