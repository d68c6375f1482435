"""New private keys by their purpose: the one table of which kind of key serves which."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mediabridge import errors, locale
from mediabridge.translog import checkpoint, cosignature
from mediabridge.trust import signers, tuf_keys
from mediabridge.trust.keydocument import KEY_ID
from mediabridge.trust.keyfile import StoredKey
from mediabridge.trust.purposes import Purpose

_LOG: Final = "city.example.jp/log/lgwan-01"
_WITNESS: Final = "city.example.jp/witness/lgwan-01"

_MAKERS: Final[Mapping[Purpose, Callable[[str], StoredKey]]] = MappingProxyType(
    {
        Purpose.STATION: signers.new_ssh_key,
        Purpose.OFFICER: signers.new_ssh_key,
        Purpose.CLERK: signers.new_ssh_key,
        Purpose.RECIPIENT: signers.new_recipient_key,
        Purpose.TUF: signers.new_tuf_key,
        Purpose.TUF_ECDSA_P384: tuf_keys.new_p384_key,
        Purpose.TUF_ML_DSA_65: tuf_keys.new_mldsa_key,
    }
)
"""Keys of logs and of witnesses are made apart: they carry the name that they sign under."""


def new_key(purpose: Purpose, key_id: str, *, origin: str | None = None) -> StoredKey:
    """Make a key for *purpose*.

    Args:
        purpose: What it is for.
        key_id: What it is called.
        origin: Of a log key the origin of its log, such as ``city.example.jp/log/lgwan-01``;
            of a witness key its name, such as ``city.example.jp/witness/lgwan-01``; of no other.

    Raises:
        UsageError: the id is none, a log or witness key without its origin, or another with one.
    """
    if re.fullmatch(KEY_ID, key_id) is None:
        detail = locale.text("an id has lower-case letters, digits and hyphens, at most 64")
        raise errors.UsageError(detail=detail)
    if purpose is Purpose.LOG:
        return _log_key(key_id, origin or "")
    if purpose is Purpose.WITNESS:
        return _witness_key(key_id, origin or "")
    if origin is not None:
        detail = locale.text("only log keys and witness keys have an origin")
        raise errors.UsageError(detail=detail)
    return _MAKERS[purpose](key_id)


def _log_key(key_id: str, origin: str) -> StoredKey:
    try:
        checkpoint.station_of(origin)
        return signers.new_log_key(key_id, origin=origin)
    except ValueError:
        detail = locale.text("a log key needs its origin, such as {example}", example=_LOG)
        raise errors.UsageError(detail=detail) from None


def _witness_key(key_id: str, name: str) -> StoredKey:
    try:
        cosignature.station_of(name)
        return signers.new_witness_key(key_id, name=name)
    except ValueError:
        detail = locale.text("a witness key needs its origin, such as {example}", example=_WITNESS)
        raise errors.UsageError(detail=detail) from None
