"""One spelling only: what the quick look accepts is what RFC 8785's own writer would write."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from mediabridge import canonical
from mediabridge.config import LIMITS

LARGEST = 2**53 - 1
CLOSE = {"sort_keys": True, "separators": (",", ":")}
"""The spelling of Python's own writer that comes next to the canonical one."""

texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    # RFC 8785, section 3.2.3: sorted by UTF-16 units, a surrogate pair comes before U+FB33.
    ["\ufb33", "\U0001f600", "\ue000", "\uffff", "\x7f", "\u2028", "\x00", "\b", "/", '"', "\\"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
spellings: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    ensure_ascii=st.booleans(),
    sort_keys=st.booleans(),
    separators=st.sampled_from([(",", ":"), (",", ": "), (" ,", ":")]),
)


def accepted(data: bytes) -> bool:
    try:
        canonical.load(data)
    except ValueError:
        return False
    return True


@given(values, spellings)
@example({"\ufb33": 1, "\U0001f600": 2}, {**CLOSE, "ensure_ascii": False})
@example({"\ufb33": 1, "\U0001f600": 2}, {**CLOSE, "ensure_ascii": True})
def test_every_spelling_but_one_is_refused(document: Any, spelling: dict[str, Any]) -> None:
    spelt = json.dumps(document, **spelling).encode()
    assert accepted(spelt) == (spelt == rfc8785.dumps(document))
    written = rfc8785.dumps(document)
    assert canonical.load(written) == document


@given(st.dictionaries(st.text(st.characters(codec="ascii"), max_size=6), texts, max_size=6))
def test_plain_text_is_written_the_same(document: dict[str, str]) -> None:
    assert canonical.dump_text(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("dump", [canonical.dump, canonical.dump_text])
def test_half_a_character_is_not_written(dump: Callable[[dict[str, str]], bytes]) -> None:
    with pytest.raises(ValueError, match="cannot carry exactly"):
        dump({"a": "\ud800"})


@pytest.mark.parametrize(
    "spelt",
    [b'"\\u0041"', b'"\\/"', b'"\\u001F"', b"-0", b"1.0", b"1e3", b'"\\ud800"', b" 1", b"1\n",
     b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"\xef\xbb\xbf1", b'"\x7f"x'],
)  # fmt: skip
def test_other_spellings_are_refused(spelt: bytes) -> None:
    assert not accepted(spelt)


@pytest.mark.parametrize("open_and_close", [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_counted_and_not_breadth(open_and_close: tuple[bytes, bytes]) -> None:
    begin, end = open_and_close
    deepest = LIMITS.json_depth
    assert accepted(begin * deepest + b"1" + end * deepest)
    assert not accepted(begin * (deepest + 1) + b"1" + end * (deepest + 1))
    assert accepted(b"[" + b",".join([b"[]"] * (2 * deepest)) + b"]")
    assert accepted(b'"' + b"[" * (2 * deepest) + b'"')
