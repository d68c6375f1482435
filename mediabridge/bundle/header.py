"""``header.json``: the few things that must be readable (format 1, section 3).

Its exact bytes are fixed before encryption and hashed into every key wrap and
every part, so a header that was changed, or put on another bundle, opens nothing.
"""

from __future__ import annotations

import hashlib
from enum import unique
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mediabridge import canonical
from mediabridge.clock import from_rfc3339
from mediabridge.config import FORMAT, LIMITS
from mediabridge.errors import FormatUnknownError, HeaderMalformedError
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.validation import field_problems

BundleId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}\z")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,30}\z")]
Format = Annotated[int, Field(ge=FORMAT, le=FORMAT)]
Profile = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+-]{0,127}\z")]
Timestamp = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\z")
]

FIRST_PREV = "0" * 64
"""``prev`` of a route's first bundle."""

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Route(BaseModel):
    """An ordered pair of stations; it numbers its bundles from 1 upwards."""

    model_config = _STRICT

    sender: Annotated[Identifier, Field(alias="from")]
    receiver: Annotated[Identifier, Field(alias="to")]

    def __str__(self) -> str:
        return f"{self.sender}>{self.receiver}"


@unique
class Mode(Spoken):
    """Whether a bundle is about residents or about invented people."""

    LIVE = "live", n_("live")
    TRAINING = "training", n_("training")


class Header(BaseModel):
    """The readable head of a bundle; attribute names are the format's field names."""

    model_config = _STRICT

    format: Format
    profile: Profile
    bundle: BundleId
    mode: Literal["live", "training"]
    route: Route
    seq: Annotated[int, Field(ge=1, le=2**31)]
    prev: Digest
    created: Timestamp
    not_after: Timestamp
    parts: Annotated[int, Field(ge=2, le=LIMITS.parts)]
    trust_version: Annotated[int, Field(ge=1, le=2**31)]
    summary: Digest

    def to_bytes(self) -> bytes:
        """Return the exact bytes of ``header.json``."""
        return canonical.dump(self.model_dump(by_alias=True))


def parse_header(data: bytes) -> Header:
    """Read the exact bytes of ``header.json``.

    Raises:
        FormatUnknownError: the header names another format.
        HeaderMalformedError: not canonical JSON, or a field is missing, unknown or
            out of its range; all problems are named.
    """
    try:
        document = canonical.load(data)
        _refuse_other_format(document)
        header = Header.model_validate(document, by_alias=True, by_name=False)
        if (header.seq == 1) != (header.prev == FIRST_PREV):
            raise HeaderMalformedError(detail=text("prev does not fit seq"))
        if header.route.sender == header.route.receiver:
            raise HeaderMalformedError(detail=text("the route leads to its own sender"))
        if from_rfc3339(header.created) > from_rfc3339(header.not_after):
            raise HeaderMalformedError(detail=text("not_after lies before created"))
    except ValidationError as error:
        raise HeaderMalformedError(detail=field_problems(error)) from None
    except ValueError as error:
        raise HeaderMalformedError(detail=str(error)) from None
    return header


def header_digest(data: bytes) -> bytes:
    """Return the SHA-256 of the header's bytes, 32 bytes; part of every key context."""
    return hashlib.sha256(data).digest()


def _refuse_other_format(document: Any) -> None:
    if isinstance(document, dict):
        number = document.get("format")
        if isinstance(number, int) and number != FORMAT:
            raise FormatUnknownError(got=number, wanted=FORMAT)
