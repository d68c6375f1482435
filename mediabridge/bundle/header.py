"""``header.json``: the few things that must be readable (format 1, section 3).

Its exact bytes are fixed before encryption and hashed into every key wrap and
every part, so a header that was changed, or put on another bundle, opens nothing.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    model_serializer,
)

from mediabridge import canonical
from mediabridge.bundle.terms import FIRST_PREV, IDENTIFIER, NUMBER
from mediabridge.clock import from_rfc3339
from mediabridge.config import FORMAT, LIMITS
from mediabridge.errors import FormatUnknownError, HeaderMalformedError
from mediabridge.locale import text
from mediabridge.validation import field_problems

BundleId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}\z")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
Identifier = Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}\z")]
Format = Annotated[int, Field(ge=FORMAT, le=FORMAT)]
Profile = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+-]{0,127}\z")]
Timestamp = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\z")
]


def _number(value: str) -> str:
    if NUMBER.fullmatch(value) is None:
        msg = text("not a number for a medium")
        raise ValueError(msg)
    return value


MediumNumber = Annotated[str, AfterValidator(_number)]

_STRICT = ConfigDict(
    defer_build=True, frozen=True, extra="forbid", strict=True, populate_by_name=True
)


class Route(BaseModel):
    """An ordered pair of stations; it numbers its bundles from 1 upwards."""

    model_config = _STRICT

    sender: Annotated[Identifier, Field(alias="from")]
    receiver: Annotated[Identifier, Field(alias="to")]

    def __str__(self) -> str:
        return f"{self.sender}>{self.receiver}"


class Copy(BaseModel):
    """A copy of a bundle that was written and read back."""

    model_config = _STRICT

    at: Timestamp
    medium: MediumNumber | None
    """None for a folder, or anything else that is no registered medium."""


class Outstanding(BaseModel):
    """An earlier bundle of the route for which its sender had no receipt yet."""

    model_config = _STRICT

    seq: Annotated[int, Field(ge=1, le=2**31)]
    copies: Annotated[tuple[Copy, ...], Field(max_length=LIMITS.outstanding_copies, strict=False)]
    """Those that its sender had made by then, oldest first; the newest, where there are more."""


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
    outstanding: Annotated[
        tuple[Outstanding, ...], Field(max_length=LIMITS.outstanding, strict=False)
    ] = ()
    """What is still on its way before this one; where there is nothing, the member is absent."""

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = plain(self)
        if not self.outstanding:
            del dumped["outstanding"]
        return dumped

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
        _check_outstanding(header, document)
        if from_rfc3339(header.created) > from_rfc3339(header.not_after):
            raise HeaderMalformedError(detail=text("not_after lies before created"))
    except ValidationError as error:
        raise HeaderMalformedError(detail=field_problems(error)) from None
    except ValueError as error:
        raise HeaderMalformedError(detail=str(error)) from None
    return header


def _check_outstanding(header: Header, document: Any) -> None:
    """Refuse a second spelling: an empty list, or numbers that do not rise to this one.

    Raises:
        HeaderMalformedError: it has one.
        ValueError: the time of a copy is none.
    """
    numbers = [each.seq for each in header.outstanding]
    if "outstanding" in document and not numbers:
        raise HeaderMalformedError(detail=text("outstanding is there and empty"))
    if numbers != sorted({number for number in numbers if number < header.seq}):
        raise HeaderMalformedError(detail=text("outstanding does not rise to seq"))
    for copy in (copy for each in header.outstanding for copy in each.copies):
        from_rfc3339(copy.at)


def header_digest(data: bytes) -> bytes:
    """Return the SHA-256 of the header's bytes, 32 bytes; part of every key context."""
    return hashlib.sha256(data).digest()


def _refuse_other_format(document: Any) -> None:
    if isinstance(document, dict):
        number = document.get("format")
        if isinstance(number, int) and number != FORMAT:
            raise FormatUnknownError(got=number, wanted=FORMAT)
