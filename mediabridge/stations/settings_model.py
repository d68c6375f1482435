"""What the lines of ``station.toml`` have to be, and what is wrong with those that are not."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)

from mediabridge.apply import places
from mediabridge.config import (
    BUNDLE_VALID_DAYS,
    INSTALLER,
    LINE_MINUTES,
    RETENTION_DAYS,
    RETENTION_LEAST_DAYS,
    RETENTION_MOST_DAYS,
    RETENTION_PLAIN_DAYS,
)
from mediabridge.locale import text
from mediabridge.scanner import ScannerSettings
from mediabridge.trust import token_uri
from mediabridge.trust.fields import Identifier
from mediabridge.trust.token_uri import TokenUri
from mediabridge.validation import field_problems


def checked(lines: dict[str, Any]) -> Lines:
    """Return the *lines*, as TOML has them, once each of them is what it has to be.

    Raises:
        ValueError: something is wrong; its text names every line that is, never its value.
    """
    try:
        return Lines.model_validate(lines)
    except ValidationError as error:
        raise ValueError(field_problems(error)) from None


def _uri(found: object) -> object:
    return token_uri.parse(found) if isinstance(found, str) else found


_Uri = Annotated[TokenUri, BeforeValidator(_uri)]


def _place(found: object) -> object:
    if not isinstance(found, str):
        return found
    place = token_uri.place(found)
    if isinstance(place, Path) and not place.is_absolute():
        msg = text("a key file is named by its absolute path")
        raise ValueError(msg)
    return place


_Place = Annotated[Path | TokenUri, BeforeValidator(_place)]


class _Model(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class _Keys(_Model):
    station: _Uri | None = None
    log: _Uri | None = None
    witness: _Uri | None = None
    recipient: _Uri | None = None


def _days(least: int) -> Any:
    return Field(ge=least, le=RETENTION_MOST_DAYS)


class _Kept(_Model):
    sealed: Annotated[int, _days(RETENTION_LEAST_DAYS)] = RETENTION_DAYS
    delivered: Annotated[int, _days(1)] = RETENTION_PLAIN_DAYS
    receipts: Annotated[int, _days(RETENTION_LEAST_DAYS)] = RETENTION_DAYS
    refused: Annotated[int, _days(1)] = RETENTION_PLAIN_DAYS
    software: Annotated[int, _days(1)] = RETENTION_PLAIN_DAYS


class _Software(_Model):
    unscanned: Literal["take", "refuse"] = "take"
    installer: Annotated[Path, Field(strict=False)] = INSTALLER


def _moment(found: object) -> object:
    if isinstance(found, str) and re.fullmatch("[0-2][0-9]:[0-5][0-9]", found, re.ASCII):
        return time.fromisoformat(found)
    return found


def _absolute(found: object) -> object:
    if isinstance(found, str) and not found.startswith("/"):
        msg = text("a file or folder is named by its absolute path")
        raise ValueError(msg)
    return found


_Word = Annotated[str, Field(min_length=1, max_length=4096)]
_AbsolutePath = Annotated[Path, BeforeValidator(_absolute), Strict(strict=False)]
_Words = Annotated[tuple[_Word, ...], Field(max_length=16), Strict(strict=False)]


class _Watch(_Model):
    seal: Literal["never", "sequential", "daily"] = "never"
    at: Annotated[time, BeforeValidator(_moment)] | None = None
    empty: bool = False
    hook: _Words = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.seal == "daily") != (self.at is not None):
            msg = text('a time stands beside seal = "daily", and beside nothing else')
            raise ValueError(msg)
        if self.empty and self.seal != "daily":
            msg = text("an empty bundle is sealed once a day, or not at all")
            raise ValueError(msg)
        if self.hook:
            _absolute(self.hook[0])
        return self


class _Transport(_Model):
    folder: _AbsolutePath


class _Line(_Model):
    hub: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]{1,253}(:[0-9]{1,5})?\z")]
    ca: _AbsolutePath
    when: Literal["asked", "sequential", "daily"] = "asked"
    at: Annotated[time, BeforeValidator(_moment)] | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] = LINE_MINUTES
    kilobits: Annotated[int, Field(ge=16, le=10_000_000)] | None = None
    operator: Identifier | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.when == "daily") != (self.at is not None):
            msg = text('a time stands beside when = "daily", and beside nothing else')
            raise ValueError(msg)
        return self


class Lines(_Model):
    """All lines; what is not there has its default."""

    keys: _Keys = Field(default_factory=_Keys)
    registry: places.Lines = Field(default_factory=places.EmbeddedLine)
    clerks: dict[Identifier, _Place] = {}
    overdue: dict[Identifier, Annotated[int, Field(ge=1, le=BUNDLE_VALID_DAYS)]] = {}
    retention: _Kept = Field(default_factory=_Kept)
    scanner: ScannerSettings | None = None
    software: _Software = Field(default_factory=_Software)
    watch: _Watch = Field(default_factory=_Watch)
    transport: _Transport | None = None
    line: _Line | None = None
