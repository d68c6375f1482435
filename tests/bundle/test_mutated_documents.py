"""Header, keys and manifest: a right document with one change is refused, or read as it is."""

import base64
import copy
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge import canonical
from mediabridge.bundle.header import parse_header
from mediabridge.bundle.manifest import parse_manifest
from mediabridge.bundle.wraps import WRAP_BYTES, parse_wraps
from mediabridge.config import PROFILE
from mediabridge.errors import (
    BundleError,
    FormatUnknownError,
    HeaderMalformedError,
    KeysMalformedError,
    ManifestMalformedError,
)
from mediabridge.trust import signers

Document = dict[str, Any]

HEADER: Document = {
    "format": 1,
    "profile": PROFILE,
    "bundle": "0" * 32,
    "mode": "training",
    "route": {"from": "lgwan-01", "to": "registry-01"},
    "seq": 2,
    "prev": "1" * 64,
    "created": "2026-05-02T00:00:00Z",
    "not_after": "2026-06-01T00:00:00Z",
    "parts": 2,
    "trust_version": 1,
    "summary": "2" * 64,
}
KEYS: Document = {
    "format": 1,
    "wraps": [base64.b64encode(secrets.token_bytes(WRAP_BYTES)).decode() for _ in range(2)],
}
FILE: Document = {
    "name": "isa_notice-0001.csv",
    "schema": "isa_notice/1",
    "records": 2,
    "size": 900,
    "sha256": "3" * 64,
    "compression": "zstd",
    "stored": 300,
}
RECIPIENT: Document = {
    "announcement": {
        "format": 1,
        "mode": "training",
        "station": "lgwan-01",
        "sender": "registry-01",
        "number": 2,
        "key": signers.new_recipient_key("a").public,
        "replaces": ["6" * 64],
        "answers": {"seq": 1, "sums_sha256": "7" * 64},
    },
    "signature": "x",
}
MANIFEST: Document = {
    "format": 1,
    "bundle": "0" * 32,
    "operator": "clerk-1",
    "files": [FILE, {**FILE, "name": "translog.jsonl", "schema": "translog/1", "records": 0}],
    "padding": 0,
    "records": {"isa_notice": 2},
    "receipts": [],
    "log": {
        "start": 0,
        "size": 2,
        "checkpoint": "x",
        "file": "translog.jsonl",
        "peer_size": 0,
        "peer_checkpoint": None,
    },
    "recipient": RECIPIENT,
    "summary": {
        "bundle": "0" * 32,
        "route": {"from": "lgwan-01", "to": "registry-01"},
        "seq": 2,
        "operator": "clerk-1",
        "records": {"isa_notice": 2},
        "events": {"N02": 2},
        "files": 2,
        "size": 1800,
        "receipts": 0,
        "previous_records": 0,
        "content": "4" * 64,
    },
    "salt": "5" * 64,
    "prepared": None,
}
READERS = pytest.mark.parametrize(
    ("read", "document", "errors"),
    [
        (parse_header, HEADER, (HeaderMalformedError, FormatUnknownError)),
        (parse_wraps, KEYS, (KeysMalformedError,)),
        (parse_manifest, MANIFEST, (ManifestMalformedError,)),
    ],
    ids=["header", "keys", "manifest"],
)
Read = Callable[[bytes], Any]
Errors = tuple[type[BundleError], ...]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2**53 - 1),
    st.text(max_size=5),
    st.sampled_from(["0" * 32, "../x", "lgwan-01", "2026-13-01T00:00:00Z", "A" * 64, "x" * 5000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _spelt_again(read: Read, parsed: Any) -> bytes:
    """Return the one spelling of what was read."""
    if read is parse_wraps:
        wraps = [base64.b64encode(one).decode() for one in parsed]
        return canonical.dump({"format": 1, "wraps": wraps})
    spelling: bytes = parsed.to_bytes()
    return spelling


def _refused_or_same(read: Read, data: bytes, errors: Errors) -> None:
    try:
        parsed = read(data)
    except errors:
        return
    assert _spelt_again(read, parsed) == data


@READERS
def test_right_document_is_read(read: Read, document: Document, errors: Errors) -> None:
    assert errors
    data = canonical.dump(document)
    assert _spelt_again(read, read(data)) == data


def _places(document: Any) -> list[list[Any]]:
    """Return the path of every value below *document*."""
    if isinstance(document, dict):
        steps = list(document.items())
    elif isinstance(document, list):
        steps = list(enumerate(document))
    else:
        return [[]]
    return [[], *([key, *path] for key, value in steps for path in _places(value))]


@READERS
@given(data=st.data())
def test_mutated_document(
    read: Read, document: Document, errors: Errors, data: st.DataObject
) -> None:
    """One value is replaced, left out, doubled, or given under a second name."""
    mutated = copy.deepcopy(document)
    *above, last = data.draw(st.sampled_from([path for path in _places(mutated) if path]))
    parent: Any = mutated
    for step in above:
        parent = parent[step]
    change = data.draw(st.sampled_from(["replace", "drop", "double", "add"]))
    if change == "replace":
        parent[last] = data.draw(VALUES)
    elif change == "drop":
        del parent[last]
    elif isinstance(parent, list):
        parent.append(parent[last])
    elif change == "double":
        parent[last + "2"] = parent[last]
    else:
        parent[data.draw(st.text(max_size=9))] = data.draw(VALUES)
    _refused_or_same(read, canonical.dump(mutated), errors)


@READERS
@given(data=st.data())
def test_edited_bytes(read: Read, document: Document, errors: Errors, data: st.DataObject) -> None:
    spelt = canonical.dump(document)
    place = data.draw(st.integers(0, len(spelt)))
    piece = data.draw(st.sampled_from([b"", b" ", b"\n", b"0", b'"', b",", b"1e1", b"\\u0041"]))
    edited = spelt[:place] + piece + spelt[place + data.draw(st.integers(0, 3)) :]
    _refused_or_same(read, edited, errors)


@READERS
@pytest.mark.parametrize("depth", [10, 900, 940, 960, 980, 990, 1000, 100_000])
def test_nested_as_deep_as_memory_allows(
    read: Read, document: Document, errors: Errors, depth: int
) -> None:
    assert document
    with pytest.raises(errors):
        read(b"[" * depth + b"]" * depth)
