"""How single members are spelt, in trust data and in what refers to it: requests, statements."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mediabridge import clock
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keytext

ESCROW: Final = "escrow"
"""The ``station`` of a recipient key that is kept in the safe and opens every bundle."""


def _openssh_key(text: str) -> str:
    keytext.parse_openssh(text)
    return text


def _log_key(text: str) -> str:
    Vkey.parse(text)
    return text


def _witness_key(text: str) -> str:
    WitnessKey.parse(text)
    return text


def _instant(text: str) -> str:
    clock.from_rfc3339(text)
    return text


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
OpensshKey = Annotated[str, AfterValidator(_openssh_key)]
LogKey = Annotated[str, Field(max_length=400), AfterValidator(_log_key)]
WitnessVkey = Annotated[str, Field(max_length=400), AfterValidator(_witness_key)]
Instant = Annotated[str, Field(max_length=20), AfterValidator(_instant)]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
Domain = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
    ),
]


class Model(BaseModel):
    """Frozen and strict, without unknown members: for whatever has such members."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)
