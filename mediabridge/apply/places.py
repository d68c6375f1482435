"""Where a station's registry is, as ``station.toml`` says it in its table ``registry``.

Without the table it is the embedded one, ``registry.db``. Nothing here is a secret, and
nothing here can be one: a password stands in a file of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from mediabridge.apply.embedded import Embedded
from mediabridge.locale import text

_NAME: Final = r"^[^\s,=/'\\\x00-\x1f]{1,63}$"
_HOST: Final = r"^(/[^,\x00-\x1f]*|[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?)$"
_SCHEMA: Final = r"^[a-z_][a-z0-9_]{0,62}$"

_Name = Annotated[str, StringConstraints(pattern=_NAME)]
_AbsolutePath = Annotated[Path, Field(strict=False)]


class _Place(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class EmbeddedLine(_Place):
    """What says no more than what goes without saying."""

    adapter: Literal["sqlite"] = "sqlite"


class PostgresPlace(_Place):
    """A schema in a database of a PostgreSQL server."""

    adapter: Literal["postgresql"]
    host: Annotated[str, StringConstraints(pattern=_HOST, max_length=255)]
    """A folder, in which the server has its socket; or the name in the server's certificate."""
    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    database: _Name
    user: _Name
    schema_: Annotated[str, StringConstraints(pattern=_SCHEMA)] = Field(
        default="mediabridge", alias="schema"
    )
    passfile: _AbsolutePath | None = None
    """A password file of libpq that nobody else can read; none where the system says who asks."""
    credential: _Name | None = None
    """The same file, as the systemd credential of this name."""
    root_certificate: _AbsolutePath | None = None
    """Who may have signed the server's certificate; needed over a network."""
    server_user: _Name | None = None
    """Whose process has to be at the socket, so that nobody else poses as the server."""

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, behind a socket in a folder."""
        return self.host.startswith("/")

    @property
    def name(self) -> str:
        """What it is called in a sentence; nothing secret is in it."""
        return f"postgresql:{self.database}.{self.schema_}"

    @model_validator(mode="after")
    def _fits_together(self) -> PostgresPlace:
        """Refuse what would not do what it seems to say."""
        for path in (self.passfile, self.root_certificate):
            if path is not None and not path.is_absolute():
                raise ValueError(text("{path} does not begin with /", path=path))
        if self.passfile is not None and self.credential is not None:
            raise ValueError(text("passfile or credential, not both"))
        if self.is_local and self.root_certificate is not None:
            raise ValueError(text("root_certificate is for a server on the network"))
        if not self.is_local and self.root_certificate is None:
            raise ValueError(text("over a network root_certificate is needed"))
        if not self.is_local and self.server_user is not None:
            raise ValueError(text("server_user is for a server on this machine"))
        return self


class DropFolderPlace(_Place):
    """A folder from which a vendor's system takes files, in the form of a profile."""

    adapter: Literal["dropfolder"]
    folder: _AbsolutePath
    profile: _AbsolutePath
    results: _AbsolutePath | None = None
    """Where the vendor's system leaves its result files, if it writes any."""

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return self.folder.name

    @model_validator(mode="after")
    def _are_whole_paths(self) -> DropFolderPlace:
        for path in (self.folder, self.profile, self.results):
            if path is not None and not path.is_absolute():
                raise ValueError(text("{path} does not begin with /", path=path))
        return self


Place = Embedded | PostgresPlace | DropFolderPlace
"""Which adapter the station uses, and what it has to know."""

Lines = Annotated[EmbeddedLine | PostgresPlace | DropFolderPlace, Field(discriminator="adapter")]
"""The lines that say so."""
