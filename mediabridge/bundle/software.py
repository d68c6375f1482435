"""What a bundle says of a file of software that it carries (format 1, section 13).

Such a file is opaque: nothing here reads it. Its description stands in the approval summary, so
that the officers sign it, and the header binds it. Whoever has the signed list, the header, the
summary and the file can therefore check all of it without any key
(:mod:`mediabridge.verify.software`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import unique
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mediabridge.bundle.header import Digest
from mediabridge.config import LIMITS
from mediabridge.kinds import Role
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken

PROGRAM: Final = "mediabridge"
"""The one package that a file of the sort ``program`` may be."""

DATABASES: Final = frozenset({"main.cvd", "daily.cvd", "bytecode.cvd"})
"""What a file of the sort ``antivirus`` may be: the databases that ClamAV's makers sign."""


@unique
class Sort(Spoken):
    """What is done with a file of software."""

    PROGRAM = "program", n_("this program")
    """This program's own package."""
    ANTIVIRUS = "antivirus", n_("anti-virus signatures")
    """A database of ClamAV, which bears its maker's signature."""
    SYSTEM = "system", n_("operating-system package")
    """A package of the operating system, which a person installs."""


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+.-]{1,62}\z")]
"""The name of a Debian package, or of a database of signatures."""

Version = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9A-Za-z.+~:-]{0,63}\z")]
"""A version as Debian writes it (deb-version(7))."""

Replaced = Annotated[str, StringConstraints(pattern=r"^([0-9][0-9A-Za-z.+~:-]{0,63})?\z")]


class Software(BaseModel):
    """One file of software; attribute names are the format's field names."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, populate_by_name=True
    )

    name: Name
    version: Version
    sort: Literal[tuple(each.value for each in Sort)]  # type: ignore[valid-type]
    role: Literal["any"] | Role
    """For which side's stations it is."""
    replaces: Replaced
    """The lowest installed version that it can replace; empty: any, and none."""
    size: Annotated[int, Field(ge=1, le=LIMITS.software_bytes)]
    sha256: Digest

    @property
    def is_of_its_sort(self) -> bool:
        """Whether a ``program`` is this one, and ``antivirus`` a database of ClamAV."""
        named = {Sort.PROGRAM: frozenset({PROGRAM}), Sort.ANTIVIRUS: DATABASES}
        sort = Sort.of(self.sort)
        return sort not in named or self.name in named[sort]


Described = Annotated[
    tuple[Software, ...], Field(min_length=1, max_length=LIMITS.software_files, strict=False)
]


class Approved(BaseModel):
    """``approved.json`` beside staged software: the summary that its officers signed for.

    What the members of the summary are is left to :class:`~mediabridge.bundle.manifest.Summary`.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    salt: Digest
    summary: dict[str, Any]


def repeated(described: Iterable[Software]) -> bool:
    """Tell whether two of *described* are the same file."""
    digests = [each.sha256 for each in described]
    return len(digests) != len(set(digests))
