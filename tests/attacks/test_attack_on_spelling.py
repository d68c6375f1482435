"""One spelling for every document, and every number and name within its limits.

Station and officer collude throughout: only the grammar stands in the way.
"""

import json
from collections.abc import Callable

import pytest
from attacks.forge import Document, Forge, changed
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.errors import (
    FormatUnknownError,
    HeaderMalformedError,
    KeysMalformedError,
    ManifestMalformedError,
    SumsMalformedError,
)

pytestmark = pytest.mark.in_turns

Respell = Callable[[bytes], bytes]

SPELLINGS: dict[str, Respell] = {
    "key twice": lambda data: data.replace(b'{"', b'{"format":1,"', 1),
    "key twice, later value": lambda data: data[:-1] + b',"format":2}',
    "space": lambda data: data.replace(b":", b": ", 1),
    "other order": lambda data: json.dumps(
        dict(reversed(json.loads(data).items())), separators=(",", ":")
    ).encode(),
    "line feed at the end": lambda data: data + b"\n",
    "byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "escaped letter": lambda data: data.replace(b'"format"', b'"form\\u0061t"', 1),
    "fraction": lambda data: data.replace(b'"format":1', b'"format":1.0', 1),
    "exponent": lambda data: data.replace(b'"format":1', b'"format":1e0', 1),
    "10,000 digits": lambda data: data.replace(b'"format":1', b'"format":' + b"1" * 10_000, 1),
    "not a number": lambda data: data.replace(b'"format":1', b'"format":NaN', 1),
    "true for 1": lambda data: data.replace(b'"format":1', b'"format":true', 1),
    "one as text": lambda data: data.replace(b'"format":1', b'"format":"1"', 1),
    "unknown member": lambda data: b'{"a":0,' + data[1:],
    "nested deeply": lambda data: b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"," + data[1:],
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "not UTF-8": lambda data: data.replace(b'"format"', b'"form\xff"', 1),
    "cut off": lambda data: data[:-1],
    "nothing": lambda _data: b"",
    "a list": lambda data: b"[" + data + b"]",
    "null": lambda _data: b"null",
    "two documents": lambda data: data + data,
}
spelling = pytest.mark.parametrize("respell", SPELLINGS.values(), ids=SPELLINGS)


def _spelt(respell: Respell) -> Callable[[Document], bytes]:
    return lambda document: respell(canonical.dump(document))


@spelling
def test_header_in_another_spelling(world: World, forge: Forge, respell: Respell) -> None:
    """Claims C10 and C11."""
    forge.seal(header=_spelt(respell))
    assert_refused(world, HeaderMalformedError)


@spelling
def test_keys_in_another_spelling(world: World, forge: Forge, respell: Respell) -> None:
    """Claims C10 and C11."""
    forge.seal(keys=respell)
    assert_refused(world, KeysMalformedError)


@spelling
def test_manifest_in_another_spelling(world: World, forge: Forge, respell: Respell) -> None:
    """Claims C10 and C11."""
    forge.seal(manifest=_spelt(respell))
    assert_refused(world, ManifestMalformedError)


@pytest.mark.parametrize("number", [0, 2, 2**53 - 1])
def test_unknown_format(world: World, forge: Forge, number: int) -> None:
    """Claim C20."""
    forge.seal(header=changed(format=number))
    assert_refused(world, FormatUnknownError)


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"seq": 2**31 + 1},
        {"seq": -1},
        {"seq": 2},
        {"prev": "1" * 64},
        {"prev": "0" * 63},
        {"parts": 1},
        {"parts": 257},
        {"parts": 2**53 - 1},
        {"trust_version": 0},
        {"trust_version": 2**31 + 1},
        {"bundle": "F" * 32},
        {"bundle": "../../../../etc/passwd"},
        {"bundle": "0" * 32 + "\n"},
        {"mode": "test"},
        {"profile": "a" * 129},
        {"profile": "hpke\u202e"},
        {"route": {"from": "lgwan-01", "to": "lgwan-01"}},
        {"route": {"from": "LGWAN-01", "to": "registry-01"}},
        {"route": {"from": "lgwan-01", "to": "a" * 32}},
        {"route": {"from": "lgwan-01"}},
        {"route": {"sender": "lgwan-01", "receiver": "registry-01"}},
        {"route": {"from": "lgwan-01", "to": "registry-01", "via": "lgwan-02"}},
        {"created": "2026-02-30T00:00:00Z"},
        {"created": "2026-01-01T00:00:00+00:00"},
        {"created": "2026-01-01T24:00:00Z"},
        {"not_after": "2026-01-01T00:00:00Z"},
        {"summary": None},
        {"comment": "hello"},
    ],
    ids=str,
)
def test_header_beyond_limits(world: World, forge: Forge, changes: Document) -> None:
    """Claims C7 and C10."""
    forge.seal(header=changed(**changes))
    assert_refused(world, HeaderMalformedError)


