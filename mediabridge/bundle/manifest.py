"""Part 0, the inner manifest: what is inside, for those who may know (format 1, section 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    model_serializer,
)

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.bundle.announcement import SignedAnnouncement
from mediabridge.bundle.header import BundleId, Digest, Format, Identifier, Route
from mediabridge.bundle.software import Described, repeated
from mediabridge.config import LIMITS
from mediabridge.errors import ManifestMalformedError
from mediabridge.kinds import LOG_SCHEMA, RECEIPT_SCHEMA, SCHEMAS, SOFTWARE, SOFTWARE_SCHEMA
from mediabridge.locale import text
from mediabridge.validation import field_problems

InnerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\z")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]{0,63}\z")]
Schema = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(SCHEMAS)})\z")]

ExtractTime = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+09:00\z"),
]
"""The time of an extract as its records write it (docs/format/records.md)."""

Count = Annotated[int, Field(ge=0, le=2**53)]
CarriedNote = Annotated[str, StringConstraints(max_length=LIMITS.carried_note_characters)]

_STRICT = ConfigDict(
    defer_build=True, frozen=True, extra="forbid", strict=True, populate_by_name=True
)


class InnerFile(BaseModel):
    """One file of the data stream, in stream order."""

    model_config = _STRICT

    name: InnerName
    schema_id: Annotated[Schema, Field(alias="schema")]
    records: Count
    size: Annotated[int, Field(ge=0, le=LIMITS.inner_file_bytes)]
    sha256: Digest
    compression: Literal["zstd"]
    stored: Annotated[int, Field(ge=0, le=LIMITS.inner_file_bytes)]


class CarriedReceipt(BaseModel):
    """A receipt for a bundle of the opposite route, and the inner file holding it."""

    model_config = _STRICT

    receipt: BundleId
    bundle: BundleId
    seq: Annotated[int, Field(ge=1, le=2**31)]
    file: InnerName


class CarriedLog(BaseModel):
    """The sender's transfer log: entries ``start`` to ``size`` and the signed checkpoint.

    Besides, what the sender has seen of the receiver's log: ``peer_size`` entries, and the
    receiver's checkpoint over them with the sender's cosignature, None before the first.
    ``acknowledged`` is the proof of ``start``: the sender's checkpoint of that size with the
    receiver's cosignature; None, and not written, where ``start`` is 0. ``elsewhere`` is what
    other stations have cosigned of the sender's log, each its newest; None, and not written, where
    there is none.
    """

    model_config = _STRICT

    start: Count
    size: Count
    checkpoint: CarriedNote
    file: InnerName
    peer_size: Count
    peer_checkpoint: CarriedNote | None
    # As with ``as_of``. Without it, as in every bundle of an earlier program.
    acknowledged: CarriedNote = None  # type: ignore[assignment]
    elsewhere: Annotated[
        tuple[CarriedNote, ...],
        Field(min_length=1, max_length=LIMITS.carried_elsewhere, strict=False),
    ] = None  # type: ignore[assignment]

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_none(plain(self), "acknowledged", "elsewhere")


class Summary(BaseModel):
    """What the officer sees before signing: counts and identifiers, never a person."""

    model_config = _STRICT

    bundle: BundleId
    route: Route
    seq: Annotated[int, Field(ge=1, le=2**31)]
    operator: Identifier
    records: dict[Token, Count]
    events: dict[Token, Count]
    files: Count
    size: Count
    receipts: Count
    previous_records: Count
    content: Digest
    """SHA-256 over the inner files' digests in stream order: binds counts to content."""
    # Absent is one spelling, and null would be a second: a default is not validated.
    as_of: ExtractTime = None  # type: ignore[assignment]
    """Of a full population, the time of which it tells; None, and not written, of all others."""
    software: Described = None  # type: ignore[assignment]
    """The files of software, in stream order; None, and not written, where there are none."""

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_none(plain(self), "as_of", "software")

    @property
    def carried(self) -> dict[str, int]:
        """How many there are of what asks for approvals: records by kind, and software."""
        return {**self.records, SOFTWARE: len(self.software or ())}

    def digest(self, salt: str) -> str:
        """Return the header's ``summary`` for *salt* (64 hexadecimal digits)."""
        document = canonical.dump(self.model_dump(by_alias=True))
        return hashlib.sha256(bytes.fromhex(salt) + document).hexdigest()


