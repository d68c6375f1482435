#!/usr/bin/env bash
# Guess: [^\p{Cn}\p{Co}] takes no unassigned character and no private-use one; each of the two
#        negated classes by itself does so.
# Seen: the regular expressions of Rust (by way of pydantic-core 2.50.4) let U+E000 and U+D7FF
#       through. Where a negated class ends a range at U+D7FF and begins another at U+E000, both of
#       these characters are taken, also by the shortest such class, [^\x{D7FF}\x{E000}]. Said as
#       one range, [^\x{D7FF}-\x{E000}], it is right.
set -euo pipefail

package=pydantic-core==2.50.4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$package"
echo "$package"
"$work/venv/bin/python" - <<'PYTHON'
from pydantic_core import SchemaValidator, core_schema


def taken(pattern: str) -> list[str]:
    accepts = SchemaValidator(core_schema.str_schema(pattern=pattern)).isinstance_python
    return [f"U+{ord(one):04X}" for one in "\ud7ff\ue000" if accepts(one)]


seen = {
    pattern: taken(pattern)
    for pattern in (
        r"^[^\p{Cn}]$",
        r"^[^\p{Co}]$",
        r"^[^\p{Cn}\p{Co}]$",
        r"^[^\x{D7FF}\x{E000}]$",
        r"^[\x{D7FF}\x{E000}]$",
        r"^[^\x{D7FF}-\x{E000}]$",
    )
}
for pattern, characters in seen.items():
    print(f"{pattern:28} takes {', '.join(characters) or 'neither'}")
both = ["U+D7FF", "U+E000"]
assert list(seen.values()) == [["U+E000"], ["U+D7FF"], both, both, both, []]
PYTHON
