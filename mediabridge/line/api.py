"""Paths and documents of the hub's interface, version 1 (docs/format/hub.md).

Each side is a stranger to the other: the models are strict and bounded, and what a hub says of a
bundle is a claim that its receiver compares with the bundle. A document is read by
``model_validate_json``, never from what another parser made of it.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mediabridge.bundle import layout
from mediabridge.bundle.header import BundleId, Digest, Identifier, Timestamp
from mediabridge.config import LIMITS
from mediabridge.locale import text

PREFIX: Final = "/v1"
WAITING: Final = f"{PREFIX}/waiting"
BUNDLES: Final = f"{PREFIX}/bundles"
BUNDLE: Final = f"{BUNDLES}/{{bundle}}"
FILE: Final = f"{BUNDLE}/files/{{name}}"
COMPLETE: Final = f"{BUNDLE}/complete"
TAKEN: Final = f"{BUNDLE}/taken"
FAULTS: Final = f"{PREFIX}/faults"
TRUST: Final = f"{PREFIX}/trust/{{path}}"
"""Paths; what stands in braces is filled in by :meth:`str.format`."""

VERSION_HEADER: Final = "Mediabridge-Version"
"""The program's version; each side says it in every request and answer."""

PROBLEM_TYPE: Final = "application/problem+json"
PART_TYPE: Final = "application/octet-stream"

FILES_MOST: Final = LIMITS.parts + LIMITS.parity_columns + LIMITS.approvals + LIMITS.void_files + 7
"""Files of one bundle: the numbered ones, signatures and statements, and seven more."""

WAITING_MOST: Final = 64
"""Bundles in one answer of :data:`WAITING`; who has more to fetch asks again with ``next``."""

FAULTS_MOST: Final = 64
"""Faults in one report."""


FileName = Annotated[str, Field(max_length=64, pattern=layout.FILE)]
Size = Annotated[int, Field(ge=0, le=2**40)]
Seq = Annotated[int, Field(ge=1, le=2**31)]
CURSOR: Final = r"^[a-z0-9-]{1,31}:[0-9]{1,10}\z"
Cursor = Annotated[str, Field(pattern=CURSOR)]
"""Opaque to a station: it hands back what it was given as ``next``."""

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+~-]{0,63}\z")]
"""A code or a version: nothing that could name a person."""

State = Literal["arriving", "complete", "taken", "purged"]
"""``arriving``: parts are missing. ``complete``: its receiver can fetch it. ``taken``: its
receiver has it durably. ``purged``: taken, or past its last day, and its content is gone."""


class Model(BaseModel):
    """Frozen and strict, without unknown members."""

    # Built at once: FastAPI cannot do with less, and no command loads this but those of the line.
    model_config = ConfigDict(defer_build=False, frozen=True, extra="forbid", strict=True)


class File(Model):
    """A file of a bundle, as its sender announced it."""

    name: FileName
    size: Size
    sha256: Digest


class KeptFile(File):
    """A file of a bundle, and how much of it the hub has."""

    received: Size
    """Bytes from the beginning, without gap; the next part begins here."""


Files = Annotated[tuple[File, ...], Field(min_length=1, max_length=FILES_MOST, strict=False)]
KeptFiles = Annotated[
    tuple[KeptFile, ...], Field(min_length=1, max_length=FILES_MOST, strict=False)
]


def _check_names(files: tuple[File, ...]) -> None:
    names = [file.name for file in files]
    if names != sorted(set(names)):
        msg = text("the files are not in the order of their names, each once")
        raise ValueError(msg)
    needed = {layout.HEADER, layout.KEYS, layout.SUMS, layout.STATION_SIGNATURE}
    if missing := needed - set(names):
        msg = text("{name} is missing", name=min(missing))
        raise ValueError(msg)


class Announcement(Model):
    """``POST /v1/bundles``: what its sender wants to put there; the sender is the caller."""

    bundle: BundleId
    receiver: Identifier
    seq: Seq
    files: Files
    """In the order of their names; header, keys, SHA256SUMS and its signature among them."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _check_names(self.files)
        return self


class Entry(Model):
    """One bundle, as the hub has it."""

    bundle: BundleId
    sender: Identifier
    receiver: Identifier
    seq: Seq
    sums_sha256: Digest
    """SHA-256 of its SHA256SUMS: what tells one content from another under the same number."""
    files: KeptFiles
    state: State
    stored_at: Timestamp | None
    """When it was complete; None while it arrives."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _check_names(self.files)
        return self


class Waiting(Model):
    """``GET /v1/waiting``: complete bundles for the caller that it has not taken."""

    bundles: Annotated[tuple[Entry, ...], Field(max_length=WAITING_MOST, strict=False)]
    """By sender, then by number."""
    next: Cursor | None
    """What to ask ``after``; None when there are no more."""


class Received(Model):
    """The answer to a part."""

    received: Size


class Problem(Model):
    """Why something was refused (RFC 9457, ``application/problem+json``)."""

    type: Literal["about:blank"] = "about:blank"
    title: Annotated[str, Field(max_length=100)]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(max_length=2000)]
    """What was wrong, in English; for people of the hub's and the station's IT."""
    reason: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}\z")]
    """The code in docs/reasons.md; a station says its sentence in its own language."""
    expected: Size | None = None
    """After a gap: the byte with which the next part has to begin."""


class Fault(Model):
    """One fault that ``doctor`` sees at the caller's station."""

    code: Word
    count: Annotated[int, Field(ge=1, le=2**31)] = 1


class FaultReport(Model):
    """``POST /v1/faults``: codes and versions, shown to the sender before they go."""

    at: Timestamp
    program: Word
    system: Word
    python: Word
    faults: Annotated[tuple[Fault, ...], Field(max_length=FAULTS_MOST, strict=False)]
