"""Hold what the exporter writes against the Elastic Common Schema as it is published.

    python -m tools.ecs_schema [FILE]

Fetches the npm package of the schema (needs npm and node), names every problem of every event of
the vocabulary, and writes to FILE what the schema says of the fields that these use: names,
types and permitted words, by which the tests judge without a network. Exit code 1 for a problem.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from siem import lines

from mediabridge.translog.siem import ecs

PACKAGE: Final = f"@elastic/ecs@{ecs.VERSION}"
SHA256: Final = "1c7863cd70f9d52365570fa38a9c39f3d056511fefe4e36a51d2ad7f142ac071"
FIELDS: Final = Path(lines.__file__).with_name("ecs-fields.json")

_TYPES: Final = {"keyword": str, "long": int, "date": str, "object": dict}
_PRINT: Final = "process.stdout.write(JSON.stringify(require(process.argv[1]).EcsFlat))"

Fields = Mapping[str, Mapping[str, Any]]
"""Each field of the schema by its full name, with ``type``, ``many`` and ``allowed``."""


def problems(fields: Fields, line: Mapping[str, Any]) -> list[str]:
    """Return what of *line* is not of the schema."""
    found = [each for name, value in _leaves(fields, line) for each in _wrong(fields, name, value)]
    expected = fields["event.category"]["allowed"]
    return found + [
        f"{category} does not expect {kind}"
        for category in line["event"]["category"]
        for kind in line["event"]["type"]
        if (expected.get(category) or [kind]).count(kind) == 0
    ]


def _leaves(fields: Fields, line: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in line.items():
        name = f"{at}{key}"
        if isinstance(value, dict) and name not in fields:
            yield from _leaves(fields, value, f"{name}.")
        else:
            yield name, value


def _wrong(fields: Fields, name: str, value: Any) -> Iterator[str]:
    if (field := fields.get(name)) is None:
        yield f"{name} is no field"
        return
    if field["many"] is not isinstance(value, list):
        yield f"{name} is {'no ' if field['many'] else 'an '}array"
    for each in value if isinstance(value, list) else [value]:
        if type(each) is not _TYPES[field["type"]]:
            yield f"{name} is no {field['type']}: {each!r}"
        elif isinstance(each, dict) and {*map(type, each.values())} - {str}:
            yield f"{name} holds more than keywords"
        elif field["allowed"] and each not in field["allowed"]:
            yield f"{name} may not be {each!r}"


def _published(folder: Path) -> Fields:
    """Return all fields of the package, which is fetched to *folder*."""
    packed = _output(["npm", "pack", "--silent", PACKAGE], folder).split()[-1]
    archive = folder / packed
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{PACKAGE} is not the one that is pinned here")
    _output(["tar", "-xzf", packed], folder)
    script = folder / "package/build/commonjs/ecs_flat.js"
    flat = json.loads(_output(["node", "-e", _PRINT, str(script)], folder))
    return {name: _field(each) for name, each in flat.items()}


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603 - the words above
    return done.stdout


def _field(published: Mapping[str, Any]) -> dict[str, Any]:
    allowed = published.get("allowed_values", [])
    return {
        "type": published["type"],
        "many": "array" in published["normalize"],
        "allowed": {each["name"]: each.get("expected_event_types", []) for each in allowed},
    }


def main(path: Path) -> int:
    """Judge every line, write the fields to *path*, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        fields = _published(Path(folder))
    judged = {name: problems(fields, line) for name, line in lines.ecs_lines()}
    for name, found in judged.items():
        print(*(f"{name}: {each}" for each in found), sep="\n", end="\n" if found else "")
    used = {name for _, line in lines.ecs_lines() for name, _ in _leaves(fields, line)}
    kept = {name: fields[name] for name in sorted(used & fields.keys())}
    path.write_text(json.dumps({"version": ecs.VERSION, "fields": kept}, indent=1) + "\n")
    print(f"{len(judged)} lines, {sum(map(len, judged.values()))} problems, {len(kept)} fields")
    return int(any(judged.values()))


if __name__ == "__main__":
    sys.exit(main(Path(*sys.argv[1:2]) if sys.argv[1:] else FIELDS))
