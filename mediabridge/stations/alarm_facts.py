"""``alarm.json``: what the evidence of an alarm about a transfer log says of itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from mediabridge.bundle.header import Format
from mediabridge.config import FORMAT
from mediabridge.validation import field_problems


class AlarmFacts(BaseModel):
    """``alarm.json``: which alarm it was, and the SHA-256 of every file that is kept of it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format = FORMAT
    verdict: str
    """One of :class:`~mediabridge.translog.verdicts.Verdict`."""
    reason: str
    """The code that was told."""
    peer: str
    """The station whose bundle was refused."""
    log: str
    """The station whose log the alarm is about."""
    bundle: str
    seq: int
    start: int
    """Of the first entry that is kept; counted from 0."""
    entries: int
    """How many are kept: those of the bundle, or as many as there was room for."""
    low: int | None = None
    high: int | None = None
    """Between which entries the first one lies that differs, both included; None: no entry."""
    files: dict[str, str]


def checked(document: object) -> AlarmFacts:
    """Return the facts in *document*.

    Raises:
        ValueError: something is wrong; its text names every member that is, never its value.
    """
    try:
        return AlarmFacts.model_validate(document)
    except ValidationError as error:
        raise ValueError(field_problems(error)) from None
