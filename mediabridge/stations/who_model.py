"""What ``station.json`` has to be, and what is wrong with one that is not."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mediabridge.bundle.header import Format, Identifier
from mediabridge.bundle.terms import ModeName
from mediabridge.config import FORMAT
from mediabridge.kinds import Role
from mediabridge.validation import field_problems


class _Model(BaseModel):
    """The members of :class:`mediabridge.stations.who.StationConfig`, and what each may be."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format = FORMAT
    station: Identifier
    role: Role
    mode: ModeName
    city: str
    municipality_code: str
    time_zone: str | None = None


def checked(document: object) -> dict[str, Any]:
    """Return the members of *document*, those left out among them.

    Raises:
        ValueError: something is wrong; its text names every member that is, never its value.
    """
    try:
        return _Model.model_validate(document).model_dump()
    except ValidationError as error:
        raise ValueError(field_problems(error)) from None
