"""JSON with exactly one spelling: RFC 8785 out, and nothing else in.

Every JSON document that is hashed or signed (header, keys, inner manifest, trust
data, log entries) passes through these two functions, so that two readers can
never disagree about what a document says.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from mediabridge.locale import text


def dump(document: Any) -> bytes:
    """Return *document* as RFC 8785 canonical JSON, without a final newline.

    Raises:
        ValueError: the document holds something JSON cannot carry exactly.
    """
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def load(data: bytes) -> Any:
    """Parse *data*, which must be the canonical spelling of its content.

    Raises:
        ValueError: not UTF-8, not JSON, a key given twice, nested too deeply, a
            number that is not a whole one, or not the RFC 8785 spelling.
    """
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_whole_number,
        )
    except RecursionError:
        msg = text("nested too deeply")
        raise ValueError(msg) from None
    if dump(document) != data:
        msg = text("not in RFC 8785 canonical form")
        raise ValueError(msg)
    return document


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
    if len(digits) > len("-9007199254740991"):
        _refuse_number(digits)
    return int(digits)
