"""``hub.toml``: where the hub listens, whom it serves, where it keeps what it is given."""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from mediabridge import config
from mediabridge.apply.places import PostgresPlace
from mediabridge.config import KIB
from mediabridge.errors import SettingsError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.validation import field_problems

NAME: Final = "hub.toml"
_BYTES: Final = 64 * KIB


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        msg = text("a file or folder is named by its absolute path")
        raise ValueError(msg)
    return path


_Path = Annotated[Path, Field(strict=False), AfterValidator(_absolute)]
_Port = Annotated[int, Field(ge=0, le=65535)]
_Count = Annotated[int, Field(ge=1, le=2**40)]
_Days = Annotated[int, Field(ge=1, le=config.RETENTION_MOST_DAYS)]
_Hours = Annotated[int, Field(ge=1, le=24 * config.RETENTION_MOST_DAYS)]
_Address = Annotated[str, Field(pattern=r"^[0-9A-Za-z:.-]{1,255}\z")]


class _Model(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class Listen(_Model):
    """Where stations come to, and the hub's own certificate, which they pin."""

    address: _Address
    port: _Port = 8443
    certificate: _Path
    key: _Path


class Operators(_Model):
    """Where operators look: without TLS, so on this machine only or behind a proxy."""

    address: _Address = "127.0.0.1"
    port: _Port = 8444
    names: Annotated[tuple[_Address, ...], Field(max_length=16, strict=False)] = ()
    """Further names under which pages are asked for, such as that of a proxy in front."""
    silent_hours: _Hours = config.HUB_SILENT_HOURS
    unfetched_hours: _Hours = config.HUB_UNFETCHED_HOURS


class SqlitePlace(_Model):
    """A file: for trying the hub out, by one process."""

    adapter: Literal["sqlite"]
    path: _Path


class StorePlace(_Model):
    """A bucket of a store that speaks S3, for contents; without it they are in the database."""

    adapter: Literal["s3"]
    endpoint: Annotated[str, Field(max_length=255)]
    """Where it is, ``https://…`` without a path; ``http`` only at this machine's own address."""
    bucket: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}\z")]
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{0,255}\z")] = ""
    """What the names of all objects begin with."""
    region: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,63}\z")] = "us-east-1"
    """A word that is signed; most stores take any."""
    access_key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}\z")]
    """Who the hub is for the store; no secret."""
    secret: _Path
    """A file with the secret that belongs to it, one line that nobody else can read."""
    root_certificate: _Path | None = None
    """Who may have signed the store's certificate."""

    @model_validator(mode="after")
    def _is_reached_safely(self) -> StorePlace:
        """Refuse what would be spoken to without knowing who answers."""
        found = urlsplit(self.endpoint)
        whole = (found.scheme, found.netloc) == tuple(self.endpoint.split("://", 1))
        if found.scheme not in {"http", "https"} or not whole or "@" in found.netloc:
            raise ValueError(text("the endpoint is https:// and a name, and no more"))
        if found.scheme == "http" and not _is_here(found.hostname or ""):
            raise ValueError(text("over a network the endpoint is https"))
        if (found.scheme == "https") != (self.root_certificate is not None):
            raise ValueError(text("root_certificate goes with https, and is needed there"))
        return self


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Bounds(_Model):
    """How much one station may have at the hub, and how often it may ask."""

    bundle_bytes: _Count = config.HUB_BUNDLE_BYTES
    caller_bytes: _Count = config.HUB_CALLER_BYTES
    caller_bundles: _Count = config.HUB_CALLER_BUNDLES
    requests_a_minute: _Count = config.HUB_REQUESTS_A_MINUTE


class Keep(_Model):
    """For how many days what is kept."""

    taken: _Days = config.HUB_TAKEN_DAYS
    waiting: _Days = config.HUB_WAITING_DAYS
    arriving: _Days = config.HUB_ARRIVING_DAYS
    known: _Days = config.HUB_KNOWN_DAYS


class Settings(_Model):
    """All of it; attribute names are those of the file."""

    cities: _Path
    """A folder for each city, with ``root.json`` and the TUF repository in ``trust``."""
    listen: Listen
    operators: Operators = Operators()
    database: Annotated[SqlitePlace | PostgresPlace, Field(discriminator="adapter")]
    store: StorePlace | None = None
    bounds: Bounds = Bounds()
    keep: Keep = Keep()


def load(path: Path) -> Settings:
    """Read the settings in *path*.

    Raises:
        SettingsError: the file cannot be read, or a line of it is not what it has to be.
    """
    try:
        lines: dict[str, Any] = tomllib.loads(read_plain(path, _BYTES).decode())
        return Settings.model_validate(lines)
    except ValidationError as error:
        raise SettingsError(name=path.name, detail=field_problems(error)) from None
    except OSError as error:
        raise SettingsError(name=path.name, detail=error.strerror) from None
    except ValueError as error:
        raise SettingsError(name=path.name, detail=str(error)) from None
