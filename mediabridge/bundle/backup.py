"""A station's backup: its readable head, its contents, and the stream of its files.

The container is that of a bundle (``docs/format/backup.md``): a header whose bytes are part of
every wrap and every part, parts that decrypt in their own place only, one list that is signed.
What differs is what lies in the parts: not records for a peer, but the files of one station for
itself. The stream knows plain files and nothing else, so that no link can come out of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mediabridge import canonical
from mediabridge.bundle.header import BundleId, Digest, Format, Identifier, Timestamp
from mediabridge.bundle.parts import PartsReader
from mediabridge.clock import from_rfc3339
from mediabridge.config import BACKUP_PROFILE, CHUNK_BYTES, FORMAT, LIMITS
from mediabridge.durable import new_file
from mediabridge.errors import BackupInvalidError, BackupNotMadeError
from mediabridge.locale import text
from mediabridge.validation import field_problems

_Model = TypeVar("_Model", bound=BaseModel)
_STRICT = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)
_LENGTH_BYTES: Final = 2
"""Before the head of each file stands how long that head is, most significant byte first."""

_SEGMENT: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_NAME: Final = re.compile(rf"{_SEGMENT}(/{_SEGMENT}){{0,7}}", re.ASCII)
"""No segment begins with a dot: neither the folder above, nor a file that is being written."""

FIRST: Final = "trust/"
"""Its files come before all others: by them the signature is judged before the rest is read."""


class BackupHeader(BaseModel):
    """The readable head of a backup: which station's, and from when."""

    model_config = _STRICT

    format: Format = FORMAT
    profile: Literal["hpke-mlkem1024p384-sha384-aes256gcm+cobblestone256"] = BACKUP_PROFILE
    backup: BundleId
    city: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,200}\z")]
    mode: Literal["live", "training"]
    station: Identifier
    created: Timestamp
    parts: Annotated[int, Field(ge=2, le=LIMITS.parts)]

    def to_bytes(self) -> bytes:
        """Return the exact bytes of ``header.json``."""
        return canonical.dump(self.model_dump())


class Contents(BaseModel):
    """Part 0: how much follows, and the transfer log as it was."""

    model_config = _STRICT

    format: Format = FORMAT
    backup: BundleId
    files: Annotated[int, Field(ge=1, le=LIMITS.backup_files)]
    size: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """Length of the stream, heads included."""
    log_size: Annotated[int, Field(ge=1, le=2**53 - 1)]
    log_root: Digest

    def to_bytes(self) -> bytes:
        """Return the exact plaintext of part 0."""
        return canonical.dump(self.model_dump())


class _Head(BaseModel):
    model_config = _STRICT

    name: Annotated[str, Field(max_length=LIMITS.backup_head_bytes)]
    size: Annotated[int, Field(ge=0, le=2**53 - 1)]


@dataclass(frozen=True)
class Member:
    """One file to save: what it is called in the station's folder, and where its bytes are."""

    name: str
    path: Path
    size: int

    def head(self) -> bytes:
        """Return what stands before its bytes in the stream."""
        document = canonical.dump({"name": self.name, "size": self.size})
        return len(document).to_bytes(_LENGTH_BYTES) + document


def fits(name: str) -> bool:
    """Tell whether *name*, relative to a station's folder, can stand in a backup."""
    return _NAME.fullmatch(name) is not None and len(name) <= LIMITS.backup_head_bytes // 2


def in_order(members: Sequence[Member]) -> list[Member]:
    """Return *members* as they follow one another in a stream."""
    return sorted(members, key=lambda member: _place(member.name))


def stream_bytes(members: Sequence[Member]) -> int:
    """Return how long the stream of *members* is."""
    return sum(len(member.head()) + member.size for member in members)


def parse_backup_header(data: bytes) -> BackupHeader:
    """Read the exact bytes of ``header.json``.

    Raises:
        BackupInvalidError: not canonical JSON, or a field is missing, unknown or out of range.
    """
    header = _parsed(BackupHeader, data, "header.json")
    try:
        from_rfc3339(header.created)
    except ValueError as error:
        raise BackupInvalidError(name="header.json", detail=str(error)) from None
    return header


