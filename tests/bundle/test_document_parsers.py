"""Header, keys and manifest: whatever comes, one of their own refusals or the exact document."""

import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge import canonical
from mediabridge.bundle.header import parse_header
from mediabridge.bundle.manifest import parse_manifest
from mediabridge.bundle.wraps import WRAP_BYTES, parse_wraps
from mediabridge.errors import (
    FormatUnknownError,
    HeaderMalformedError,
    KeysMalformedError,
    ManifestMalformedError,
)

HEADER: dict[str, Any] = {
    "bundle": "ab" * 16,
    "created": "2026-11-24T00:00:00Z",
    "format": 1,
    "mode": "training",
    "not_after": "2026-12-24T00:00:00Z",
    "parts": 2,
    "prev": "0" * 64,
    "profile": "a-profile",
    "route": {"from": "lgwan-01", "to": "registry-01"},
    "seq": 1,
    "summary": "cd" * 32,
    "trust_version": 1,
}
KEYS = {"format": 1, "wraps": [base64.b64encode(bytes(WRAP_BYTES)).decode()]}

Parser = Callable[[bytes], Any]
PARSERS: dict[str, tuple[Parser, type[Exception]]] = {
    "header": (parse_header, HeaderMalformedError),
    "keys": (parse_wraps, KeysMalformedError),
    "manifest": (parse_manifest, ManifestMalformedError),
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)


def test_plain_documents_are_read() -> None:
    assert parse_header(canonical.dump(HEADER)).to_bytes() == canonical.dump(HEADER)
    assert parse_wraps(canonical.dump(KEYS)) == [bytes(WRAP_BYTES)]


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(name: str, data: bytes) -> None:
    parser, refusal = PARSERS[name]
    with pytest.raises(refusal):
        parser(data)


@pytest.mark.parametrize("name", PARSERS)
@given(document=anything)
def test_arbitrary_documents_are_refused(name: str, document: Any) -> None:
    parser, refusal = PARSERS[name]
    with pytest.raises((refusal, FormatUnknownError)):
        parser(json.dumps(document).encode())


@given(member=st.sampled_from(sorted(HEADER)), value=anything)
def test_changed_member_is_refused_or_read(member: str, value: Any) -> None:
    document = {**HEADER, member: value}
    try:
        data = canonical.dump(document)
    except ValueError:
        return
    with contextlib.suppress(HeaderMalformedError, FormatUnknownError):
        assert parse_header(data).to_bytes() == data


@pytest.mark.parametrize(
    "spelling",
    [
        json.dumps(HEADER),
        canonical.dump(HEADER).decode() + "\n",
        canonical.dump(HEADER).decode().replace('"seq":1', '"seq":1.0'),
        canonical.dump(HEADER).decode().replace('"seq":1', '"seq":1e0'),
        canonical.dump(HEADER).decode().replace('"seq":1', '"seq":' + "1" * 10_000),
        canonical.dump(HEADER).decode().replace('"seq":1,', '"seq":1,"seq":1,'),
        "\ufeff" + canonical.dump(HEADER).decode(),
        "[" * 5000 + "]" * 5000,
    ],
    ids=["spaces", "newline", "float", "exponent", "huge", "twice", "mark", "deep"],
)
def test_other_spelling_is_refused(spelling: str) -> None:
    with pytest.raises(HeaderMalformedError):
        parse_header(spelling.encode())