class Manifest(BaseModel):
    """The inner manifest; attribute names are the format's field names."""

    model_config = _STRICT

    format: Format
    bundle: BundleId
    operator: Identifier
    files: Annotated[tuple[InnerFile, ...], Field(max_length=LIMITS.inner_files, strict=False)]
    padding: Annotated[int, Field(ge=0, le=LIMITS.expanded_bytes)]
    records: dict[Token, Count]
    receipts: Annotated[
        tuple[CarriedReceipt, ...], Field(max_length=LIMITS.inner_files, strict=False)
    ]
    log: CarriedLog
    recipient: SignedAnnouncement | None
    """The key that the sender wants its own bundles to be sealed to; None before its first."""
    summary: Summary
    salt: Digest
    prepared: Annotated[str, StringConstraints(max_length=sshsig.MAX_BYTES)] | None
    """The signature of the ``operator`` on having prepared it; None only in training."""

    def to_bytes(self) -> bytes:
        """Return the exact plaintext of part 0."""
        return canonical.dump(self.model_dump(by_alias=True, mode="json"))

    def data_bytes(self) -> int:
        """Return the length of the data stream: every stored file and the padding."""
        return sum(file.stored for file in self.files) + self.padding

    def file(self, name: str) -> InnerFile:
        """Return the entry of the inner file *name*; KeyError if there is none."""
        return {file.name: file for file in self.files}[name]


def content_digest(files: tuple[InnerFile, ...]) -> str:
    """Return SHA-256 over the lines ``<sha256>  <name>`` of the inner files, in stream order."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def parse_manifest(data: bytes) -> Manifest:
    """Read the plaintext of part 0.

    Raises:
        ManifestMalformedError: not canonical JSON, a field missing, unknown or out of
            range, or names that refer to nothing; all problems are named.
    """
    if len(data) > LIMITS.manifest_bytes:
        raise ManifestMalformedError(detail=text("{size} bytes long", size=len(data)))
    try:
        manifest = Manifest.model_validate(canonical.load(data), by_alias=True, by_name=False)
    except ValidationError as error:
        raise ManifestMalformedError(detail=field_problems(error)) from None
    except ValueError as error:
        raise ManifestMalformedError(detail=str(error)) from None
    problems = list(_reference_problems(manifest))
    if problems:
        raise ManifestMalformedError(detail="; ".join(problems))
    return manifest


def _reference_problems(manifest: Manifest) -> Iterator[str]:
    schemas = {file.name: file.schema_id for file in manifest.files}
    if len(schemas) != len(manifest.files):
        yield text("an inner file is named twice")
    receipts = [receipt.file for receipt in manifest.receipts]
    if sorted(receipts) != sorted(_names_of(manifest, RECEIPT_SCHEMA)):
        yield text("the receipts are not the receipt files")
    if [manifest.log.file] != _names_of(manifest, LOG_SCHEMA):
        yield text("there is not exactly one log file")
    yield from _software_problems(manifest)
    if manifest.log.start > manifest.log.size:
        yield text("the log section starts after its end")
    if sum(file.size for file in manifest.files) > LIMITS.expanded_bytes:
        limit = LIMITS.expanded_bytes
        yield text("the files together have more than {limit} bytes", limit=limit)


def _software_problems(manifest: Manifest) -> Iterator[str]:
    """Yield what is wrong with the descriptions of software: one for each file, in their order."""
    files = [file for file in manifest.files if file.schema_id == SOFTWARE_SCHEMA]
    described = manifest.summary.software or ()
    if [(file.sha256, file.size) for file in files] != [
        (each.sha256, each.size) for each in described
    ]:
        yield text("what is said of software is not of the files of software")
    if repeated(described):
        yield text("a file of software is there twice")
    if any(file.records for file in files):
        yield text("a file of software has no records")
    if not all(each.is_of_its_sort for each in described):
        yield text("a file of software is not of the sort that is said")


def _without_none(dumped: dict[str, Any], *absent: str) -> dict[str, Any]:
    return {
        name: value for name, value in dumped.items() if value is not None or name not in absent
    }


def _names_of(manifest: Manifest, schema: str) -> list[str]:
    return [file.name for file in manifest.files if file.schema_id == schema]