def read_contents(reader: PartsReader) -> Contents:
    """Read part 0 to its end.

    Raises:
        DecryptError: it is damaged.
        BackupInvalidError: it is not in its one form.
    """
    plain = b""
    while piece := reader.read(LIMITS.backup_head_bytes):
        plain += piece
        if len(plain) > LIMITS.backup_head_bytes:
            raise _invalid(text("the contents are too long"))
    return _parsed(Contents, plain, text("contents"))


class Stream:
    """The files of a backup as one readable stream, and the SHA-256 of what was read."""

    def __init__(self, members: Sequence[Member]) -> None:
        """Read *members* in this order; each file is opened when its turn comes."""
        self._pieces = _pieces(members)
        self._ready = memoryview(b"")
        self.digest = hashlib.sha256()

    def readinto(self, buffer: memoryview) -> int:
        """Fill the beginning of *buffer*; 0 only at the end.

        Raises:
            BackupNotMadeError: a file has another size than it had when it was listed.
        """
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self.digest.update(self._ready[:count])
        self._ready = self._ready[count:]
        return count


def _pieces(members: Sequence[Member]) -> Iterator[bytes]:
    for member in members:
        yield member.head()
        left = member.size
        with member.path.open("rb") as file:
            while piece := file.read(min(CHUNK_BYTES, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
        if left:
            raise BackupNotMadeError(detail=text("{name} changed meanwhile", name=member.name))


def unpack(
    reader: PartsReader,
    contents: Contents,
    target: Path,
    *,
    belongs: Callable[[str], bool],
    after_first: Callable[[], None],
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the files of a stream below the empty folder *target*, for their owner only.

    *belongs* tells whether a name is that of a file which a station has. *after_first* is called
    once, when everything below :data:`FIRST` is there and nothing else has been read; if it
    raises, nothing else is.

    Raises:
        DecryptError: a part is damaged, cut off or in the wrong place.
        BackupInvalidError: names, sizes or counts are not as they have to be.
    """
    judged, last, left = False, _place(FIRST), contents.size
    for _ in range(contents.files):
        head, used = _read_head(reader)
        left -= used + head.size
        allowed = fits(head.name) and belongs(head.name) and _place(head.name) > last
        if left < 0 or not allowed:
            raise _invalid(text("a name or a size in it is not allowed"))
        last = _place(head.name)
        if not judged and last[0]:
            after_first()
            judged = True
        _write(reader, head, target, progress)
    if left or not judged:
        raise _invalid(text("its files are not as many or as long as it says"))
    reader.finish()


def _place(name: str) -> tuple[bool, list[str]]:
    return not name.startswith(FIRST), name.split("/")


def _read_head(reader: PartsReader) -> tuple[_Head, int]:
    size = int.from_bytes(_exactly(reader, _LENGTH_BYTES))
    if size > LIMITS.backup_head_bytes:
        raise _invalid(text("the head of a file is too long"))
    return _parsed(_Head, _exactly(reader, size), text("head of a file")), size + _LENGTH_BYTES


def _write(reader: PartsReader, head: _Head, target: Path, progress: Callable[[int], None]) -> None:
    path = target / head.name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with new_file(path) as output:
            path.chmod(0o600)
            left = head.size
            while left:
                piece = reader.read(min(left, CHUNK_BYTES))
                if not piece:
                    raise _invalid(text("it ends early"))
                output.write(piece)
                left -= len(piece)
                progress(len(piece))
    except (FileExistsError, NotADirectoryError):
        raise _invalid(text("a name in it is both a file and a folder")) from None


def _exactly(reader: PartsReader, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = reader.read(size - len(data))
        if not piece:
            raise _invalid(text("it ends early"))
        data += piece
    return data


def _parsed(model: type[_Model], data: bytes, name: str) -> _Model:
    try:
        return model.model_validate(canonical.load(data))
    except ValidationError as error:
        raise BackupInvalidError(name=name, detail=field_problems(error)) from None
    except ValueError as error:
        raise BackupInvalidError(name=name, detail=str(error)) from None


def _invalid(detail: str) -> BackupInvalidError:
    return BackupInvalidError(name=text("backup"), detail=detail)