def test_header_with_member_missing(world: World, forge: Forge) -> None:
    """Claim C10."""
    forge.seal(header=lambda header: {k: v for k, v in header.items() if k != "not_after"})
    assert_refused(world, HeaderMalformedError)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda _wraps: [],
        lambda wraps: wraps * 65,
        lambda wraps: [wraps[0][:-4]],
        lambda wraps: [wraps[0] + "AAAA"],
        lambda wraps: [wraps[0].replace("A", "!", 1)],
        lambda wraps: [" " + wraps[0]],
        lambda wraps: [wraps[0] + "="],
        lambda _wraps: [1],
        lambda _wraps: [None],
        lambda wraps: [wraps],
        lambda _wraps: "wraps",
    ],
)
def test_keys_beyond_limits(
    world: World, forge: Forge, rewrite: Callable[[list[str]], object]
) -> None:
    """Claim C10."""

    def rewritten(data: bytes) -> bytes:
        document = json.loads(data)
        return canonical.dump({**document, "wraps": rewrite(document["wraps"])})

    forge.seal(keys=rewritten)
    assert_refused(world, KeysMalformedError)


SUMS: dict[str, Respell] = {
    "carriage returns": lambda sums: sums.replace(b"\n", b"\r\n"),
    "upper case": lambda sums: sums[:64].upper().replace(b"0", b"A") + sums[64:],
    "one space": lambda sums: sums.replace(b"  ", b" ", 1),
    "three spaces": lambda sums: sums.replace(b"  ", b"   ", 1),
    "tabulator": lambda sums: sums.replace(b"  ", b"\t", 1),
    "binary mark": lambda sums: sums.replace(b"  ", b" *", 1),
    "other order": lambda sums: b"".join(reversed(sums.splitlines(keepends=True))),
    "comment": lambda sums: b"# by hand\n" + sums,
    "no line feed at the end": lambda sums: sums[:-1],
    "empty line": lambda sums: sums + b"\n",
    "empty line first": lambda sums: b"\n" + sums,
    "line twice": lambda sums: sums.splitlines(keepends=True)[0] + sums,
    "name twice": lambda sums: sums[:64].replace(b"0", b"1") + sums[64:] + sums[-82:],
    "escaped name": lambda sums: b"\\" + sums,
    "escaped line feed": lambda sums: sums.replace(b"keys.json", b"keys.js\\non"),
    "byte-order mark": lambda sums: b"\xef\xbb\xbf" + sums,
    "BSD style": lambda sums: b"SHA256 (header.json) = " + sums[:64] + sums[77:],
    "short digest": lambda sums: sums[1:],
    "long digest": lambda sums: b"0" + sums,
    "path": lambda sums: sums.replace(b"keys.json", b"../keys.json"),
    "path from here": lambda sums: sums.replace(b"keys.json", b"./keys.json"),
    "absolute path": lambda sums: sums.replace(b"keys.json", b"/keys.json"),
    "file of the station": lambda sums: sums + b"0" * 64 + b"  registry.db\n",
    "list lists itself": lambda sums: b"0" * 64 + b"  SHA256SUMS\n" + sums,
    "part left out": lambda sums: b"".join(sums.splitlines(keepends=True)[:-1]).replace(
        b"part-0000", b"part-0001"
    ),
    "no part": lambda sums: b"".join(sums.splitlines(keepends=True)[:2]),
    "no header": lambda sums: b"".join(sums.splitlines(keepends=True)[1:]),
    "next line": lambda sums: sums.replace(b"\n", b"\x85", 1),
    "form feed": lambda sums: sums.replace(b"\n", b"\x0c\n", 1),
    "zero byte": lambda sums: sums + b"\0",
    "blank at the end": lambda sums: sums.replace(b"\n", b" \n", 1),
    "full-width digit": lambda sums: "０".encode() + sums[1:],
    "nothing": lambda _sums: b"",
    "257 parts": lambda sums: (
        sums + b"".join(b"0" * 64 + f"  part-{n:04d}.cob\n".encode() for n in range(2, 257))
    ),
}


@pytest.mark.parametrize("respell", SUMS.values(), ids=SUMS)
def test_list_in_another_spelling(world: World, forge: Forge, respell: Respell) -> None:
    """Claims C4 and C7."""
    sums = world.bundle / layout.SUMS
    other = respell(sums.read_bytes())
    assert other != sums.read_bytes()
    sums.write_bytes(other)
    forge.sign_all(world.bundle)
    assert_refused(world, SumsMalformedError)
