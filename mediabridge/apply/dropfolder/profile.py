"""How a vendor's system wants its files: a profile, which is one TOML file.

Every line is described in docs/operations/dropfolder.md, which has two whole examples.
"""

from __future__ import annotations

import string
import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mediabridge.config import KIB
from mediabridge.errors import SettingsError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.result import Result
from mediabridge.validation import field_problems

_PROFILE_BYTES: Final = 256 * KIB
_PLACEHOLDERS: Final = frozenset({"seq", "bundle"})

_Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,64}\z")]
_ElementName = r"^[^\W\d][\w.-]{0,63}\z"
_FileName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\.][^\x00-\x1f/\\]{0,99}\z")]


class _Part(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Column(_Part):
    """One column, or element, of the file: an item of a notice, or always the same."""

    name: _Text
    item: str | None = None
    """A field of ``isa_notice``, docs/format/records.md."""
    value: str = ""
    """What stands there when the notice has no such item, or always."""
    codes: dict[str, str] = {}
    """The vendor's code for each of ours; one that is missing cannot be handed over."""
    date: Literal["", "%Y%m%d", "%Y/%m/%d"] = ""
    """Another form of a date; its parts keep their places, so an unknown day stays ``00``."""

    @model_validator(mode="after")
    def _is_known(self) -> Column:
        if self.item is not None and self.item not in FIELDS[Kind.ISA_NOTICE]:
            raise ValueError(text("a notice has no item {item}", item=self.item[:64]))
        return self


class Results(_Part):
    """The file in which the vendor's system says what it made of each notice."""

    name: _FileName
    encoding: Encoding = Encoding.UTF_8
    delimiter: Literal[",", "\t"] = ","
    record: _Text
    """The column with the number of the notice, as it was handed over."""
    status: _Text
    """The column with the code of the outcome."""
    codes: dict[str, Result]
    """What each code means: ``applied``, ``not_found``, ``conflict``, ``rejected`` …"""

    @model_validator(mode="after")
    def _are_outcomes(self) -> Results:
        if not all(each.is_decision for each in self.codes.values()):
            raise ValueError(text("a code of the result file means no outcome"))
        return self


class Profile(_Part):
    """The whole of a profile."""

    format: Literal["csv", "xml"]
    name: _FileName
    """The name of a file, with ``{seq}`` (eight figures) and ``{bundle}`` for the bundle's."""
    encoding: Encoding = Encoding.UTF_8
    mark: bool = False
    """Whether a file in UTF-8 begins with its mark (BOM); UTF-16 always does."""
    unencodable: Literal["refuse", "codepoint"] = "refuse"
    """CSV: a character that the encoding lacks is refused, or written as ``{U+20BB7}``."""
    line_end: Literal["crlf", "lf"] = "crlf"
    delimiter: Literal[",", "\t"] = ","
    quote: Literal["all", "needed"] = "needed"
    header: bool = True
    root: Annotated[str, StringConstraints(pattern=_ElementName)] = "notices"
    element: Annotated[str, StringConstraints(pattern=_ElementName)] = "notice"
    column: Annotated[tuple[Column, ...], Field(min_length=1, max_length=256)]
    result: Results | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Profile:
        """Refuse names of files that are not one for each bundle, and names of no element."""
        for name in (self.name, *([self.result.name] if self.result else [])):
            found = {
                field for _, field, _, _ in string.Formatter().parse(name) if field is not None
            }
            if not found or not found <= _PLACEHOLDERS:
                raise ValueError(text("{name} has to contain {{seq}} or {{bundle}}", name=name))
        names = [column.name for column in self.column]
        if len(set(names)) != len(names):
            raise ValueError(text("two columns have one name"))
        if self.format == "xml":
            _require_elements(names)
            if self.encoding not in {Encoding.UTF_8, Encoding.UTF_16}:
                raise ValueError(text("XML is written in UTF-8 or UTF-16"))
        if self.result and "notice_id" not in {column.item for column in self.column}:
            raise ValueError(text("without the item notice_id no result can be read back"))
        return self

    def file_name(self, seq: int, bundle: str) -> str:
        """Return the name of the file for this bundle."""
        return self.name.format(seq=f"{seq:08d}", bundle=bundle)

    def result_name(self, seq: int, bundle: str) -> str | None:
        """Return the name of the file with the results for this bundle, if there will be one."""
        return self.result.name.format(seq=f"{seq:08d}", bundle=bundle) if self.result else None


def _require_elements(names: list[str]) -> None:
    for name in names:
        if not name.isidentifier():
            raise ValueError(text("{name} is no name of an element", name=name))


def load(path: Path) -> Profile:
    """Read the profile at *path*.

    Raises:
        SettingsError: not a plain file, no TOML, or a line that is not known.
    """
    try:
        return Profile.model_validate(tomllib.loads(read_plain(path, _PROFILE_BYTES).decode()))
    except OSError as error:
        raise SettingsError(name=path.name, detail=error.strerror) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError(name=path.name, detail=text("it is no TOML")) from None
    except ValidationError as error:
        raise SettingsError(name=path.name, detail=field_problems(error)) from None
    except ValueError as error:
        raise SettingsError(name=path.name, detail=str(error)) from None
