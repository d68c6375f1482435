"""``medium.json``: who a stick is, as an officer signed it (medium.md, section 1).

Its exact bytes are signed, so that the other station recognises the stick offline.
Nothing secret is in it: whoever has the stick can read the same from the device.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from mediabridge import canonical
from mediabridge.bundle.header import Format, Identifier, MediumNumber, Route, Timestamp
from mediabridge.clock import from_rfc3339
from mediabridge.errors import UnregisteredMediumError
from mediabridge.locale import text
from mediabridge.validation import field_problems


def _printable(value: str) -> str:
    # No control or formatting characters: they could steer a screen or reverse a line.
    if not value.isprintable():
        msg = text("it has a character that cannot be shown")
        raise ValueError(msg)
    return value


def _instant(value: str) -> str:
    from_rfc3339(value)
    return value


_Label = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
_Name = Annotated[str, Field(max_length=128), AfterValidator(_printable)]
_Serial = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_printable)]
_UsbId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{4}\z")]
_Instant = Annotated[Timestamp, AfterValidator(_instant)]
_Positive = Annotated[int, Field(ge=1, le=2**53 - 1)]


class MediumIdentity(BaseModel):
    """Everything an officer says about a stick; attribute names are the format's."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format
    city: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,200}\z")]
    mode: Literal["live", "training"]
    medium: MediumNumber
    label: _Label
    vendor_id: _UsbId
    product_id: _UsbId
    vendor: _Name
    product: _Name
    serial: _Serial
    filesystem: Literal["vfat", "exfat", "ext4"]
    filesystem_uuid: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,64}\z")]
    capacity: _Positive
    """Bytes of the whole disk."""

    directions: Annotated[tuple[Route, ...], Field(max_length=64)]
    """The routes it may carry bundles on; empty means every route."""

    write_speed: _Positive
    """Bytes per second, measured when it was registered; so is ``read_speed``."""

    read_speed: _Positive
    probe: Literal["full", "quick"]
    """Whether every byte was tried, or samples."""

    registered: _Instant
    registered_by: Identifier

    def to_bytes(self) -> bytes:
        """Return the exact bytes of ``medium.json``."""
        return canonical.dump(self.model_dump(by_alias=True, mode="json"))


def parse_identity(data: bytes) -> MediumIdentity:
    """Read the exact bytes of ``medium.json``.

    Raises:
        UnregisteredMediumError: not canonical JSON, another format, or a field is
            missing, unknown or out of its range; the values are never repeated.
    """
    try:
        canonical.load(data)
        return MediumIdentity.model_validate_json(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problem = field_problems(error)
    except ValueError as error:
        problem = str(error)
    raise UnregisteredMediumError(
        detail=text("medium.json is damaged ({problem})", problem=problem)
    )


def medium_namespace(city: str) -> str:
    """Return the SSHSIG namespace of an officer's signature on medium.json of *city*."""
    return f"mediabridge-medium-v1@{city}"
