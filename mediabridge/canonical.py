"""JSON with exactly one spelling: RFC 8785 out, and nothing else in.

Every JSON document that is hashed or signed (header, keys, inner manifest, trust
data, log entries) passes through these two functions, so that two readers can
never disagree about what a document says.

Readers of JSON go down as many calls as a document is nested, and how many an
interpreter bears differs from one version to the next. So the depth is measured
first, by counting, with :func:`check_depth`; a library that reads JSON by itself is
given nothing that did not pass it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import rfc8785

from mediabridge.config import LIMITS
from mediabridge.locale import text

_STEP: Final = re.compile(rb'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]')
"""A string, which hides brackets, or a bracket; possessive, so that no input takes long."""
_BEYOND_BMP: Final = re.compile(rb"[\xf0-\xff]")
_WRITE: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode
_LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly (RFC 8259, section 6)."""


def dump(document: Any) -> bytes:
    """Return *document* as RFC 8785 canonical JSON, without a final newline.

    Raises:
        ValueError: the document holds something JSON cannot carry exactly.
    """
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        msg = text("it holds what JSON cannot carry exactly")
        raise ValueError(msg) from None


def dump_text(document: Mapping[str, str]) -> bytes:
    """Return the same as :func:`dump` for members that are text, with names in ASCII; quicker.

    Raises:
        ValueError: a text holds something JSON cannot carry exactly.
    """
    try:
        return _WRITE(document).encode()
    except UnicodeEncodeError:
        msg = text("it holds what JSON cannot carry exactly")
        raise ValueError(msg) from None


def load(data: bytes) -> Any:
    """Parse *data*, which must be the canonical spelling of its content.

    Raises:
        ValueError: not UTF-8, not JSON, a key given twice, nested too deeply, a
            number that is not a whole one, or not the RFC 8785 spelling. Its text is
            ours, in the language of the screen.
    """
    check_depth(data)
    document = _parse(data)
    if not _is_plainly_canonical(document, data) and dump(document) != data:
        msg = text("not in RFC 8785 canonical form")
        raise ValueError(msg)
    return document


def _is_plainly_canonical(document: Any, data: bytes) -> bool:
    """Tell whether *data* is surely the canonical spelling; where it is not sure, say no.

    The interpreter's own writer, in C, spells the whole numbers and strings of :func:`_parse`
    as RFC 8785 does. It sorts members by code points and not by UTF-16 units, which is the same
    where no character lies outside the Basic Multilingual Plane.
    """
    if _BEYOND_BMP.search(data):
        return False
    try:
        return _WRITE(document).encode() == data
    except UnicodeEncodeError:
        return False


def check_depth(data: bytes) -> None:
    """See that no reader of the JSON document *data* has to go down too far.

    Raises:
        ValueError: nested deeper than ``json_depth`` of :mod:`mediabridge.config`.
    """
    if data.count(b"[") + data.count(b"{") <= LIMITS.json_depth:
        return
    depth = 0
    for step in _STEP.finditer(data):
        if step[0] in {b"[", b"{"}:
            depth += 1
        elif step[0] in {b"]", b"}"}:
            depth -= 1
        if depth > LIMITS.json_depth:
            msg = text("nested too deeply, at most {limit} are allowed", limit=LIMITS.json_depth)
            raise ValueError(msg)


def _parse(data: bytes) -> Any:
    try:
        return _READ(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        msg = text("not UTF-8 at byte {place}", place=error.start + 1)
        raise ValueError(msg) from None
    except json.JSONDecodeError as error:
        msg = text("not JSON at character {place}", place=error.pos + 1)
        raise ValueError(msg) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        msg = text("a key occurs twice in one object")
        raise ValueError(msg)
    return result


def _refuse_number(digits: str) -> None:
    msg = text("only whole numbers are allowed, got {number}", number=digits[:20])
    raise ValueError(msg)


def _whole_number(digits: str) -> int:
    # json would happily build a number of a million digits (CVE-2020-10735).
    if len(digits) > len(f"-{_LARGEST}") or abs(int(digits)) > _LARGEST:
        msg = text("{number} is too large a number", number=digits[:20])
        raise ValueError(msg)
    return int(digits)


_READ: Final = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
    parse_int=_whole_number,
).decode
