"""Make ``tests/vectors/translog/sealings.json``: what a log says of the bundle that brings it.

    python tools/make_sealings.py tests/vectors/translog/sealings.json

All cases are of one bundle, the seventh from ``lgwan`` to ``registry``; of it there are the members
of header and manifest that an entry is held against. Each case has the entries of a section, and
the one result: ``ACCEPTED`` or a reason. The file comes out the same each time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mediabridge.translog import events
from mediabridge.translog.events import Event

Case = dict[str, Any]

_SEQ: Final = 7
_HEADER: Final[dict[str, Any]] = {
    "bundle": "00112233445566778899aabbccddeeff",
    "route": {"from": "lgwan", "to": "registry"},
    "seq": _SEQ,
    "prev": "ab" * 32,
}
_ANOTHER: Final = "ff" * 16
_ROOT: Final = hashlib.sha256(b"the reader's log").hexdigest()


def _file(name: str, schema: str, records: int) -> dict[str, Any]:
    return {
        "name": name,
        "schema": schema,
        "records": records,
        "size": 100,
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "compression": "zstd",
        "stored": 50,
    }


_FILES: Final = [
    _file("isa_notice-0001.csv", "isa_notice/1", 2),
    _file("translog.jsonl", "translog/1", 0),
    _file("receipt-00000004.jsonl", "receipt/1", 0),
]
"""The log stands in the middle here: what is counted and hashed are the others."""


def make() -> dict[str, Any]:
    """Return the document."""
    return {
        "header": _HEADER,
        "manifest": {
            "operator": "clerk-1",
            "files": _FILES,
            "records": {"isa_notice": 2},
            "receipts": 1,
            "peer_size": 40,
            "peer_root": _ROOT,
        },
        "cases": list(_cases()),
    }


def _cases() -> Iterator[Case]:
    before, after = _entry(Event.CLOCK_DOUBTED), _entry(Event.CLOCK_CONFIRMED)
    abandoned = _sealing(bundle=_ANOTHER)
    yield _case("the truth", [before, _sealing()], "ACCEPTED")
    yield _case("the truth, and known to be said", [_sealing()], "ACCEPTED", begins_from=3)
    yield _case("after a sealing that came to nothing", [abandoned, _sealing()], "ACCEPTED")
    yield _case("a program of before", [before, after], "ACCEPTED")
    yield _case("a program of before, under this number", [before], "ACCEPTED", begins_from=8)
    yield _case("left out", [before], begins_from=3)
    yield _case("left out from this number on", [before], begins_from=7)
    yield _case("left out beside that of another bundle", [abandoned, before])
    yield _case("of another bundle", [abandoned])
    yield _case("not the last", [_sealing(), after])
    yield _case("twice", [_sealing(), _sealing()])
    yield _case("twice, with another content", [_sealing(content="00" * 32), _sealing()])
    for name, lie in {
        "seq": 8, "prev": "00" * 32, "route_from": "lgwan-02", "route_to": "lgwan-02",
        "records": 3, "kinds": ["isa_notice:3"], "files": 3, "receipts": 2,
        "peer_size": 39, "peer_root": "00" * 32,
        "content": hashlib.sha256(_lines(_FILES)).hexdigest(),
    }.items():  # fmt: skip
        yield _case(f"another {name}", [_sealing(**{name: lie})])
        yield _case(f"no {name}", [_sealing(**{name: None})])
    yield _case("by somebody else", [_entry(Event.BUNDLE_SEALING, "clerk-2", **_facts())])


def _case(
    name: str, entries: list[bytes], result: str = "LOG_SAYS_OTHERWISE", *, begins_from: int = 0
) -> Case:
    told = [each.decode() for each in entries]
    return {"name": name, "begins_from": begins_from, "entries": told, "result": result}


def _sealing(**lies: Any) -> bytes:
    said = {name: value for name, value in {**_facts(), **lies}.items() if value is not None}
    return _entry(Event.BUNDLE_SEALING, **said)


def _facts() -> dict[str, Any]:
    others = [_FILES[0], _FILES[2]]
    return {
        "bundle": _HEADER["bundle"],
        "route_from": "lgwan",
        "route_to": "registry",
        "seq": _SEQ,
        "prev": _HEADER["prev"],
        "records": 2,
        "kinds": ["isa_notice:2"],
        "files": 2,
        "receipts": 1,
        "content": hashlib.sha256(_lines(others)).hexdigest(),
        "peer_size": 40,
        "peer_root": _ROOT,
    }


def _lines(files: list[dict[str, Any]]) -> bytes:
    return "".join(f"{each['sha256']}  {each['name']}\n" for each in files).encode()


def _entry(event: Event, actor: str = "clerk-1", **facts: Any) -> bytes:
    time = "2026-04-01T00:00:00Z"
    return events.build(event, time=time, station="lgwan", actor=actor, facts=facts)


if __name__ == "__main__":
    text = json.dumps(make(), ensure_ascii=False, indent=1) + "\n"
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
